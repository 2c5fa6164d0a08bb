//! What there is to know of a table as a whole.

use crate::version::{GIT_REVISION, SOFTWARE_VERSION};
use std::collections::HashMap;

/// The entry with the whole configuration.
pub(super) const CONFIGURATION: &str = "configuration";

/// Where a table comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Name of the study.
    pub study: String,
    /// Its scenario.
    pub scenario: String,
    /// Hash of all that can change a result, hexadecimal.
    pub configuration_hash: String,
    /// The resolved configuration as TOML.
    pub configuration_toml: String,
    /// What a row is, in one line.
    pub rows: String,
    /// Whether the results weren't complete.
    pub partial: bool,
}

impl About {
    /// All of it as names and texts, in a fixed order.
    #[must_use]
    pub fn entries(&self) -> Vec<(&'static str, String)> {
        let mut entries = vec![
            ("title", self.study.clone()),
            ("rows", self.rows.clone()),
            ("scenario", self.scenario.clone()),
            ("configuration_hash", self.configuration_hash.clone()),
            (CONFIGURATION, self.configuration_toml.clone()),
            (
                "source",
                format!("plume-nav-sim {SOFTWARE_VERSION} (git revision {GIT_REVISION})"),
            ),
        ];
        if self.partial {
            entries.push(("partial", "the results were not complete".to_owned()));
        }
        entries
    }

    /// The same for a schema.
    #[must_use]
    pub fn metadata(&self) -> HashMap<String, String> {
        let entries = self.entries().into_iter();
        entries.map(|(name, text)| (name.to_owned(), text)).collect()
    }
}
