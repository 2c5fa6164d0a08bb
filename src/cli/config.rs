//! `config …`: show, check and explain configuration.

use super::error::CommandResult;
use super::study_arguments::{StudyArguments, environment};
use super::{CommandError, ExitStatus, output};
use crate::file_kind::FileKind;
use crate::scenario::Registry;
use crate::store::{self, Reader};
use crate::{config, quantity};
use clap::{Args, Subcommand};
use std::path::Path;

/// What to do with configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the resolved configuration of a study (or of a results file), with the origin of each value
    Show(ShowArguments),
    /// Check a study and report everything that is wrong with it
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

    /// Omit the comments with the origin of each value
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
    /// The scenario whose keys are listed [default: all scenarios, by name]
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
}

pub fn execute(command: &ConfigCommand, registry: &Registry) -> CommandResult {
    let page = match command {
        ConfigCommand::Show(arguments) => show(arguments, registry)?,
        ConfigCommand::Validate(arguments) => {
            let study = arguments.load(registry)?;
            let mut page = format!(
                "{}: fine ({} × {})\n",
                arguments.study.display(),
                quantity::counted(study.plan.points, "design point"),
                quantity::counted(u64::from(study.plan.replicates), "replicate")
            );
            for product in &study.features.products {
                page.push_str(&format!("  makes {}: {}\n", product.name, product.long_name));
            }
            page
        }
        ConfigCommand::Schema(arguments) => match config::schema(registry, &arguments.scenario) {
            Some(schema) => format!("{schema:#}\n"),
            None => return Err(unknown(registry, &arguments.scenario)),
        },
        ConfigCommand::List(arguments) => {
            if let Some(name) = &arguments.scenario
                && registry.get(name).is_none()
            {
                return Err(unknown(registry, name));
            }
            config::list(registry, arguments.scenario.as_deref(), Path::new("."), &environment())
        }
    };
    output::print(&page)?;
    Ok(ExitStatus::Done)
}

fn show(arguments: &ShowArguments, registry: &Registry) -> Result<String, CommandError> {
    let path = &arguments.study.study;
    let resolved = if FileKind::of(path).is_ok_and(|kind| kind == FileKind::File) && is_results_file(path) {
        Reader::glance(path)?.resolved_study()?
    } else {
        config::load(&arguments.study.sources(), registry)?
    };
    let page = config::show(&resolved, !arguments.plain);
    Ok(page + &config::swept_components(&resolved, registry))
}

/// Whether a file begins with the eight bytes that every HDF5 file without a user block begins with, or is results
/// that don't begin so any more. What a pipe gives can be read once only, and is left to whoever takes it for a study.
fn is_results_file(path: &Path) -> bool {
    use std::io::Read;
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(8).read_to_end(&mut start));
    read.is_ok_and(|bytes| bytes > 0) && (start == *b"\x89HDF\r\n\x1a\n" || store::is_ours(path).unwrap_or(false))
}

fn unknown(registry: &Registry, name: &str) -> CommandError {
    let names: Vec<_> = registry.iter().map(|scenario| scenario.name()).collect();
    CommandError::usage(
        format!("there is no scenario {name:?}"),
        format!("known are {}", names.join(", ")),
    )
}
