//! What can be wrong with a gridded file.

use crate::quantity::{apart, number};
use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Longest text of a problem, in characters: names come from the file.
const MAX_TEXT: usize = 600;

/// What to do about [`GridProblem::MissingCoordinate`].
const KEEP_KNOWN_TIMES: &str = "wait for it or write the file again; of times, keep those that are there: `python3 -c 'import xarray; \
    xarray.open_dataset(\"in.nc\", decode_times=False).isel(time=slice(0, FRAMES)).to_netcdf(\"out.nc\")'`; or correct its \
    _FillValue or valid_range";

/// What to do about [`GridProblem::NeverWritten`].
const WRITE_AGAIN: &str = "the program that wrote it may have been stopped, or still runs: write it again; use missing = \"zero\" if 0 \
    (or the dataset's own fill value) is what you mean; or keep the frames that are there: `python3 -c 'import \
    h5py; h5py.File(\"out.h5\", \"w\")[\"movie\"] = h5py.File(\"in.h5\")[\"NAME\"][:FRAMES]'`";
/// What to do about [`GridProblem::AttributeType`].
const REWRITE: &str = "write it again: `python3 -c 'import h5py; h5py.File(\"in.h5\", \"a\")[\"VARIABLE\"].attrs[\"ATTRIBUTE\"] = \
    VALUE'` with a number like 0.01 or a text like \"m\" (for the file itself VARIABLE is /; netCDF-4 files are HDF5, too); in a \
    classic file `ncatted -a ATTRIBUTE,VARIABLE,o,d,VALUE in.nc`, or o,c for a text (for the file itself VARIABLE is global)";
/// What to do about [`GridProblem::Filter`].
const UNFILTER: &str = "copy it without that filter: `pip install hdf5plugin`, then `HDF5_PLUGIN_PATH=$(python3 -c 'import \
    hdf5plugin; print(hdf5plugin.PLUGINS_PATH)') h5repack -f GZIP=4 in.h5 out.h5`";

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
        let mut message: String = (characters.by_ref().take(MAX_TEXT))
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
        found: &'static str,
        /// How it becomes one.
        remedy: &'static str,
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
        found: &'static str,
    },
    /// Values in another file or dataset.
    #[error("{variable} is {what}")]
    Elsewhere {
        /// Name of the variable.
        variable: String,
        /// Where they are.
        what: &'static str,
    },
    /// A link into another file.
    #[error("{variable} is a link into another file: to {inner} in {file}")]
    OtherFile {
        /// Name of the variable.
        variable: String,
        /// The other file, as the link has it.
        file: String,
        /// The path in it.
        inner: String,
    },
    /// A link that leads nowhere.
    #[error("{variable} is a link to {target}, and nothing that could be read is there")]
    Dangling {
        /// Name of the variable.
        variable: String,
        /// Where it leads.
        target: String,
    },
    /// Frames that are in no file.
    #[error(
        "{variable} was never written at {unwritten} of its {frames} frames, or not as a whole: the file has no values there"
    )]
    NeverWritten {
        /// Name of the variable.
        variable: String,
        /// How many lack something.
        unwritten: u64,
        /// Of how many.
        frames: u64,
    },
    /// A compression that isn't read.
    #[error("is compressed with {name}, which can't be read")]
    Filter {
        /// Its name.
        name: String,
    },
    /// Nobody closed the file.
    #[error("is open for writing, or the program that wrote it ended without closing it")]
    LeftOpen,
    /// An axis and a movie that grew apart.
    #[error(
        "{variable} holds {frames} frames, and its axis {axis} counts {times}: the program that wrote it was stopped, or \
         still writes"
    )]
    Unfinished {
        /// Name of the variable.
        variable: String,
        /// Its frames.
        frames: u64,
        /// Name of the axis.
        axis: String,
        /// Entries of the axis.
        times: u64,
    },
    /// One dataset per frame.
    #[error("has no variable over time, y and x, but {count} of one shape, {shape}, as if each were a frame: {names}")]
    OnePerFrame {
        /// How many.
        count: usize,
        /// Their shape.
        shape: String,
        /// Some of their names.
        names: String,
        /// A line that stacks them.
        command: String,
    },
    /// An array of MATLAB, whose dimensions are reversed in the file.
    #[error("{variable} was written by MATLAB, which stores dimensions in reverse: here they are {shape}")]
    Matlab {
        /// Name of the variable.
        variable: String,
        /// Its dimensions as they are in the file.
        shape: String,
    },
    /// Not (time, y, x).
    #[error("{variable} has the shape {shape}, not (time, y, x) or (time, one level, y, x)")]
    Rank {
        /// Name of the variable.
        variable: String,
        /// Its dimensions and their lengths.
        shape: String,
        /// A line that leaves three of its dimensions, if there are more.
        command: Option<String>,
    },
    /// The dimensions are there, in another order.
    #[error("{variable} is over ({found}), not over ({expected})")]
    Order {
        /// Name of the variable.
        variable: String,
        /// What its dimensions are.
        found: String,
        /// What they should be.
        expected: String,
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
    #[error(
        "axis {axis} isn't evenly spaced: {} at position {index}, where even steps give {}",
        apart(*found, *expected)[0],
        apart(*found, *expected)[1]
    )]
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
    #[error(
        "time {axis} doesn't increase: {} s at position {index} comes after {} s",
        apart(*after, *before)[0],
        apart(*after, *before)[1]
    )]
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
    #[error("attribute {attribute} of {variable} is {found}, not {expected}")]
    Attribute {
        /// Name of the variable.
        variable: String,
        /// Name of the attribute.
        attribute: &'static str,
        /// What it is.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// An attribute of a type that says nothing here.
    #[error("attribute {attribute} of {owner} is {found}, not {expected}")]
    AttributeType {
        /// What has it: a variable, or the file.
        owner: String,
        /// Name of the attribute.
        attribute: String,
        /// What it is.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A coordinate that was never written, or is marked as missing.
    #[error(
        "axis {axis} is missing at position {index} of {length}, where {} is stored: {reason}", number(*found)
    )]
    MissingCoordinate {
        /// Name of the axis.
        axis: String,
        /// Where.
        index: usize,
        /// Its entries.
        length: usize,
        /// What is stored there.
        found: f64,
        /// Why that counts as missing.
        reason: String,
    },
    /// A missing value.
    #[error(
        "{variable} is missing at frame {frame}, row {row}, column {column}, where {} is stored: {reason}; of the \
         frame's {of} values {count} are missing", number(*found)
    )]
    Missing {
        /// Name of the variable.
        variable: String,
        /// What is stored there.
        found: f64,
        /// Why that counts as missing.
        reason: String,
        /// How many of the frame's values are missing.
        count: usize,
        /// How many values a frame has.
        of: usize,
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
    #[error(
        "ends {} s after its first frame, and {} s is needed",
        apart(*length_s, *wanted_s)[0],
        apart(*length_s, *wanted_s)[1]
    )]
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
    #[error("its times count from {found:?}, those of the other file from {expected:?}: {reason}")]
    Epoch {
        /// Of this file.
        found: String,
        /// Of the other.
        expected: String,
        /// Why they can't be compared.
        reason: &'static str,
    },
    /// A place of the source that isn't a pair of numbers in the movie.
    #[error("source_x_m = {x} and source_y_m = {y} of {owner} aren't a valid place: {reason}")]
    Source {
        /// What has the attributes.
        owner: String,
        /// What they are.
        x: String,
        /// What they are.
        y: String,
        /// What is wrong.
        reason: &'static str,
    },
}

impl GridProblem {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Cow<'static, str> {
        if let Self::OnePerFrame { command, .. } = self {
            return format!("stack them into one: {command}; then give axes = {{ kind = \"uniform\", … }}").into();
        }
        if let Self::Rank {
            command: Some(command), ..
        } = self
        {
            return format!("choose another variable, or keep one index of each dimension that is too many: {command}")
                .into();
        }
        Cow::Borrowed(self.plain_hint())
    }

    fn plain_hint(&self) -> &'static str {
        match self {
            Self::OnePerFrame { .. } => "stack them into one",
            Self::OtherFile { .. } => {
                "only one file is read: name that one in the table's `file` key, and the path in it in its `variable` key; `h5repack \
                 --merge in.h5 out.h5` (HDF5 1.14) copies what links lead to"
            }
            Self::Dangling { .. } => "mend the link, or name one of the file's variables in the table's `variable` key",
            Self::NeverWritten { .. } => WRITE_AGAIN,
            Self::Open(_) => "relative paths start at the study file's folder; look at the file's name and permissions",
            Self::Format { remedy, .. } => remedy,
            Self::LeftOpen => {
                "wait for the program that writes it; if it has ended, `h5clear -s FILE` clears the mark, and \
                 `h5dump -H FILE` shows what is there"
            }
            Self::AttributeType { .. } => REWRITE,
            Self::MissingCoordinate { .. } => KEEP_KNOWN_TIMES,
            Self::Unfinished { .. } => {
                "wait for it or write the file again; or keep the frames that are there: `python3 -c 'import xarray; \
                 xarray.open_dataset(\"in.nc\", decode_times=False).isel(time=slice(0, FRAMES)).to_netcdf(\"out.nc\")'`"
            }
            Self::Elsewhere { .. } => {
                "only this file is read: `h5repack -l CONTI in.h5 out.h5`, started where the other file is found, copies \
                 its values into the new one"
            }
            Self::Filter { .. } => UNFILTER,
            Self::Matlab { .. } => {
                "say which they are: axes = { kind = \"uniform\", order = \"…\", … } with order = \"time_x_y\" for an \
                 array that is (y, x, time) in MATLAB, \"time_y_x\" for (x, y, time), \"x_y_time\" for (time, y, x)"
            }
            Self::Structure(_) => {
                "compare with `ncdump -h` or `h5dump -H`; if these read it, copy it with `nccopy` or `h5repack`"
            }
            Self::CutOff(_) => "the copy may be incomplete: compare its length and checksum with the original",
            Self::NoVariable { .. } | Self::NoCandidate { .. } | Self::Ambiguous { .. } => {
                "name one of the file's variables in the table's `variable` key"
            }
            Self::NotNumeric { .. } => "choose a variable of integers or floating-point numbers",
            Self::Rank { .. } => "choose a variable over time, y and x",
            Self::Order { .. } => {
                "leave axes.order out or name the order in which the dimensions are stored; `ncpdq -a time,y,x in.nc \
                 out.nc` changes the file"
            }
            Self::NoCoordinate { .. } => {
                "add coordinate variables, or give them in the study: axes = { kind = \"uniform\", x_min_m = …, dx_m = …, \
                 y_min_m = …, dy_m = …, frame_interval_s = … }"
            }
            Self::Length { .. } => "a grid needs at least two columns, two rows and one frame",
            Self::Unit { .. } => {
                "write the unit into the file (`ncatted -a units,NAME,o,c,m`), or use axes = { kind = \"uniform\", … }"
            }
            Self::NotFiniteAxis { .. } | Self::TimeOrder { .. } => {
                "correct the coordinate variable, or give the axes in the study: axes = { kind = \"uniform\", … }"
            }
            Self::Uneven { .. } => "interpolate the data to an evenly spaced grid first",
            Self::TooLarge { .. } => "reduce the region or the resolution, or write the file with smaller chunks",
            Self::Attribute { .. } => {
                "correct it, `ncatted -a ATTRIBUTE,VARIABLE,m,d,VALUE in.nc` writes a number, or take it away: `ncatted -a \
                 ATTRIBUTE,VARIABLE,d,, in.nc`"
            }
            // Zeros in place of most values would be another movie.
            Self::Missing { count, of, .. } if 2 * count >= *of => {
                "look at `_FillValue`, `missing_value`, `valid_min`, `valid_max`, `valid_range`, `scale_factor` and \
                 `add_offset` (`ncdump -h`): if they are wrong, correct them (`ncatted`); frames that were never written are \
                 missing too: cut them off"
            }
            Self::Missing { .. } => "use missing = \"zero\" if 0 is what you mean, or fill the gaps first",
            Self::Memory { .. } => "use cache = { kind = \"lru\" }",
            Self::Capacity { .. } => "raise cache.capacity_mib, or use cache = { kind = \"none\" }",
            Self::Ended { .. } => "use a shorter episode, an earlier start, or at_end = \"loop\" or \"hold\"",
            Self::DifferentTimes { .. } => "interpolate one of them to the times of the other first",
            Self::Source { .. } => "give plume.source_x_m and plume.source_y_m, or correct the attributes",
            Self::Epoch { .. } => {
                "write both with the same reference, such as `seconds since 2000-01-01 00:00:00`, or start both at fixed times"
            }
        }
    }

    /// This problem as an error of the file at `path`.
    pub(super) fn at(self, path: &Path) -> GridError {
        GridError {
            path: path.to_owned(),
            problem: self,
        }
    }
}
