//! The order in which units are handed out, where some of them share what is costly to simulate.

use crate::scenario::GroupKey;
use crate::sweep::{PointIndex, Replicate, UnitIndex, UnitPlan};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// An order of all units in which those of one group follow each other. A place in it is a *position*; messages carry
/// positions instead of unit indices then.
///
/// Pure: all ranks have the same.
pub trait Schedule: Send + Sync {
    /// Which unit is at a position.
    fn unit_at(&self, position: u64) -> UnitIndex;

    /// The positions of the group that has a position; `None` if the unit there shares nothing.
    fn group_at(&self, position: u64) -> Option<Range<u64>>;

    /// Positions around a position that have, as a set, the units of the same numbers.
    fn stretch_at(&self, position: u64) -> Range<u64>;
}

/// Points that are put in order at a time. Groups end where such a block ends: what it takes in memory is bounded, whatever
/// the design.
const BLOCK_POINTS: u64 = 1 << 15;

/// Blocks that are kept: threads are near each other, and so are what a rank does and what it is handed ahead.
const BLOCKS_KEPT: usize = 3;

/// What the units of a design point share with those of other points that have the same, for the same replicate.
pub(super) type SharedBy = Box<dyn Fn(PointIndex) -> Option<GroupKey> + Send + Sync>;

/// Points in blocks; in a block, those that share something follow each other, and their units replicate by replicate. The
/// units of a point that shares nothing stay together.
pub(super) struct GroupSchedule {
    plan: UnitPlan,
    block_points: u64,
    shared_by: SharedBy,
    kept: Mutex<Vec<(u64, Arc<Block>)>>,
}

/// The order of a block's points.
struct Block {
    /// Points, from the first of the block.
    order: Vec<u32>,
    /// Where those begin in the order that share something, and how many they are.
    classes: Vec<Class>,
}

#[derive(Clone, Copy)]
struct Class {
    first: u64,
    points: u64,
}

impl GroupSchedule {
    /// The order of the units of a plan. `shared_by` is asked for each point, perhaps more than once.
    pub(super) fn new(plan: UnitPlan, shared_by: SharedBy) -> Self {
        Self {
            plan,
            block_points: BLOCK_POINTS,
            shared_by,
            kept: Mutex::default(),
        }
    }

    fn replicates(&self) -> u64 {
        u64::from(self.plan.replicates)
    }

    fn block(&self, number: u64) -> Arc<Block> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = kept.iter().position(|(of, _)| *of == number) {
            // The last that was asked for is the last to go.
            let found = kept.remove(at);
            let block = Arc::clone(&found.1);
            kept.push(found);
            return block;
        }
        let first = number * self.block_points;
        let block = Arc::new(self.arrange(first..self.plan.points.min(first + self.block_points)));
        if kept.len() >= BLOCKS_KEPT {
            kept.remove(0);
        }
        kept.push((number, Arc::clone(&block)));
        block
    }

    fn arrange(&self, points: Range<u64>) -> Block {
        let mut classes: Vec<Vec<u32>> = Vec::new();
        let mut known: HashMap<GroupKey, usize> = HashMap::new();
        for point in points.clone() {
            let number = (point - points.start) as u32;
            let class = (self.shared_by)(PointIndex(point)).map(|key| *known.entry(key).or_insert(classes.len()));
            match class {
                Some(class) if class < classes.len() => classes[class].push(number),
                _ => classes.push(vec![number]),
            }
        }
        let mut first = 0;
        let spans = (classes.iter())
            .map(|class| {
                let points = class.len() as u64;
                first += points;
                Class {
                    first: first - points,
                    points,
                }
            })
            .collect();
        Block {
            order: classes.concat(),
            classes: spans,
        }
    }

    /// The block of a position, the class, and the position from the first of the class.
    fn find(&self, position: u64) -> (u64, Arc<Block>, Class, u64) {
        let of_block = self.block_points * self.replicates();
        let (number, within) = (position / of_block, position % of_block);
        let block = self.block(number);
        let point = within / self.replicates();
        let class = block.classes[block.classes.partition_point(|class| class.first <= point) - 1];
        let within = within - class.first * self.replicates();
        (number, block, class, within)
    }
}

impl Schedule for GroupSchedule {
    fn unit_at(&self, position: u64) -> UnitIndex {
        let (number, block, class, within) = self.find(position);
        let (replicate, place) = (within / class.points, within % class.points);
        let point = number * self.block_points + u64::from(block.order[(class.first + place) as usize]);
        UnitIndex(point * self.replicates() + replicate)
    }

    fn group_at(&self, position: u64) -> Option<Range<u64>> {
        let (_, _, class, within) = self.find(position);
        let start = position - within % class.points;
        (class.points > 1).then(|| start..start + class.points)
    }

    fn stretch_at(&self, position: u64) -> Range<u64> {
        let of_block = self.block_points * self.replicates();
        let start = position - position % of_block;
        start..self.plan.units().min(start + of_block)
    }
}

/// The replicate that stands for all when it is asked what points share.
pub(super) const ANY_REPLICATE: Replicate = Replicate(0);

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Points that share with those of the same remainder by `classes`; every fifth shares nothing.
    pub(in crate::engine) fn by_remainder(plan: UnitPlan, classes: u64, block_points: u64) -> GroupSchedule {
        GroupSchedule {
            block_points,
            ..GroupSchedule::new(
                plan,
                Box::new(move |point| {
                    let mut key = [0; 16];
                    key[0] = (point.0 % classes) as u8;
                    (point.0 % 5 != 4).then_some(GroupKey(key))
                }),
            )
        }
    }

    #[test]
    fn every_unit_has_one_position_and_groups_follow_each_other() {
        for (points, replicates, classes, block_points) in [
            (23, 4, 3, 100),
            (23, 4, 3, 7),
            (1, 3, 2, 4),
            (40, 1, 1, 16),
            (12, 5, 12, 5),
        ] {
            let plan = UnitPlan { points, replicates };
            let schedule = by_remainder(plan, classes, block_points);
            let units: Vec<u64> = (0..plan.units()).map(|position| schedule.unit_at(position).0).collect();
            let mut sorted = units.clone();
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(0..plan.units()), "{units:?}");

            let mut position = 0;
            while position < plan.units() {
                let block = |unit: u64| unit / u64::from(replicates) / block_points;
                let stretch = schedule.stretch_at(position);
                assert!(stretch.contains(&position));
                let Some(group) = schedule.group_at(position) else {
                    position += 1;
                    continue;
                };
                assert_eq!(group.start, position, "a group begins where the one before ends");
                let of = |position: u64| {
                    let (point, replicate) = plan.locate(UnitIndex(units[position as usize]));
                    (point.0 % classes, replicate, block(units[position as usize]))
                };
                assert!(group.clone().all(|other| of(other) == of(position)));
                assert!(
                    group
                        .clone()
                        .all(|other| schedule.group_at(other) == Some(group.clone()))
                );
                // Nobody is missing.
                let all = (0..plan.units()).filter(|unit| {
                    let (point, replicate) = plan.locate(UnitIndex(*unit));
                    (point.0 % classes, replicate, block(*unit)) == of(position) && point.0 % 5 != 4
                });
                assert_eq!(all.count() as u64, group.end - group.start);
                position = group.end;
            }
        }
    }

    #[test]
    fn a_stretch_has_the_units_of_its_numbers() {
        let plan = UnitPlan {
            points: 23,
            replicates: 4,
        };
        let schedule = by_remainder(plan, 3, 7);
        let mut position = 0;
        while position < plan.units() {
            let stretch = schedule.stretch_at(position);
            let mut units: Vec<u64> = stretch.clone().map(|position| schedule.unit_at(position).0).collect();
            units.sort_unstable();
            assert!(units.into_iter().eq(stretch.clone()));
            position = stretch.end;
        }
    }
}
