//! Files that a scenario makes from finished results.

use serde::{Deserialize, Serialize};

/// A file that is made when all units are done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Name of the file: lower-case letters, digits, `_` and `.`.
    pub name: String,
    /// One line for people.
    pub long_name: String,
    /// Whether it is made from the values of members: a study that keeps statistics only (`output.members`) is refused.
    #[serde(default)]
    pub of_members: bool,
}

impl Product {
    /// A product.
    #[must_use]
    pub fn new(name: &str, long_name: &str) -> Self {
        Self {
            name: name.to_owned(),
            long_name: long_name.to_owned(),
            of_members: false,
        }
    }

    /// The same product, which is made from the values of members.
    #[must_use]
    pub fn of_members(mut self) -> Self {
        self.of_members = true;
        self
    }

    /// Whether its name can stand as that of a file, in any folder and on any system.
    pub(super) fn has_good_name(&self) -> bool {
        self.name.starts_with(|first: char| first.is_ascii_lowercase())
            && self.name.len() <= 60
            && (self.name.chars())
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_' || letter == '.')
    }
}
