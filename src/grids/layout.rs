//! Where columns, rows and frames of a variable are.

use super::axis_order::{Places, Role};
use super::configuration::{AxesConfig, MissingPolicy, UniformAxesConfig};
use super::container::Container;
use super::decoding::Decoding;
use super::epoch::Epoch;
use super::error::{GridError, GridProblem};
use super::units;
use super::variable::Variable;

/// A coordinate may differ from even spacing by this fraction of a step: single-precision coordinates do.
const MAX_UNEVENNESS: f64 = 1e-3;

/// An evenly spaced axis, ascending.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UniformAxis {
    /// Position of the first node, m.
    pub first_m: f64,
    /// From one node to the next, m; above 0.
    pub step_m: f64,
    /// Nodes: at least 2.
    pub count: usize,
}

impl UniformAxis {
    /// Position of the last node, m.
    #[must_use]
    pub fn last_m(&self) -> f64 {
        self.first_m + self.step_m * (self.count - 1) as f64
    }
}

/// Where the values of a movie are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    pub x: UniformAxis,
    pub y: UniformAxis,
    /// Whether columns, and rows, are stored from high to low positions.
    pub columns_descend: bool,
    pub rows_descend: bool,
    pub places: Places,
    /// Times of the frames after the first one, s; strictly increasing.
    pub times_s: Vec<f64>,
    /// Time of the first frame in the file's own count, s.
    pub first_s: f64,
    /// What that count begins with.
    pub epoch: Epoch,
}

impl Layout {
    /// The layout of `variable`.
    pub(super) fn of(file: &Container, variable: &Variable, axes: &AxesConfig) -> Result<Self, GridError> {
        let at = |problem: GridProblem| problem.at(file.path());
        let coordinates: Vec<Option<&Variable>> = (0..variable.dimensions.len())
            .map(|place| coordinate(file, variable, place))
            .collect();
        let places = Places::of(variable, &coordinates, axes).map_err(at)?;
        let roles = places.roles();
        for (dimension, role) in variable.dimensions.iter().zip(&roles) {
            let lowest = if matches!(role, Role::Time | Role::Level) { 1 } else { 2 };
            if dimension.length < lowest {
                return Err(at(GridProblem::Length {
                    axis: role.name().to_owned(),
                    found: dimension.length,
                    expected: format!("at least {lowest}"),
                }));
            }
        }
        let length = |place: usize| variable.dimensions[place].length;
        match axes {
            AxesConfig::Uniform(given) => Self::given(
                given,
                places,
                length(places.time),
                length(places.y),
                length(places.x),
                file,
            )
            .map_err(at),
            AxesConfig::File(_) => {
                let named = |place: usize| {
                    coordinates[place].ok_or_else(|| {
                        at(GridProblem::NoCoordinate {
                            variable: variable.path.clone(),
                            axis: axis_text(variable, place, roles[place]),
                        })
                    })
                };
                let (x, columns_descend) = uniform(file, named(places.x)?, length(places.x))?;
                let (y, rows_descend) = uniform(file, named(places.y)?, length(places.y))?;
                let time = named(places.time)?;
                check_finished(variable, places.time, time).map_err(at)?;
                let (times_s, first_s, epoch) = times(file, time, length(places.time))?;
                Ok(Self {
                    x,
                    y,
                    columns_descend,
                    rows_descend,
                    places,
                    times_s,
                    first_s,
                    epoch,
                })
            }
        }
    }

    fn given(
        given: &UniformAxesConfig,
        places: Places,
        frames: u64,
        rows: u64,
        columns: u64,
        file: &Container,
    ) -> Result<Self, GridProblem> {
        let bytes = frames.saturating_mul(8);
        if bytes > file.max_claim() {
            return Err(GridProblem::TooLarge {
                what: "the time axis".to_owned(),
                bytes,
                limit: file.max_claim(),
            });
        }
        let axis = |first_m, step_m, count: u64| UniformAxis {
            first_m,
            step_m,
            count: usize::try_from(count).unwrap_or(usize::MAX),
        };
        Ok(Self {
            x: axis(given.x_min_m, given.dx_m, columns),
            y: axis(given.y_min_m, given.dy_m, rows),
            columns_descend: false,
            rows_descend: given.rows_downward,
            places,
            times_s: (0..frames).map(|frame| frame as f64 * given.frame_interval_s).collect(),
            first_s: 0.0,
            epoch: Epoch::default(),
        })
    }
}

fn axis_text(variable: &Variable, place: usize, role: Role) -> String {
    match &variable.dimensions[place].name {
        Some(name) if name != role.name() => format!("{name} ({})", role.name()),
        _ => role.name().to_owned(),
    }
}

/// The coordinate variable of a dimension: in the variable's group or one around it, one-dimensional over that
/// dimension, and called like it, or the only one.
fn coordinate<'a>(file: &'a Container, variable: &Variable, place: usize) -> Option<&'a Variable> {
    let dimension = variable.dimensions[place].name.as_deref()?;
    let over: Vec<&Variable> = (file.variables().iter())
        .filter(|other| {
            other.is_numeric()
                && variable.group().starts_with(other.group())
                && matches!(&other.dimensions[..], [only] if only.name.as_deref() == Some(dimension))
        })
        .collect();
    // The innermost group's comes first.
    let same = over.iter().filter(|other| other.name() == dimension);
    match same.max_by_key(|other| other.group().len()) {
        Some(found) => Some(found),
        None if over.len() == 1 => Some(over[0]),
        None => None,
    }
}

/// Whether as many frames as times were written: along an unlimited dimension each variable grows by itself.
fn check_finished(variable: &Variable, place: usize, time: &Variable) -> Result<(), GridProblem> {
    let (frames, times) = (&variable.dimensions[place], time.dimensions.first());
    match times {
        Some(times) if times.length != frames.length && (times.is_unlimited || frames.is_unlimited) => {
            Err(GridProblem::Unfinished {
                variable: variable.path.clone(),
                frames: frames.length,
                axis: time.path.clone(),
                times: times.length,
            })
        }
        _ => Ok(()),
    }
}

/// The values of a coordinate variable in the unit of `factor`.
fn values(file: &Container, axis: &Variable, length: u64, factor: f64) -> Result<Vec<f64>, GridError> {
    let found = axis.dimensions.first().map_or(0, |dimension| dimension.length);
    if found != length {
        return Err(GridProblem::Length {
            axis: axis.path.clone(),
            found,
            expected: length.to_string(),
        }
        .at(file.path()));
    }
    let decoding = Decoding::of(axis, file.is_netcdf(), factor, false, MissingPolicy::Refuse);
    let decoding = decoding.map_err(|problem| problem.at(file.path()))?;
    let stored = file.read_f64(axis, std::slice::from_ref(&(0..length)))?;
    let count = stored.len();
    let value = |(index, stored): (usize, f64)| match decoding.coordinate(stored) {
        (value, true) if value.is_finite() => Ok(value),
        (value, _) if !value.is_finite() => Err(GridProblem::NotFiniteAxis {
            axis: axis.path.clone(),
            index,
            value,
        }),
        // A program that is stopped leaves a place without a time.
        _ => Err(GridProblem::MissingCoordinate {
            axis: axis.path.clone(),
            index,
            length: count,
            found: stored,
            reason: decoding.reason(stored),
        }),
    };
    let values: Result<Vec<f64>, GridProblem> = stored.into_iter().enumerate().map(value).collect();
    values.map_err(|problem| problem.at(file.path()))
}

/// The axis ascending, and whether it descends in the file.
fn uniform(file: &Container, axis: &Variable, length: u64) -> Result<(UniformAxis, bool), GridError> {
    let unit = axis.needed_text("units").map_err(|problem| problem.at(file.path()))?;
    let factor = units::metres(&unit).ok_or_else(|| {
        GridProblem::Unit {
            variable: axis.path.clone(),
            found: unit,
            expected: "a length (m, km, cm, mm, µm)",
        }
        .at(file.path())
    })?;
    let values = values(file, axis, length, factor)?;
    let (first, last) = (values[0], values[values.len() - 1]);
    let step = (last - first) / (values.len() - 1) as f64;
    for (index, &found) in values.iter().enumerate() {
        let expected = first + step * index as f64;
        // A step of 0 or an overflow fails too.
        if !((found - expected).abs() <= MAX_UNEVENNESS * step.abs() && step != 0.0) {
            return Err(GridProblem::Uneven {
                axis: axis.path.clone(),
                index,
                found,
                expected,
            }
            .at(file.path()));
        }
    }
    let axis = UniformAxis {
        first_m: if step > 0.0 { first } else { last },
        step_m: step.abs(),
        count: values.len(),
    };
    Ok((axis, step < 0.0))
}

/// Times after the first frame, the first frame's, and what they count from.
fn times(file: &Container, axis: &Variable, length: u64) -> Result<(Vec<f64>, f64, Epoch), GridError> {
    let text = |name| axis.needed_text(name).map_err(|problem| problem.at(file.path()));
    let (unit, calendar) = (text("units")?, text("calendar")?);
    let Some((factor, epoch)) = units::seconds(&unit) else {
        return Err(GridProblem::Unit {
            variable: axis.path.clone(),
            found: unit,
            expected: "a time (s, ms, min, h, or \"seconds since …\")",
        }
        .at(file.path()));
    };
    let mut times_s = values(file, axis, length, factor)?;
    if let Some(index) = (1..times_s.len()).find(|&index| times_s[index] <= times_s[index - 1]) {
        return Err(GridProblem::TimeOrder {
            axis: axis.path.clone(),
            index,
            before: times_s[index - 1],
            after: times_s[index],
        }
        .at(file.path()));
    }
    let first_s = times_s[0];
    for time_s in &mut times_s {
        *time_s -= first_s;
    }
    Ok((times_s, first_s, Epoch::new(&epoch, &calendar)))
}
