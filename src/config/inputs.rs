//! Files that a study reads: which there are, and what was in them.

use super::ConfigError;
use super::expand::{MAX_SHAPES, refuse};
use crate::file_kind::FileKind;
use crate::scenario::{Chosen, InputFile};
use crate::study::Study;
use crate::sweep::PointIndex;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;

/// What a scenario chooses at the design points of a study, where their configurations leave it open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choices {
    /// What it is.
    pub name: &'static str,
    /// What it is counted in; may be empty.
    pub unit: &'static str,
    /// Its values, each once, in the order of the design points.
    pub values: Vec<String>,
}

/// All files that the units of a study read, each name once, in the order of the design points.
///
/// # Errors
/// If the design gives the keys that name files too many combinations to look at.
pub fn input_files(study: &Study) -> Result<Vec<InputFile>, ConfigError> {
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for configuration in configurations(study)? {
        // What doesn't fit the scenario was refused when the study was expanded.
        for file in study.scenario.input_files(&configuration).unwrap_or_default() {
            if names.insert(file.name.clone()) {
                found.push(file);
            }
        }
    }
    Ok(found)
}

/// Bytes that a rank needs besides the results of its units: the most of a point's, and what is kept of the others.
///
/// # Errors
/// As for [`input_files`].
pub fn memory_bytes_per_rank(study: &Study) -> Result<u64, ConfigError> {
    let keys = study.scenario.memory_keys();
    let (mut largest, mut sum) = (0u64, 0u64);
    for configuration in points_of(study, keys, "memory is estimated")? {
        let bytes = study.scenario.memory_bytes_per_rank(&configuration).unwrap_or(0);
        largest = largest.max(bytes);
        sum = sum.saturating_add(bytes);
    }
    Ok(largest.saturating_add(study.scenario.max_kept_bytes().min(sum - largest)))
}

/// About how many bytes a thread needs for each member of a unit while it simulates the unit, besides its results:
/// the most of a point's.
///
/// # Errors
/// As for [`input_files`].
pub fn memory_bytes_per_member(study: &Study) -> Result<u64, ConfigError> {
    let points = points_of(study, study.scenario.memory_keys(), "memory is estimated")?;
    let bytes = points.map(|configuration| study.scenario.memory_bytes_per_member(&configuration));
    Ok(bytes.filter_map(Result::ok).max().unwrap_or(0))
}

/// What the scenario chooses where the configurations of the design points leave it open.
///
/// # Errors
/// As for [`input_files`].
pub fn chosen(study: &Study) -> Result<Vec<Choices>, ConfigError> {
    let mut found: Vec<Choices> = Vec::new();
    for configuration in points_of(study, study.scenario.chosen_keys(), "automatic values are worked out")? {
        for Chosen { name, value, unit } in study.scenario.chosen(&configuration).unwrap_or_default() {
            match found.iter_mut().find(|choices| choices.name == name) {
                Some(choices) if choices.values.contains(&value) => {}
                Some(choices) => choices.values.push(value),
                None => found.push(Choices {
                    name,
                    unit,
                    values: vec![value],
                }),
            }
        }
    }
    Ok(found)
}

/// The configurations of points that together show everything that decides on files.
fn configurations(study: &Study) -> Result<impl Iterator<Item = Value>, ConfigError> {
    points_of(study, study.scenario.file_keys(), "input files are searched for")
}

/// The configurations of points that together show every combination of values of `keys`.
fn points_of<'a>(
    study: &'a Study,
    keys: &[&str],
    what: &str,
) -> Result<impl Iterator<Item = Value> + use<'a>, ConfigError> {
    let points = (study.design.points_covering(keys, MAX_SHAPES)).map_err(|count| {
        let keys = super::suggest::alternatives(keys.iter().copied(), 10);
        let message = format!("gives {keys} {count} combinations, but {what} in at most {MAX_SHAPES}");
        refuse(&study.resolved, "sweep", message, format!("give {keys} fewer values"))
    })?;
    // Point 0 alone, where no axis touches the keys.
    let points = if points.is_empty() { vec![PointIndex(0)] } else { points };
    Ok((points.into_iter()).map(|point| study.configuration(point)))
}

/// Why a file can't be read, with a remedy; `None` if it can.
pub(super) fn unreadable(file: &InputFile) -> Option<(String, String)> {
    let place = file.path.display();
    let problem = |what: String| Some((named(file, &what), HINT.to_owned()));
    // Asked before it is opened: opening a pipe would wait for someone to write into it.
    match FileKind::of(&file.path) {
        Ok(FileKind::Nothing) => problem(format!("there is no file {place}")),
        Err(error) => problem(format!("{place} can't be read: {error}")),
        Ok(kind) if kind != FileKind::File => problem(format!("{place} {kind}, expected a file")),
        Ok(_) => match File::open(&file.path) {
            Ok(_) => None,
            Err(error) => problem(format!("{place} can't be read: {error}")),
        },
    }
}

/// A problem of an input file, blamed on the key that names it; `what` follows its name.
#[must_use]
pub fn refuse_file(study: &Study, file: &InputFile, what: &str) -> ConfigError {
    refuse(&study.resolved, &file.key, named(file, what), HINT.to_owned())
}

const HINT: &str = "a relative path starts in the folder of the study file";

fn named(file: &InputFile, what: &str) -> String {
    format!("= \"{}\": {what}", file.name)
}
