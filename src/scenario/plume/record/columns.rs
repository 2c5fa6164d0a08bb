//! Which columns there are to record.

use super::super::PlumeConfig;
use super::super::component::defaults_of;
use super::super::navigator::NavigatorModel;
use super::super::record_configuration::{AgentEvent, Precision, RecordConfig};
use super::super::sensor::SensorModel;
use super::super::state_column::StateColumn;
use crate::results::{CellKind, RowColumn, RowMeaning, RowTable};

/// Names of the tables.
pub(super) const STEPS: &str = "steps";
pub(super) const EVENTS: &str = "events";

/// What a column of the table of steps holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    X,
    Y,
    Heading,
    Speed,
    /// Distance from the nearest source.
    Range,
    Concentration,
    Signal,
    Detected,
    Left,
    Right,
    SlopeX,
    SlopeY,
    WindX,
    WindY,
    /// What a component says of its state.
    State(StateColumn),
}

/// A column before the study says how exact it is.
struct Known {
    name: &'static str,
    source: Source,
    /// None for the unit of the plume.
    unit: Option<&'static str>,
    /// What follows the unit of the plume.
    per: &'static str,
    long_name: &'static str,
}

const fn known(name: &'static str, source: Source, unit: &'static str, long_name: &'static str) -> Known {
    Known {
        name,
        source,
        unit: Some(unit),
        per: "",
        long_name,
    }
}

const fn of_plume(name: &'static str, source: Source, per: &'static str, long_name: &'static str) -> Known {
    Known {
        name,
        source,
        unit: None,
        per,
        long_name,
    }
}

const BUILT_IN: [Known; 14] = [
    known("x_m", Source::X, "m", "position along x"),
    known("y_m", Source::Y, "m", "position along y"),
    known(
        "heading_rad",
        Source::Heading,
        "rad",
        "direction that the agent points to, counter-clockwise from x",
    ),
    known("speed_m_s", Source::Speed, "m s-1", "speed in the step that begins"),
    known(
        "source_distance_m",
        Source::Range,
        "m",
        "distance from the nearest source",
    ),
    of_plume(
        "concentration",
        Source::Concentration,
        "",
        "true concentration at the place",
    ),
    known(
        "signal",
        Source::Signal,
        "1",
        "reading of the sensor, in the sensor's unit",
    ),
    known(
        "detected",
        Source::Detected,
        "1",
        "whether the sensor said that there is odour",
    ),
    of_plume("left", Source::Left, "", "concentration at the left antenna"),
    of_plume("right", Source::Right, "", "concentration at the right antenna"),
    of_plume(
        "slope_x_per_m",
        Source::SlopeX,
        " m-1",
        "sensed slope of the concentration along x",
    ),
    of_plume(
        "slope_y_per_m",
        Source::SlopeY,
        " m-1",
        "sensed slope of the concentration along y",
    ),
    known("wind_x_m_s", Source::WindX, "m s-1", "true wind at the place, along x"),
    known("wind_y_m_s", Source::WindY, "m s-1", "true wind at the place, along y"),
];

/// The state columns of all kinds of navigators and sensors in scope, each name once.
fn state_columns() -> Vec<StateColumn> {
    let navigators = defaults_of::<dyn NavigatorModel>();
    let sensors = defaults_of::<dyn SensorModel>();
    let all = (navigators.iter().flat_map(|kind| kind.state_columns()))
        .chain(sensors.iter().flat_map(|kind| kind.state_columns()));
    StateColumn::each_once(all)
}

/// The names of all columns that can be recorded by the kinds in scope.
#[must_use]
pub fn known_columns() -> Vec<&'static str> {
    let states = state_columns().into_iter().map(|column| column.name);
    BUILT_IN.iter().map(|known| known.name).chain(states).collect()
}

/// What is worth seeing of any unit of a design point.
#[must_use]
pub fn usual_columns(config: &PlumeConfig) -> Vec<&'static str> {
    let states = (config.navigator.state_columns().into_iter()).chain(config.sensor.state_columns());
    [
        "x_m",
        "y_m",
        "heading_rad",
        "speed_m_s",
        "concentration",
        "signal",
        "detected",
    ]
    .into_iter()
    .chain(states.map(|state| state.name))
    .collect()
}

/// What the columns of a study hold, in its order. Names that aren't known are left out; [`super::problems`] tells of them.
pub(super) fn sources(record: &RecordConfig) -> Vec<Source> {
    let states = state_columns();
    let of = |name: &String| {
        let built_in = BUILT_IN.iter().find(|known| known.name == name);
        let state = || states.iter().find(|state| state.name == name);
        (built_in.map(|known| known.source)).or_else(|| state().copied().map(Source::State))
    };
    record.columns.iter().filter_map(of).collect()
}

/// The tables that a study asks for; `unit` is that of concentrations.
#[must_use]
pub fn tables(config: &PlumeConfig, unit: &str) -> Vec<RowTable> {
    let record = &config.record;
    let mut tables = Vec::new();
    if !record.columns.is_empty() {
        let mut columns = vec![member(), time()];
        columns.extend(
            sources(record)
                .into_iter()
                .map(|source| column(source, record.precision, unit)),
        );
        tables.push(RowTable {
            name: STEPS.to_owned(),
            long_name: "steps of agents".to_owned(),
            row: RowMeaning::MemberAtStep,
            recorded: true,
            columns,
        });
    }
    if !record.events.is_empty() {
        let number = |source| column(source, record.precision, unit);
        tables.push(RowTable {
            name: EVENTS.to_owned(),
            long_name: "what happened to agents".to_owned(),
            row: RowMeaning::Event,
            recorded: true,
            columns: vec![
                member(),
                time(),
                RowColumn::new("event", CellKind::U8, "1", "what happened").with_meanings(&AgentEvent::NAMES),
                number(Source::X),
                number(Source::Y),
            ],
        });
    }
    tables
}

fn member() -> RowColumn {
    RowColumn::new("agent", CellKind::I32, "1", "agent of the unit")
}

fn time() -> RowColumn {
    RowColumn::new("time_s", CellKind::F64, "s", "time since the start of the episode")
}

fn column(source: Source, precision: Precision, unit: &str) -> RowColumn {
    let number = match precision {
        Precision::F32 => CellKind::F32,
        Precision::F64 => CellKind::F64,
    };
    match source {
        Source::State(state) if state.meanings.is_empty() => {
            RowColumn::new(state.name, number, state.unit, state.long_name)
        }
        Source::State(state) => {
            RowColumn::new(state.name, CellKind::U8, state.unit, state.long_name).with_meanings(state.meanings)
        }
        built_in => {
            let known = (BUILT_IN.iter())
                .find(|known| known.source == built_in)
                .expect("every built-in source is in the list");
            let unit = known.unit.map_or_else(|| per(unit, known.per), str::to_owned);
            match built_in {
                // Where an agent ended it senses nothing, not even that there is none.
                Source::Detected => {
                    RowColumn::new(known.name, CellKind::U8, &unit, known.long_name).with_meanings(&["no", "yes"])
                }
                _ => RowColumn::new(known.name, number, &unit, known.long_name),
            }
        }
    }
}

/// A unit per something; what has no unit of its own leaves the rest.
fn per(unit: &str, per: &str) -> String {
    match (unit, per) {
        (unit, "") => unit.to_owned(),
        ("1", per) => per.trim_start().to_owned(),
        (unit, per) => format!("{unit}{per}"),
    }
}
