//! The units still to be handed out: a few ranges, however many units.

use std::collections::VecDeque;
use std::ops::Range;

/// Units that are handed out at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lot {
    pub units: Range<u64>,
    /// Whether they are of one group, and stay together.
    pub together: bool,
}

/// Ranges of unit indices (or of positions in a [`Schedule`](super::Schedule)), in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pending {
    lots: VecDeque<Lot>,
    units: u64,
}

impl Pending {
    pub(super) fn new(ranges: impl IntoIterator<Item = Range<u64>>) -> Self {
        let mut pending = Self::default();
        for units in ranges {
            pending.push(Lot { units, together: false });
        }
        pending
    }

    pub(super) fn push(&mut self, lot: Lot) {
        if !lot.units.is_empty() {
            self.units += lot.units.end - lot.units.start;
            self.lots.push_back(lot);
        }
    }

    /// Gives back what was taken but not begun; it is taken next.
    pub(super) fn push_front(&mut self, units: Range<u64>) {
        if !units.is_empty() {
            self.units += units.end - units.start;
            self.lots.push_front(Lot { units, together: false });
        }
    }

    /// Units left.
    pub(super) fn units(&self) -> u64 {
        self.units
    }

    /// Takes the first contiguous units, at most `most`, or all of a group.
    pub(super) fn take(&mut self, most: u64) -> Option<Lot> {
        let first = self.lots.front_mut()?;
        let (together, units) = (first.together, &mut first.units);
        let end = if together {
            units.end
        } else {
            units.end.min(units.start.saturating_add(most.max(1)))
        };
        let taken = units.start..end;
        units.start = end;
        if units.is_empty() {
            self.lots.pop_front();
        }
        self.units -= taken.end - taken.start;
        Some(Lot { units: taken, together })
    }

    /// Drops everything; how many units that were.
    pub(super) fn clear(&mut self) -> u64 {
        self.lots.clear();
        std::mem::take(&mut self.units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_taken_in_order_and_never_across_a_gap() {
        let mut pending = Pending::new([0..5, 5..5, 7..9]);
        let take = |pending: &mut Pending, most| pending.take(most).map(|lot| lot.units);
        assert_eq!(pending.units(), 7);
        assert_eq!(take(&mut pending, 3), Some(0..3));
        assert_eq!(take(&mut pending, 3), Some(3..5));
        pending.push_front(4..5);
        assert_eq!(take(&mut pending, 100), Some(4..5));
        assert_eq!(take(&mut pending, 0), Some(7..8));
        assert_eq!(pending.clear(), 1);
        assert_eq!(take(&mut pending, 1), None);
    }

    #[test]
    fn a_group_is_taken_as_a_whole() {
        let group = Lot {
            units: 3..9,
            together: true,
        };
        let mut pending = Pending::new([0..2]);
        pending.push(group.clone());
        assert_eq!(pending.take(5).map(|lot| lot.units), Some(0..2));
        assert_eq!(pending.take(1), Some(group));
        assert_eq!(pending.units(), 0);
    }
}
