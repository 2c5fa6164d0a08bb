//! A wind that is prescribed as a table over time.

use super::{AtEnd, Interpolation, MeanWind};
use crate::csv_records::{CsvError, CsvRecords, shortened};
use crate::lanes::F64x8;
use std::path::Path;
use thiserror::Error;

/// Names of a table's columns, in the order of [`WindTable`].
const COLUMNS: [&str; 3] = ["time_s", "speed_m_s", "direction_rad"];
/// Rows of a file: 24 MB in memory.
pub(super) const MAX_ROWS: usize = 1_000_000;
/// Bytes of a file.
const MAX_BYTES: u64 = 1 << 27;
/// What times may be, s.
pub(super) const MAX_TIME_S: f64 = 1e9;
/// What speeds may be, m/s: the same as for a constant wind.
pub(super) const MAX_SPEED_M_S: f64 = 100.0;
/// An entry this close after the present counts as reached, s: times of steps are rounded.
const REACHED_S: f64 = 1e-9;

/// What is wrong with a table.
#[derive(Debug, Error)]
pub(super) enum WindTableError {
    #[error(transparent)]
    File(#[from] CsvError),
    #[error("{place} has the columns \"{found}\" instead of \"{}\"", COLUMNS.join(","))]
    Header { place: String, found: String },
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
    #[error("{place}: time_s = {time_s} isn't after {before_s}, the time before it")]
    Unsorted { place: String, time_s: f64, before_s: f64 },
    #[error("{place} has no entries")]
    Empty { place: String },
    #[error("{place} has more than {MAX_ROWS} rows")]
    TooLong { place: String },
    #[error("the arrays have different lengths: {times} times, {speeds} speeds, {directions} directions")]
    Lengths {
        times: usize,
        speeds: usize,
        directions: usize,
    },
}

impl WindTableError {
    /// What to do about it.
    pub(super) fn hint(&self) -> &'static str {
        match self {
            Self::File(CsvError::Unreadable { .. }) => "paths are relative to the study file",
            Self::File(CsvError::NotAFile { .. }) => "give the path of a CSV file",
            Self::File(CsvError::TooLarge { .. }) | Self::TooLong { .. } => "thin it out",
            Self::Header { .. } => {
                "name the three columns in the first line, separated by commas, and write numbers with a decimal point"
            }
            Self::File(CsvError::Malformed { .. }) => "separate three numbers by commas in every line",
            Self::NotANumber { .. } => "write numbers like 0.5 or 1e-3; there are no missing values",
            Self::OutOfRange { .. } => "times are in s, speeds in m/s, directions in rad",
            Self::Unsorted { .. } => "sort the entries by time, each time once",
            Self::Empty { .. } => "give at least one entry",
            Self::Lengths { .. } => "give every entry a time, a speed and a direction",
        }
    }
}

/// Speed and direction at ascending times: three arrays `[n]`, n ≥ 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct WindTable {
    time_s: Vec<f64>,
    speed_m_s: Vec<f64>,
    direction_rad: Vec<f64>,
}

impl WindTable {
    /// The table of three arrays.
    pub(super) fn from_arrays(
        time_s: &[f64],
        speed_m_s: &[f64],
        direction_rad: &[f64],
    ) -> Result<Self, WindTableError> {
        if time_s.len() != speed_m_s.len() || time_s.len() != direction_rad.len() {
            return Err(WindTableError::Lengths {
                times: time_s.len(),
                speeds: speed_m_s.len(),
                directions: direction_rad.len(),
            });
        }
        let mut table = Self::default();
        for (index, &time_s) in time_s.iter().enumerate() {
            table.push([time_s, speed_m_s[index], direction_rad[index]], || {
                format!("entry {} of the table", index + 1)
            })?;
        }
        table.not_empty(|| "the table".to_owned())
    }

    /// The table in a CSV file whose first line names the columns, in any order. Lines that begin with `#` are
    /// comments.
    pub(super) fn read(path: &Path) -> Result<Self, WindTableError> {
        let place = || path.display().to_string();
        let mut records = CsvRecords::open(path, MAX_BYTES)?;
        let (line, header) = records.header()?;
        let column = |name: &str| header.iter().position(|found| found == name);
        let (3, Some(time), Some(speed), Some(direction)) =
            (header.len(), column(COLUMNS[0]), column(COLUMNS[1]), column(COLUMNS[2]))
        else {
            return Err(WindTableError::Header {
                place: format!("{}:{line}", place()),
                found: shortened(&header.iter().collect::<Vec<_>>().join(",")),
            });
        };
        let mut table = Self::default();
        while let Some((line, record)) = records.next_record()? {
            if table.time_s.len() == MAX_ROWS {
                return Err(WindTableError::TooLong { place: place() });
            }
            let line = || format!("{}:{line}", place());
            let mut row = [0.0; 3];
            for (value, (index, name)) in row.iter_mut().zip([time, speed, direction].into_iter().zip(COLUMNS)) {
                *value = record[index].parse().map_err(|_| WindTableError::NotANumber {
                    place: line(),
                    column: name,
                    found: shortened(&record[index]),
                })?;
            }
            table.push(row, line)?;
        }
        table.not_empty(place)
    }

    /// Appends a time, a speed and a direction.
    fn push(&mut self, row: [f64; 3], place: impl Fn() -> String) -> Result<(), WindTableError> {
        let turn = std::f64::consts::TAU;
        let bounds = [(-MAX_TIME_S, MAX_TIME_S), (0.0, MAX_SPEED_M_S), (-turn, turn)];
        for ((column, value), (low, high)) in COLUMNS.into_iter().zip(row).zip(bounds) {
            // Not a number is in no range.
            if !(low..=high).contains(&value) {
                return Err(WindTableError::OutOfRange {
                    place: place(),
                    column,
                    value,
                    low,
                    high,
                });
            }
        }
        if let Some(&before_s) = self.time_s.last()
            && row[0] <= before_s
        {
            return Err(WindTableError::Unsorted {
                place: place(),
                time_s: row[0],
                before_s,
            });
        }
        self.time_s.push(row[0]);
        self.speed_m_s.push(row[1]);
        self.direction_rad.push(row[2]);
        Ok(())
    }

    fn not_empty(self, place: impl Fn() -> String) -> Result<Self, WindTableError> {
        if self.time_s.is_empty() {
            return Err(WindTableError::Empty { place: place() });
        }
        Ok(self)
    }

    /// Number of entries.
    pub(super) fn len(&self) -> usize {
        self.time_s.len()
    }

    /// The lowest and the highest speed of all entries, m/s.
    pub(super) fn speeds_m_s(&self) -> (f64, f64) {
        let fold = |better: fn(f64, f64) -> f64| self.speed_m_s.iter().copied().reduce(better).unwrap_or(0.0);
        (fold(f64::min), fold(f64::max))
    }

    /// Speed and direction at `time_s`.
    pub(super) fn at(&self, time_s: f64, interpolation: Interpolation, at_end: AtEnd) -> MeanWind {
        let (first_s, last_s) = (self.time_s[0], self.time_s[self.len() - 1]);
        let mut time_s = time_s;
        if at_end == AtEnd::Loop && time_s + REACHED_S >= last_s {
            let period_s = last_s - first_s;
            let turns = ((time_s - first_s + REACHED_S) / period_s).floor();
            time_s -= turns * period_s;
        }
        let reached = self.time_s.partition_point(|&entry_s| entry_s <= time_s + REACHED_S);
        let entry = reached.saturating_sub(1);
        let (mut speed_m_s, mut direction_rad) = (self.speed_m_s[entry], self.direction_rad[entry]);
        if interpolation == Interpolation::Linear && reached > 0 && reached < self.len() {
            let fraction = (time_s - self.time_s[entry]) / (self.time_s[reached] - self.time_s[entry]);
            // Rounded times may lie just before the entry.
            let fraction = fraction.max(0.0);
            speed_m_s += fraction * (self.speed_m_s[reached] - speed_m_s);
            let turn = F64x8::splat(self.direction_rad[reached] - direction_rad).wrap_angle();
            direction_rad += fraction * turn.0[0];
        }
        MeanWind {
            speed_m_s,
            direction_rad,
        }
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
