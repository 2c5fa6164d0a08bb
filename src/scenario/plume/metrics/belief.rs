//! What searches by belief came to: columns of studies that have such agents.

use super::super::navigator::BeliefReport;
use crate::scenario::{MetricColumn, MetricKind, Support};

/// Number of columns.
pub(in super::super) const BELIEF_COLUMNS: usize = 5;

/// The columns, after those that every study has.
#[must_use]
pub fn belief_columns() -> Vec<MetricColumn> {
    let column = |name, kind, unit, text| MetricColumn::new(name, kind, unit, text).conditional("agents with a belief");
    let real = |name, unit, text| column(name, MetricKind::Real, unit, text).within(Support::NonNegative);
    vec![
        real("belief_hits", "1", "hits that the agent inferred from"),
        real(
            "belief_model_hits",
            "1",
            "hits that the assumed plume makes of the true source on the same way",
        ),
        column(
            "belief_surprise_bits",
            MetricKind::Real,
            "bit",
            "mean surprise of an observation beyond what the belief expected",
        ),
        column(
            "belief_resets",
            MetricKind::Count,
            "1",
            "observations that the belief held impossible",
        ),
        real("belief_entropy_bits", "bit", "entropy of the belief at the end"),
    ]
}

/// The values of one agent, in the order of [`belief_columns`].
#[must_use]
pub fn belief_values(report: BeliefReport) -> [f64; BELIEF_COLUMNS] {
    [
        report.hits,
        report.model_hits,
        report.surprise_bits,
        f64::from(report.resets),
        report.entropy_bits,
    ]
}
