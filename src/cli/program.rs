//! The dispatcher.

use super::arguments::{Arguments, Command};
use super::error::CommandResult;
use super::{
    ExitStatus, config, digest, doctor, examine_file, field, import, plan, run, status, summary, sweep, verify,
};
use crate::comm;
use crate::scenario::Registry;
use crate::store;
use crate::telemetry::print_line;
use clap::Parser;
use std::process::ExitCode;

/// Runs the command line of this process over the scenarios of `registry`, and returns the exit code.
///
/// A program with scenarios of its own calls it with `Registry::builtin().with(…)`.
#[must_use]
pub fn main(registry: &Registry) -> ExitCode {
    // Under an MPI launcher every rank gets here with the same arguments; one voice is enough until MPI is up.
    let silent = comm::launcher_rank() != 0;
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            if silent {
                // A launcher would end rank 0 as soon as this rank exits with a code, perhaps before it has spoken.
                return ExitStatus::Done.into();
            }
            // Nothing can be done if the terminal is gone.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1));
        }
    };
    // Only these use MPI, and then on all ranks; the other commands are done by the first rank alone.
    if silent
        && !matches!(
            arguments.command,
            Command::Sweep(_) | Command::Doctor(_) | Command::ExamineFile(_)
        )
    {
        return ExitStatus::Done.into();
    }
    store::offer_examination(vec![examine_file::WORD.into()]);
    let status = match execute(arguments.command, registry) {
        Ok(status) => status,
        Err(error) => {
            print_line(&format!("error: {error}"));
            error.status()
        }
    };
    status.into()
}

fn execute(command: Command, registry: &Registry) -> CommandResult {
    match command {
        Command::Sweep(arguments) => sweep::execute(&arguments, registry),
        Command::Run(arguments) => run::execute(&arguments, registry),
        Command::Field(arguments) => field::execute(&arguments, registry),
        Command::Import(arguments) => import::execute(&arguments),
        Command::Plan(arguments) => plan::execute(&arguments, registry),
        Command::Status(arguments) => status::execute(&arguments),
        Command::Verify(arguments) => verify::execute(&arguments),
        Command::Digest(arguments) => digest::execute(&arguments),
        Command::Summary(arguments) => summary::execute(&arguments),
        Command::Config(command) => config::execute(&command, registry),
        Command::Doctor(arguments) => doctor::execute(&arguments),
        Command::ExamineFile(arguments) => examine_file::execute(&arguments),
    }
}
