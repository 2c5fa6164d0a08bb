//! Cell sorting as a [`Scenario`].

use super::configuration::CellSortingConfig;
use super::convergence::has_converged;
use super::measures::{emergence, measure};
use super::run::Run;
use super::{check, metrics, model, tables};
use crate::scenario::{
    Chosen, EndReason, MemberAxis, MetricColumn, Problem, Scenario, Unit, UnitFailure, UnitFeatures, UnitOutput,
};

/// The only end before the last step.
const CONVERGED: usize = 0;

/// Keys that the lattice depends on.
const LATTICE_KEYS: &[&str] = &[
    "lattice.width",
    "lattice.height",
    "cells.count",
    "cells.target_areas",
    "measures.anneal_mcs",
    "forces.chemotaxis",
];

/// Cells that sort themselves by adhesion: the scenario `cell_sorting`.
///
/// A unit is one tissue, with one member; its course is in tables.
#[derive(Clone, Copy, Debug, Default)]
pub struct CellSorting;

impl Scenario for CellSorting {
    type Config = CellSortingConfig;

    fn name(&self) -> &'static str {
        "cell_sorting"
    }

    fn summary(&self) -> &'static str {
        "cells of several types that sort themselves by adhesion (cellular Potts model)"
    }

    fn keys_without_effect(&self) -> &'static [&'static str] {
        &["record"]
    }

    /// A tissue is a thread's.
    fn memory_bytes_per_member(&self, config: &CellSortingConfig) -> u64 {
        model::bytes(config)
    }

    fn memory_keys(&self) -> &'static [&'static str] {
        LATTICE_KEYS
    }

    fn chosen_keys(&self) -> &'static [&'static str] {
        &LATTICE_KEYS[..4]
    }

    fn chosen(&self, config: &CellSortingConfig) -> Vec<Chosen> {
        let lattice = model::lattice(config);
        let sides = format!("{} × {}", lattice.width, lattice.height);
        vec![Chosen::new("lattice", &sides, "sites")]
    }

    fn check(&self, config: &CellSortingConfig) -> Vec<Problem> {
        check::check(config).into_vec()
    }

    fn shape_keys(&self) -> &'static [&'static str] {
        &["record.frames", "record.cells"]
    }

    fn member_axis(&self, _: &CellSortingConfig) -> MemberAxis {
        MemberAxis {
            name: "tissue".to_owned(),
            count: 1,
        }
    }

    fn metrics(&self, _: &CellSortingConfig) -> Vec<MetricColumn> {
        metrics::columns()
    }

    fn features(&self, config: &CellSortingConfig) -> UnitFeatures {
        UnitFeatures {
            ends: vec![EndReason::new("converged", "the heterotypic share has converged")],
            tables: tables::tables(config),
            saves: true,
            ..UnitFeatures::PLAIN
        }
    }

    /// Frames and cells are known beforehand but for an early end.
    fn max_rows(&self, config: &CellSortingConfig, units: (u64, u32)) -> (Vec<Option<u64>>, u64) {
        let times = config.schedule.times(config.course.steps).len() as u64;
        let mut rows = vec![Some(times), None];
        if config.record.frames {
            rows.push(Some(times * model::lattice(config).sites() as u64));
        }
        if config.record.cells {
            rows.push(Some(times * u64::from(config.cells.count)));
        }
        (rows, units.0 * u64::from(units.1))
    }

    fn trace_keys(&self, _: &CellSortingConfig) -> Vec<(&'static str, String)> {
        vec![
            ("record.frames", "true".to_owned()),
            ("record.cells", "true".to_owned()),
            ("record.replicates", "0".to_owned()),
        ]
    }

    /// Random streams: `start`, `relaxation`, `attempts`, `drives`, `annealing`, `permutations`.
    fn simulate(
        &self,
        config: &CellSortingConfig,
        unit: &Unit,
        output: &mut UnitOutput<'_>,
    ) -> Result<(), UnitFailure> {
        let mut run = match output.saved_state() {
            Some(state) => Run::restore(config, unit, state)
                .ok_or_else(|| UnitFailure::Scenario("the saved state isn't one of this unit".to_owned()))?,
            None => Run::begin(config, unit),
        };
        let is_recorded = config.record.replicates == 0 || unit.replicate.0 < config.record.replicates;
        let times = config.schedule.times(config.course.steps);
        while run.measured < times.len() {
            let step = times[run.measured];
            while run.relaxes() || run.mcs < u64::from(step) * u64::from(config.course.mcs_per_step) {
                save_if_due(&run, output)?;
                run.advance();
            }
            // Measures may take long, too.
            save_if_due(&run, output)?;
            let seed = run.seeds.annealing.at_step(step.into());
            let (measured, contacts) = measure(config, step, &run.tissue, &mut run.trail, seed);
            if let Some(share) = measured.heterotypic_share {
                run.course.push((f64::from(step), share));
            }
            tables::append(config, &run, &measured, is_recorded, output);
            if run.converged.is_none() && has_converged(&config.convergence, &run.course) {
                run.converged = Some(step);
            }
            run.measured += 1;
            let stops = config.convergence.stop && run.converged.is_some();
            if stops || run.measured == times.len() {
                let before = if run.measured > 1 {
                    times[run.measured - 2]
                } else {
                    step
                };
                let mut random = run.seeds.permutations.generator(0);
                let emergence = emergence(config, &contacts, &mut random);
                metrics::set(&run, &measured, step - before, emergence, output);
                if stops && run.measured < times.len() {
                    output.end(CONVERGED);
                }
                break;
            }
        }
        Ok(())
    }
}

/// Saves the state when it is time, and makes way for the end of the job.
fn save_if_due(run: &Run<'_>, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
    if output.save_due() {
        output.save(&run.state());
        if output.stop_requested() {
            return Err(UnitFailure::Interrupted);
        }
    }
    Ok(())
}
