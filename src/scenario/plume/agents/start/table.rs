//! Starts that are listed in the study or in a CSV file.

use super::StartList;
use crate::scenario::UnitFailure;
use crate::scenario::plume::agents::varied::FACTORS;
use std::f64::consts::TAU;
use std::fs::File;
use std::io::Read;
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
const ROWS_HIGHEST: usize = 100_000;
/// Bytes of a file, so that one endless line can't fill the memory either.
const BYTES_HIGHEST: u64 = 1 << 26;

/// What is wrong with a table of starts.
#[derive(Debug, Error)]
pub(in super::super::super) enum StartTableError {
    /// The file can't be opened or read.
    #[error("{place}: {source}")]
    Unreadable {
        place: String,
        #[source]
        source: std::io::Error,
    },
    #[error("{place} isn't a regular file")]
    NotAFile { place: String },
    #[error("{place} is larger than {} MiB", BYTES_HIGHEST >> 20)]
    TooLarge { place: String },
    #[error("{place} has no column {missing}")]
    NoColumn { place: String, missing: &'static str },
    #[error("{place} has the column \"{found}\" {problem}")]
    Column {
        place: String,
        found: String,
        problem: &'static str,
    },
    /// Not CSV: a row of another length, or bytes that aren't UTF-8.
    #[error("{place}: {message}")]
    Malformed { place: String, message: String },
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
    #[error("{place} has more than {ROWS_HIGHEST} rows")]
    TooLong { place: String },
    #[error("the list has {x} places along x, {y} along y and {headings} headings")]
    Lengths { x: usize, y: usize, headings: usize },
}

impl StartTableError {
    /// What to do about it.
    pub(in super::super::super) fn hint(&self) -> String {
        match self {
            Self::Unreadable { .. } => "paths are relative to the study file".to_owned(),
            Self::NotAFile { .. } => "give the path of a CSV file".to_owned(),
            Self::TooLarge { .. } | Self::TooLong { .. } => "leave out what isn't needed".to_owned(),
            Self::NoColumn { .. } | Self::Column { .. } => {
                format!(
                    "name the columns in the first line, separated by commas: {}",
                    COLUMNS.join(", ")
                )
            }
            Self::Malformed { .. } => {
                "separate numbers by commas, as many in every line as there are columns".to_owned()
            }
            Self::NotANumber { .. } => "write numbers like 0.5 or 1e-3; there are no missing values".to_owned(),
            Self::OutOfRange { .. } => "places are in m, headings in rad, factors around 1".to_owned(),
            Self::Empty { .. } => "give at least one place".to_owned(),
            Self::Lengths { .. } => "give every place an x and a y, and a heading to all of them or to none".to_owned(),
        }
    }

    /// The same as the failure of a unit.
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
        let unreadable = |source| StartTableError::Unreadable { place: place(), source };
        // Asked before opening: opening a pipe would wait for its other end.
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(StartTableError::NotAFile { place: place() });
        }
        if metadata.len() > BYTES_HIGHEST {
            return Err(StartTableError::TooLarge { place: place() });
        }
        let mut text = Vec::new();
        let mut file = File::open(path).map_err(unreadable)?.take(BYTES_HIGHEST);
        file.read_to_end(&mut text).map_err(unreadable)?;
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .from_reader(text.as_slice());
        let malformed = |error: csv::Error| malformed(path, &text, &error);
        let header = reader.headers().map_err(malformed)?.clone();
        let known = known_columns(&header, || format!("{}:1", path.display()))?;
        let mut table = Self::default();
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(malformed)? {
            if table.lines.len() == ROWS_HIGHEST {
                return Err(StartTableError::TooLong { place: place() });
            }
            let line = record.position().map_or(0, |position| line_of(&text, position));
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

fn malformed(path: &Path, text: &[u8], error: &csv::Error) -> StartTableError {
    let line = error
        .position()
        .map_or(String::new(), |position| format!(":{}", line_of(text, position)));
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!("{len} fields instead of {expected_len}"),
        csv::ErrorKind::Utf8 { .. } => "bytes that aren't UTF-8 text".to_owned(),
        _ => error.to_string(),
    };
    StartTableError::Malformed {
        place: format!("{}{line}", path.display()),
        message,
    }
}

/// The line of the row at or after `position`: comments and empty lines before it belong to nothing.
fn line_of(text: &[u8], position: &csv::Position) -> u64 {
    let mut line = position.line();
    let mut rest = text.get(position.byte() as usize..).unwrap_or_default();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        if rest[0] != b'#' && !matches!(&rest[..end], b"" | b"\r") {
            break;
        }
        rest = &rest[end + 1..];
        line += 1;
    }
    line
}

/// The beginning of a text that may be long.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}
