//! Marginal means: rows of a table that average over design points.

use super::summary_table::{Cell, MarginalPoints, Row};
use crate::stats::{IntervalMethod, Summary};
use serde_json::Value;
use std::collections::HashMap;

/// Rows with equal coordinates, averaged, in order of first appearance.
#[derive(Debug)]
pub(super) struct Marginals {
    common_random_numbers: bool,
    rows: Vec<(Vec<Value>, Vec<Average>)>,
    places: HashMap<String, usize>,
}

impl Marginals {
    pub(super) fn new(common_random_numbers: bool) -> Self {
        Self {
            common_random_numbers,
            rows: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Adds one design point, whose coordinates are those that are kept.
    pub(super) fn add(&mut self, point: Row) {
        // The JSON text tells 1 from "1", which coordinates do too.
        let key = Value::Array(point.coordinates.clone()).to_string();
        let rows = &mut self.rows;
        let place = *self.places.entry(key).or_insert_with(|| {
            rows.push((point.coordinates, vec![Average::default(); point.cells.len()]));
            rows.len() - 1
        });
        for (average, cell) in self.rows[place].1.iter_mut().zip(&point.cells) {
            average.add(&cell.summary, self.common_random_numbers);
        }
    }

    pub(super) fn into_rows(self) -> impl Iterator<Item = Row> {
        let common_random_numbers = self.common_random_numbers;
        self.rows.into_iter().map(move |(coordinates, averages)| Row {
            coordinates,
            cells: averages
                .iter()
                .map(|average| average.cell(common_random_numbers))
                .collect(),
        })
    }
}

/// Running sums over the points of a row.
#[derive(Clone, Copy, Debug)]
struct Average {
    points: u64,
    with_value: u64,
    count: u64,
    replicates: u32,
    means: f64,
    errors: f64,
    below: f64,
    above: f64,
    min: f64,
    max: f64,
}

impl Default for Average {
    fn default() -> Self {
        Self {
            points: 0,
            with_value: 0,
            count: 0,
            replicates: u32::MAX,
            means: 0.0,
            errors: 0.0,
            below: 0.0,
            above: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }
}

impl Average {
    fn add(&mut self, summary: &Summary, common_random_numbers: bool) {
        self.points += 1;
        if summary.count == 0 {
            return;
        }
        let term = |distance: f64| {
            if common_random_numbers {
                distance
            } else {
                distance * distance
            }
        };
        self.with_value += 1;
        self.count += summary.count;
        self.replicates = self.replicates.min(summary.replicates);
        self.means += summary.mean;
        self.errors += term(summary.standard_error);
        self.below += term(summary.mean - summary.interval_low);
        self.above += term(summary.interval_high - summary.mean);
        self.min = self.min.min(summary.min);
        self.max = self.max.max(summary.max);
    }

    /// The averages. Spread and quantiles of pooled values aren't statistics of a marginal mean and stay missing.
    fn cell(&self, common_random_numbers: bool) -> Cell {
        let marginal = Some(MarginalPoints {
            all: self.points,
            with_value: self.with_value,
        });
        if self.with_value == 0 {
            return Cell {
                summary: Summary::MISSING,
                marginal,
            };
        }
        let points = self.with_value as f64;
        let combine = |sum: f64| {
            if common_random_numbers {
                sum / points
            } else {
                sum.sqrt() / points
            }
        };
        let mean = self.means / points;
        let summary = Summary {
            count: self.count,
            replicates: self.replicates,
            mean,
            standard_error: combine(self.errors),
            interval_low: mean - combine(self.below),
            interval_high: mean + combine(self.above),
            min: self.min,
            max: self.max,
            method: IntervalMethod::None,
            ..Summary::MISSING
        };
        Cell { summary, marginal }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(coordinate: &str, mean: f64, half: f64) -> Row {
        let summary = Summary {
            count: 10,
            replicates: 5,
            mean,
            standard_error: half / 2.0,
            interval_low: mean - half,
            interval_high: mean + 2.0 * half,
            min: mean - 1.0,
            max: mean + 1.0,
            ..Summary::MISSING
        };
        Row {
            coordinates: vec![coordinate.into()],
            cells: vec![Cell {
                summary,
                marginal: None,
            }],
        }
    }

    fn missing(coordinate: &str) -> Row {
        Row {
            coordinates: vec![coordinate.into()],
            cells: vec![Cell {
                summary: Summary::MISSING,
                marginal: None,
            }],
        }
    }

    fn average(common_random_numbers: bool) -> Vec<Row> {
        let mut marginals = Marginals::new(common_random_numbers);
        for point in [
            row("b", 1.0, 3.0),
            row("a", 7.0, 1.0),
            missing("b"),
            row("b", 3.0, 4.0),
            missing("c"),
        ] {
            marginals.add(point);
        }
        marginals.into_rows().collect()
    }

    #[test]
    fn independent_points_combine_in_quadrature() {
        let rows = average(false);
        let labels: Vec<_> = rows.iter().map(|row| row.coordinates[0].as_str().unwrap()).collect();
        assert_eq!(labels, ["b", "a", "c"]);
        let b = rows[0].cells[0];
        assert_eq!(b.marginal, Some(MarginalPoints { all: 3, with_value: 2 }));
        let s = b.summary;
        assert_eq!((s.count, s.mean, s.standard_error), (20, 2.0, 1.25));
        assert_eq!((s.interval_low, s.interval_high, s.min, s.max), (-0.5, 7.0, 0.0, 4.0));
        assert!(s.sd.is_nan() && s.median.is_nan());
    }

    #[test]
    fn common_random_numbers_add_up_without_cancelling() {
        let s = average(true)[0].cells[0].summary;
        assert_eq!(
            (s.mean, s.standard_error, s.interval_low, s.interval_high),
            (2.0, 1.75, -1.5, 9.0)
        );
    }

    #[test]
    fn rows_without_a_value_stay_missing() {
        let c = average(false)[2].cells[0];
        assert!(c.summary.mean.is_nan() && c.summary.count == 0);
    }
}
