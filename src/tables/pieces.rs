//! Runs of points or units, piece by piece.

use std::collections::VecDeque;
use std::ops::Range;

/// What is still to be read of some runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pieces {
    runs: VecDeque<Range<u64>>,
    total: u64,
    done: u64,
}

impl Pieces {
    pub fn of(runs: impl IntoIterator<Item = Range<u64>>) -> Self {
        let runs: VecDeque<Range<u64>> = runs.into_iter().filter(|run| !run.is_empty()).collect();
        Self {
            total: runs.iter().map(|run| run.end - run.start).sum(),
            done: 0,
            runs,
        }
    }

    /// The next ones, up to `most` (one at least), which follow each other; `None` at the end.
    pub fn next(&mut self, most: u64) -> Option<Range<u64>> {
        let run = self.runs.front_mut()?;
        let piece = run.start..run.end.min(run.start + most.max(1));
        run.start = piece.end;
        if run.is_empty() {
            self.runs.pop_front();
        }
        self.done += piece.end - piece.start;
        Some(piece)
    }

    /// How many have been taken, of how many.
    pub fn progress(&self) -> (u64, u64) {
        (self.done, self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_bounded_and_in_order() {
        let mut pieces = Pieces::of([3..3, 3..8, 10..11]);
        assert_eq!(pieces.progress(), (0, 6));
        assert_eq!(pieces.next(4), Some(3..7));
        assert_eq!(pieces.next(4), Some(7..8));
        assert_eq!(pieces.progress(), (5, 6));
        assert_eq!(pieces.next(0), Some(10..11));
        assert_eq!((pieces.next(4), pieces.progress()), (None, (6, 6)));
    }
}
