//! From results to a file of another form, block by block.

use super::condition::{Condition, parse};
use super::episodes::Episodes;
use super::failures::Failures;
use super::long::Long;
use super::points::Points;
use super::rows::Rows;
use super::source::{MetricColumns, Results, Source};
use super::summary::SummaryTable;
use super::{IndexSet, TablesError, names};
use crate::forms::{About, Compression, Form, FormError};
use crate::netcdf4::NewFile;
use crate::signals;
use crate::store::{self, Reader};
use crate::sweep::Design;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, Schema, SchemaRef};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Tables that all results have; others are those of the scenario.
const TABLES: [&str; 4] = ["episodes", "summary", "points", "failures"];

/// What is to be written where.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    /// Which table.
    pub what: &'a str,
    /// Which of its rows.
    pub condition: Option<&'a str>,
    /// Which design points.
    pub points: Option<&'a IndexSet>,
    /// Which replicates.
    pub replicates: Option<&'a IndexSet>,
    /// Which members.
    pub members: Option<&'a IndexSet>,
    /// Which columns, in this order; all if empty.
    pub columns: &'a [String],
    /// A row for each metric, instead of a column.
    pub long: bool,
    /// The form.
    pub form: Form,
    /// How it is compressed.
    pub compression: Compression,
    /// The file.
    pub place: &'a Path,
    /// Whether a file that is there is replaced.
    pub overwrite: bool,
    /// Whether results that aren't complete will do.
    pub partial: bool,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Rows.
    pub rows: u64,
    /// Columns.
    pub columns: usize,
    /// Bytes of the file.
    pub bytes: u64,
    /// Whether the results weren't complete.
    pub partial: bool,
}

/// Writes a table of results. `progress` is told how much is done of how much. Units and rows are held against their checksums;
/// whether the summary is what the units give is for the caller to see.
///
/// # Errors
/// If the order can't be met, the results can't be read or are damaged, or the file can't be written; nothing is left of it then.
pub fn export(
    reader: &Reader,
    path: &Path,
    order: &Order<'_>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Exported, TablesError> {
    check_place(order)?;
    let (mut source, about) = open(reader, path, order)?;
    let member = &reader.layout().shape().member_axis.name;
    let plan = Plan::of(order, source.as_ref(), member)?;
    let failed = |source: FormError| TablesError::Form {
        path: order.place.to_owned(),
        source,
    };
    let new = NewFile::begin(order.place)?;
    let schema = Arc::clone(&plan.schema);
    let mut sink = (order.form)
        .begin(new.temporary(), order.what, schema, &about, order.compression)
        .map_err(failed)?;
    let mut rows = 0;
    while let Some(batch) = source.next(&plan.read)? {
        if signals::requested().is_some() {
            return Err(TablesError::Interrupted {
                path: order.place.to_owned(),
            });
        }
        let batch = plan.shaped(batch).map_err(|error| failed(error.into()))?;
        rows += batch.num_rows() as u64;
        if batch.num_rows() > 0 {
            sink.write(&batch).map_err(failed)?;
        }
        let (done, total) = source.progress();
        progress(done, total);
    }
    sink.finish().map_err(failed)?;
    let metadata = fs::metadata(new.temporary()).map_err(|error| failed(error.into()))?;
    new.finish(order.overwrite)?;
    Ok(Exported {
        rows,
        columns: plan.schema.fields().len(),
        bytes: metadata.len(),
        partial: about.partial,
    })
}

/// What is read of a table, and what becomes of it.
struct Plan {
    /// Columns that are written or looked at, in the order of the table.
    read: Vec<usize>,
    /// Places among these of what is written.
    written: Vec<usize>,
    condition: Option<Condition>,
    long: Option<Long>,
    /// What is written.
    schema: SchemaRef,
}

impl Plan {
    fn of(order: &Order<'_>, source: &dyn Source, member: &str) -> Result<Self, TablesError> {
        let (table, metrics) = (source.schema(), source.metrics());
        let chosen = choose(order, &table, &metrics, member)?;
        let condition = match order.condition {
            Some(text) => Some(Condition::bind(&parse(text)?, &table, member)?),
            None => None,
        };
        let looked_at = condition
            .iter()
            .flat_map(|condition| condition.columns().iter().copied());
        let read: BTreeSet<usize> = chosen.iter().copied().chain(looked_at).collect();
        let read: Vec<usize> = read.into_iter().collect();
        let long = match order.long {
            true if metrics.is_empty() => {
                return Err(TablesError::choice(
                    format!("{} has no long form: its columns are no metrics", order.what),
                    "leave --long out",
                ));
            }
            true => Some(Long::of(&table, &chosen, &metrics, &source.value_fields())),
            false => None,
        };
        let schema: SchemaRef = match &long {
            Some(long) => long.schema(),
            None => Arc::new(table.project(&chosen).expect("columns of the table")),
        };
        Ok(Self {
            written: chosen.iter().map(|column| place(&read, *column)).collect(),
            read,
            condition,
            long,
            schema,
        })
    }

    /// A batch of what is read as it is written.
    fn shaped(&self, batch: RecordBatch) -> Result<RecordBatch, ArrowError> {
        let batch = match &self.condition {
            Some(condition) => {
                let mask = condition.holds(&batch, &|column| place(&self.read, column));
                arrow_select::filter::filter_record_batch(&batch, &mask)?
            }
            None => batch,
        };
        let batch = batch.project(&self.written)?;
        match &self.long {
            Some(long) => long.batch(&batch),
            None => Ok(batch),
        }
    }
}

/// Where a column that is read is in a batch.
fn place(read: &[usize], column: usize) -> usize {
    read.binary_search(&column).expect("a column that is read")
}

/// Refuses a place that is taken by what may not be replaced.
fn check_place(order: &Order<'_>) -> Result<(), TablesError> {
    let place = order.place;
    let Ok(metadata) = fs::symlink_metadata(place) else {
        return Ok(());
    };
    let shown = place.display();
    if !metadata.is_file() {
        return Err(TablesError::choice(
            format!("{shown} is there, and is no file"),
            "name another with -o",
        ));
    }
    if !order.overwrite {
        return Err(TablesError::choice(
            format!("{shown} exists already"),
            "--overwrite replaces it, -o names another",
        ));
    }
    match metadata.len() > 0 && store::is_ours(place)? {
        true => Err(TablesError::choice(
            format!("{shown} is a results file, which is never replaced"),
            "name another with -o",
        )),
        false => Ok(()),
    }
}

/// The table that is asked for, and what there is to know of it.
fn open<'a>(
    reader: &'a Reader,
    path: &'a Path,
    order: &Order<'a>,
) -> Result<(Box<dyn Source + 'a>, About), TablesError> {
    let shape = reader.layout().shape();
    let tables = &shape.features.tables;
    let index = tables.iter().position(|table| table.name == order.what);
    if index.is_none() && !TABLES.contains(&order.what) {
        let known = TABLES.into_iter().chain(tables.iter().map(|table| table.name.as_str()));
        let hint = names::hint(order.what, known);
        return Err(TablesError::choice(
            format!("the results have no table `{}`", order.what),
            hint,
        ));
    }
    let finished = check_extent(reader, path, order)?;
    let study = reader.resolved_study()?;
    let design = Design::parse(&study.sweep).map_err(|_| {
        TablesError::choice(
            "the sweep kept in the file can't be read",
            "use the version that wrote it",
        )
    })?;
    let results = Results {
        reader,
        path,
        design,
        confidence: study.statistics.confidence,
        partial: !finished,
        points: order.points,
        replicates: order.replicates,
        members: order.members,
    };
    let mut about = About {
        study: study.study.name,
        scenario: study.study.scenario,
        configuration_hash: reader
            .configuration_hash()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        configuration_toml: reader.configuration_toml()?,
        rows: String::new(),
        partial: results.partial,
    };
    let source: Box<dyn Source + 'a> = match (order.what, index) {
        ("episodes", _) => Box::new(Episodes::of(results)?),
        ("summary", _) => Box::new(SummaryTable::of(results)?),
        ("points", _) => Box::new(Points::of(results)?),
        ("failures", _) => Box::new(Failures::of(results)?),
        (_, Some(index)) => Box::new(Rows::of(results, index)?),
        (_, None) => unreachable!("names were looked at"),
    };
    about.rows = source.rows();
    Ok((source, about))
}

/// Refuses what the results don't have; whether they are finished.
fn check_extent(reader: &Reader, path: &Path, order: &Order<'_>) -> Result<bool, TablesError> {
    let shape = reader.layout().shape();
    let finished = reader.finished()?;
    if !finished && !order.partial {
        let counts = reader.state_counts()?;
        return Err(TablesError::Unfinished {
            path: path.to_owned(),
            missing: counts.pending,
            units: shape.plan().units(),
        });
    }
    for (set, option, noun, count) in [
        (order.points, "--points", "design points", shape.points()),
        (order.replicates, "--replicates", "replicates", shape.replicates.into()),
        (order.members, "--members", "members", shape.member_axis.count.into()),
    ] {
        if let Some(set) = set.filter(|set| set.last() >= count) {
            return Err(TablesError::choice(
                format!("{option} has {}, but there are {count} {noun}, from 0 on", set.last()),
                format!("name numbers up to {}", count.saturating_sub(1)),
            ));
        }
    }
    Ok(finished)
}

/// The columns that are asked for: by their names, or all of a metric by its own.
fn choose(
    order: &Order<'_>,
    table: &Schema,
    metrics: &[MetricColumns],
    member: &str,
) -> Result<Vec<usize>, TablesError> {
    if order.columns.is_empty() {
        return Ok((0..table.fields().len()).collect());
    }
    let mut chosen: Vec<usize> = Vec::new();
    for name in order.columns.iter().map(|name| name.trim()) {
        let of_metric = metrics.iter().find(|metric| metric.metric == name);
        let columns = match of_metric {
            Some(metric) => metric.columns.clone(),
            None => vec![
                names::find(name, table, member)
                    .map_err(|hint| TablesError::choice(format!("--columns: there is no column `{name}`"), hint))?,
            ],
        };
        let parts = metrics
            .iter()
            .find(|metric| metric.columns.len() > columns.len() && metric.columns.contains(&columns[0]));
        if let Some(metric) = parts.filter(|_| order.long) {
            return Err(TablesError::choice(
                format!("--columns: the long form has all of `{}` or nothing", metric.metric),
                format!("name `{}`", metric.metric),
            ));
        }
        if columns.iter().any(|column| chosen.contains(column)) {
            return Err(TablesError::choice(
                format!("--columns has `{name}` twice"),
                "name it once",
            ));
        }
        chosen.extend(columns);
    }
    let has_metric = |metric: &MetricColumns| metric.columns.iter().all(|column| chosen.contains(column));
    if order.long && !metrics.iter().any(has_metric) {
        return Err(TablesError::choice(
            "--columns names no metric",
            "the long form has a row for each",
        ));
    }
    Ok(chosen)
}

/// A batch of arrays that fit the schema.
///
/// # Panics
/// If they don't.
pub(super) fn batch(schema: SchemaRef, arrays: Vec<ArrayRef>, rows: usize) -> RecordBatch {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema, arrays, &options).expect("arrays as the schema says")
}
