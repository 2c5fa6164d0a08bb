//! Collects problems, so that all of them are told at once.

use super::source::Place;
use super::{ConfigError, Diagnostic};
use crate::quantity::readable;

/// Problems that are told at most; a study with more has one cause in common.
const MAX_REPORTED: usize = 20;

/// Problems that are kept to choose those from which come first; more are only counted.
const MAX_KEPT: usize = 1000;

/// Problems after which values aren't looked at any further.
const ENOUGH: usize = 100;

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    found: Vec<Found>,
    /// Problems that were found, but not kept.
    more: u64,
}

/// One problem. Its line is looked up once it is told.
#[derive(Debug, PartialEq)]
struct Found {
    place: Place,
    key: String,
    message: String,
    hint: String,
    has_excerpt: bool,
}

impl Report {
    /// A problem at a place of a source.
    pub(super) fn add(&mut self, place: &Place, key: &str, message: &str, hint: &str) {
        self.push(place, key, message, hint, true);
    }

    /// A problem that concerns a whole file, without an excerpt.
    pub(super) fn add_bare(&mut self, place: &Place, message: &str, hint: &str) {
        self.push(place, "", message, hint, false);
    }

    /// Problems of which only the number is known.
    pub(super) fn add_more(&mut self, more: u64) {
        self.more += more;
    }

    fn push(&mut self, place: &Place, key: &str, message: &str, hint: &str, has_excerpt: bool) {
        if self.found.len() >= MAX_KEPT {
            self.more += 1;
            return;
        }
        let found = Found {
            place: place.clone(),
            key: key.to_owned(),
            message: message.to_owned(),
            hint: hint.to_owned(),
            has_excerpt,
        };
        if !self.found.contains(&found) {
            self.found.push(found);
        }
    }

    /// Whether something was found at `key`.
    pub(super) fn has(&self, key: &str) -> bool {
        self.found.iter().any(|found| found.key == key)
    }

    /// Whether something was found at `key`, or at a key of its table.
    pub(super) fn has_within(&self, key: &str) -> bool {
        let is_within = |found: &str| {
            found
                .strip_prefix(key)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.found.iter().any(|found| is_within(&found.key))
    }

    /// Whether so much was found that looking further helps nobody.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= ENOUGH
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// What comes first of everything found, in order of layers and places.
    ///
    /// # Errors
    /// If anything was found.
    pub(super) fn finish(mut self) -> Result<(), ConfigError> {
        if self.found.is_empty() {
            return Ok(());
        }
        self.found.sort_by(|a, b| a.place.order(&b.place));
        let more = self.more + self.found.len().saturating_sub(MAX_REPORTED) as u64;
        let told = self.found.into_iter().take(MAX_REPORTED).map(|found| Diagnostic {
            origin: found.place.origin(),
            key: found.key,
            message: readable(&found.message).into_owned(),
            hint: (!found.hint.is_empty()).then(|| readable(&found.hint).into_owned()),
            excerpt: found.has_excerpt.then(|| found.place.excerpt()).flatten(),
        });
        let mut diagnostics: Vec<Diagnostic> = told.collect();
        if let (true, Some(last)) = (more > 0, diagnostics.last().cloned()) {
            diagnostics.push(Diagnostic {
                key: String::new(),
                message: format!("and {}", crate::quantity::counted(more, "more problem")),
                hint: None,
                excerpt: None,
                ..last
            });
        }
        Err(ConfigError { diagnostics })
    }

    /// The same as a list, for warnings.
    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.finish().map_or_else(|error| error.diagnostics, |()| Vec::new())
    }

    #[cfg(test)]
    pub(super) fn into_messages(self) -> Vec<String> {
        match self.finish() {
            Ok(()) => Vec::new(),
            Err(error) => error.diagnostics.iter().map(ToString::to_string).collect(),
        }
    }
}
