//! The values that axes can take, with the places that they come from, so that each can be checked against the
//! scenario's schema and the right place blamed.

use super::axis::{Axis, AxisKind, Column, Grid};
use super::distribution::Distribution;
use super::sample::Sample;
use super::sequence::{Sequence, real_value};
use serde_json::Value;

/// One value that an axis gives to a key.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisValue {
    /// Dotted key.
    pub key: String,
    /// A value that it takes, or a bound of the values that it takes.
    pub value: Value,
    /// Where the value stands, relative to the sweep: `axes[0].values[2]`, `axes[1].linspace.stop`.
    pub path: String,
    /// Where the key stands: `axes[0].key`.
    pub key_path: String,
    /// The values of the enclosing nested cases, outermost first: what the key exists under.
    pub within: Vec<(String, Value)>,
}

/// Draws looked at for the extremes of a distribution without bounds.
const MOST_DRAWS_LOOKED_AT: u64 = 10_000;

/// All values of all axes of a grid, of each list the first `limit`.
pub(super) fn of_grid(grid: &Grid, limit: usize) -> Vec<AxisValue> {
    let mut values = Vec::new();
    grid_values(grid, limit, &[], &mut values);
    values
}

fn grid_values(grid: &Grid, limit: usize, within: &[(String, Value)], out: &mut Vec<AxisValue>) {
    for axis in &grid.axes {
        axis_values(axis, limit, within, out);
    }
}

fn axis_values(axis: &Axis, limit: usize, within: &[(String, Value)], out: &mut Vec<AxisValue>) {
    let mut push = |key: &str, value: Value, path: String, key_path: String| {
        out.push(AxisValue {
            key: key.to_owned(),
            value,
            path,
            key_path,
            within: within.to_vec(),
        });
    };
    match &axis.kind {
        AxisKind::Single(column) => column_values(column, limit, &mut push),
        AxisKind::Zip(columns) => columns
            .iter()
            .for_each(|column| column_values(column, limit, &mut push)),
        AxisKind::Sample(sample) => sample_values(sample, limit, &mut push),
        AxisKind::Nested(nested) => {
            for (number, case) in nested.cases.iter().enumerate() {
                out.push(AxisValue {
                    key: nested.key.clone(),
                    value: case.value.clone(),
                    path: format!("{}.cases[{number}].value", nested.path),
                    key_path: format!("{}.key", nested.path),
                    within: within.to_vec(),
                });
                let mut inner = within.to_vec();
                inner.push((nested.key.clone(), case.value.clone()));
                grid_values(&case.grid, limit, &inner, out);
            }
        }
    }
}

type Push<'p> = dyn FnMut(&str, Value, String, String) + 'p;

fn column_values(column: &Column, limit: usize, push: &mut Push<'_>) {
    let form = match &column.sequence {
        Sequence::List { values, .. } => return listed(&column.key, &column.path, values, limit, push),
        _ => column.form,
    };
    let path = &column.path;
    for (end, index) in [("start", 0), ("stop", column.sequence.count() - 1)] {
        push(
            &column.key,
            column.sequence.value(index).into_owned(),
            format!("{path}.{form}.{end}"),
            format!("{path}.key"),
        );
    }
}

fn listed(key: &str, path: &str, values: &[Value], limit: usize, push: &mut Push<'_>) {
    for (number, value) in values.iter().take(limit).enumerate() {
        push(
            key,
            value.clone(),
            format!("{path}.values[{number}]"),
            format!("{path}.key"),
        );
    }
}

fn sample_values(sample: &Sample, limit: usize, push: &mut Push<'_>) {
    for variable in &sample.variables {
        let (key, path) = (&variable.key, &variable.path);
        let mut bounds = |low: Value, low_path: String, high: Value, high_path: String| {
            push(key, low, low_path, format!("{path}.key"));
            push(key, high, high_path, format!("{path}.key"));
        };
        match &variable.distribution {
            Distribution::Choice(Sequence::List { values, .. }) => listed(key, path, values, limit, push),
            Distribution::Choice(_) => {}
            Distribution::Uniform { low, high } | Distribution::LogUniform { low, high } => bounds(
                real_value(*low),
                format!("{path}.low"),
                real_value(*high),
                format!("{path}.high"),
            ),
            Distribution::Integer { low, high } => bounds(
                Value::from(*low),
                format!("{path}.low"),
                Value::from(*high),
                format!("{path}.high"),
            ),
            Distribution::Boolean { .. } => {
                bounds(Value::Bool(false), path.clone(), Value::Bool(true), path.clone());
            }
            Distribution::Normal(_) | Distribution::LogNormal { .. } => {
                let [low, high] = extremes(sample, variable);
                bounds(real_value(low), path.clone(), real_value(high), path.clone());
            }
        }
    }
}

/// The least and the largest draw of a variable without bounds of its own: of short samples the real ones, of long
/// ones what its generator could make at most.
fn extremes(sample: &Sample, variable: &super::sample::Variable) -> [f64; 2] {
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    if sample.count > MOST_DRAWS_LOOKED_AT {
        let edge = f64::EPSILON / 2.0;
        return [edge, 1.0 - edge].map(|u| number(&variable.distribution.quantile(u)));
    }
    let draws = (0..sample.count).map(|index| number(&sample.value(variable, index)));
    draws.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], draw| {
        [low.min(draw), high.max(draw)]
    })
}
