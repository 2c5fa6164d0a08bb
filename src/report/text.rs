//! Tables for people: on a terminal, or in Markdown.

use super::number::{MISSING, mean_with_interval};
use super::render::plain;
use super::summary_table::{Cell, Row, SummaryTable};
use crate::quantity;
use crate::results::{Aggregation, Centre, MetricColumn};
use crate::stats::IntervalMethod;
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle, presets};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Rows of a page: the columns of each page are as wide as its own content needs.
const PAGE_ROWS: usize = 500;

/// Rules above, under the header and below, as in printed tables.
/// Horizontal rules around and below the head, nothing else.
pub const RULED: TableStyle = TableStyle::new()
    .top_border(RULE)
    .header_separator(RULE)
    .bottom_border(RULE);
const RULE: LineStyle = LineStyle::none().fill('─').junction('─');

/// A coordinate; of long numbers, as drawn values are, five significant digits.
fn shown(value: &Value) -> String {
    let text = plain(value);
    match value {
        Value::Null => MISSING.to_owned(),
        Value::Number(number) if number.is_f64() => quantity::number_written(text, number.as_f64().unwrap_or(f64::NAN)),
        _ => text,
    }
}

/// A table in the making.
pub(super) struct TextTable {
    style: Style,
    header: Vec<String>,
    /// Columns that every panel repeats: the kept keys and the shared count.
    fixed: usize,
    page: Vec<Vec<String>>,
    numeric: Vec<bool>,
    /// Methods of the intervals of each metric.
    methods: Vec<BTreeSet<&'static str>>,
    /// Whether a mean of each metric is without an interval.
    without_interval: Vec<bool>,
    /// Fewest and most values of a point in a marginal mean, of each metric.
    values: Vec<Option<(u64, u64)>>,
    pages: usize,
}

#[derive(Clone, Copy)]
enum Style {
    Panels { width: usize },
    Markdown,
}

impl TextTable {
    /// For a terminal of `width` characters: columns that don't fit go into further panels below.
    pub(super) fn panels(table: &SummaryTable, width: Option<u16>) -> Self {
        let width = width.map_or(usize::MAX, usize::from);
        Self::new(table, Style::Panels { width })
    }

    pub(super) fn markdown(table: &SummaryTable) -> Self {
        Self::new(table, Style::Markdown)
    }

    fn new(table: &SummaryTable, style: Style) -> Self {
        let separator = match style {
            Style::Panels { .. } => "\n",
            Style::Markdown => " ",
        };
        let mut header: Vec<String> = short_names(&table.kept_keys().collect::<Vec<_>>());
        if shares_count(table) {
            header.push("n".to_owned());
        }
        if table.design.partial.is_some() {
            header.push("done".to_owned());
        }
        let fixed = header.len();
        header.extend(
            table
                .shown_metrics()
                .map(|metric| format!("{}{separator}[{}]", metric.name, metric.unit)),
        );
        Self {
            style,
            fixed,
            page: Vec::new(),
            numeric: vec![true; header.len()],
            header,
            methods: vec![BTreeSet::new(); table.metric_indices().len()],
            without_interval: vec![false; table.metric_indices().len()],
            values: vec![None; table.metric_indices().len()],
            pages: 0,
        }
    }

    pub(super) fn push(&mut self, table: &SummaryTable, row: Row, out: &mut dyn Write) -> io::Result<()> {
        for (numeric, coordinate) in self.numeric.iter_mut().zip(&row.coordinates) {
            *numeric &= coordinate.is_number() || coordinate.is_null();
        }
        for (methods, cell) in self.methods.iter_mut().zip(&row.cells) {
            if !cell.summary.interval_low.is_nan() {
                methods.insert(table.method_name(cell));
            }
        }
        for (without, cell) in self.without_interval.iter_mut().zip(&row.cells) {
            *without |= cell.summary.interval_low.is_nan() && !cell.summary.centre().is_nan();
        }
        for (values, cell) in self.values.iter_mut().zip(&row.cells) {
            if let Some(points) = cell.marginal.filter(|points| points.with_value > 0) {
                let (fewest, most) = values.unwrap_or((u64::MAX, 0));
                *values = Some((fewest.min(points.fewest), most.max(points.most)));
            }
        }
        let shared_count = shared_count(table, &row.cells);
        let mut line: Vec<String> = row.coordinates.iter().map(shown).collect();
        if shares_count(table) {
            line.push(shared_count.unwrap_or_default().to_string());
        }
        if table.design.partial.is_some() {
            line.push(format!("{} of {}", row.replicates.done, row.replicates.all));
        }
        let cells = row.cells.iter().zip(table.shown_metrics());
        line.extend(cells.map(|(cell, metric)| cell_text(cell, metric, shared_count)));
        self.page.push(line);
        if self.page.len() == PAGE_ROWS {
            self.write_page(out)?;
        }
        Ok(())
    }

    /// Writes what is left, and the caption.
    pub(super) fn end(
        mut self,
        table: &SummaryTable,
        same_combinations: Option<bool>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if !self.page.is_empty() || self.pages == 0 {
            self.write_page(out)?;
        }
        writeln!(out, "\n{}", self.caption(table, same_combinations))
    }

    fn caption(&self, table: &SummaryTable, same_combinations: Option<bool>) -> String {
        let percent = quantity::percent(table.design.confidence);
        let mut caption = format!("mean [{percent} % confidence interval]; n: number of values; –: no value");
        if let Some(partial) = table.design.partial {
            caption = format!(
                "partial: {} of {} done (done: replicates of each row); more will change these values\n{caption}",
                quantity::count(partial.done),
                quantity::counted(partial.all, "unit")
            );
        }
        let marginal = table.marginal_keys();
        if !marginal.is_empty() {
            caption += &format!(
                "\nmarginal mean over {}: every design point has the same weight",
                marginal.join(", ")
            );
        }
        if same_combinations == Some(false) {
            caption += &format!(
                "\nrows average over different combinations of {}: so they also differ in these",
                marginal.join(", ")
            );
        }
        let seen = self.methods.iter().zip(&self.values).zip(&self.without_interval);
        for (metric, ((methods, values), without)) in table.shown_metrics().zip(seen) {
            let methods: Vec<&str> = methods.iter().copied().collect();
            caption += &format!("\n{}: ", metric.name);
            if let Aggregation::Conditional(which) = &metric.aggregation {
                caption += &format!("{which} only; ");
                if let Some((fewest, most)) = values.filter(|(fewest, most)| fewest < most) {
                    caption +=
                        &format!("points have the same weight although they have {fewest} to {most} values each; ");
                }
            }
            if metric.centre == Centre::Median {
                caption += "the median (the mean has no reliable interval); ";
            }
            caption += &match methods.as_slice() {
                [] if *without => "no interval*".to_owned(),
                [] => "no interval".to_owned(),
                _ => format!(
                    "interval {}",
                    methods.iter().map(|name| in_words(name)).collect::<Vec<_>>().join(", ")
                ),
            };
            if *without && !methods.is_empty() {
                caption += "; some means without*";
            }
        }
        if self.without_interval.contains(&true) {
            caption += "\n* without an interval: at least one of the design points averaged has fewer than two replicates with a value";
        }
        let alone = IntervalMethod::WilsonReplicates.name();
        if self
            .methods
            .iter()
            .any(|methods| methods.len() > 1 && methods.contains(&alone))
        {
            caption += &format!(
                "\n{}: where all members agree, their dependence\ncan't be seen; each replicate is one trial, so it is wider",
                in_words(alone)
            );
        }
        caption
    }

    fn write_page(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.pages > 0 && !matches!(self.style, Style::Markdown) {
            writeln!(out)?;
        }
        for (i, columns) in self.panel_columns().into_iter().enumerate() {
            if i > 0 {
                writeln!(out)?;
            }
            let text = self.panel(&columns).to_string();
            // Markdown has one table, whatever the number of pages: later pages go on without a header.
            let continued = matches!(self.style, Style::Markdown) && self.pages > 0;
            for line in text.lines().skip(if continued { 2 } else { 0 }) {
                writeln!(out, "{}", line.trim_end())?;
            }
        }
        self.pages += 1;
        self.page.clear();
        Ok(())
    }

    fn panel(&self, columns: &[usize]) -> Table {
        let mut panel = Table::new();
        let markdown = matches!(self.style, Style::Markdown);
        panel.load_style(if markdown { presets::ASCII_MARKDOWN } else { RULED });
        panel.set_content_arrangement(ContentArrangement::Disabled);
        let cell = |text: &String| {
            if markdown {
                text.replace('|', "\\|")
            } else {
                text.clone()
            }
        };
        panel.set_header(columns.iter().map(|&column| cell(&self.header[column])));
        for line in &self.page {
            panel.add_row(columns.iter().map(|&column| cell(&line[column])));
        }
        for (place, &column) in columns.iter().enumerate() {
            if let Some(shown) = panel.column_mut(place).filter(|_| self.numeric[column]) {
                shown.set_cell_alignment(CellAlignment::Right);
            }
        }
        panel
    }

    /// Columns of each panel: the fixed ones and as many metrics as fit, at least one.
    fn panel_columns(&self) -> Vec<Vec<usize>> {
        let Style::Panels { width } = self.style else {
            return vec![(0..self.header.len()).collect()];
        };
        // One blank on either side of a column, and one between columns.
        let needed = |column: usize| {
            let header = self.header[column].lines().map(|line| line.chars().count()).max();
            let widest = self.page.iter().map(|line| line[column].chars().count()).max();
            3 + header.max(widest).unwrap_or(0)
        };
        let fixed: Vec<usize> = (0..self.fixed).collect();
        let fixed_width: usize = fixed.iter().map(|&column| needed(column)).sum();
        let mut panels = vec![fixed.clone()];
        let mut used = fixed_width;
        for column in self.fixed..self.header.len() {
            let full = used.saturating_add(needed(column)) > width;
            if let Some(panel) = panels.last_mut().filter(|panel| !full || panel.len() == self.fixed) {
                panel.push(column);
                used += needed(column);
            } else {
                let mut panel = fixed.clone();
                panel.push(column);
                panels.push(panel);
                used = fixed_width + needed(column);
            }
        }
        panels
    }
}

/// The name of an interval's method for people; `docs/explanation/statistics.md` describes them under both names.
fn in_words(method: &str) -> &str {
    match method {
        "none" => "no interval",
        "cluster_t" => "cluster-robust t",
        "skewed_t" => "skewed t",
        "median" => "Woodruff (median)",
        "wilson" => "Wilson",
        "wilson_effective" => "Wilson (effective n)",
        "wilson_replicates" => "Wilson (replicates)",
        "marginal_mover" => "MOVER over points",
        "marginal_bound" => "bound over dependent points",
        other => other,
    }
}

/// Last parts of dotted keys, where they are unique.
fn short_names(keys: &[&str]) -> Vec<String> {
    let last_part = |key: &str| key.rsplit('.').next().unwrap_or(key).to_owned();
    let shorts: Vec<String> = keys.iter().map(|key| last_part(key)).collect();
    let unique = |short: &String| shorts.iter().filter(|other| *other == short).count() == 1;
    let names = keys.iter().zip(&shorts);
    names
        .map(|(key, short)| {
            if unique(short) {
                short.clone()
            } else {
                (*key).to_owned()
            }
        })
        .collect()
}

/// Whether some shown metric has a value for every member, so that its count is that of the row.
fn shares_count(table: &SummaryTable) -> bool {
    table
        .shown_metrics()
        .any(|metric| metric.aggregation == Aggregation::AllMembers)
}

fn shared_count(table: &SummaryTable, cells: &[Cell]) -> Option<u64> {
    let mut cells = cells.iter().zip(table.shown_metrics());
    cells
        .find(|(_, metric)| metric.aggregation == Aggregation::AllMembers)
        .map(|(cell, _)| cell.summary.count)
}

fn cell_text(cell: &Cell, metric: &MetricColumn, shared_count: Option<u64>) -> String {
    let mut text = mean_with_interval(&cell.summary);
    let conditional = matches!(metric.aggregation, Aggregation::Conditional(_));
    if cell.summary.count > 0 && (conditional || Some(cell.summary.count) != shared_count) {
        text += &format!(" n={}", cell.summary.count);
    }
    if let Some(points) = cell.marginal.filter(|points| points.with_value < points.all) {
        text += &format!(" ({} of {} points)", points.with_value, points.all);
    }
    text
}
