//! Starts that are listed in the study or in a CSV file.

use super::StartList;
use crate::csv_records::{CsvError, CsvRecords, shortened};
use crate::scenario::UnitFailure;
use crate::scenario::plume::agents::varied::FACTORS;
use std::f64::consts::TAU;
use std::path::Path;
use thiserror::Error;

/// Names of all columns: the first two are needed.
const COLUMNS: [&str; 7] = [
    "x_m",
    "y_m",
    "heading_rad",
    FACTORS[0],
    FACTORS[1],
    FACTORS[2],
    FACTORS[3],
];
/// What the values of each column may be.
const BOUNDS: [(f64, f64); 7] = [
    (-1e6, 1e6),
    (-1e6, 1e6),
    (-TAU, TAU),
    (1e-3, 1e3),
    (1e-3, 1e3),
    (1e-3, 1e3),
    (1e-3, 1e3),
];
/// As many as there can be agents.
const MAX_ROWS: usize = 100_000;
/// Bytes of a file.
const MAX_BYTES: u64 = 1 << 26;

/// What is wrong with a table of starts.
#[derive(Debug, Error)]
pub(in super::super::super) enum StartTableError {
    #[error(transparent)]
    File(#[from] CsvError),
    #[error("{place} has no column {missing}")]
    NoColumn { place: String, missing: &'static str },
    #[error("{place} has the column \"{found}\" {problem}")]
    Column {
        place: String,
        found: String,
        problem: &'static str,
    },
    #[error("{place}: {column} is \"{found}\", which isn't a number")]
    NotANumber {
        place: String,
        column: &'static str,
        found: String,
    },
    #[error("{place}: {column} = {value} is outside {low} to {high}")]
    OutOfRange {
        place: String,
        column: &'static str,
        value: f64,
        low: f64,
        high: f64,
    },
    #[error("{place} has no places")]
    Empty { place: String },
    #[error("{place} has more than {MAX_ROWS} rows")]
    TooLong { place: String },
    #[error("the list has {x} places along x, {y} along y and {headings} headings")]
    Lengths { x: usize, y: usize, headings: usize },
}

impl StartTableError {
    /// What to do about it.
    pub(in super::super::super) fn hint(&self) -> String {
        match self {
            Self::File(CsvError::Unreadable { .. }) => "paths are relative to the study file".to_owned(),
            Self::File(CsvError::NotAFile { .. }) => "give the path of a CSV file".to_owned(),
            Self::File(CsvError::TooLarge { .. }) | Self::TooLong { .. } => "leave out what isn't needed".to_owned(),
            Self::NoColumn { .. } | Self::Column { .. } => {
                format!(
                    "name the columns in the first line, separated by commas: {}",
                    COLUMNS.join(", ")
                )
            }
            Self::File(CsvError::Malformed { .. }) => {
                "separate numbers by commas, as many in every line as there are columns".to_owned()
            }
            Self::NotANumber { .. } => "write numbers like 0.5 or 1e-3; there are no missing values".to_owned(),
            Self::OutOfRange { .. } => "places are in m, headings in rad, factors around 1".to_owned(),
            Self::Empty { .. } => "give at least one place".to_owned(),
            Self::Lengths { .. } => "give every place an x and a y, and a heading to all of them or to none".to_owned(),
        }
    }

    /// This problem as the failure of a unit.
    pub(in super::super::super) fn into_failure(self) -> UnitFailure {
        UnitFailure::Scenario(format!("agents.start: {self}"))
    }
}

/// Places, and what else is given of each agent: at least one row, all columns of the same length.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super::super) struct StartTable {
    /// In the order of [`COLUMNS`]; those that aren't given are empty.
    columns: [Vec<f64>; COLUMNS.len()],
    /// Line of each row in its file; empty for a list.
    lines: Vec<u64>,
}

impl StartTable {
    /// The table of a list in the study.
    pub(in super::super) fn from_list(list: &StartList) -> Result<Self, StartTableError> {
        let (x, y, headings) = (list.x_m.len(), list.y_m.len(), list.heading_rad.len());
        if x != y || (headings > 0 && headings != x) {
            return Err(StartTableError::Lengths { x, y, headings });
        }
        if x == 0 {
            return Err(StartTableError::Empty {
                place: "the list".to_owned(),
            });
        }
        let mut table = Self::default();
        table.columns[0].clone_from(&list.x_m);
        table.columns[1].clone_from(&list.y_m);
        table.columns[2].clone_from(&list.heading_rad);
        Ok(table)
    }

    /// The table in a CSV file whose first line names the columns, in any order. Lines that begin with `#` are
    /// comments.
    pub(in super::super) fn read(path: &Path) -> Result<Self, StartTableError> {
        let place = || path.display().to_string();
        let mut records = CsvRecords::open(path, MAX_BYTES)?;
        let (line, header) = records.header()?;
        let known = known_columns(&header, || format!("{}:{line}", path.display()))?;
        let mut table = Self::default();
        while let Some((line, record)) = records.next_record()? {
            if table.lines.len() == MAX_ROWS {
                return Err(StartTableError::TooLong { place: place() });
            }
            for (field, &column) in record.iter().zip(&known) {
                let value = number(field, column, || format!("{}:{line}", path.display()))?;
                table.columns[column].push(value);
            }
            table.lines.push(line);
        }
        if table.lines.is_empty() {
            return Err(StartTableError::Empty { place: place() });
        }
        Ok(table)
    }

    /// Number of rows.
    pub(in super::super::super) fn len(&self) -> usize {
        self.columns[0].len()
    }

    /// The values of a column, if it is given.
    pub(in super::super::super) fn column(&self, name: &str) -> Option<&[f64]> {
        let column = COLUMNS.iter().position(|known| *known == name)?;
        Some(self.columns[column].as_slice()).filter(|values| !values.is_empty())
    }

    /// The place of `agent`: rows begin again after the last one.
    pub(in super::super::super) fn place(&self, agent: usize) -> (f64, f64) {
        let row = agent % self.len();
        (self.columns[0][row], self.columns[1][row])
    }

    /// Where row `row` stands, in words.
    pub(in super::super::super) fn row_name(&self, row: usize) -> String {
        match self.lines.get(row) {
            Some(line) => format!("line {line}"),
            None => format!("entry {row}"),
        }
    }
}

/// Which of [`COLUMNS`] each field of a row is.
fn known_columns(header: &csv::StringRecord, place: impl Fn() -> String) -> Result<Vec<usize>, StartTableError> {
    let mut known = Vec::new();
    for name in header {
        let refuse = |problem| StartTableError::Column {
            place: place(),
            found: shortened(name),
            problem,
        };
        let column = COLUMNS.iter().position(|known| *known == name);
        let column = column.ok_or_else(|| refuse("that means nothing here"))?;
        if known.contains(&column) {
            return Err(refuse("twice"));
        }
        known.push(column);
    }
    match (0..2).find(|column| !known.contains(column)) {
        Some(missing) => Err(StartTableError::NoColumn {
            place: place(),
            missing: COLUMNS[missing],
        }),
        None => Ok(known),
    }
}

fn number(field: &str, column: usize, place: impl Fn() -> String) -> Result<f64, StartTableError> {
    let value: f64 = field.parse().map_err(|_| StartTableError::NotANumber {
        place: place(),
        column: COLUMNS[column],
        found: shortened(field),
    })?;
    let (low, high) = BOUNDS[column];
    // Not a number is in no range.
    if !(low..=high).contains(&value) {
        return Err(StartTableError::OutOfRange {
            place: place(),
            column: COLUMNS[column],
            value,
            low,
            high,
        });
    }
    Ok(value)
}
