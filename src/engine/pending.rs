//! The units still to be handed out: a few ranges, however many units.

use std::collections::VecDeque;
use std::ops::Range;

/// Ranges of unit indices, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pending {
    ranges: VecDeque<Range<u64>>,
    units: u64,
}

impl Pending {
    pub(super) fn new(ranges: impl IntoIterator<Item = Range<u64>>) -> Self {
        let mut pending = Self::default();
        for range in ranges {
            pending.push(range);
        }
        pending
    }

    pub(super) fn push(&mut self, range: Range<u64>) {
        if !range.is_empty() {
            self.units += range.end - range.start;
            self.ranges.push_back(range);
        }
    }

    /// Gives back what was taken but not begun; it is taken next.
    pub(super) fn push_front(&mut self, range: Range<u64>) {
        if !range.is_empty() {
            self.units += range.end - range.start;
            self.ranges.push_front(range);
        }
    }

    /// Units left.
    pub(super) fn units(&self) -> u64 {
        self.units
    }

    /// Takes the first contiguous units, at most `most`.
    pub(super) fn take(&mut self, most: u64) -> Option<Range<u64>> {
        let first = self.ranges.front_mut()?;
        let taken = first.start..first.end.min(first.start.saturating_add(most.max(1)));
        first.start = taken.end;
        if first.is_empty() {
            self.ranges.pop_front();
        }
        self.units -= taken.end - taken.start;
        Some(taken)
    }

    /// Drops everything; how many units that were.
    pub(super) fn clear(&mut self) -> u64 {
        self.ranges.clear();
        std::mem::take(&mut self.units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_taken_in_order_and_never_across_a_gap() {
        let mut pending = Pending::new([0..5, 5..5, 7..9]);
        assert_eq!(pending.units(), 7);
        assert_eq!(pending.take(3), Some(0..3));
        assert_eq!(pending.take(3), Some(3..5));
        pending.push_front(4..5);
        assert_eq!(pending.take(100), Some(4..5));
        assert_eq!(pending.take(0), Some(7..8));
        assert_eq!(pending.clear(), 1);
        assert_eq!(pending.take(1), None);
    }
}
