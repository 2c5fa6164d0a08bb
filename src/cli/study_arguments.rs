//! Arguments shared by the commands that read a study.

use crate::config::{LayerSources, ResolvedStudy, Study};
use crate::scenario::Registry;
use crate::telemetry::print_line;
use clap::Args;
use std::path::PathBuf;

use super::CommandError;

/// A study file and what is laid over it.
#[derive(Args, Clone, Debug)]
pub struct StudyArguments {
    /// The study file (TOML)
    #[arg(value_name = "STUDY.TOML")]
    pub study: PathBuf,

    /// Override one key: `--set wind.speed_m_s=1.5` (repeatable; value in TOML syntax)
    #[arg(long, value_name = "KEY=VALUE", action = clap::ArgAction::Append)]
    pub set: Vec<String>,
}

impl StudyArguments {
    /// The layers, with the process's environment.
    #[must_use]
    pub fn sources(&self) -> LayerSources {
        LayerSources {
            file: self.study.clone(),
            set: self.set.clone(),
            environment: environment(),
            not_text: not_text(),
            pins: false,
        }
    }

    /// Reads, checks and expands the study.
    ///
    /// # Errors
    /// With all mistakes that were found.
    pub fn load(&self, registry: &Registry) -> Result<Study, CommandError> {
        let resolved = ResolvedStudy::load(&self.sources(), registry)?;
        Ok(Study::new(resolved, registry)?)
    }

    /// The same for commands that look at single units or at the size of a study: `--set` on a swept key gives its axis
    /// this one value.
    ///
    /// # Errors
    /// With all mistakes that were found.
    pub fn load_pinned(&self, registry: &Registry) -> Result<Study, CommandError> {
        let sources = LayerSources {
            pins: true,
            ..self.sources()
        };
        let resolved = ResolvedStudy::load(&sources, registry)?;
        Ok(Study::new(resolved, registry)?)
    }
}

/// Tells what hardly can be meant in a study.
pub fn warn(study: &ResolvedStudy) {
    for warning in &study.warnings {
        print_line(&format!("warning: {warning}"));
    }
}

/// The environment, as far as it is text.
pub fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Variables of this program that aren't text.
fn not_text() -> Vec<String> {
    std::env::vars_os()
        .filter(|(name, value)| name.to_str().is_none() || value.to_str().is_none())
        .map(|(name, _)| name.to_string_lossy().into_owned())
        .filter(|name| name.starts_with("PLUME_NAV_SIM_"))
        .collect()
}
