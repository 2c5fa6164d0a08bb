//! What a table shows: which axes, which metrics, in which form.

use super::ReportError;
use super::marginal::Marginals;
use super::render::{Renderer, TableFormat};
use crate::results::{MetricColumn, MetricKind};
use crate::stats::{IntervalMethod, Summary};
use serde_json::Value;
use std::io::Write;

/// What the study says about its design and metrics.
#[derive(Clone, Debug)]
pub struct TableDesign {
    /// Swept keys (dotted), in axis order.
    pub keys: Vec<String>,
    /// All metrics, in order.
    pub metrics: Vec<MetricColumn>,
    /// Level of the intervals.
    pub confidence: f64,
    /// Whether design points may share random numbers: their means are dependent then.
    pub points_are_dependent: bool,
    /// Of a study that isn't finished, units done and in all; none of a finished one.
    pub partial: Option<Progress>,
}

/// How much of something is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Units done.
    pub done: u64,
    /// Units in all.
    pub all: u64,
}

/// One design point.
#[derive(Clone, Debug)]
pub struct PointRow {
    /// Value or label of each swept key, in the order of [`TableDesign::keys`].
    pub coordinates: Vec<Value>,
    /// Summary of each metric in [`SummaryTable::metric_indices`], in that order.
    pub summaries: Vec<Summary>,
    /// What the point's random numbers come from, where points can repeat: points of one identity have the same units,
    /// bit for bit. Without it each point counts as different from all others.
    pub identity: Option<[u8; 16]>,
    /// Its replicates, in a table that is [`TableDesign::partial`].
    pub replicates: Progress,
}

/// A table of a study's summary: one row per design point, or per combination of the kept axes.
///
/// Axes that aren't kept are averaged over: the mean of a row is the unweighted mean of its points' means (the marginal
/// mean), never a pooling of their values. Its interval combines the points' own intervals by MOVER (Zou & Donner
/// 2008): the distances of the bounds from the means are added in quadrature, as the points are independent. With
/// shared random numbers they aren't, and the distances are averaged instead, which is valid for any dependence but
/// wider. The caption and the `interval_method` say which. Points without a value are left out of a mean, and counted.
/// A point that a sample has drawn several times weighs as often in the mean, but is one point in the interval.
#[derive(Clone, Debug)]
pub struct SummaryTable {
    pub(super) design: TableDesign,
    pub(super) kept: Vec<usize>,
    pub(super) metrics: Vec<usize>,
}

/// One metric in one row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// Statistics; those that a marginal mean doesn't have are NaN.
    pub(super) summary: Summary,
    /// Points averaged, and how many of them have a value.
    pub(super) marginal: Option<MarginalPoints>,
}

/// Design points behind a marginal mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MarginalPoints {
    pub(super) all: u64,
    /// How many of them are different points.
    pub(super) distinct: u64,
    pub(super) with_value: u64,
    /// Fewest values of a point that has one.
    pub(super) fewest: u64,
    /// Most values of a point.
    pub(super) most: u64,
}

/// A row as it is rendered.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// In the order of the kept keys.
    pub(super) coordinates: Vec<Value>,
    /// In the order of the shown metrics.
    pub(super) cells: Vec<Cell>,
    /// Replicates of its points.
    pub(super) replicates: Progress,
}

impl SummaryTable {
    /// A table with all axes and all metrics but codes, whose statistics say nothing.
    #[must_use]
    pub fn new(design: TableDesign) -> Self {
        Self {
            kept: (0..design.keys.len()).collect(),
            metrics: (0..design.metrics.len())
                .filter(|&metric| design.metrics[metric].kind != MetricKind::Code)
                .collect(),
            design,
        }
    }

    /// Keeps only these swept keys, in this order (dotted, or the last part where that is unique).
    ///
    /// # Errors
    /// If a key isn't swept, or is named twice.
    pub fn by(mut self, keys: &[String]) -> Result<Self, ReportError> {
        self.kept = choose("swept key", keys, &self.design.keys)?;
        Ok(self)
    }

    /// Shows only these metrics, in this order.
    ///
    /// # Errors
    /// If there is no such metric, or one is named twice.
    pub fn metrics(mut self, names: &[String]) -> Result<Self, ReportError> {
        let all: Vec<String> = self.design.metrics.iter().map(|metric| metric.name.clone()).collect();
        self.metrics = choose("metric", names, &all)?;
        Ok(self)
    }

    /// Which metrics the rows must have, as indices into [`TableDesign::metrics`].
    #[must_use]
    pub fn metric_indices(&self) -> &[usize] {
        &self.metrics
    }

    /// Writes the table of `points` (in design order) to `out`. `width` is that of the terminal, in characters.
    ///
    /// Design points are rendered as they come, so memory doesn't grow with their number; marginal means hold one
    /// entry per row.
    ///
    /// # Errors
    /// If a point can't be read or the table not be written.
    pub fn write<E>(
        &self,
        points: impl Iterator<Item = Result<PointRow, E>>,
        format: TableFormat,
        width: Option<u16>,
        out: &mut dyn Write,
    ) -> Result<(), ReportError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut renderer = Renderer::begin(self, format, width, out)?;
        let points = points.map(|point| point.map_err(|error| ReportError::Source(error.into())));
        if self.marginal_keys().is_empty() {
            for point in points {
                renderer.row(self.row_of(&point?))?;
            }
        } else {
            let mut marginals = Marginals::new(self.design.points_are_dependent);
            for point in points {
                let point = point?;
                let averaged = (point.coordinates.iter().enumerate())
                    .filter(|(key, _)| !self.kept.contains(key))
                    .map(|(_, value)| value.clone())
                    .collect();
                marginals.add(self.row_of(&point), point.identity, averaged);
            }
            renderer.same_combinations(marginals.same_combinations());
            for row in marginals.into_rows() {
                renderer.row(row)?;
            }
        }
        renderer.end()?;
        Ok(())
    }

    /// Keys that are averaged over, in axis order.
    pub(super) fn marginal_keys(&self) -> Vec<&str> {
        let keys = self.design.keys.iter().enumerate();
        keys.filter(|(i, _)| !self.kept.contains(i))
            .map(|(_, key)| key.as_str())
            .collect()
    }

    /// Kept keys in the order shown.
    pub(super) fn kept_keys(&self) -> impl Iterator<Item = &str> {
        self.kept.iter().map(|&key| self.design.keys[key].as_str())
    }

    /// Shown metrics in the order shown.
    pub(super) fn shown_metrics(&self) -> impl Iterator<Item = &MetricColumn> {
        self.metrics.iter().map(|&metric| &self.design.metrics[metric])
    }

    /// The name of an interval's method in this table.
    pub(super) fn method_name(&self, cell: &Cell) -> &'static str {
        match (cell.marginal, self.design.points_are_dependent) {
            _ if cell.summary.interval_low.is_nan() => IntervalMethod::None.name(),
            (None | Some(MarginalPoints { distinct: 1, .. }), _) => cell.summary.method.name(),
            (Some(_), false) => "marginal_mover",
            (Some(_), true) => "marginal_bound",
        }
    }

    fn row_of(&self, point: &PointRow) -> Row {
        Row {
            coordinates: self.kept.iter().map(|&key| point.coordinates[key].clone()).collect(),
            replicates: point.replicates,
            cells: point
                .summaries
                .iter()
                .map(|summary| Cell {
                    summary: *summary,
                    marginal: None,
                })
                .collect(),
        }
    }
}

/// Indices of `names` in `all`.
fn choose(what: &'static str, names: &[String], all: &[String]) -> Result<Vec<usize>, ReportError> {
    let mut chosen = Vec::with_capacity(names.len());
    for name in names {
        let last_part = |full: &String| full.rsplit('.').next() == Some(name.as_str());
        let exact = all.iter().position(|full| full == name);
        let by_last_part = || {
            let mut matches = all.iter().enumerate().filter(|(_, full)| last_part(full));
            matches.next().filter(|_| matches.next().is_none()).map(|(i, _)| i)
        };
        let index = exact.or_else(by_last_part).ok_or_else(|| ReportError::Unknown {
            what,
            name: name.clone(),
            hint: hint(name, all),
        })?;
        if chosen.contains(&index) {
            return Err(ReportError::Repeated {
                what,
                name: name.clone(),
            });
        }
        chosen.push(index);
    }
    Ok(chosen)
}

fn hint(name: &str, all: &[String]) -> String {
    let similarity = |full: &String| {
        let last_part = full.rsplit('.').next().unwrap_or(full);
        strsim::jaro_winkler(name, full).max(strsim::jaro_winkler(name, last_part))
    };
    let nearest = all.iter().max_by(|a, b| similarity(a).total_cmp(&similarity(b)));
    match nearest {
        None => "there are none".to_owned(),
        Some(nearest) if similarity(nearest) > 0.85 => format!("did you mean `{nearest}`?"),
        Some(_) => format!("it has {}", all.join(", ")),
    }
}
