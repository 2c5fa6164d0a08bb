//! Collects mistakes, so that all of them are told at once.

use super::source::Place;
use super::{ConfigError, Diagnostic};

/// Mistakes that are told at most; a study with more has one cause in common.
const MAX_DIAGNOSTICS: usize = 100;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    found: Vec<(Place, Diagnostic)>,
}

impl Report {
    /// A mistake at a place of a source.
    pub(super) fn add(&mut self, place: &Place, key: &str, message: &str, hint: &str) {
        self.push(place, key, message, hint, place.excerpt());
    }

    /// A mistake that concerns a whole file, without an excerpt.
    pub(super) fn add_bare(&mut self, place: &Place, message: &str, hint: &str) {
        self.push(place, "", message, hint, None);
    }

    fn push(&mut self, place: &Place, key: &str, message: &str, hint: &str, excerpt: Option<String>) {
        let diagnostic = Diagnostic {
            origin: place.origin(),
            key: key.to_owned(),
            message: message.to_owned(),
            hint: (!hint.is_empty()).then(|| hint.to_owned()),
            excerpt,
        };
        if self.found.len() >= 10 * MAX_DIAGNOSTICS {
            return;
        }
        if !self.found.iter().any(|(_, known)| *known == diagnostic) {
            self.found.push((place.clone(), diagnostic));
        }
    }

    /// Whether so much was found that looking further helps nobody.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= MAX_DIAGNOSTICS
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Everything found, in order of layers and places.
    ///
    /// # Errors
    /// If anything was found.
    pub(super) fn finish(mut self) -> Result<(), ConfigError> {
        if self.found.is_empty() {
            return Ok(());
        }
        self.found.sort_by(|(a, _), (b, _)| a.order(b));
        let more = self.found.len().saturating_sub(MAX_DIAGNOSTICS);
        let mut diagnostics: Vec<Diagnostic> = self
            .found
            .into_iter()
            .take(MAX_DIAGNOSTICS)
            .map(|(_, diagnostic)| diagnostic)
            .collect();
        if let (true, Some(last)) = (more > 0, diagnostics.last().cloned()) {
            diagnostics.push(Diagnostic {
                key: String::new(),
                message: format!("and at least {more} more mistakes, which aren't shown"),
                hint: None,
                excerpt: None,
                ..last
            });
        }
        Err(ConfigError { diagnostics })
    }

    #[cfg(test)]
    pub(super) fn into_messages(self) -> Vec<String> {
        match self.finish() {
            Ok(()) => Vec::new(),
            Err(error) => error.diagnostics.iter().map(ToString::to_string).collect(),
        }
    }
}
