//! `config …`: show, check and explain configuration.

use super::error::CommandResult;
use super::failure::as_json;
use super::study_arguments::{StudyArguments, environment, warn};
use super::{CommandError, ExitStatus, output};
use crate::file_kind::FileKind;
use crate::scenario::Registry;
use crate::store::{self, Layout, Reader};
use crate::{config, quantity};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::Path;

/// What to do with configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the resolved configuration of a study (or of a results file), with the origin of each value
    Show(ShowArguments),
    /// Check a study and report all that is wrong with it, and what is unlikely to be intended
    Validate(ValidateArguments),
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

/// Checks a study.
#[derive(Args, Debug)]
pub struct ValidateArguments {
    #[command(flatten)]
    study: StudyArguments,

    /// Print JSON
    #[arg(long)]
    json: bool,
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
    /// Only presets and keys of one component or table: navigator, plume, episode, …
    #[arg(value_name = "FAMILY")]
    family: Option<String>,

    /// The scenario whose keys are listed [default: all scenarios, by name]
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
}

pub fn execute(command: &ConfigCommand, registry: &Registry) -> CommandResult {
    let page = match command {
        ConfigCommand::Show(arguments) => show(arguments, registry)?,
        ConfigCommand::Validate(arguments) => validate(arguments, registry)?,
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
            let (scenario, family) = (arguments.scenario.as_deref(), arguments.family.as_deref());
            let page = config::list(registry, scenario, family, Path::new("."), &environment());
            match (page, family) {
                (Some(page), _) => page,
                (None, family) => {
                    return Err(CommandError::usage(
                        format!("there are no presets or keys of \"{}\"", family.unwrap_or_default()),
                        format!("it has {}", config::families(registry, scenario).join(", ")),
                    ));
                }
            }
        }
    };
    output::print(&page)?;
    Ok(ExitStatus::Done)
}

fn validate(arguments: &ValidateArguments, registry: &Registry) -> Result<String, CommandError> {
    let (study, warnings) = arguments.study.load_with_warnings(registry, false)?;
    Layout::new(&study).check()?;
    if arguments.json {
        let document = json!({
            "outcome": "fine", "exit_code": 0, "study": study.resolved.study.name, "points": study.plan.points,
            "replicates": study.plan.replicates, "products": study.features.products,
            "warnings": warnings.iter().map(as_json).collect::<Vec<_>>(),
        });
        return Ok(format!("{document:#}\n"));
    }
    warn(&warnings);
    let told = match warnings.len() {
        0 => String::new(),
        count => format!(", with {}", quantity::counted(count as u64, "warning")),
    };
    let mut page = format!(
        "{}: fine ({} × {}){told}\n",
        arguments.study.study.display(),
        quantity::counted(study.plan.points, "design point"),
        quantity::counted(u64::from(study.plan.replicates), "replicate")
    );
    for product in &study.features.products {
        page.push_str(&format!("  makes {}: {}\n", product.name, product.long_name));
    }
    Ok(page)
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

/// Whether a file begins like every HDF5 file without a user block, even if it is cut soon after, or is results that don't
/// begin so any more: as a zero byte, which no study has, or empty under a name of HDF5. What a pipe gives can be read once
/// only, and is left to whoever takes it for a study.
fn is_results_file(path: &Path) -> bool {
    let start = FileKind::beginning(path);
    match start.first() {
        None => path
            .extension()
            .is_some_and(|ending| ending == "h5" || ending == "hdf5"),
        Some(0) => true,
        Some(_) => b"\x89HDF\r\n\x1a\n".starts_with(&start) || store::is_ours(path).unwrap_or(false),
    }
}

fn unknown(registry: &Registry, name: &str) -> CommandError {
    let names: Vec<_> = registry.iter().map(|scenario| scenario.name()).collect();
    CommandError::usage(
        format!("there is no scenario {name:?}"),
        format!("known are {}", names.join(", ")),
    )
}
