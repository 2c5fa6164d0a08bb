//! Where the layers of a study come from.

use std::path::PathBuf;

/// Where the layers of a study come from.
#[derive(Clone, Debug, Default)]
pub struct LayerSources {
    /// The study file.
    pub file: PathBuf,
    /// Its text, if it is at hand and not to be read; the file needn't be there then.
    pub text: Option<String>,
    /// Arguments of `--set`, in order.
    pub set: Vec<String>,
    /// Environment variables to look at (`PLUME_NAV_SIM__…`), normally all of the process.
    pub environment: Vec<(String, String)>,
    /// Names of such variables whose values aren't UTF-8 text.
    pub not_text: Vec<String>,
    /// Whether `--set` on a swept key gives its axis this one value, as commands for single units take it. Otherwise it is
    /// refused, because every design point would replace it.
    pub pins: bool,
}

impl LayerSources {
    /// The folder of the study file, where the relative paths of input files start, whatever layer gave them.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        match self.file.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        }
    }
}
