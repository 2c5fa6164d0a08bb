//! What is wrong with a condition, and where.

use std::fmt;
use std::ops::Range;

/// A condition that can't be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionError {
    /// The condition as it was typed.
    pub text: String,
    /// The bytes of it that are wrong.
    pub place: Range<usize>,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub hint: String,
}

impl ConditionError {
    pub(super) fn new(text: &str, place: Range<usize>, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            text: text.to_owned(),
            place,
            problem: problem.into(),
            hint: hint.into(),
        }
    }
}

impl fmt::Display for ConditionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Blanks for all that would move the mark.
        let shown: String = self
            .text
            .chars()
            .map(|letter| if letter.is_whitespace() { ' ' } else { letter })
            .collect();
        let before = self.text[..self.place.start].chars().count();
        let length = self.text[self.place.clone()].chars().count().max(1);
        writeln!(f, "{}", self.problem)?;
        writeln!(f, "  {shown}")?;
        write!(
            f,
            "  {}{}\n(hint: {})",
            " ".repeat(before),
            "^".repeat(length),
            self.hint
        )
    }
}

impl std::error::Error for ConditionError {}
