//! Problems in a sweep, with the place that they are at.

use std::collections::HashSet;
use std::fmt;

/// One problem in a `[sweep]` table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweepError {
    /// Where, relative to the table: `axes[1].linspace.count`. Empty for the sweep as a whole.
    pub path: String,
    /// Lower-case fragment: what was found and what was expected.
    pub message: String,
    /// Remedy.
    pub hint: Option<String>,
}

impl fmt::Display for SweepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.path.is_empty() { "" } else { "." };
        write!(f, "`sweep{separator}{}` {}", self.path, self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, " (hint: {hint})")?;
        }
        Ok(())
    }
}

impl std::error::Error for SweepError {}

/// Problems that are looked for: more have one cause in common.
const MAX_PROBLEMS: usize = 1000;

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: Vec<SweepError>,
}

impl Problems {
    /// Notes a problem that explains itself.
    pub(super) fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.found.push(SweepError {
            path: path.into(),
            message: message.into(),
            hint: None,
        });
    }

    /// Notes a problem with its remedy.
    pub(super) fn add_with_hint(
        &mut self,
        path: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.found.push(SweepError {
            path: path.into(),
            message: message.into(),
            hint: Some(hint.into()).filter(|hint| !hint.is_empty()),
        });
    }

    /// Whether so many were found that looking further helps nobody.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= MAX_PROBLEMS
    }

    /// Which entries of the list `list` have one.
    pub(super) fn in_list(&self, list: &str) -> HashSet<usize> {
        let number = |problem: &SweepError| {
            let rest = problem.path.strip_prefix(list)?.strip_prefix('[')?;
            rest.split(']').next()?.parse().ok()
        };
        self.found.iter().filter_map(number).collect()
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// `value` if there was no problem.
    pub(super) fn or<T>(self, value: T) -> Result<T, Vec<SweepError>> {
        if self.found.is_empty() {
            Ok(value)
        } else {
            Err(self.found)
        }
    }
}
