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
            write!(f, "`{}` ", short(&self.key, MAX_KEY_CHARACTERS))?;
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
