//! How long a condition holds and how long it doesn't.

/// Lengths of the whole runs of a series of true and false, in samples. The first and the last run are cut off by the
/// ends of the series and left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runs {
    /// Lengths of the runs of `true`.
    pub on: Vec<u64>,
    /// Lengths of the runs of `false`.
    pub off: Vec<u64>,
    now: Option<bool>,
    length: u64,
    whole: bool,
}

impl Runs {
    /// Takes the next sample.
    pub fn push(&mut self, value: bool) {
        match self.now {
            Some(now) if now == value => self.length += 1,
            Some(now) => {
                if self.whole {
                    let lengths = if now { &mut self.on } else { &mut self.off };
                    lengths.push(self.length);
                }
                (self.now, self.length, self.whole) = (Some(value), 1, true);
            }
            None => (self.now, self.length) = (Some(value), 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_runs_count() {
        let mut runs = Runs::default();
        for value in "1100010011".chars() {
            runs.push(value == '1');
        }
        assert_eq!((runs.on, runs.off), (vec![1], vec![3, 2]));
    }

    #[test]
    fn a_series_that_never_changes_has_none() {
        let mut runs = Runs::default();
        for _ in 0..5 {
            runs.push(true);
        }
        assert!(runs.on.is_empty() && runs.off.is_empty());
    }
}
