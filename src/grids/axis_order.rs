//! Which dimension of a variable is time, y and x.

use super::configuration::{AxesConfig, AxisOrder};
use super::error::GridProblem;
use super::units;
use super::variable::Variable;

/// What a dimension is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Time,
    Level,
    Y,
    X,
}

impl Role {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Level => "z",
            Self::Y => "y",
            Self::X => "x",
        }
    }
}

impl AxisOrder {
    /// The dimensions, the slowest first; `None` if the file is to say it.
    fn roles(self) -> Option<[Role; 3]> {
        use Role::{Time, X, Y};
        Some(match self {
            Self::Auto => return None,
            Self::TimeYX => [Time, Y, X],
            Self::TimeXY => [Time, X, Y],
            Self::YXTime => [Y, X, Time],
            Self::XYTime => [X, Y, Time],
            Self::YTimeX => [Y, Time, X],
            Self::XTimeY => [X, Time, Y],
        })
    }
}

/// The places of the dimensions of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Places {
    pub time: usize,
    pub y: usize,
    pub x: usize,
    /// The place of a fourth dimension of length 1.
    pub level: Option<usize>,
}

impl Places {
    /// The places in `variable`, whose dimensions have these coordinates, if any.
    pub(super) fn of(
        variable: &Variable,
        coordinates: &[Option<&Variable>],
        axes: &AxesConfig,
    ) -> Result<Self, GridProblem> {
        let (order, does_file_tell) = match axes {
            AxesConfig::File(given) => (given.order, true),
            AxesConfig::Uniform(given) => (given.order, false),
        };
        let level = level(variable, coordinates)?;
        let told: Vec<Option<Role>> = (coordinates.iter().zip(&variable.dimensions))
            .map(|(coordinate, dimension)| role(dimension.name.as_deref(), *coordinate))
            .collect();
        let told = told.as_slice();
        let others: Vec<usize> = (0..variable.dimensions.len())
            .filter(|place| Some(*place) != level)
            .collect();
        let has_all = [Role::Time, Role::Y, Role::X]
            .iter()
            .all(|role| others.iter().filter(|&&place| told[place] == Some(*role)).count() == 1);
        if let (None, true, true) = (order.roles(), does_file_tell, has_all) {
            let place = |role| others.iter().copied().find(|&place| told[place] == Some(role));
            let (time, y, x) = (place(Role::Time), place(Role::Y), place(Role::X));
            return Ok(Self {
                time: time.expect("it is there"),
                y: y.expect("it is there"),
                x: x.expect("it is there"),
                level,
            });
        }
        // MATLAB's own order is the reverse: which one is meant can't be told, and x for y is a wrong movie.
        if order == AxisOrder::Auto && variable.attributes.has("MATLAB_class") {
            return Err(GridProblem::Matlab {
                variable: variable.path.clone(),
                shape: variable.shape_text(),
            });
        }
        let roles = order.roles().unwrap_or([Role::Time, Role::Y, Role::X]);
        let contradicts = |(&place, role): (&usize, &Role)| told[place].is_some_and(|told| told != *role);
        if does_file_tell && others.iter().zip(&roles).any(contradicts) {
            let names: Vec<&str> = (told.iter().zip(&variable.dimensions))
                .map(|(role, dimension)| match role {
                    Some(role) => role.name(),
                    None => dimension.name.as_deref().unwrap_or("?"),
                })
                .collect();
            return Err(GridProblem::Order {
                variable: variable.path.clone(),
                found: names.join(", "),
                expected: roles.map(Role::name).join(", "),
            });
        }
        let place = |role| {
            others[roles
                .iter()
                .position(|found| *found == role)
                .expect("every role has a place")]
        };
        Ok(Self {
            time: place(Role::Time),
            y: place(Role::Y),
            x: place(Role::X),
            level,
        })
    }

    /// The role of the dimension at each place.
    pub(super) fn roles(&self) -> Vec<Role> {
        let role = |place| {
            if place == self.time {
                Role::Time
            } else if place == self.y {
                Role::Y
            } else if place == self.x {
                Role::X
            } else {
                Role::Level
            }
        };
        (0..3 + usize::from(self.level.is_some())).map(role).collect()
    }
}

/// The place of a fourth dimension of length 1.
fn level(variable: &Variable, coordinates: &[Option<&Variable>]) -> Result<Option<usize>, GridProblem> {
    let lengths: Vec<u64> = variable.dimensions.iter().map(|dimension| dimension.length).collect();
    let is_level = |place: &usize| {
        lengths[*place] == 1
            && role(variable.dimensions[*place].name.as_deref(), coordinates[*place]) == Some(Role::Level)
    };
    let found = match lengths.len() {
        3 => Some(None),
        // One that says so, else behind the time, at the end, or elsewhere.
        4 => (0..4)
            .find(is_level)
            .or_else(|| [1, 3, 2, 0].into_iter().find(|&place| lengths[place] == 1))
            .map(Some),
        _ => None,
    };
    found.ok_or_else(|| rank_problem(variable))
}

/// The problem of a variable of too few or too many dimensions.
pub(super) fn rank_problem(variable: &Variable) -> GridProblem {
    GridProblem::Rank {
        variable: variable.path.clone(),
        shape: variable.shape_text(),
        command: (variable.dimensions.len() > 3).then(|| cut(variable)),
    }
}

/// A line that keeps the first index of each dimension but three. Those of length 1 go first, then those that aren't called
/// time, y or x; of others the first one stays, which mostly is that of time.
fn cut(variable: &Variable) -> String {
    let is_plain =
        |name: &str| (name.chars()).all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '.' | ' '));
    let lengths: Vec<u64> = variable.dimensions.iter().map(|dimension| dimension.length).collect();
    let first = lengths.iter().position(|&length| length != 1);
    let mut cut: Vec<usize> = (0..lengths.len()).collect();
    cut.sort_by_key(|&place| {
        let told = role(variable.dimensions[place].name.as_deref(), None);
        let is_wanted = matches!(told, Some(Role::Time | Role::Y | Role::X));
        (lengths[place] != 1, is_wanted, Some(place) == first)
    });
    cut.truncate(lengths.len() - 3);
    cut.sort_unstable();
    let names: Option<Vec<&str>> = cut
        .iter()
        .map(|&place| variable.dimensions[place].name.as_deref().filter(|name| is_plain(name)))
        .collect();
    if let (Some(names), "") = (names, variable.group()) {
        let indices: Vec<String> = names.iter().map(|name| format!("\"{name}\": 0")).collect();
        return format!(
            "`python3 -c 'import xarray; xarray.open_dataset(\"in.nc\", decode_times=False).isel({{{}}}).to_netcdf(\"out.nc\")'`",
            indices.join(", ")
        );
    }
    let indices: Vec<&str> = (0..lengths.len())
        .map(|place| if cut.contains(&place) { "0" } else { ":" })
        .collect();
    let path = if is_plain(&variable.path) {
        &variable.path
    } else {
        "VARIABLE"
    };
    format!(
        "`python3 -c 'import h5py; h5py.File(\"out.h5\", \"w\")[\"movie\"] = h5py.File(\"in.h5\")[\"{path}\"][{}]'`, then give axes = {{ \
         kind = \"uniform\", … }}",
        indices.join(", ")
    )
}

/// What a dimension says that it is.
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
