//! What can be wrong with a gridded file.

use std::fmt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Longest text of a problem, in characters: names come from the file.
const TEXT_LONGEST: usize = 600;

/// A gridded file that can't be used, with the file, what was found, what was expected, and what to do.
#[derive(Clone, Debug, PartialEq)]
pub struct GridError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: GridProblem,
}

impl GridError {
    /// The file and what is wrong with it, without the hint. Names and units come from the file: nothing of them that
    /// controls a terminal is passed on.
    #[must_use]
    pub fn message(&self) -> String {
        let text = format!("{} {}", self.path.display(), self.problem);
        let mut characters = text.chars();
        let mut message: String = (characters.by_ref().take(TEXT_LONGEST))
            .map(|character| if character.is_control() { '\u{fffd}' } else { character })
            .collect();
        if characters.next().is_some() {
            message.push('…');
        }
        message
    }
}

impl fmt::Display for GridError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (hint: {})", self.message(), self.problem.hint())
    }
}

impl std::error::Error for GridError {}

/// What is wrong with a file. Positions count from 0.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum GridProblem {
    /// The operating system doesn't give it.
    #[error("can't be read: {0}")]
    Open(String),
    /// Neither NetCDF nor HDF5.
    #[error("is {found}, not a NetCDF or HDF5 file")]
    Format {
        /// What it looks like instead.
        found: String,
    },
    /// The container's structure is broken or uses what the reader doesn't know.
    #[error("its structure can't be read: {0}")]
    Structure(String),
    /// Data end before they should.
    #[error("is cut off: {0}")]
    CutOff(String),
    /// No such variable.
    #[error("has no variable {wanted:?}; it has {there}")]
    NoVariable {
        /// The name asked for.
        wanted: String,
        /// What there is.
        there: String,
    },
    /// Nothing to choose from.
    #[error("has no numeric variable over time, y and x; it has {there}")]
    NoCandidate {
        /// What there is.
        there: String,
    },
    /// More than one to choose from.
    #[error("several variables fit: {candidates}")]
    Ambiguous {
        /// Their names.
        candidates: String,
    },
    /// Text, compound and the like.
    #[error("{variable} holds {found}, not numbers")]
    NotNumeric {
        /// Name of the variable.
        variable: String,
        /// Its type.
        found: String,
    },
    /// Not (time, y, x).
    #[error("{variable} has the shape {shape}, not (time, y, x) or (time, one level, y, x)")]
    Rank {
        /// Name of the variable.
        variable: String,
        /// Its dimensions and their lengths.
        shape: String,
    },
    /// The dimensions are there, in another order.
    #[error("{variable} is over ({found}), not over (time, y, x)")]
    Order {
        /// Name of the variable.
        variable: String,
        /// What its dimensions are.
        found: String,
    },
    /// A dimension without positions.
    #[error("dimension {axis} of {variable} has no coordinate variable")]
    NoCoordinate {
        /// Name of the variable.
        variable: String,
        /// `time`, `y` or `x`, with the dimension's name.
        axis: String,
    },
    /// An axis that is too short, or of another length than the data.
    #[error("axis {axis} has {found} entries, not {expected}")]
    Length {
        /// Name of the axis.
        axis: String,
        /// What it has.
        found: u64,
        /// What it should have.
        expected: String,
    },
    /// A unit that can't be converted.
    #[error("{variable} has the unit {found:?}, not {expected}")]
    Unit {
        /// Name of the variable.
        variable: String,
        /// Its unit.
        found: String,
        /// What could be converted.
        expected: &'static str,
    },
    /// A coordinate that is no number.
    #[error("axis {axis} is {value} at position {index}")]
    NotFiniteAxis {
        /// Name of the axis.
        axis: String,
        /// Where.
        index: usize,
        /// What stands there.
        value: f64,
    },
    /// An axis whose steps differ.
    #[error("axis {axis} isn't evenly spaced: {found} at position {index}, where even steps give {expected}")]
    Uneven {
        /// Name of the axis.
        axis: String,
        /// Where.
        index: usize,
        /// What stands there, m.
        found: f64,
        /// What even spacing would have there, m.
        expected: f64,
    },
    /// Times that don't increase.
    #[error("time {axis} doesn't increase: {after} s at position {index} comes after {before} s")]
    TimeOrder {
        /// Name of the axis.
        axis: String,
        /// Where.
        index: usize,
        /// The time before, s.
        before: f64,
        /// The time there, s.
        after: f64,
    },
    /// More than is read at once.
    #[error("{what} takes {bytes} bytes, more than the {limit} that a file of this length may claim")]
    TooLarge {
        /// A frame, a chunk, an axis.
        what: String,
        /// What it would take.
        bytes: u64,
        /// The bound.
        limit: u64,
    },
    /// A scale factor or offset that is no number.
    #[error("attribute {attribute} of {variable} is {found}")]
    Attribute {
        /// Name of the variable.
        variable: String,
        /// Name of the attribute.
        attribute: &'static str,
        /// What it is.
        found: String,
    },
    /// A missing value.
    #[error("{variable} is missing (or no finite number) at frame {frame}, row {row}, column {column}")]
    Missing {
        /// Name of the variable.
        variable: String,
        /// Frame.
        frame: usize,
        /// Row in the file's order.
        row: usize,
        /// Column in the file's order.
        column: usize,
    },
    /// A movie that doesn't fit into memory.
    #[error("{variable} takes {needed_mib} MiB when read completely, and {available_mib} MiB of memory are available")]
    Memory {
        /// Name of the variable.
        variable: String,
        /// Its decoded size.
        needed_mib: u64,
        /// What is left.
        available_mib: u64,
    },
    /// A cache that can't hold what is needed at once.
    #[error("two frames of {variable} take {needed} bytes, more than the cache's {capacity}")]
    Capacity {
        /// Name of the variable.
        variable: String,
        /// Two frames.
        needed: u64,
        /// The cache.
        capacity: u64,
    },
    /// A time beyond the last frame.
    #[error("ends {length_s} s after its first frame, and {wanted_s} s is asked for")]
    Ended {
        /// The time asked for, after the first frame, s.
        wanted_s: f64,
        /// The last frame's, s.
        length_s: f64,
    },
    /// Components of one wind at different times.
    #[error("{first} and {second} aren't given at the same times")]
    DifferentTimes {
        /// Name of the one.
        first: String,
        /// Name of the other.
        second: String,
    },
    /// Times in different time systems.
    #[error("its times count from {found:?}, those of the other file from {expected:?}")]
    Epoch {
        /// Of this file.
        found: String,
        /// Of the other.
        expected: String,
    },
}

impl GridProblem {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Open(_) => "relative paths start at the study file's folder; look at the file's name and permissions",
            Self::Format { .. } => "give a NetCDF (classic or 4) or HDF5 file",
            Self::Structure(_) => {
                "compare with `ncdump -h` or `h5dump -H`; if these read it, copy it with `nccopy` or `h5repack`"
            }
            Self::CutOff(_) => "the copy may be incomplete: compare its length and checksum with the original",
            Self::NoVariable { .. } | Self::NoCandidate { .. } | Self::Ambiguous { .. } => {
                "name one of the file's variables in the table's `variable` key"
            }
            Self::NotNumeric { .. } => "choose a variable of integers or floating-point numbers",
            Self::Rank { .. } => "choose another variable, or cut one level out: `ncks -d z,0`",
            Self::Order { .. } => "reorder it: `ncpdq -a time,y,x in.nc out.nc`",
            Self::NoCoordinate { .. } => {
                "add coordinate variables, or give them in the study: axes = { kind = \"uniform\", x_min_m = …, dx_m = …, \
                 y_min_m = …, dy_m = …, frame_interval_s = … }"
            }
            Self::Length { .. } => "a grid needs at least two columns, two rows and one frame",
            Self::Unit { .. } => {
                "write the unit into the file (`ncatted -a units,NAME,o,c,m`), or use axes = { kind = \"uniform\", … }"
            }
            Self::NotFiniteAxis { .. } | Self::TimeOrder { .. } => {
                "mend the coordinate variable, or give the axes in the study: axes = { kind = \"uniform\", … }"
            }
            Self::Uneven { .. } => "interpolate the data to an evenly spaced grid first",
            Self::TooLarge { .. } => "cut the region or the resolution down, or write the file with smaller chunks",
            Self::Attribute { .. } => "it has to be one finite number, and not 0 where it is a factor: mend the file",
            Self::Missing { .. } => "use missing = \"zero\" if 0 is what you mean, or fill the gaps first",
            Self::Memory { .. } => "use cache = { kind = \"lru\" }",
            Self::Capacity { .. } => "raise cache.capacity_mib, or use cache = { kind = \"none\" }",
            Self::Ended { .. } => "use a shorter episode, an earlier start, or at_end = \"loop\" or \"hold\"",
            Self::DifferentTimes { .. } => "interpolate one of them to the times of the other first",
            Self::Epoch { .. } => "write both with the same time reference, or start both at fixed times",
        }
    }

    /// The same as an error of the file at `path`.
    pub(super) fn at(self, path: &Path) -> GridError {
        GridError {
            path: path.to_owned(),
            problem: self,
        }
    }
}
