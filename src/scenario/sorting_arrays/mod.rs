//! Self-sorting arrays: elements that move by the local rules of sorting algorithms, after Zhang, Goldstein & Levin (2024).

mod array;
mod configuration;
#[cfg(test)]
mod tests;

pub use configuration::SortingArraysConfig;

use crate::scenario::{
    CellKind, Cells, EndReason, MemberAxis, MetricColumn, MetricKind, Problem, Problems, RowColumn, RowMeaning,
    RowTable, Scenario, Support, Unit, UnitFailure, UnitFeatures, UnitOutput,
};
use array::{Array, Gratification};

/// Most actions of a unit: some minutes, since none of them is saved.
const MAX_ACTIONS: u64 = 10_000_000_000;

/// Ends before the last step.
const SORTED: usize = 0;
const AT_REST: usize = 1;

/// Arrays of numbers that sort themselves: the scenario `sorting_arrays`. A unit is one array, with one member.
#[derive(Clone, Copy, Debug, Default)]
pub struct SortingArrays;

impl Scenario for SortingArrays {
    type Config = SortingArraysConfig;

    fn name(&self) -> &'static str {
        "sorting_arrays"
    }

    fn summary(&self) -> &'static str {
        "arrays whose elements sort themselves by local rules of bubble, insertion and selection sort"
    }

    fn check(&self, config: &SortingArraysConfig) -> Vec<Problem> {
        let (array, mut found) = (&config.array, Problems::default());
        if array.bubble + array.insertion + array.selection <= 0.0 {
            found.add(
                "array.bubble",
                "no rule has a share",
                "give at least one of bubble, insertion, selection a share above 0",
            );
        }
        if array.frozen > array.length {
            let message = format!("{} of {} elements are frozen", array.frozen, array.length);
            found.add("array.frozen", message, format!("use at most {}", array.length));
        }
        let actions = u64::from(array.steps) * u64::from(array.length);
        if actions > MAX_ACTIONS {
            found.add(
                "array.steps",
                format!("and array.length make up to {actions} actions, more than {MAX_ACTIONS}: a unit can't be interrupted"),
                format!("use at most {} steps", MAX_ACTIONS / u64::from(array.length.max(1))),
            );
        }
        found.into_vec()
    }

    fn member_axis(&self, _: &SortingArraysConfig) -> MemberAxis {
        MemberAxis {
            name: "array".to_owned(),
            count: 1,
        }
    }

    fn metrics(&self, _: &SortingArraysConfig) -> Vec<MetricColumn> {
        let real = |name, text| MetricColumn::new(name, MetricKind::Real, "1", text);
        let sorted = "arrays that got sorted";
        vec![
            real("sortedness", "share of neighbouring pairs in order, at the end").within(Support::Fraction),
            MetricColumn::new("sorted", MetricKind::Flag, "1", "whether the array got sorted"),
            real("sorting_steps", "steps until the array was sorted")
                .within(Support::NonNegative)
                .conditional(sorted),
            real("swaps", "swaps").within(Support::NonNegative),
            real("comparisons", "looks at another element").within(Support::NonNegative),
            real(
                "delayed_gratification",
                "sum over falls of sortedness of the rise right after each, over the fall",
            )
            .within(Support::NonNegative),
            MetricColumn::new(
                "falls",
                MetricKind::Count,
                "1",
                "falls of sortedness that a rise followed",
            ),
            real("clustering_peak", "largest share of neighbouring pairs with one rule").within(Support::Fraction),
            real(
                "clustering_end",
                "share of neighbouring pairs with one rule, at the end",
            )
            .within(Support::Fraction),
            real("clustering_null", "its mean over all orders of the rules").within(Support::Fraction),
        ]
    }

    fn features(&self, _: &SortingArraysConfig) -> UnitFeatures {
        let real = |name, text| RowColumn::new(name, CellKind::F64, "1", text);
        UnitFeatures {
            ends: vec![
                EndReason::new("sorted", "the array is sorted"),
                EndReason::new("at_rest", "nothing has moved for array.rest_steps steps"),
            ],
            tables: vec![RowTable {
                name: "course".to_owned(),
                long_name: "measures after each step".to_owned(),
                row: RowMeaning::Event,
                recorded: false,
                columns: vec![
                    RowColumn::new("step", CellKind::I32, "1", "step of the unit"),
                    real("sortedness", "share of neighbouring pairs in order"),
                    real("clustering", "share of neighbouring pairs with one rule"),
                ],
            }],
            ..UnitFeatures::PLAIN
        }
    }

    fn max_rows(&self, config: &SortingArraysConfig, units: (u64, u32)) -> (Vec<Option<u64>>, u64) {
        (
            vec![Some(u64::from(config.array.steps) + 1)],
            units.0 * u64::from(units.1),
        )
    }

    /// Random streams: `array` for the beginning, `actions` for each step.
    fn simulate(
        &self,
        config: &SortingArraysConfig,
        unit: &Unit,
        output: &mut UnitOutput<'_>,
    ) -> Result<(), UnitFailure> {
        let mut array = Array::new(&config.array, unit.streams.seed("array"));
        let actions = unit.streams.seed("actions");
        let (mut gratification, mut peak, mut rest, mut step) = (Gratification::default(), 0.0f64, 0, 0);
        let mut append = |array: &Array, step: u32, output: &mut UnitOutput<'_>| {
            let (sortedness, clustering) = (array.sortedness(), array.clustering());
            gratification.add(sortedness);
            peak = peak.max(clustering);
            let rows = [
                Cells::I32(&[step as i32]),
                Cells::F64(&[sortedness]),
                Cells::F64(&[clustering]),
            ];
            output.append(0, &rows);
        };
        append(&array, 0, output);
        while step < config.array.steps && !array.is_sorted() {
            let mut random = actions.at_step(step.into()).generator(0);
            let before = array.swaps;
            for _ in 0..config.array.length {
                let place = (random.uniform() * f64::from(config.array.length)) as usize;
                array.act(place, &mut random);
            }
            step += 1;
            append(&array, step, output);
            rest = if array.swaps == before { rest + 1 } else { 0 };
            if rest >= config.array.rest_steps && !array.is_sorted() {
                output.end(AT_REST);
                break;
            }
        }
        let is_sorted = array.is_sorted();
        if is_sorted && step < config.array.steps {
            output.end(SORTED);
        }
        let (delayed, falls) = gratification.finish();
        let values = [
            array.sortedness(),
            f64::from(u8::from(is_sorted)),
            if is_sorted { f64::from(step) } else { f64::NAN },
            array.swaps as f64,
            array.comparisons as f64,
            delayed,
            f64::from(falls),
            peak,
            array.clustering(),
            array.clustering_null(),
        ];
        values
            .into_iter()
            .enumerate()
            .for_each(|(metric, value)| output.set(metric, 0, value));
        Ok(())
    }
}
