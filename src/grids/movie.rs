//! One variable of a file as a sequence of frames.

use super::choosing::choose;
use super::configuration::{AxesConfig, MissingPolicy};
use super::container::{Container, Number, Source};
use super::decoding::Decoding;
use super::epoch::Epoch;
use super::error::{GridError, GridProblem};
use super::layout::{Layout, UniformAxis};
use super::playback;
use super::source::sources;
use super::units;
use super::variable::{Kind, Variable};
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
    sources: Vec<[f64; 2]>,
    frames_per_read: usize,
}

impl Movie {
    /// Finds the variable and checks all that its header says.
    pub(super) fn open(file: Arc<Container>, request: &Request) -> Result<Self, GridError> {
        let at = |problem: GridProblem| problem.at(file.path());
        let variable = choose(&file, &request.choice).map_err(at)?.clone();
        if let Kind::Other(found) = variable.kind {
            return Err(at(GridProblem::NotNumeric {
                variable: variable.path.clone(),
                found,
            }));
        }
        let layout = Layout::of(&file, &variable, &request.axes)?;
        let (factor, unit) = match request.quantity {
            Quantity::Amount => (1.0, amount_unit(&variable).map_err(at)?),
            Quantity::Velocity => {
                let text = variable.needed_text("units").map_err(at)?;
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
        let sources = match request.quantity {
            Quantity::Amount => sources(&file, &variable).map_err(at)?,
            Quantity::Velocity => Vec::new(),
        };
        let mut movie = Self {
            variable,
            source,
            layout,
            decoding,
            unit,
            sources,
            frames_per_read: 1,
            file: file.clone(),
        };
        // Twice: as stored (8 bytes at most for 4 of the frame) and as decoded.
        if movie.frame_bytes() > file.max_claim() / 2 {
            return Err(GridProblem::TooLarge {
                what: format!("a frame of {}", movie.variable.path),
                bytes: movie.frame_bytes(),
                limit: file.max_claim() / 2,
            }
            .at(file.path()));
        }
        let together = movie.together();
        if together.saturating_mul(movie.frame_bytes()) <= file.max_claim() / 2 {
            movie.frames_per_read = usize::try_from(together).unwrap_or(1);
        }
        if request.missing == MissingPolicy::Refuse {
            movie.check_written()?;
        }
        Ok(movie)
    }

    /// Refuses a variable of which a part was never written. Where the values that readers give in its place count as
    /// missing, frames are refused one by one when they are read.
    fn check_written(&self) -> Result<(), GridError> {
        let time = self.layout.places.time;
        let Some(found) = self.file.unwritten(&self.source, time)? else {
            return Ok(());
        };
        let block: Vec<Range<u64>> = found.first.iter().map(|&index| index..index + 1).collect();
        let given = self.file.read_f64(&self.variable, &block)?;
        if given.iter().any(|&stored| self.decoding.value(stored).is_none()) {
            return Ok(());
        }
        Err(GridProblem::NeverWritten {
            variable: self.variable.path.clone(),
            unwritten: found.count,
            frames: self.variable.dimensions[time].length,
        }
        .at(self.file.path()))
    }

    /// Frames that one read had better bring: those of a chunk, or, where a frame's values lie far apart, some megabytes.
    fn together(&self) -> u64 {
        const STRETCH_BYTES: u64 = 16 << 20;
        let time = self.layout.places.time;
        match self.source.chunk_length(time) {
            Some(length) => length,
            None if time == 0 => 1,
            None => (STRETCH_BYTES / self.frame_bytes()).clamp(1, self.times_s().len() as u64),
        }
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

    /// Where the sources are, x and y in the file's coordinates, m; none if the file doesn't say.
    #[must_use]
    pub fn sources(&self) -> &[[f64; 2]] {
        &self.sources
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

    /// What the file's times count from.
    #[must_use]
    pub fn epoch(&self) -> &Epoch {
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
        match &self.variable.kind {
            Kind::I8 => self.read_as::<i8>(frames),
            Kind::U8 => self.read_as::<u8>(frames),
            Kind::I16 => self.read_as::<i16>(frames),
            Kind::U16 => self.read_as::<u16>(frames),
            Kind::I32 => self.read_as::<i32>(frames),
            Kind::U32 => self.read_as::<u32>(frames),
            Kind::I64 => self.read_as::<i64>(frames),
            Kind::U64 => self.read_as::<u64>(frames),
            Kind::F32 => self.read_as::<f32>(frames),
            Kind::F64 => self.read_as::<f64>(frames),
            Kind::Foreign(format) => {
                let stored = self.file.read_stored(&self.source, &self.block(&frames))?;
                Ok(self.decode_all(frames, |place| format.number(&stored[place].0)))
            }
            Kind::Other(_) => unreachable!("only numeric variables are opened"),
        }
    }

    fn read_as<T: Number>(&self, frames: Range<usize>) -> Result<Vec<Result<Frame, GridError>>, GridError> {
        let stored = self.file.read::<T>(&self.source, &self.block(&frames))?;
        Ok(self.decode_all(frames, |place| stored[place].number()))
    }

    /// The part of the variable that holds these frames.
    fn block(&self, frames: &Range<usize>) -> Vec<Range<u64>> {
        let Layout { x, y, places, .. } = &self.layout;
        let mut block = vec![0..1; self.variable.dimensions.len()];
        block[places.time] = frames.start as u64..frames.end as u64;
        block[places.y] = 0..y.count as u64;
        block[places.x] = 0..x.count as u64;
        block
    }

    /// Frames of a block in which `stored` gives the number at a place.
    fn decode_all(&self, frames: Range<usize>, stored: impl Fn(usize) -> f64) -> Vec<Result<Frame, GridError>> {
        let block = self.block(&frames);
        // From one index to the next along each dimension.
        let mut strides = vec![1; block.len()];
        for place in (1..block.len()).rev() {
            strides[place - 1] = strides[place] * (block[place].end - block[place].start) as usize;
        }
        let places = self.layout.places;
        let (time, row, column) = (strides[places.time], strides[places.y], strides[places.x]);
        let frame = |frame: usize| {
            let begin = (frame - frames.start) * time;
            self.decode(frame, |y, x| stored(begin + y * row + x * column))
        };
        frames.clone().map(frame).collect()
    }

    /// A frame whose stored numbers, by row and column of the file, are those of `stored`.
    fn decode(&self, frame: usize, stored: impl Fn(usize, usize) -> f64) -> Result<Frame, GridError> {
        let (rows, columns) = (self.layout.y.count, self.layout.x.count);
        let turned = |index: usize, count: usize, descends: bool| if descends { count - 1 - index } else { index };
        let mut values = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            let row = turned(row, rows, self.layout.rows_descend);
            for column in 0..columns {
                let column = turned(column, columns, self.layout.columns_descend);
                let Some(value) = self.decoding.value(stored(row, column)) else {
                    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
                    let missing = places.filter(|&(row, column)| self.decoding.value(stored(row, column)).is_none());
                    return Err(GridProblem::Missing {
                        variable: self.variable.path.clone(),
                        found: stored(row, column),
                        reason: self.decoding.reason(stored(row, column)),
                        count: missing.count(),
                        of: rows * columns,
                        frame,
                        row,
                        column,
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
    let unit = choose(file, choice).and_then(amount_unit);
    unit.map_err(|problem| problem.at(file.path()))
}

fn amount_unit(variable: &Variable) -> Result<String, GridProblem> {
    let text = variable.needed_text("units")?;
    Ok(if text.is_empty() { "1".to_owned() } else { text })
}
