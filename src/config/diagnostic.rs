//! Messages about the user's configuration.

use crate::printable::{printable, short};
use crate::study::Origin;
use std::fmt;

/// Characters of a key that a message shows.
const MAX_KEY_CHARACTERS: usize = 200;

/// One problem: where, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where the value came from.
    pub origin: Origin,
    /// Dotted key, empty where there is none (syntax errors).
    pub key: String,
    /// Lower-case fragment with what was found and what was expected.
    pub message: String,
    /// Remedy.
    pub hint: Option<String>,
    /// The offending source line with a caret line under it, where there is one.
    pub excerpt: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.origin)?;
        if !self.key.is_empty() {
            let colon = if goes_on(&self.message) { "" } else { ":" };
            write!(f, "`{}`{colon} ", short(&self.key, MAX_KEY_CHARACTERS))?;
        }
        f.write_str(&printable(&self.message))?;
        if let Some(hint) = &self.hint {
            write!(f, " (hint: {})", printable(hint))?;
        }
        if let Some(excerpt) = &self.excerpt {
            write!(f, "\n{excerpt}")?;
        }
        Ok(())
    }
}

/// Whether a message is the rest of a sentence that the key begins: `= 5 is …`, `has no …`. One with a subject of its own
/// stands after a colon.
fn goes_on(message: &str) -> bool {
    const VERBS: &[&str] = &[
        "=", "is", "isn't", "are", "aren't", "was", "has", "hasn't", "lacks", "gives", "makes", "names", "needs",
        "must", "can't", "cannot", "doesn't", "would", "belongs", "sweeps", "replaces", "looks", "begins", "ends",
        "comes", "holds", "never", "asks", "adds", "takes", "sets", "leaves", "lies", "repeats", "excludes", "fits",
        "leads", "mixes", "keeps", "make", "refers",
    ];
    let first = message
        .split(' ')
        .next()
        .unwrap_or_default()
        .trim_end_matches([':', ',']);
    VERBS.contains(&first)
}

/// All the problems of a study, found before anything runs. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// In order of layers and places.
    pub diagnostics: Vec<Diagnostic>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.diagnostics.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_with_a_subject_of_its_own_stands_after_a_colon() {
        let told = |message: &str| {
            let diagnostic = Diagnostic {
                origin: Origin::Default,
                key: "plume.source_x_m".to_owned(),
                message: message.to_owned(),
                hint: None,
                excerpt: None,
            };
            let text = diagnostic.to_string();
            text[text.find('`').expect("the key")..].to_owned()
        };
        assert_eq!(
            told("the source (200, 0) m is outside"),
            "`plume.source_x_m`: the source (200, 0) m is outside"
        );
        assert_eq!(told("= 5 is out of range"), "`plume.source_x_m` = 5 is out of range");
        assert_eq!(told("isn't a key"), "`plume.source_x_m` isn't a key");
        assert_eq!(told("5 m isn't above"), "`plume.source_x_m`: 5 m isn't above");
    }
}
