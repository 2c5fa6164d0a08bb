//! Marginal means: rows of a table that average over design points.

use super::summary_table::{Cell, MarginalPoints, Progress, Row};
use crate::stats::{IntervalMethod, Summary};
use serde_json::Value;
use std::collections::HashMap;

/// Rows with equal coordinates, averaged, in order of first appearance.
#[derive(Debug)]
pub(super) struct Marginals {
    points_are_dependent: bool,
    rows: Vec<MarginalRow>,
    places: HashMap<String, usize>,
    /// How often a point has come, by its row and identity.
    times: HashMap<(usize, [u8; 16]), u64>,
}

#[derive(Debug)]
struct MarginalRow {
    coordinates: Vec<Value>,
    replicates: Progress,
    averages: Vec<Average>,
    /// Sum of the hashes of the combinations averaged over: it doesn't depend on their order.
    combinations: u128,
}

impl Marginals {
    pub(super) fn new(points_are_dependent: bool) -> Self {
        Self {
            points_are_dependent,
            rows: Vec::new(),
            places: HashMap::new(),
            times: HashMap::new(),
        }
    }

    /// Adds one design point, whose coordinates are those that are kept. Points of one `identity` are the same point
    /// come again; points without one are all different. `averaged` are the coordinates that aren't kept.
    pub(super) fn add(&mut self, point: Row, identity: Option<[u8; 16]>, averaged: Vec<Value>) {
        // The JSON text tells 1 from "1", which coordinates do too.
        let key = Value::Array(point.coordinates.clone()).to_string();
        let rows = &mut self.rows;
        let place = *self.places.entry(key).or_insert_with(|| {
            rows.push(MarginalRow {
                coordinates: point.coordinates,
                replicates: Progress::default(),
                averages: vec![Average::default(); point.cells.len()],
                combinations: 0,
            });
            rows.len() - 1
        });
        let time = identity.map_or(1, |identity| {
            let times = self.times.entry((place, identity)).or_insert(0);
            *times += 1;
            *times
        });
        let row = &mut self.rows[place];
        row.replicates.done += point.replicates.done;
        row.replicates.all += point.replicates.all;
        let hash = blake3::hash(Value::Array(averaged).to_string().as_bytes());
        let (half, _) = hash.as_bytes().as_chunks::<16>();
        row.combinations = row.combinations.wrapping_add(u128::from_le_bytes(half[0]));
        for (average, cell) in row.averages.iter_mut().zip(&point.cells) {
            average.add(&cell.summary, time, self.points_are_dependent);
        }
    }

    /// Whether all rows average over the same combinations, each as often.
    pub(super) fn same_combinations(&self) -> bool {
        self.rows
            .windows(2)
            .all(|pair| pair[0].combinations == pair[1].combinations)
    }

    pub(super) fn into_rows(self) -> impl Iterator<Item = Row> {
        let points_are_dependent = self.points_are_dependent;
        self.rows.into_iter().map(move |row| Row {
            coordinates: row.coordinates,
            replicates: row.replicates,
            cells: row
                .averages
                .iter()
                .map(|average| average.cell(points_are_dependent))
                .collect(),
        })
    }
}

/// Running sums over the points of a row.
#[derive(Clone, Copy, Debug)]
struct Average {
    /// The first point: all there is to say where it stays the only one, however often it comes.
    first: Summary,
    points: u64,
    distinct: u64,
    with_value: u64,
    count: u64,
    fewest: u64,
    most: u64,
    replicates: u32,
    means: f64,
    centres: f64,
    /// The points' intervals are those of medians.
    of_medians: bool,
    errors: f64,
    below: f64,
    above: f64,
    min: f64,
    max: f64,
}

impl Default for Average {
    fn default() -> Self {
        Self {
            first: Summary::MISSING,
            points: 0,
            distinct: 0,
            with_value: 0,
            count: 0,
            fewest: u64::MAX,
            most: 0,
            replicates: u32::MAX,
            means: 0.0,
            centres: 0.0,
            of_medians: false,
            errors: 0.0,
            below: 0.0,
            above: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }
}

impl Average {
    /// Adds a point that comes for the `time`-th time (from 1): its units are those of the first time, bit for bit.
    fn add(&mut self, summary: &Summary, time: u64, points_are_dependent: bool) {
        if self.points == 0 {
            self.first = *summary;
        }
        self.points += 1;
        self.distinct += u64::from(time == 1);
        if summary.count == 0 {
            return;
        }
        let term = |distance: f64| {
            if points_are_dependent {
                distance
            } else {
                // Its weight grows from time − 1 to time, the square of that by 2·time − 1.
                distance * distance * (2 * time - 1) as f64
            }
        };
        self.with_value += 1;
        if time == 1 {
            self.count += summary.count;
        }
        self.fewest = self.fewest.min(summary.count);
        self.most = self.most.max(summary.count);
        self.replicates = self.replicates.min(summary.replicates);
        self.means += summary.mean;
        self.centres += summary.centre();
        self.of_medians |= summary.method == IntervalMethod::Median;
        self.errors += term(summary.standard_error);
        self.below += term(summary.centre() - summary.interval_low);
        self.above += term(summary.interval_high - summary.centre());
        self.min = self.min.min(summary.min);
        self.max = self.max.max(summary.max);
    }

    /// The averages. Spread and quantiles of pooled values aren't statistics of a marginal mean and stay missing.
    fn cell(&self, points_are_dependent: bool) -> Cell {
        let marginal = Some(MarginalPoints {
            all: self.points,
            distinct: self.distinct,
            with_value: self.with_value,
            fewest: self.fewest,
            most: self.most,
        });
        if self.distinct == 1 || self.with_value == 0 {
            return Cell {
                summary: self.first,
                marginal,
            };
        }
        let points = self.with_value as f64;
        let combine = |sum: f64| {
            if points_are_dependent {
                sum / points
            } else {
                sum.sqrt() / points
            }
        };
        let centre = self.centres / points;
        let (median, method) = if self.of_medians {
            (centre, IntervalMethod::Median)
        } else {
            (f64::NAN, IntervalMethod::None)
        };
        let summary = Summary {
            count: self.count,
            replicates: self.replicates,
            mean: self.means / points,
            median,
            standard_error: combine(self.errors),
            interval_low: centre - combine(self.below),
            interval_high: centre + combine(self.above),
            min: self.min,
            max: self.max,
            method,
            ..Summary::MISSING
        };
        Cell { summary, marginal }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Xoshiro256PlusPlus;
    use crate::results::MetricKind;

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
            replicates: Progress::default(),
            coordinates: vec![coordinate.into()],
            cells: vec![Cell {
                summary,
                marginal: None,
            }],
        }
    }

    fn missing(coordinate: &str) -> Row {
        Row {
            replicates: Progress::default(),
            coordinates: vec![coordinate.into()],
            cells: vec![Cell {
                summary: Summary::MISSING,
                marginal: None,
            }],
        }
    }

    fn average(points_are_dependent: bool) -> Vec<Row> {
        let mut marginals = Marginals::new(points_are_dependent);
        for point in [
            row("b", 1.0, 3.0),
            row("a", 7.0, 1.0),
            missing("b"),
            row("b", 3.0, 4.0),
            missing("c"),
        ] {
            marginals.add(point, None, Vec::new());
        }
        marginals.into_rows().collect()
    }

    #[test]
    fn independent_points_combine_in_quadrature() {
        let rows = average(false);
        let labels: Vec<_> = rows.iter().map(|row| row.coordinates[0].as_str().unwrap()).collect();
        assert_eq!(labels, ["b", "a", "c"]);
        let b = rows[0].cells[0];
        let points = b.marginal.unwrap();
        assert_eq!((points.all, points.distinct, points.with_value), (3, 3, 2));
        assert_eq!((points.fewest, points.most), (10, 10));
        let s = b.summary;
        assert_eq!((s.count, s.mean, s.standard_error), (20, 2.0, 1.25));
        assert_eq!((s.interval_low, s.interval_high, s.min, s.max), (-0.5, 7.0, 0.0, 4.0));
        assert!(s.sd.is_nan() && s.median.is_nan());
    }

    /// The middle of a row is the mean of the points' medians, and the means are averaged beside it.
    #[test]
    fn medians_are_averaged_with_their_own_distances() {
        let mut marginals = Marginals::new(true);
        for (mean, median, half) in [(900.0, 1.0, 0.5), (100.0, 3.0, 1.5)] {
            let mut point = row("a", median, half);
            let summary = &mut point.cells[0].summary;
            (summary.mean, summary.median, summary.method) = (mean, median, IntervalMethod::Median);
            marginals.add(point, None, Vec::new());
        }
        let cell = marginals.into_rows().next().unwrap().cells[0];
        let s = cell.summary;
        assert_eq!((s.centre(), s.median, s.mean), (2.0, 2.0, 500.0));
        assert_eq!((s.interval_low, s.interval_high), (1.0, 4.0));
    }

    #[test]
    fn dependent_points_add_up_without_cancelling() {
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

    #[test]
    fn the_only_point_of_a_row_keeps_its_statistics() {
        let a = average(false)[1].cells[0];
        assert_eq!(
            format!("{:?}", a.summary),
            format!("{:?}", row("a", 7.0, 1.0).cells[0].summary)
        );
    }

    #[test]
    fn a_point_that_comes_again_adds_weight_and_no_information() {
        let mut marginals = Marginals::new(false);
        for (identity, mean, half) in [(1, 1.0, 3.0), (2, 5.0, 2.0), (1, 1.0, 3.0), (1, 1.0, 3.0)] {
            marginals.add(row("a", mean, half), Some([identity; 16]), Vec::new());
        }
        for _ in 0..3 {
            marginals.add(row("b", 7.0, 1.0), Some([3; 16]), Vec::new());
        }
        let rows: Vec<Row> = marginals.into_rows().collect();
        let a = rows[0].cells[0];
        // 3/4 of the first point and 1/4 of the second.
        assert_eq!((a.summary.mean, a.summary.count), (2.0, 20));
        let half = (2.25_f64 * 2.25 + 0.5 * 0.5).sqrt();
        assert!((a.summary.mean - a.summary.interval_low - half).abs() < 1e-12);
        let points = a.marginal.unwrap();
        assert_eq!((points.all, points.distinct, points.with_value), (4, 2, 4));
        let only = row("b", 7.0, 1.0).cells[0].summary;
        assert_eq!(format!("{:?}", rows[1].cells[0].summary), format!("{only:?}"));
    }

    #[test]
    fn rows_over_other_combinations_are_told_apart() {
        let same = |points: &[(&str, i64)]| {
            let mut marginals = Marginals::new(false);
            for (kept, averaged) in points {
                marginals.add(row(kept, 1.0, 1.0), None, vec![(*averaged).into()]);
            }
            marginals.same_combinations()
        };
        assert!(same(&[("a", 1), ("a", 2), ("b", 2), ("b", 1)]));
        assert!(!same(&[("a", 1), ("a", 2), ("b", 2)]));
        assert!(!same(&[("a", 1), ("a", 2), ("b", 2), ("b", 3)]));
    }

    /// 2000 studies; with a true coverage of 0.94 the test fails once in a million (4.753 standard deviations).
    #[test]
    fn marginal_proportions_are_covered() {
        const STUDIES: u64 = 2000;
        let chances = [0.02, 0.1, 0.3, 0.9];
        let truth = chances.iter().sum::<f64>() / chances.len() as f64;
        let covered = |study: &u64| {
            let mut dice = Xoshiro256PlusPlus::from_seed_and_member(11, *study);
            let mut average = Average::default();
            for chance in chances {
                let values: Vec<f64> = (0..20).map(|_| f64::from(dice.uniform() < chance)).collect();
                average.add(&Summary::of_members(&values, 1, MetricKind::Flag, 0.95), 1, false);
            }
            let summary = average.cell(false).summary;
            summary.interval_low <= truth && truth <= summary.interval_high
        };
        let found = (0..STUDIES).filter(covered).count() as f64 / STUDIES as f64;
        let limit = 0.94 - 4.753 * (0.94 * 0.06 / STUDIES as f64).sqrt();
        assert!(found >= limit, "coverage {found}, at least {limit} expected");
    }
}
