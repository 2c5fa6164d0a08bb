//! The dispatcher.

use super::arguments::{Arguments, Command};
use super::error::CommandResult;
use super::failure::{asks_for_json, tell};
use super::{
    CommandError, ExitStatus, config, digest, doctor, examine_file, export, field, import, merge, open_files, pack,
    plan, rows, run, status, summary, sweep, verify,
};
use crate::comm;
use crate::environment;
use crate::scenario::Registry;
use crate::session::SessionError;
use crate::signals::{self, Answer};
use crate::store;
use clap::Parser;
use std::process::ExitCode;

/// Runs the command line of this process over the scenarios of `registry`, and returns the exit code.
///
/// A program with scenarios of its own calls it with `Registry::builtin().with(…)`, and does so first of all: signals are
/// caught from here on ([`signals::catch`] may be called even earlier), and variables that would change HDF5 are set aside
/// while there is one thread.
#[must_use]
pub fn main(registry: &Registry) -> ExitCode {
    // From the first moment on: batch systems and people don't wait until a program is ready.
    // If it fails, [`signals::answer`] tries again, and tells why.
    let _ = signals::catch();
    environment::settle();
    let json = asks_for_json(std::env::args_os());
    // Under an MPI launcher every rank gets here with the same arguments; one voice is enough until MPI is up.
    let silent = comm::launcher_rank() != 0;
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            if silent {
                // A launcher would end rank 0 as soon as this rank exits with a code, perhaps before it has spoken.
                return ExitStatus::Done.into();
            }
            let code = u8::try_from(error.exit_code()).unwrap_or(1);
            if json && code != 0 {
                tell(&error.render().to_string(), &[], code, json);
            } else {
                // Nothing can be done if the terminal is gone.
                let _ = error.print();
            }
            return ExitCode::from(code);
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
    let done = open_files::allow_enough().and_then(|()| {
        signals::answer(answer_of(&arguments.command)).map_err(SessionError::Signals)?;
        execute(arguments.command, registry)
    });
    let status = done.unwrap_or_else(|error| {
        // All ranks have met it, and one voice is enough.
        if silent && matches!(error, CommandError::Communicator(_)) {
            return ExitStatus::Done;
        }
        let status = error.status();
        tell(&error.to_string(), error.problems(), status.code(), json);
        status
    });
    status.into()
}

/// What a signal means for a command.
fn answer_of(command: &Command) -> Answer {
    match command {
        // Rows, merged and packed files and exports are asked for signals between any two units.
        Command::Sweep(_) | Command::Rows(_) | Command::Merge(_) | Command::Pack(_) | Command::Export(_) => {
            Answer::Drain
        }
        Command::Field(_) | Command::Import(_) => Answer::Discard,
        _ => Answer::Default,
    }
}

fn execute(command: Command, registry: &Registry) -> CommandResult {
    match command {
        Command::Sweep(arguments) => sweep::execute(&arguments, registry),
        Command::Run(arguments) => run::execute(&arguments, registry),
        Command::Field(arguments) => field::execute(&arguments, registry),
        Command::Import(arguments) => import::execute(&arguments),
        Command::Plan(arguments) => plan::execute(&arguments, registry),
        Command::Merge(arguments) => merge::execute(&arguments, registry),
        Command::Status(arguments) => status::execute(&arguments),
        Command::Verify(arguments) => verify::execute(&arguments),
        Command::Digest(arguments) => digest::execute(&arguments),
        Command::Rows(arguments) => rows::execute(&arguments, registry),
        Command::Pack(arguments) => pack::execute(&arguments),
        Command::Export(arguments) => export::execute(&arguments),
        Command::Summary(arguments) => summary::execute(&arguments),
        Command::Config(command) => config::execute(&command, registry),
        Command::Doctor(arguments) => doctor::execute(&arguments),
        Command::ExamineFile(arguments) => examine_file::execute(&arguments),
    }
}
