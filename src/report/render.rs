//! The forms a table is written in.

use super::summary_table::{Progress, Row, SummaryTable};
use super::text::TextTable;
use crate::printable::printable;
use crate::stats::{STATISTICS, StatisticValue};
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// How a table is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// For a terminal: rounded means with intervals.
    #[default]
    Table,
    /// One line per row and metric, with all statistics at full precision.
    Csv,
    /// One object with all statistics at full precision.
    Json,
    /// As `table`, for documents.
    Markdown,
}

/// Writes rows one after the other.
pub(super) struct Renderer<'a> {
    table: &'a SummaryTable,
    form: Form,
    out: &'a mut dyn Write,
    rows: u64,
    same_combinations: Option<bool>,
}

enum Form {
    Text(TextTable),
    Csv,
    Json,
}

impl<'a> Renderer<'a> {
    pub(super) fn begin(
        table: &'a SummaryTable,
        format: TableFormat,
        width: Option<u16>,
        out: &'a mut dyn Write,
    ) -> io::Result<Self> {
        let form = match format {
            TableFormat::Table => Form::Text(TextTable::panels(table, width)),
            TableFormat::Markdown => Form::Text(TextTable::markdown(table)),
            TableFormat::Csv => {
                write_csv(out, csv_header(table))?;
                Form::Csv
            }
            TableFormat::Json => {
                let mut head = json_head(table).to_string();
                // Everything but the closing brace; the rows follow one by one.
                head.pop();
                write!(out, "{head},\"rows\":[")?;
                Form::Json
            }
        };
        Ok(Self {
            table,
            form,
            out,
            rows: 0,
            same_combinations: None,
        })
    }

    /// Takes note whether all rows of marginal means average over the same combinations.
    pub(super) fn same_combinations(&mut self, same: bool) {
        self.same_combinations = Some(same);
    }

    pub(super) fn row(&mut self, row: Row) -> io::Result<()> {
        let first = self.rows == 0;
        self.rows += 1;
        match &mut self.form {
            Form::Text(text) => text.push(self.table, row, self.out),
            Form::Csv => csv_lines(self.table, &row).try_for_each(|line| write_csv(self.out, line)),
            Form::Json => {
                let separator = if first { "\n" } else { ",\n" };
                write!(self.out, "{separator}{}", json_row(self.table, &row))
            }
        }
    }

    pub(super) fn end(self) -> io::Result<()> {
        match self.form {
            Form::Text(text) => text.end(self.table, self.same_combinations, self.out)?,
            Form::Csv => {}
            Form::Json => match self.same_combinations {
                None => writeln!(self.out, "\n]}}")?,
                Some(same) => writeln!(self.out, "\n],\"same_combinations\":{same}}}")?,
            },
        }
        self.out.flush()
    }
}

/// Names of the fields that only marginal means have.
const MARGINAL_FIELDS: [&str; 3] = ["points", "points_with_value", "distinct_points"];

/// Names of the fields that only tables of unfinished studies have: replicates of the points of a row.
const PARTIAL_FIELDS: [&str; 2] = ["replicates_done", "replicates_planned"];

fn csv_header(table: &SummaryTable) -> Vec<String> {
    let mut header: Vec<String> = table.kept_keys().map(str::to_owned).collect();
    header.extend(["metric", "unit"].map(str::to_owned));
    header.extend(STATISTICS.iter().map(|column| column.suffix.to_owned()));
    if !table.marginal_keys().is_empty() {
        header.extend(MARGINAL_FIELDS.map(str::to_owned));
    }
    if table.design.partial.is_some() {
        header.extend(PARTIAL_FIELDS.map(str::to_owned));
    }
    header
}

fn csv_lines<'a>(table: &'a SummaryTable, row: &'a Row) -> impl Iterator<Item = Vec<String>> + 'a {
    row.cells.iter().zip(table.shown_metrics()).map(|(cell, metric)| {
        let field = |value: &Value| if value.is_null() { String::new() } else { plain(value) };
        let mut line: Vec<String> = row.coordinates.iter().map(field).collect();
        line.extend([metric.name.clone(), metric.unit.clone()]);
        line.extend(STATISTICS.iter().map(|column| match (column.get)(&cell.summary) {
            StatisticValue::Real(value) if value.is_nan() => String::new(),
            StatisticValue::Real(value) => value.to_string(),
            StatisticValue::Integer(value) => value.to_string(),
            StatisticValue::Method(_) => table.method_name(cell).to_owned(),
        }));
        if let Some(points) = cell.marginal {
            line.extend([points.all, points.with_value, points.distinct].map(|number| number.to_string()));
        }
        if table.design.partial.is_some() {
            line.extend([row.replicates.done, row.replicates.all].map(|number| number.to_string()));
        }
        line
    })
}

fn write_csv(out: &mut dyn Write, line: Vec<String>) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().from_writer(out);
    writer.write_record(line).map_err(io::Error::other)?;
    writer.flush()
}

fn json_head(table: &SummaryTable) -> Value {
    let metrics: Vec<Value> = table
        .shown_metrics()
        .map(|metric| json!({ "name": metric.name, "unit": metric.unit, "long_name": metric.long_name }))
        .collect();
    let mut head = json!({
        "confidence": table.design.confidence,
        "keys": table.kept_keys().collect::<Vec<_>>(),
        "marginal_over": table.marginal_keys(),
        "metrics": metrics,
    });
    if let Some(Progress { done, all }) = table.design.partial {
        head["partial"] = json!({ "units_done": done, "units": all });
    }
    head
}

fn json_row(table: &SummaryTable, row: &Row) -> Value {
    let keys = table.kept_keys().map(str::to_owned);
    let coordinates: Map<String, Value> = keys.zip(row.coordinates.iter().cloned()).collect();
    let metrics: Map<String, Value> = row
        .cells
        .iter()
        .zip(table.shown_metrics())
        .map(|(cell, metric)| {
            let mut fields: Map<String, Value> = STATISTICS
                .iter()
                .map(|column| {
                    let value = match (column.get)(&cell.summary) {
                        // JSON has no NaN: missing numbers are null.
                        StatisticValue::Real(value) => json!(value),
                        StatisticValue::Integer(value) => json!(value),
                        StatisticValue::Method(_) => json!(table.method_name(cell)),
                    };
                    (column.suffix.to_owned(), value)
                })
                .collect();
            if let Some(points) = cell.marginal {
                fields.extend(
                    MARGINAL_FIELDS
                        .map(str::to_owned)
                        .into_iter()
                        .zip([points.all, points.with_value, points.distinct].map(Value::from)),
                );
            }
            (metric.name.clone(), Value::Object(fields))
        })
        .collect();
    let mut document = json!({ "coordinates": coordinates, "metrics": metrics });
    if table.design.partial.is_some() {
        let [done, all] = PARTIAL_FIELDS;
        document[done] = json!(row.replicates.done);
        document[all] = json!(row.replicates.all);
    }
    document
}

/// A coordinate as people write it: text without quotes.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => printable(text).into_owned(),
        other => other.to_string(),
    }
}
