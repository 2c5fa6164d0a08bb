//! What the coordinator still has to hand out: units in their order, or in that of a schedule, group by group.

use super::Schedule;
use super::pending::Pending;
use std::ops::Range;
use std::sync::Arc;

/// How much a rank may be handed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    /// Units that are right for it now.
    pub units: u64,
    /// Its fair share of all that is left. A group that is larger is shared out among ranks.
    pub share: u64,
    /// Groups that it can use at once: its threads.
    pub groups: u64,
    /// Units that it can't go beyond.
    pub most: u64,
}

/// Units that nobody was handed yet.
pub(super) enum Backlog {
    /// In the order of their indices.
    Plain(Pending),
    /// In the order of a schedule.
    Scheduled(Scheduled),
}

impl Backlog {
    pub(super) fn new(pending: Vec<Range<u64>>, schedule: Option<Arc<dyn Schedule>>) -> Self {
        match schedule {
            None => Self::Plain(Pending::new(pending)),
            Some(schedule) => Self::Scheduled(Scheduled::new(pending, schedule)),
        }
    }

    /// Units left.
    pub(super) fn units(&self) -> u64 {
        match self {
            Self::Plain(pending) => pending.units(),
            Self::Scheduled(scheduled) => scheduled.units,
        }
    }

    /// How many units are simulated together where the backlog begins.
    pub(super) fn units_together(&self) -> u64 {
        match self {
            Self::Scheduled(scheduled) if scheduled.units > 0 => (scheduled.schedule.group_at(scheduled.next))
                .map_or(1, |group| (group.end - group.start).min(scheduled.units)),
            _ => 1,
        }
    }

    /// Takes ranges for one message: units, or positions of the schedule.
    pub(super) fn take(&mut self, allowance: &Allowance, most_ranges: usize) -> Vec<Range<u64>> {
        match self {
            Self::Plain(pending) => {
                let mut ranges = Vec::new();
                let mut units = 0;
                while units < allowance.units && ranges.len() < most_ranges {
                    let Some(lot) = pending.take(allowance.units - units) else {
                        break;
                    };
                    units += lot.units.end - lot.units.start;
                    ranges.push(lot.units);
                }
                ranges
            }
            Self::Scheduled(scheduled) => scheduled.take(allowance, most_ranges),
        }
    }

    /// Drops everything.
    pub(super) fn clear(&mut self) {
        match self {
            Self::Plain(pending) => {
                pending.clear();
            }
            Self::Scheduled(scheduled) => scheduled.units = 0,
        }
    }
}

/// A walk along a schedule, past the units that are committed already.
pub(super) struct Scheduled {
    schedule: Arc<dyn Schedule>,
    /// Units to be run, sorted.
    pending: Vec<Range<u64>>,
    next: u64,
    units: u64,
    /// The end of the group that is being shared out, and how many units of it each gets.
    shared_out: Option<(u64, u64)>,
}

impl Scheduled {
    fn new(mut pending: Vec<Range<u64>>, schedule: Arc<dyn Schedule>) -> Self {
        pending.retain(|range| !range.is_empty());
        pending.sort_unstable_by_key(|range| range.start);
        Self {
            units: pending.iter().map(|range| range.end - range.start).sum(),
            schedule,
            pending,
            next: 0,
            shared_out: None,
        }
    }

    fn is_pending(&self, position: u64) -> bool {
        let unit = self.schedule.unit_at(position).0;
        let after = self.pending.partition_point(|range| range.start <= unit);
        after > 0 && unit < self.pending[after - 1].end
    }

    /// Goes to the next position with a unit that is pending; there is one.
    fn go_on(&mut self) {
        loop {
            let stretch = self.schedule.stretch_at(self.next);
            let after = self.pending.partition_point(|range| range.start < stretch.end);
            let any = after > 0 && self.pending[after - 1].end > stretch.start;
            if any && let Some(next) = (self.next..stretch.end).find(|position| self.is_pending(*position)) {
                self.next = next;
                return;
            }
            self.next = stretch.end;
        }
    }

    /// Positions from `start` on, before `end`, whose units are pending.
    fn run(&self, start: u64, end: u64) -> u64 {
        (start..end).take_while(|position| self.is_pending(*position)).count() as u64
    }

    fn take(&mut self, allowance: &Allowance, most_ranges: usize) -> Vec<Range<u64>> {
        let mut ranges: Vec<Range<u64>> = Vec::new();
        let (mut units, mut groups) = (0, 0);
        while self.units > 0 && units < allowance.most {
            self.go_on();
            let start = self.next;
            let joins = ranges.last().is_some_and(|last| last.end == start);
            if !joins && ranges.len() == most_ranges {
                break;
            }
            let group = self.schedule.group_at(start);
            let wanted = match &group {
                None if units >= allowance.units => 0,
                None => 1,
                Some(group) => self.of_group(start, group.end, allowance, units, groups),
            };
            if wanted == 0 {
                break;
            }
            groups += u64::from(group.is_some());
            units += wanted;
            self.units -= wanted;
            self.next = start + wanted;
            match ranges.last_mut() {
                Some(last) if joins => last.end = self.next,
                _ => ranges.push(start..self.next),
            }
        }
        ranges
    }

    /// How many units of a group from `start` on go to a rank that has got `units` of `groups` groups so far.
    fn of_group(&mut self, start: u64, end: u64, allowance: &Allowance, units: u64, groups: u64) -> u64 {
        let rest = self.run(start, end);
        let room = allowance.most - units;
        if let Some((of, piece)) = self.shared_out
            && of == end
        {
            return if units == 0 { piece.min(rest).min(room) } else { 0 };
        }
        // Every thread can do with a group, as long as enough is left for the others.
        let right = match groups < allowance.groups {
            true => allowance.units.max(allowance.share.div_ceil(2)),
            false => allowance.units,
        };
        if units + rest <= right.min(allowance.most) {
            return rest;
        }
        if units > 0 {
            return 0;
        }
        let largest = right.max(allowance.share).min(room).max(1);
        let piece = rest.div_ceil(rest.div_ceil(largest));
        if piece < rest {
            self.shared_out = Some((end, piece));
        }
        piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::schedule::tests::by_remainder;
    use crate::sweep::UnitPlan;

    const MANY: Allowance = Allowance {
        units: 10,
        share: 1000,
        groups: 1,
        most: 1000,
    };

    /// Four points that share everything, two of another class, `replicates` times.
    fn schedule(points: u64, replicates: u32, classes: u64) -> Arc<dyn Schedule> {
        Arc::new(by_remainder(UnitPlan { points, replicates }, classes, 100))
    }

    #[test]
    fn whole_groups_are_handed_out() {
        // Groups of four units, one for each replicate.
        let mut backlog = Backlog::new(vec![0..20], Some(schedule(4, 5, 1)));
        assert_eq!(
            backlog.take(&MANY, 28),
            [0..8],
            "two groups are right, the third would be too much"
        );
        let one = Allowance { units: 1, ..MANY };
        assert_eq!(
            backlog.take(&one, 28),
            [8..12],
            "a group isn't split because a rank is new"
        );
        let threads = Allowance {
            units: 1,
            share: 24,
            groups: 3,
            ..MANY
        };
        assert_eq!(backlog.take(&threads, 28), [12..20], "a group for each thread");
        assert_eq!(backlog.units(), 0);
        assert!(backlog.take(&MANY, 28).is_empty());
    }

    #[test]
    fn a_group_beyond_a_fair_share_is_shared_out_evenly() {
        let mut backlog = Backlog::new(vec![0..4], Some(schedule(4, 1, 1)));
        let half = |left: u64| Allowance {
            units: 1,
            share: left.div_ceil(2),
            groups: 1,
            most: 1000,
        };
        assert_eq!(backlog.take(&half(4), 28), [0..2]);
        assert_eq!(backlog.take(&half(2), 28), [2..4], "not halved again");
    }

    #[test]
    fn what_a_rank_can_hold_is_never_exceeded() {
        let mut backlog = Backlog::new(vec![0..20], Some(schedule(4, 5, 1)));
        let narrow = Allowance { most: 3, ..MANY };
        let mut taken = Vec::new();
        while backlog.units() > 0 {
            let ranges = backlog.take(&narrow, 28);
            assert!(ranges.iter().map(|range| range.end - range.start).sum::<u64>() <= 3);
            taken.extend(ranges.into_iter().flatten());
        }
        assert!(taken.into_iter().eq(0..20));
    }

    #[test]
    fn what_is_committed_is_left_out() {
        // Of units 0 to 59 some are left.
        let schedule = schedule(20, 3, 2);
        let pending = vec![3..4, 10..40, 41..42, 59..60];
        let mut backlog = Backlog::new(pending.clone(), Some(Arc::clone(&schedule)));
        assert_eq!(backlog.units(), 33);
        let mut units = Vec::new();
        while backlog.units() > 0 {
            let ranges = backlog.take(&MANY, 2);
            assert!(!ranges.is_empty() && ranges.len() <= 2);
            units.extend(
                ranges
                    .into_iter()
                    .flatten()
                    .map(|position| schedule.unit_at(position).0),
            );
        }
        units.sort_unstable();
        assert!(units.into_iter().eq(pending.into_iter().flatten()));
    }

    #[test]
    fn without_a_schedule_units_go_out_in_order() {
        let mut backlog = Backlog::new(vec![0..5, 7..9], None);
        assert_eq!(backlog.take(&Allowance { units: 6, ..MANY }, 28), [0..5, 7..8]);
        backlog.clear();
        assert_eq!(backlog.units(), 0);
    }
}
