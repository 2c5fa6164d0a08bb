//! What is wrong with a configuration whose values are allowed one by one.

use crate::lanes::{SIMD_VARIABLE, SimdLevel};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The study is refused.
    Error,
    /// The study runs, but hardly does what was meant.
    Warning,
}

/// A combination of allowed values that makes no sense together, or hardly any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether it is refused.
    pub severity: Severity,
    /// Dotted key to blame.
    pub key: String,
    /// What is wrong: a lower-case fragment with the values and bounds.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl Problem {
    /// A problem to blame on `key`, for which the study is refused.
    pub fn new(key: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            key: key.into(),
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// A problem to blame on `key`, of which people are warned.
    pub fn warning(key: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::new(key, message, hint)
        }
    }

    /// The same for a component that is configured in the table `to` instead of `from`, as one of a list is.
    #[must_use]
    pub fn moved(mut self, from: &str, to: &str) -> Self {
        if let Some(rest) = self.key.strip_prefix(from)
            && (rest.is_empty() || rest.starts_with(['.', '[']))
        {
            self.key = format!("{to}{rest}");
        }
        self
    }
}

/// All problems that were found, in the order in which they are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds a problem to blame on `key`.
    pub fn add(&mut self, key: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) {
        self.push(Problem::new(key, message, hint));
    }

    /// Adds a warning to blame on `key`.
    pub fn warn(&mut self, key: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) {
        self.push(Problem::warning(key, message, hint));
    }

    /// Adds a problem.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether anything is wrong for which the study is refused.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Whether the same problem is there already.
    #[must_use]
    pub fn contains(&self, problem: &Problem) -> bool {
        self.0.contains(problem)
    }

    /// The problems as a list.
    #[must_use]
    pub fn into_vec(self) -> Vec<Problem> {
        self.0
    }

    /// Adds that `PLUME_NAV_SIM_SIMD` asks for instructions that can't be had, if it does.
    pub(in crate::scenario) fn check_instructions(&mut self) {
        if let Err(error) = SimdLevel::chosen() {
            // The place of the message names the variable already.
            let text = error.to_string();
            let text = text.strip_prefix(SIMD_VARIABLE).unwrap_or(&text).trim();
            let (message, hint) = text.split_once(" (hint: ").unwrap_or((text, "unset it)"));
            self.add(SIMD_VARIABLE, message, hint.trim_end_matches(')'));
        }
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Extend<Problem> for Problems {
    fn extend<I: IntoIterator<Item = Problem>>(&mut self, problems: I) {
        self.0.extend(problems);
    }
}

impl FromIterator<Problem> for Problems {
    fn from_iter<I: IntoIterator<Item = Problem>>(problems: I) -> Self {
        Self(problems.into_iter().collect())
    }
}

impl From<Option<Problem>> for Problems {
    fn from(problem: Option<Problem>) -> Self {
        problem.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_moves_with_its_table_and_no_other() {
        let moved = |key: &str| Problem::new(key, "", "").moved("sensor", "sensor.sensors[2]").key;
        assert_eq!(moved("sensor.threshold"), "sensor.sensors[2].threshold");
        assert_eq!(moved("sensor"), "sensor.sensors[2]");
        assert_eq!(moved("sensors.threshold"), "sensors.threshold");
        assert_eq!(moved("agents.count"), "agents.count");
    }
}
