//! Dense numbering of the points that exclusions leave, without looking at each point.
//!
//! A rule is alive at an axis if all its conditions on the axes before held. The number of points left below an axis
//! depends on the digits chosen so far only through the set of rules still alive, a bit mask; so it is counted once per
//! (axis, mask). Along an axis, neighbouring digits that satisfy the same rules form a run, and the running totals
//! over the runs turn a point index into a digit, and back, by bisection.

use super::axis::Grid;
use std::collections::{HashMap, HashSet};

/// Most running totals remembered over all (axis, mask) pairs: about 80 MB.
const MAX_REMEMBERED: usize = 10_000_000;

/// Neighbouring digits of an axis that satisfy the same rules.
#[derive(Clone, Copy, Debug)]
pub(super) struct AliveRun {
    /// First digit.
    pub(super) first: u64,
    /// Rules whose conditions on this axis hold (or that have none).
    pub(super) alive: u64,
}

/// The points that are left, numbered in the order of the grid.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    lengths: Vec<u64>,
    /// Per axis its runs, in order from digit 0.
    runs: Vec<Vec<AliveRun>>,
    /// Per axis, and once after the last: the rules that have conditions from there on.
    open: Vec<u64>,
    /// Per axis, and once after the last: the product of the lengths from there on.
    products: Vec<u64>,
    all_rules: u64,
    /// Per axis and mask the running totals over its runs.
    totals: Vec<HashMap<u64, Vec<u64>>>,
}

/// The rules are so entangled that counting would take too much memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entangled;

impl Selection {
    /// Counts what `rule_count` rules leave of `grid`; `constrained[a]` has the rules with conditions on axis `a`.
    ///
    /// # Errors
    /// If the running totals exceed a fixed amount of memory.
    pub(super) fn new(
        grid: &Grid,
        runs: Vec<Vec<AliveRun>>,
        constrained: &[u64],
        rule_count: usize,
    ) -> Result<Self, Entangled> {
        let lengths: Vec<u64> = grid.axes.iter().map(|axis| axis.count()).collect();
        let axes = lengths.len();
        let (mut open, mut products) = (vec![0; axes + 1], vec![1; axes + 1]);
        for axis in (0..axes).rev() {
            open[axis] = open[axis + 1] | constrained[axis];
            products[axis] = products[axis + 1] * lengths[axis];
        }
        let mut selection = Self {
            lengths,
            runs,
            open,
            products,
            all_rules: u64::MAX >> (64 - rule_count),
            totals: vec![HashMap::new(); axes],
        };
        let mut remembered = 0;
        selection.count_below(0, selection.all_rules, &mut remembered)?;
        Ok(selection)
    }

    /// Number of points left.
    pub(super) fn count(&self) -> u64 {
        self.counted(0, self.all_rules)
    }

    /// Number of running totals kept.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.totals.iter().flat_map(HashMap::values).map(Vec::len).sum()
    }

    /// The digits of point `index`, which is below [`Self::count`].
    pub(super) fn digits(&self, mut index: u64) -> Vec<u64> {
        let mut digits = vec![0; self.lengths.len()];
        let mut alive = self.all_rules;
        for (axis, digit) in digits.iter_mut().enumerate() {
            if alive == 0 {
                *digit = index / self.products[axis + 1];
                index %= self.products[axis + 1];
                continue;
            }
            let totals = &self.totals[axis][&alive];
            let run = totals.partition_point(|total| *total <= index);
            if run > 0 {
                index -= totals[run - 1];
            }
            let AliveRun { first, alive: held } = self.runs[axis][run];
            alive &= held;
            let below = self.counted(axis + 1, alive);
            *digit = first + index / below;
            index %= below;
        }
        digits
    }

    /// The index of the point with these digits, unless it is excluded.
    pub(super) fn index(&self, digits: &[u64]) -> Option<u64> {
        let mut index = 0;
        let mut alive = self.all_rules;
        for (axis, &digit) in digits.iter().enumerate() {
            if alive == 0 {
                index += digit * self.products[axis + 1];
                continue;
            }
            let totals = &self.totals[axis][&alive];
            let run = self.runs[axis].partition_point(|run| run.first <= digit) - 1;
            if run > 0 {
                index += totals[run - 1];
            }
            let AliveRun { first, alive: held } = self.runs[axis][run];
            alive &= held;
            let below = self.counted(axis + 1, alive);
            if below == 0 {
                return None;
            }
            index += (digit - first) * below;
        }
        Some(index)
    }

    /// The first digits, in the order of the grid, that start a point which is left and has `fixed` digits where they
    /// are given.
    pub(super) fn first_with(&self, fixed: &[Option<u64>]) -> Option<Vec<u64>> {
        let mut digits = Vec::with_capacity(fixed.len());
        let mut dead_ends = HashSet::new();
        self.extend(fixed, self.all_rules, &mut digits, &mut dead_ends)
            .then_some(digits)
    }

    fn extend(
        &self,
        fixed: &[Option<u64>],
        alive: u64,
        digits: &mut Vec<u64>,
        dead_ends: &mut HashSet<(usize, u64)>,
    ) -> bool {
        let axis = digits.len();
        if self.counted(axis, alive) == 0 || dead_ends.contains(&(axis, alive)) {
            return false;
        }
        if axis == fixed.len() {
            return true;
        }
        let runs = &self.runs[axis];
        let tried = match fixed[axis] {
            Some(digit) => {
                let run = runs.partition_point(|run| run.first <= digit) - 1;
                vec![(digit, runs[run].alive)]
            }
            None => runs.iter().map(|run| (run.first, run.alive)).collect(),
        };
        for (digit, held) in tried {
            digits.push(digit);
            if self.extend(fixed, alive & held, digits, dead_ends) {
                return true;
            }
            digits.pop();
        }
        dead_ends.insert((axis, alive));
        false
    }

    /// The points left from `axis` on while `alive` rules are; counted before.
    fn counted(&self, axis: usize, alive: u64) -> u64 {
        if alive == 0 {
            self.products[axis]
        } else if alive & !self.open[axis] != 0 {
            // A rule has held to its end: everything from here on is excluded.
            0
        } else {
            self.totals[axis][&alive].last().copied().unwrap_or(0)
        }
    }

    fn count_below(&mut self, axis: usize, alive: u64, remembered: &mut usize) -> Result<u64, Entangled> {
        if alive != 0 && alive & !self.open[axis] == 0 && !self.totals[axis].contains_key(&alive) {
            // A map entry takes about as much as four totals.
            *remembered += self.runs[axis].len() + 4;
            if *remembered > MAX_REMEMBERED {
                return Err(Entangled);
            }
            let mut totals = Vec::with_capacity(self.runs[axis].len());
            let mut total = 0;
            for run in 0..self.runs[axis].len() {
                let AliveRun { first, alive: held } = self.runs[axis][run];
                let end = self.runs[axis]
                    .get(run + 1)
                    .map_or(self.lengths[axis], |next| next.first);
                total += (end - first) * self.count_below(axis + 1, alive & held, remembered)?;
                totals.push(total);
            }
            self.totals[axis].insert(alive, totals);
        }
        Ok(self.counted(axis, alive))
    }
}
