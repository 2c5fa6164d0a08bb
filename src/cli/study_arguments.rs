//! Arguments shared by the commands that read a study.

use crate::config::{self, Diagnostic, LayerSources};
use crate::scenario::Registry;
use crate::study::Study;
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
            text: None,
            set: self.set.clone(),
            environment: environment(),
            not_text: not_text(),
            pins: false,
        }
    }

    /// Reads, checks and expands the study; with it comes what is unlikely to be intended. `pins` is for [`Self::load_pinned`].
    ///
    /// # Errors
    /// With all problems that were found.
    pub fn load_with_warnings(
        &self,
        registry: &Registry,
        pins: bool,
    ) -> Result<(Study, Vec<Diagnostic>), CommandError> {
        let sources = LayerSources { pins, ..self.sources() };
        let (resolved, warnings) = config::load_with_warnings(&sources, registry)?;
        Ok((config::expand(resolved, registry)?, warnings))
    }

    /// Reads, checks and expands the study for commands that look at single units or at the size of a study: `--set` on a swept key gives its axis
    /// this one value.
    ///
    /// # Errors
    /// With all problems that were found.
    pub fn load_pinned(&self, registry: &Registry) -> Result<Study, CommandError> {
        Ok(self.load_with_warnings(registry, true)?.0)
    }
}

/// Tells what is unlikely to be intended in a study.
pub fn warn(warnings: &[Diagnostic]) {
    for warning in warnings {
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
