//! Environment variables as a value, so that checks can be tried with any environment.

use std::collections::BTreeMap;

/// Environment variables that are valid Unicode.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables(BTreeMap<String, String>);

impl Variables {
    /// The variables of this process.
    pub fn of_this_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        )
    }

    /// The value, unless it is unset or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value as a number, if it is one.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.trim().parse().ok()
    }

    /// `NAME=value` of all whose names start with `prefix`.
    pub fn with_prefix(&self, prefix: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(name, value)| name.starts_with(prefix) && !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Variables {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }
}
