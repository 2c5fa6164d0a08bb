//! Digits of an axis that together show every combination of what touches some keys.

use super::axis::{Axis, AxisKind, Grid, Nested};
use super::key;
use std::collections::HashSet;

/// Longest axis that is searched for digits that differ in what counts.
const MAX_SEARCHED: u64 = 1_000_000;

/// Some digits of an axis.
pub(super) enum Covering<'a> {
    /// All of them, so many.
    All(u64),
    /// The first of each combination of what counts, of an axis that has other keys besides.
    Distinct(Vec<u64>),
    /// Some of each case of a nested axis.
    Cases {
        nested: &'a Nested,
        cases: Vec<GridCovering<'a>>,
    },
}

/// Some points of a grid: those with the first digit on every axis that touches nothing.
pub(super) struct GridCovering<'a> {
    /// Each axis's length and digits.
    axes: Vec<(u64, Option<Covering<'a>>)>,
}

impl Axis {
    /// Digits that together show all combinations of what touches `keys`; `None` if nothing of it does. `whole` asks for
    /// all digits then.
    pub(super) fn covering(&self, keys: &[&str], whole: bool) -> Option<Covering<'_>> {
        if !self.touches_any(keys) {
            return None;
        }
        Some(match &self.kind {
            AxisKind::Nested(nested) if !whole => Covering::Cases {
                nested,
                cases: (nested.cases.iter())
                    .map(|case| GridCovering::new(&case.grid, keys))
                    .collect(),
            },
            AxisKind::Zip(_) | AxisKind::Sample(_) if !whole && self.count() <= MAX_SEARCHED => {
                Covering::Distinct(self.distinct(keys))
            }
            _ => Covering::All(self.count()),
        })
    }

    /// The first digit of each combination of the values that touch `keys`.
    fn distinct(&self, keys: &[&str]) -> Vec<u64> {
        let mut seen = HashSet::new();
        let first = |digit: &u64| {
            let mut values = Vec::new();
            self.visit(*digit, &mut |cell| {
                if keys.iter().any(|other| key::touches(cell.key, other)) {
                    values.push(cell.value.to_string());
                }
            });
            seen.insert(values)
        };
        (0..self.count()).filter(first).collect()
    }
}

impl Covering<'_> {
    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::All(count) => *count,
            Self::Distinct(digits) => digits.len() as u64,
            Self::Cases { cases, .. } => cases.iter().map(GridCovering::count).fold(0, u64::saturating_add),
        }
    }

    /// The digit at `position`, which is below [`Self::count`].
    pub(super) fn digit(&self, mut position: u64) -> u64 {
        match self {
            Self::All(_) => position,
            Self::Distinct(digits) => digits[position as usize],
            Self::Cases { nested, cases } => {
                for (case, covering) in cases.iter().enumerate() {
                    if position < covering.count() {
                        let first = if case == 0 { 0 } else { nested.ends[case - 1] };
                        return first + covering.index(position);
                    }
                    position -= covering.count();
                }
                unreachable!("the position is below the count")
            }
        }
    }
}

impl<'a> GridCovering<'a> {
    fn new(grid: &'a Grid, keys: &[&str]) -> Self {
        let axes = grid.axes.iter().map(|axis| (axis.count(), axis.covering(keys, false)));
        Self { axes: axes.collect() }
    }

    fn count(&self) -> u64 {
        let counts = self.axes.iter().filter_map(|(_, covering)| covering.as_ref());
        counts.map(Covering::count).fold(1, u64::saturating_mul)
    }

    /// The index in the grid of the one at `position`.
    fn index(&self, mut position: u64) -> u64 {
        let (mut index, mut stride) = (0, 1);
        for (length, covering) in self.axes.iter().rev() {
            if let Some(covering) = covering {
                index += stride * covering.digit(position % covering.count());
                position /= covering.count();
            }
            stride *= length;
        }
        index
    }
}
