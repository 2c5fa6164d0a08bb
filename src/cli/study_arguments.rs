//! Arguments shared by the commands that read a study.

use crate::config::{self, LayerSources};
use crate::scenario::Registry;
use crate::study::Study;
use clap::Args;
use std::path::PathBuf;

use super::CommandError;

/// A study file and what is laid over it.
#[derive(Args, Clone, Debug)]
pub struct StudyArguments {
    /// The study file (TOML)
    #[arg(value_name = "STUDY.TOML")]
    pub study: PathBuf,

    /// Set one key, overriding everything else: `--set wind.speed_m_s=1.5` (repeatable; value in TOML syntax)
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

    /// Reads, checks and expands the study.
    ///
    /// # Errors
    /// With all problems that were found.
    pub fn load(&self, registry: &Registry) -> Result<Study, CommandError> {
        let resolved = config::load(&self.sources(), registry)?;
        Ok(config::expand(resolved, registry)?)
    }

    /// [`Self::load`] for commands that look at single units or at the size of a study: `--set` on a swept key gives its axis
    /// this one value.
    ///
    /// # Errors
    /// With all problems that were found.
    pub fn load_pinned(&self, registry: &Registry) -> Result<Study, CommandError> {
        let sources = LayerSources {
            pins: true,
            ..self.sources()
        };
        let resolved = config::load(&sources, registry)?;
        Ok(config::expand(resolved, registry)?)
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
