//! Which dimension of a variable is which, and where columns, rows and frames are.

use super::configuration::{AxesConfig, UniformAxesConfig};
use super::container::{Container, Variable};
use super::error::{GridError, GridProblem};
use super::units;

/// A coordinate may differ from even spacing by this fraction of a step: single-precision coordinates do.
const UNEVENNESS_HIGHEST: f64 = 1e-3;

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
    /// The place of a fourth dimension of length 1.
    pub level_place: Option<usize>,
    /// Times of the frames after the first one, s; strictly increasing.
    pub times_s: Vec<f64>,
    /// Time of the first frame in the file's own count, s.
    pub first_s: f64,
    /// What that count begins with (CF's "since"); empty if the file doesn't say.
    pub epoch: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Time,
    Level,
    Y,
    X,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Level => "z",
            Self::Y => "y",
            Self::X => "x",
        }
    }
}

impl Layout {
    /// The layout of `variable`.
    pub(super) fn of(file: &Container, variable: &Variable, axes: &AxesConfig) -> Result<Self, GridError> {
        let at = |problem: GridProblem| problem.at(file.path());
        let (level_place, roles) = places(variable).map_err(at)?;
        for (place, role) in roles.iter().enumerate() {
            let length = variable.dimensions[place].length;
            let lowest = if *role == Role::Time || *role == Role::Level {
                1
            } else {
                2
            };
            if length < lowest {
                return Err(at(GridProblem::Length {
                    axis: role.name().to_owned(),
                    found: length,
                    expected: format!("at least {lowest}"),
                }));
            }
        }
        let place_of = |role| {
            roles
                .iter()
                .position(|found| *found == role)
                .expect("every role has a place")
        };
        let (time, y, x) = (place_of(Role::Time), place_of(Role::Y), place_of(Role::X));
        match axes {
            AxesConfig::Uniform(given) => {
                let length = |place: usize| variable.dimensions[place].length;
                Self::given(given, level_place, length(time), length(y), length(x), file).map_err(at)
            }
            AxesConfig::File(_) => {
                let coordinates: Vec<Option<&Variable>> = (0..roles.len())
                    .map(|place| coordinate(file, variable, place))
                    .collect();
                check_order(variable, &coordinates, &roles).map_err(at)?;
                let named = |place: usize| {
                    coordinates[place].ok_or_else(|| {
                        at(GridProblem::NoCoordinate {
                            variable: variable.path.clone(),
                            axis: axis_text(variable, place, roles[place]),
                        })
                    })
                };
                let (x, columns_descend) = uniform(file, named(x)?, variable.dimensions[x].length)?;
                let (y, rows_descend) = uniform(file, named(y)?, variable.dimensions[y].length)?;
                let (times_s, first_s, epoch) = times(file, named(time)?, variable.dimensions[time].length)?;
                Ok(Self {
                    x,
                    y,
                    columns_descend,
                    rows_descend,
                    level_place,
                    times_s,
                    first_s,
                    epoch,
                })
            }
        }
    }

    fn given(
        given: &UniformAxesConfig,
        level_place: Option<usize>,
        frames: u64,
        rows: u64,
        columns: u64,
        file: &Container,
    ) -> Result<Self, GridProblem> {
        let bytes = frames.saturating_mul(8);
        if bytes > file.claim_highest() {
            return Err(GridProblem::TooLarge {
                what: "the time axis".to_owned(),
                bytes,
                limit: file.claim_highest(),
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
            level_place,
            times_s: (0..frames).map(|frame| frame as f64 * given.frame_interval_s).collect(),
            first_s: 0.0,
            epoch: String::new(),
        })
    }
}

/// Places of the dimensions by their number: (time, y, x) with a level of length 1 behind the time or at the end.
fn places(variable: &Variable) -> Result<(Option<usize>, Vec<Role>), GridProblem> {
    let lengths: Vec<u64> = variable.dimensions.iter().map(|dimension| dimension.length).collect();
    match lengths[..] {
        [_, _, _] => Ok((None, vec![Role::Time, Role::Y, Role::X])),
        [_, 1, _, _] => Ok((Some(1), vec![Role::Time, Role::Level, Role::Y, Role::X])),
        [_, _, _, 1] => Ok((Some(3), vec![Role::Time, Role::Y, Role::X, Role::Level])),
        _ => Err(GridProblem::Rank {
            variable: variable.path.clone(),
            shape: variable.shape_text(),
        }),
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

/// What a coordinate says that it is.
fn role(name: Option<&str>, coordinate: Option<&Variable>) -> Option<Role> {
    if let Some(coordinate) = coordinate {
        let by_axis = match coordinate.text("axis").as_str() {
            "T" | "t" => Some(Role::Time),
            "Z" | "z" => Some(Role::Level),
            "Y" | "y" => Some(Role::Y),
            "X" | "x" => Some(Role::X),
            _ => None,
        };
        let by_name = match coordinate.text("standard_name").as_str() {
            "time" => Some(Role::Time),
            "height" | "altitude" | "depth" => Some(Role::Level),
            "projection_y_coordinate" | "latitude" | "grid_latitude" => Some(Role::Y),
            "projection_x_coordinate" | "longitude" | "grid_longitude" => Some(Role::X),
            _ => None,
        };
        let by_unit = units::seconds(&coordinate.text("units")).map(|_| Role::Time);
        if let Some(found) = by_axis.or(by_name).or(by_unit) {
            return Some(found);
        }
    }
    match name?.to_ascii_lowercase().as_str() {
        "time" | "t" | "frame" | "frames" => Some(Role::Time),
        "z" | "level" | "lev" | "height" | "altitude" | "depth" => Some(Role::Level),
        "y" | "lat" | "latitude" | "north" | "northing" | "row" | "rows" => Some(Role::Y),
        "x" | "lon" | "longitude" | "east" | "easting" | "column" | "columns" => Some(Role::X),
        _ => None,
    }
}

fn check_order(variable: &Variable, coordinates: &[Option<&Variable>], expected: &[Role]) -> Result<(), GridProblem> {
    let found: Vec<Option<Role>> = (coordinates.iter().zip(&variable.dimensions))
        .map(|(coordinate, dimension)| role(dimension.name.as_deref(), *coordinate))
        .collect();
    if (found.iter().zip(expected)).all(|(found, expected)| found.is_none_or(|found| found == *expected)) {
        return Ok(());
    }
    let names: Vec<&str> = (found.iter().zip(&variable.dimensions))
        .map(|(role, dimension)| match role {
            Some(role) => role.name(),
            None => dimension.name.as_deref().unwrap_or("?"),
        })
        .collect();
    Err(GridProblem::Order {
        variable: variable.path.clone(),
        found: names.join(", "),
    })
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
    let packing = |name| axis.numbers(name).and_then(|numbers| numbers.first().copied());
    let scale = packing("scale_factor").unwrap_or(1.0);
    let offset = packing("add_offset").unwrap_or(0.0);
    let mut values = file.read_f64(axis, std::slice::from_ref(&(0..length)))?;
    for (index, value) in values.iter_mut().enumerate() {
        *value = (*value * scale + offset) * factor;
        if !value.is_finite() {
            return Err(GridProblem::NotFiniteAxis {
                axis: axis.path.clone(),
                index,
                value: *value,
            }
            .at(file.path()));
        }
    }
    Ok(values)
}

/// The axis ascending, and whether it descends in the file.
fn uniform(file: &Container, axis: &Variable, length: u64) -> Result<(UniformAxis, bool), GridError> {
    let unit = axis.text("units");
    let factor = units::metres(&unit).ok_or_else(|| {
        GridProblem::Unit {
            variable: axis.path.clone(),
            found: unit,
            expected: "a length (m, km, cm, mm)",
        }
        .at(file.path())
    })?;
    let values = values(file, axis, length, factor)?;
    let (first, last) = (values[0], values[values.len() - 1]);
    let step = (last - first) / (values.len() - 1) as f64;
    for (index, &found) in values.iter().enumerate() {
        let expected = first + step * index as f64;
        // A step of 0 or an overflow fails too.
        if !((found - expected).abs() <= UNEVENNESS_HIGHEST * step.abs() && step != 0.0) {
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
fn times(file: &Container, axis: &Variable, length: u64) -> Result<(Vec<f64>, f64, String), GridError> {
    let unit = axis.text("units");
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
    Ok((times_s, first_s, epoch))
}
