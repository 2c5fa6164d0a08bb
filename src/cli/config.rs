//! `config …`: show, check and explain configuration.

use super::error::CommandResult;
use super::study_arguments::StudyArguments;
use super::{CommandError, ExitStatus, text};
use crate::config::{self, ResolvedStudy};
use crate::scenario::Registry;
use crate::store::Reader;
use clap::{Args, Subcommand};

/// What to do with configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the resolved configuration of a study (or of a results file), with the origin of each value
    Show(ShowArguments),
    /// Check a study and say all that is wrong with it
    Validate(StudyArguments),
    /// Print the JSON Schema of a study file, for editors
    Schema(SchemaArguments),
    /// List scenarios, presets and all keys with unit, default and range
    List(ListArguments),
}

/// Prints the resolved configuration as TOML.
#[derive(Args, Debug)]
pub struct ShowArguments {
    #[command(flatten)]
    study: StudyArguments,

    /// Leave out the comments that say where each value came from
    #[arg(long)]
    plain: bool,
}

/// Prints the JSON Schema of a study file.
#[derive(Args, Debug)]
pub struct SchemaArguments {
    /// The scenario whose tables it has
    #[arg(long, default_value = "plume", value_name = "NAME")]
    scenario: String,
}

/// Lists what can be configured.
#[derive(Args, Debug)]
pub struct ListArguments {
    /// The scenario
    #[arg(long, default_value = "plume", value_name = "NAME")]
    scenario: String,

    /// Only names that begin with this: a preset group (`navigator`) or a key (`agents.`)
    #[arg(value_name = "PREFIX", default_value = "")]
    prefix: String,
}

pub fn execute(command: &ConfigCommand, registry: &Registry) -> CommandResult {
    let page = match command {
        ConfigCommand::Show(arguments) => show(arguments, registry)?,
        ConfigCommand::Validate(arguments) => {
            let study = arguments.load(registry)?;
            format!(
                "{}: fine ({} points × {} replicates)\n",
                arguments.study.display(),
                text::count(study.plan.points),
                text::count(u64::from(study.plan.replicates))
            )
        }
        ConfigCommand::Schema(arguments) => {
            let scenario = known(registry, &arguments.scenario)?;
            format!("{:#}\n", config::schema(scenario.as_ref()))
        }
        ConfigCommand::List(arguments) => {
            let scenario = known(registry, &arguments.scenario)?;
            config::list(registry, scenario.as_ref(), &arguments.prefix)
        }
    };
    text::print(&page)?;
    Ok(ExitStatus::Done)
}

fn show(arguments: &ShowArguments, registry: &Registry) -> Result<String, CommandError> {
    let path = &arguments.study.study;
    let resolved = if is_results_file(path) {
        Reader::open(path)?.resolved_study()?
    } else {
        ResolvedStudy::load(&arguments.study.sources(), registry)?
    };
    Ok(config::show(&resolved, !arguments.plain))
}

/// The eight bytes that every HDF5 file without a user block begins with.
fn is_results_file(path: &std::path::Path) -> bool {
    use std::io::Read;
    let mut magic = [0; 8];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && magic == *b"\x89HDF\r\n\x1a\n"
}

fn known(
    registry: &Registry,
    name: &str,
) -> Result<std::sync::Arc<dyn crate::scenario::ErasedScenario>, CommandError> {
    registry.get(name).ok_or_else(|| {
        let names: Vec<_> = registry.iter().map(|scenario| scenario.name()).collect();
        CommandError::usage(format!("there is no scenario {name:?}"), format!("known are {}", names.join(", ")))
    })
}
