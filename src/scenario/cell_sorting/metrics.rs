//! Columns and values of a unit: how its last measure came out.

use super::contacts::Emergence;
use super::measures::Measured;
use super::run::Run;
use crate::scenario::{MetricColumn, MetricKind, Support, UnitOutput};

/// The columns, in order.
pub(super) fn columns() -> Vec<MetricColumn> {
    let real = |name, text| MetricColumn::new(name, MetricKind::Real, "1", text);
    let count = |name, text| MetricColumn::new(name, MetricKind::Count, "1", text);
    let touching = "units in which cells touch";
    vec![
        real(
            "heterotypic_share",
            "share of contacts between cells that is between unlike ones",
        )
        .within(Support::Fraction)
        .conditional(touching),
        real(
            "mismatched_share",
            "share of all contacts, those with the medium included, between unlike cells",
        )
        .within(Support::Fraction)
        .conditional("units in which anything touches"),
        real(
            "sorting_quality",
            "sorting quality: 0 for types given out by lot, 1 for none that mix",
        )
        .conditional("units with several types, in which cells touch"),
        count("clusters", "clusters of cells of one type"),
        real(
            "largest_cluster_share",
            "cells of the largest cluster, as a share of its type",
        )
        .within(Support::Fraction),
        MetricColumn::new(
            "converged",
            MetricKind::Flag,
            "1",
            "whether the heterotypic share has converged",
        ),
        real("convergence_steps", "steps until the heterotypic share has converged")
            .within(Support::NonNegative)
            .conditional("units that converged"),
        real(
            "emergence_score",
            "standard deviations by which like cells touch more than in permutations of types",
        )
        .conditional("units that were compared with permutations"),
        real(
            "emergence_p_value",
            "share of permutations in which like cells touch as much",
        )
        .within(Support::Fraction)
        .conditional("units that were compared with permutations"),
        real("energy", "energy at the end"),
        real("displacement_sites", "root of the mean squared way of a cell, sites").within(Support::NonNegative),
        real(
            "exchange_per_step",
            "share of pairs of touching cells that come or go in a step, at the end",
        )
        .within(Support::NonNegative),
        count("cells_left", "cells that are left"),
        count("lost_cells", "cells that have vanished"),
        count("split_cells", "cells in pieces"),
        count("steps", "steps until the end"),
        real("attempts", "attempts to copy a label").within(Support::NonNegative),
        real("accepted_share", "share of attempts that copied a label").within(Support::Fraction),
    ]
}

/// Sets the values of a unit.
pub(super) fn set(
    run: &Run<'_>,
    last: &Measured,
    interval_steps: u32,
    emergence: Option<Emergence>,
    output: &mut UnitOutput<'_>,
) {
    let missing = f64::NAN;
    let attempts = run.counts.attempts;
    let values = [
        last.heterotypic_share.unwrap_or(missing),
        last.mismatched_share.unwrap_or(missing),
        last.sorting_quality.unwrap_or(missing),
        last.clusters.len() as f64,
        last.largest_cluster_share,
        f64::from(u8::from(run.converged.is_some())),
        run.converged.map_or(missing, f64::from),
        emergence.map_or(missing, |emergence| emergence.score),
        emergence.map_or(missing, |emergence| emergence.p_value),
        last.energy,
        last.displacement,
        last.exchanged / f64::from(interval_steps.max(1)),
        f64::from(last.cells),
        f64::from(last.lost),
        f64::from(last.split),
        f64::from(last.step),
        attempts as f64,
        run.counts.accepted as f64 / attempts.max(1) as f64,
    ];
    for (metric, value) in values.into_iter().enumerate() {
        output.set(metric, 0, value);
    }
}
