//! Rows on their way into a form that other tools read.

use crate::results::{RowTable, TableRows};
use crate::sweep::UnitIndex;
use std::error::Error;
use std::path::Path;

/// What a backend may fail with, in words for people.
pub type RowBackendError = Box<dyn Error + Send + Sync>;

/// A form in which rows can be kept for other tools: files of a format, a database. It is chosen by `record.backend`, and by
/// name on the command line.
///
/// ```
/// use plume_nav_sim::scenario::{RowBackend, RowBackendError, RowSource};
/// use std::path::Path;
///
/// /// Tells how many rows there are, in a text file.
/// struct Counting;
///
/// impl RowBackend for Counting {
///     fn name(&self) -> &'static str {
///         "counting"
///     }
///     fn summary(&self) -> &'static str {
///         "the number of rows of each table, as text"
///     }
///     fn suffix(&self) -> &'static str {
///         "rows.txt"
///     }
///     fn write(&self, rows: &mut dyn RowSource, place: &Path) -> Result<(), RowBackendError> {
///         let mut text = String::new();
///         for table in 0..rows.description().tables.len() {
///             let count: u64 = rows.counts(table)?.iter().map(|(_, count)| count).sum();
///             text += &format!("{}: {count}\n", rows.description().tables[table].name);
///         }
///         Ok(std::fs::write(place, text)?)
///     }
/// }
/// ```
pub trait RowBackend: Send + Sync + 'static {
    /// What `record.backend` says for it.
    fn name(&self) -> &'static str;

    /// One line for people: what it makes.
    fn summary(&self) -> &'static str;

    /// How the name of what it makes ends, after that of the results file and a dot: `rows.h5`.
    fn suffix(&self) -> &'static str;

    /// Makes a file or a folder at `place`, where there is nothing yet. It gets its name, and is brought to the disk,
    /// afterwards, so what is left of one that failed is never seen.
    ///
    /// # Errors
    /// If it can't be written, or the rows can't be read.
    fn write(&self, rows: &mut dyn RowSource, place: &Path) -> Result<(), RowBackendError>;

    /// Whether a file or folder is what this backend makes, so that new rows may take its place without anybody's word. Results never
    /// give way. Unless it can tell, it says yes for files and no for folders.
    fn may_replace(&self, place: &Path) -> bool {
        place.is_file()
    }
}

/// What there is to know of rows besides themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct RowsDescription {
    /// Name of the study.
    pub study: String,
    /// Its scenario.
    pub scenario: String,
    /// The resolved configuration as TOML.
    pub configuration_toml: String,
    /// Hash of all that can change a result, hexadecimal.
    pub configuration_hash: String,
    /// What a member of a unit is called: the column of this name says whose a row is.
    pub member: String,
    /// The tables.
    pub tables: Vec<RowTable>,
    /// Replicates of every design point.
    pub replicates: u32,
    /// Number of design points.
    pub points: u64,
    /// Whether some units are still to be run, whose rows are missing.
    pub partial: bool,
    /// The swept values, by point.
    pub coordinates: Vec<RowCoordinate>,
    /// The point that the first of these values belong to.
    pub first_point: u64,
}

/// A swept key at all design points.
#[derive(Clone, Debug, PartialEq)]
pub struct RowCoordinate {
    /// What the results call it.
    pub name: String,
    /// Dotted key.
    pub key: String,
    /// UDUNITS string; none for what has none.
    pub unit: Option<String>,
    /// Its values at the points that have rows, from `first_point` on.
    pub values: RowCoordinateValues,
}

/// Values of a swept key, one for each design point from [`RowsDescription::first_point`] on.
#[derive(Clone, Debug, PartialEq)]
pub enum RowCoordinateValues {
    /// Numbers.
    Real(Vec<f64>),
    /// Whole numbers.
    Integer(Vec<i64>),
    /// Texts.
    Text(Vec<String>),
}

/// All rows of a study: of its units in order, and of each in the order in which it appended them.
pub trait RowSource {
    /// What they are.
    fn description(&self) -> &RowsDescription;

    /// The units that have rows in a table, in order, and how many.
    ///
    /// # Errors
    /// If the results can't be read.
    fn counts(&mut self, table: usize) -> Result<Vec<(UnitIndex, u64)>, RowBackendError>;

    /// The rows of a unit in a table.
    ///
    /// # Errors
    /// If they can't be read, or are damaged.
    fn rows(&mut self, unit: UnitIndex, table: usize) -> Result<TableRows, RowBackendError>;
}
