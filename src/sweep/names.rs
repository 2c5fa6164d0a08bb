//! Names of dimensions and coordinates in the results.
//!
//! A key's name is the key with `_` for `.` and `-`; it is never shortened, so that sweeping another key doesn't
//! rename it. An axis of one key has that key's name (or its own `name`); axes of several keys are `zip_1`, `nested_1`,
//! `sample_1`, … in order of appearance, unless they have a `name`. Names that are taken get `_2`, `_3`, ….

use super::axis::{Axis, AxisKind};
use super::error::Problems;
use super::words::describe;
use serde_json::Value;
use std::collections::HashSet;

/// Names that every results file uses for itself. Those of the scenario (members, metrics) aren't known here.
const RESERVED: [&str; 9] = [
    "replicate",
    "point",
    "point_key",
    "member",
    "unit",
    "state",
    "seed",
    "crc32c",
    "attempts",
];

/// Longest name given to an axis: NetCDF ends at 256 with what is put behind it.
const MAX_NAME: usize = 100;

/// The names of one axis.
#[derive(Clone, Debug)]
pub(super) struct AxisNames {
    /// Of its dimension.
    pub(super) dimension: String,
    /// Of the coordinate of each key, in the order of [`Axis::keys`].
    pub(super) coordinates: Vec<String>,
}

/// Names everything; given names first, so that derived ones make way for them.
pub(super) fn assign(axes: &[Axis], problems: &mut Problems) -> Vec<AxisNames> {
    let mut taken: HashSet<String> = RESERVED.iter().map(|&name| name.to_owned()).collect();
    for axis in axes {
        let Some(name) = &axis.name else { continue };
        let path = format!("{}.name", axis.path);
        let valid = super::key::is_valid(name) && !name.contains(['.', '-']) && name.len() <= MAX_NAME;
        if !valid {
            problems.add_with_hint(
                path,
                format!(
                    "must be at most {MAX_NAME} letters, digits and `_`, not starting with a digit, found {}",
                    describe(&Value::from(name.as_str()))
                ),
                "a dimension is called like `wind_speed`",
            );
        } else if !taken.insert(name.clone()) {
            let message = format!("is taken already: \"{name}\"");
            problems.add_with_hint(
                path,
                message,
                "every results file has it, or an axis before: choose another name",
            );
        }
    }
    let mut numbers = [0_u32; 3];
    axes.iter()
        .map(|axis| {
            let keys = axis.keys();
            let (kind, word) = match axis.kind {
                AxisKind::Single(_) => {
                    let name = axis
                        .name
                        .clone()
                        .unwrap_or_else(|| claim(&derived(keys[0].key), &mut taken));
                    return AxisNames {
                        dimension: name.clone(),
                        coordinates: vec![name],
                    };
                }
                AxisKind::Zip(_) => (0, "zip"),
                AxisKind::Nested(_) => (1, "nested"),
                AxisKind::Sample(_) => (2, "sample"),
            };
            numbers[kind] += 1;
            let dimension = axis
                .name
                .clone()
                .unwrap_or_else(|| claim(&format!("{word}_{}", numbers[kind]), &mut taken));
            let coordinates = keys
                .iter()
                .map(|entry| claim(&derived(entry.key), &mut taken))
                .collect();
            AxisNames { dimension, coordinates }
        })
        .collect()
}

fn derived(key: &str) -> String {
    key.replace(['.', '-'], "_")
}

fn claim(name: &str, taken: &mut HashSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{name}_{number}");
        number += 1;
    }
    candidate
}
