//! What is to be summarised, and how it is cut into pieces.

use crate::results::{Measure, MemberDetail, MetricColumn};
use crate::study::Study;
use crate::sweep::UnitPlan;
use std::ops::Range;

/// Values of one metric that a rank holds at once (32 MiB of f64), unless one design point alone has more.
const BLOCK_VALUES: u64 = 4 << 20;

/// The shape of a summary: everything that gathering has to know of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct GatherPlan {
    /// Points and replicates.
    pub units: UnitPlan,
    /// Length of the member axis.
    pub members: u32,
    /// What is to be known of each metric, in order.
    pub measures: Vec<Measure>,
    /// What the units keep.
    pub detail: MemberDetail,
    /// Level of the intervals.
    pub confidence: f64,
    /// Values of one metric that a rank holds at once; a block has at least one point. Changes no result.
    pub block_values: u64,
}

impl GatherPlan {
    /// The plan of a study.
    #[must_use]
    pub fn of(study: &Study) -> Self {
        Self::from_parts(
            study.plan,
            study.member_axis.count,
            study.metrics.iter().map(MetricColumn::measure).collect(),
            study.resolved.output.members,
            study.resolved.statistics.confidence,
        )
    }

    /// The plan of what a results file holds.
    #[must_use]
    pub fn from_parts(
        units: UnitPlan,
        members: u32,
        measures: Vec<Measure>,
        detail: MemberDetail,
        confidence: f64,
    ) -> Self {
        Self {
            units,
            members,
            measures,
            detail,
            confidence,
            block_values: BLOCK_VALUES,
        }
    }

    /// The contiguous points of one of `size` ranks: sizes differ by one at most.
    pub(super) fn slice(&self, rank: u32, size: u32) -> Range<u64> {
        let bound = |rank: u32| {
            let product = u128::from(self.units.points) * u128::from(rank) / u128::from(size);
            u64::try_from(product).expect("a share of the points isn't more than all of them")
        };
        bound(rank)..bound(rank + 1)
    }

    /// Points in a block.
    pub(super) fn block_points(&self) -> u64 {
        let per_unit = match self.detail {
            MemberDetail::All => u64::from(self.members),
            // Count, mean, sd, minimum and maximum.
            MemberDetail::Statistics => 5,
        };
        let per_point = u64::from(self.units.replicates).saturating_mul(per_unit);
        (self.block_values / per_point.max(1)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::MetricKind;

    fn plan(points: u64) -> GatherPlan {
        GatherPlan {
            units: UnitPlan {
                points,
                replicates: 100,
            },
            members: 10,
            measures: vec![MetricKind::Real.into()],
            detail: MemberDetail::All,
            confidence: 0.95,
            block_values: BLOCK_VALUES,
        }
    }

    #[test]
    fn slices_are_contiguous_balanced_and_complete() {
        for (points, size) in [(0, 3), (1, 4), (7, 3), (24, 5), (u64::MAX, 1000)] {
            let mut next = 0;
            for rank in 0..size {
                let slice = plan(points).slice(rank, size);
                assert_eq!(slice.start, next, "{points} points, rank {rank} of {size}");
                let length = slice.end - slice.start;
                assert!(length.abs_diff(points / u64::from(size)) <= 1);
                next = slice.end;
            }
            assert_eq!(next, points);
        }
    }

    #[test]
    fn a_block_is_bounded_and_never_empty() {
        let mut plan = plan(1_000_000);
        assert_eq!(plan.block_points(), BLOCK_VALUES / 1000);
        plan.detail = MemberDetail::Statistics;
        assert_eq!(plan.block_points(), BLOCK_VALUES / 500);
        plan.units.replicates = 1_000_000_000;
        assert_eq!(plan.block_points(), 1);
    }
}
