//! What all tables of results have in common.

use super::pieces::Pieces;
use super::{IndexSet, TablesError};
use crate::store::Reader;
use crate::sweep::Design;
use arrow_array::RecordBatch;
use arrow_schema::{Field, SchemaRef};
use std::ops::Range;
use std::path::Path;

/// Results that are open, and which of them are wanted.
pub(super) struct Results<'a> {
    pub reader: &'a Reader,
    pub path: &'a Path,
    pub design: Design,
    /// Level of the intervals of the summary.
    pub confidence: f64,
    /// Whether not all units are there.
    pub partial: bool,
    pub points: Option<&'a IndexSet>,
    pub replicates: Option<&'a IndexSet>,
    pub members: Option<&'a IndexSet>,
}

impl Results<'_> {
    /// The runs of design points that are wanted.
    pub fn point_runs(&self) -> Vec<Range<u64>> {
        let all = self.reader.layout().shape().points();
        match self.points {
            None => std::iter::once(0..all).collect(),
            Some(set) => set.runs().iter().map(|run| run.start..run.end.min(all)).collect(),
        }
    }

    /// The design points that are wanted.
    pub fn point_pieces(&self) -> Pieces {
        Pieces::of(self.point_runs())
    }

    /// The units of the points that are wanted.
    pub fn unit_pieces(&self) -> Pieces {
        let replicates = u64::from(self.reader.layout().shape().replicates);
        let units = |points: Range<u64>| points.start * replicates..points.end * replicates;
        Pieces::of(self.point_runs().into_iter().map(units))
    }

    /// The columns of each metric where every metric has `width` of them, from the `first` on.
    pub fn metric_columns(&self, first: usize, width: usize) -> Vec<MetricColumns> {
        let metrics = self.reader.layout().shape().metrics.iter().enumerate();
        metrics
            .map(|(index, metric)| MetricColumns {
                metric: metric.name.clone(),
                unit: metric.unit.clone(),
                columns: (first + index * width..first + (index + 1) * width).collect(),
            })
            .collect()
    }

    /// Whether a replicate is wanted.
    pub fn wants_replicate(&self, replicate: u64) -> bool {
        self.replicates.is_none_or(|set| set.contains(replicate))
    }

    /// Whether a member is wanted.
    pub fn wants_member(&self, member: u64) -> bool {
        self.members.is_none_or(|set| set.contains(member))
    }
}

/// Columns that belong to one metric, and the word for it: the rows of the long form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MetricColumns {
    pub metric: String,
    pub unit: String,
    /// Column by column, for each of [`Source::value_fields`].
    pub columns: Vec<usize>,
}

/// A table of results, block by block.
pub(super) trait Source {
    /// All columns.
    fn schema(&self) -> SchemaRef;

    /// One line: what a row is.
    fn rows(&self) -> String;

    /// Columns by metric; nothing for tables without a long form.
    fn metrics(&self) -> Vec<MetricColumns> {
        Vec::new()
    }

    /// What the long form has in the places of the columns of a metric.
    fn value_fields(&self) -> Vec<Field> {
        Vec::new()
    }

    /// How many steps there are to the end, and how many are done.
    fn progress(&self) -> (u64, u64);

    /// The next rows with only the `wanted` columns, in the order of the schema; `None` at the end.
    fn next(&mut self, wanted: &[usize]) -> Result<Option<RecordBatch>, TablesError>;
}
