//! Units that all fail for one reason: nobody wants thousands of them.

use crate::results::FailureRow;

/// Watches the failures of a run until a unit succeeds, or two of them fail for different reasons.
#[derive(Debug, Default)]
pub(super) struct BlindFailures {
    /// After how many failures the run is to stop; 0 for never.
    limit: u64,
    reason: Option<String>,
    differ: bool,
}

impl BlindFailures {
    pub(super) fn new(limit: u64) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// Takes in a failure.
    pub(super) fn add(&mut self, row: &FailureRow) {
        if self.limit == 0 || self.differ {
            return;
        }
        let reason = words(&row.message);
        match &self.reason {
            None => self.reason = Some(reason),
            Some(first) => self.differ = *first != reason,
        }
    }

    /// Whether all that was committed so far failed for one reason, and is enough to stop.
    pub(super) fn are_enough(&self, done: u64, quarantined: u64) -> bool {
        self.limit > 0 && done == 0 && quarantined >= self.limit && self.reason.is_some() && !self.differ
    }
}

/// A message without its numbers, which go with the unit.
fn words(message: &str) -> String {
    let words = message.split_whitespace();
    let words = words.filter(|word| !word.bytes().any(|byte| byte.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::UnitIndex;

    fn fail(failures: &mut BlindFailures, message: &str) {
        failures.add(&FailureRow {
            unit: UnitIndex(0),
            attempts: 2,
            seed: 1,
            message: message.to_owned(),
        });
    }

    #[test]
    fn numbers_make_no_other_reason() {
        let mut failures = BlindFailures::new(2);
        assert!(!failures.are_enough(0, 0), "nothing has failed");
        fail(&mut failures, "agent 3 left the table at t = 1.5e-3 s");
        assert!(!failures.are_enough(0, 1));
        fail(&mut failures, "agent 17 left the table at t = 20 s");
        assert!(failures.are_enough(0, 2));
        assert!(!failures.are_enough(1, 2), "one has succeeded");
        fail(&mut failures, "no memory");
        assert!(!failures.are_enough(0, 3), "another reason");
    }

    #[test]
    fn nothing_stops_where_nobody_asks() {
        let mut failures = BlindFailures::new(0);
        (0..1000).for_each(|_| fail(&mut failures, "broken"));
        assert!(!failures.are_enough(0, 1000));
    }
}
