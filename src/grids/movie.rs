//! One variable of a file as a sequence of frames.

use super::configuration::{AxesConfig, MissingPolicy};
use super::container::{Container, Number, Source, Variable, kind_text};
use super::decoding::Decoding;
use super::error::{GridError, GridProblem};
use super::layout::{Layout, UniformAxis};
use super::playback;
use super::units;
use netcdf_reader::NcType;
use std::ops::Range;
use std::sync::Arc;

/// The values of one frame: `[rows, columns]`, row-major, both axes ascending.
pub type Frame = Arc<[f32]>;

/// What is wanted from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Which variable.
    pub choice: Choice,
    /// What it has to be.
    pub quantity: Quantity,
    /// Where positions and times come from.
    pub axes: AxesConfig,
    /// What missing values become.
    pub missing: MissingPolicy,
}

/// How the variable is found.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// By its path in the file.
    Named(String),
    /// By CF standard name, else by name, else the only numeric variable over time, y and x if `only` says so.
    Like {
        /// Parts of standard names, any of which must occur.
        standard_names: &'static [&'static str],
        /// Names, in order of preference.
        names: &'static [&'static str],
        /// Whether the only candidate will do whatever it is called.
        only: bool,
    },
}

/// What kind of values are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Any unit, which is kept as text; what is below 0 becomes 0.
    Amount,
    /// A speed along an axis, brought to m/s.
    Velocity,
}

/// A variable that was checked and can be read frame by frame, by any number of threads at once.
pub struct Movie {
    file: Arc<Container>,
    variable: Variable,
    source: Source,
    layout: Layout,
    decoding: Decoding,
    unit: String,
    frames_per_read: usize,
}

impl Movie {
    /// Finds the variable and checks all that its header says.
    pub(super) fn open(file: Arc<Container>, request: &Request) -> Result<Self, GridError> {
        let at = |problem: GridProblem| problem.at(file.path());
        let variable = choose(&file, &request.choice).map_err(at)?.clone();
        if !variable.is_numeric() {
            return Err(at(GridProblem::NotNumeric {
                variable: variable.path.clone(),
                found: kind_text(&variable.kind),
            }));
        }
        let layout = Layout::of(&file, &variable, &request.axes)?;
        let (factor, unit) = match request.quantity {
            Quantity::Amount => (1.0, amount_unit(&variable)),
            Quantity::Velocity => {
                let text = variable.text("units");
                let factor = units::metres_per_second(&text).ok_or_else(|| {
                    at(GridProblem::Unit {
                        variable: variable.path.clone(),
                        found: text,
                        expected: "a speed (m s-1, m/s, cm s-1, km h-1)",
                    })
                })?;
                (factor, "m s-1".to_owned())
            }
        };
        let non_negative = request.quantity == Quantity::Amount;
        let decoding = Decoding::of(&variable, file.is_netcdf(), factor, non_negative, request.missing).map_err(at)?;
        let source = file.source(&variable)?;
        let mut movie = Self {
            variable,
            source,
            layout,
            decoding,
            unit,
            frames_per_read: 1,
            file: file.clone(),
        };
        // Twice: as stored (8 bytes at most for 4 of the frame) and as decoded.
        if movie.frame_bytes() > file.claim_highest() / 2 {
            return Err(GridProblem::TooLarge {
                what: format!("a frame of {}", movie.variable.path),
                bytes: movie.frame_bytes(),
                limit: file.claim_highest() / 2,
            }
            .at(file.path()));
        }
        let together = movie.source.chunk_length();
        if together.saturating_mul(movie.frame_bytes()) <= file.claim_highest() / 2 {
            movie.frames_per_read = usize::try_from(together).unwrap_or(1);
        }
        Ok(movie)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &std::path::Path {
        self.file.path()
    }

    /// Path of the variable in the file.
    #[must_use]
    pub fn variable(&self) -> &str {
        &self.variable.path
    }

    /// Unit of the values; `1` if the file names none.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The columns.
    #[must_use]
    pub fn x(&self) -> UniformAxis {
        self.layout.x
    }

    /// The rows.
    #[must_use]
    pub fn y(&self) -> UniformAxis {
        self.layout.y
    }

    /// Times of the frames after the first one, s.
    #[must_use]
    pub fn times_s(&self) -> &[f64] {
        &self.layout.times_s
    }

    /// From the first frame to the last one, s.
    #[must_use]
    pub fn length_s(&self) -> f64 {
        self.layout.times_s.last().copied().unwrap_or(0.0)
    }

    /// From the last frame but one to the last one, s; 0 if there is only one.
    #[must_use]
    pub fn last_step_s(&self) -> f64 {
        playback::last_step_s(self.times_s())
    }

    /// After this long the movie begins again where it is played round, s; 0 if there is only one frame.
    #[must_use]
    pub fn period_s(&self) -> f64 {
        self.length_s() + self.last_step_s()
    }

    /// A time that is beyond either end by no more than this still is in the movie, s: rounding.
    #[must_use]
    pub fn tolerance_s(&self) -> f64 {
        playback::tolerance_s(self.times_s())
    }

    /// Time of the first frame in the file's own count, s.
    #[must_use]
    pub fn first_s(&self) -> f64 {
        self.layout.first_s
    }

    /// What the file's times count from; empty if it doesn't say.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.layout.epoch
    }

    /// Bytes of a decoded frame.
    #[must_use]
    pub fn frame_bytes(&self) -> u64 {
        (self.layout.x.count as u64)
            .saturating_mul(self.layout.y.count as u64)
            .saturating_mul(size_of::<f32>() as u64)
    }

    /// Frames that are stored together with frame `index`.
    #[must_use]
    pub(super) fn neighbours(&self, index: usize) -> Range<usize> {
        let first = index - index % self.frames_per_read;
        first..(first + self.frames_per_read).min(self.layout.times_s.len())
    }

    /// Reads and decodes `frames`. A frame with missing values is an error of its own.
    pub(super) fn read(&self, frames: Range<usize>) -> Result<Vec<Result<Frame, GridError>>, GridError> {
        match self.variable.kind {
            NcType::Byte => self.read_as::<i8>(frames),
            NcType::UByte => self.read_as::<u8>(frames),
            NcType::Short => self.read_as::<i16>(frames),
            NcType::UShort => self.read_as::<u16>(frames),
            NcType::Int => self.read_as::<i32>(frames),
            NcType::UInt => self.read_as::<u32>(frames),
            NcType::Int64 => self.read_as::<i64>(frames),
            NcType::UInt64 => self.read_as::<u64>(frames),
            NcType::Float => self.read_as::<f32>(frames),
            NcType::Double => self.read_as::<f64>(frames),
            _ => unreachable!("only numeric variables are opened"),
        }
    }

    fn read_as<T: Number>(&self, frames: Range<usize>) -> Result<Vec<Result<Frame, GridError>>, GridError> {
        let (rows, columns) = (self.layout.y.count, self.layout.x.count);
        let mut block = vec![
            frames.start as u64..frames.end as u64,
            0..rows as u64,
            0..columns as u64,
        ];
        if let Some(place) = self.layout.level_place {
            block.insert(place, 0..1);
        }
        let stored = self.file.read::<T>(&self.source, &block)?;
        let decoded = stored.chunks_exact(rows * columns).zip(frames);
        Ok(decoded.map(|(stored, frame)| self.decode(stored, frame)).collect())
    }

    fn decode<T: Number>(&self, stored: &[T], frame: usize) -> Result<Frame, GridError> {
        let (rows, columns) = (self.layout.y.count, self.layout.x.count);
        let mut values = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            let stored_row = if self.layout.rows_descend { rows - 1 - row } else { row };
            let stored = &stored[stored_row * columns..][..columns];
            for column in 0..columns {
                let stored_column = if self.layout.columns_descend {
                    columns - 1 - column
                } else {
                    column
                };
                let Some(value) = self.decoding.value(stored[stored_column].number()) else {
                    return Err(GridProblem::Missing {
                        variable: self.variable.path.clone(),
                        frame,
                        row: stored_row,
                        column: stored_column,
                    }
                    .at(self.file.path()));
                };
                values.push(value);
            }
        }
        Ok(values.into())
    }
}

/// The unit of the amounts that `choice` finds, from the header alone.
pub(super) fn unit_of_amount(file: &Container, choice: &Choice) -> Result<String, GridError> {
    let variable = choose(file, choice).map_err(|problem| problem.at(file.path()))?;
    Ok(amount_unit(variable))
}

fn amount_unit(variable: &Variable) -> String {
    let text = variable.text("units");
    if text.is_empty() { "1".to_owned() } else { text }
}

fn choose<'a>(file: &'a Container, choice: &Choice) -> Result<&'a Variable, GridProblem> {
    let all = file.variables();
    let list = |variables: &[&Variable]| {
        let mut names: Vec<&str> = variables
            .iter()
            .take(8)
            .map(|variable| variable.path.as_str())
            .collect();
        if variables.len() > 8 {
            names.push("…");
        }
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    let there = || list(&all.iter().collect::<Vec<_>>());
    let (standard_names, names, only) = match choice {
        Choice::Named(wanted) => {
            let path = wanted.trim_matches('/');
            return (all.iter().find(|variable| variable.path == path)).ok_or_else(|| GridProblem::NoVariable {
                wanted: wanted.clone(),
                there: there(),
            });
        }
        Choice::Like {
            standard_names,
            names,
            only,
        } => (standard_names, names, only),
    };
    let candidates: Vec<&Variable> = (all.iter())
        .filter(|variable| variable.is_numeric() && matches!(variable.dimensions.len(), 3 | 4))
        .collect();
    let by_standard: Vec<&Variable> = (candidates.iter().copied())
        .filter(|variable| {
            let standard = variable.text("standard_name");
            standard_names.iter().any(|part| standard.contains(part))
        })
        .collect();
    if let [found] = by_standard[..] {
        return Ok(found);
    }
    if by_standard.is_empty() {
        for name in *names {
            if let Some(found) = candidates.iter().find(|variable| variable.name() == *name) {
                return Ok(found);
            }
        }
        match candidates[..] {
            [found] if *only => return Ok(found),
            [_, _, ..] if *only => {}
            _ if *only || names.is_empty() => return Err(GridProblem::NoCandidate { there: there() }),
            _ => {
                return Err(GridProblem::NoVariable {
                    wanted: names.join(" or "),
                    there: there(),
                });
            }
        }
    }
    Err(GridProblem::Ambiguous {
        candidates: list(if by_standard.is_empty() {
            &candidates
        } else {
            &by_standard
        }),
    })
}
