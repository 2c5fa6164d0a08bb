//! What makes a unit of one study the same unit in another.

use super::{InputRecord, RecordSettings, ResolvedStudy, canonical};
use crate::random::PointKey;
use crate::scenario::ErasedScenario;
use crate::sweep::{Design, PointIndex};
use serde_json::{Map, Value, json};

/// All that changes the results of the units of a design point, but for the replicate: equal in two studies, if a unit of one
/// has the results of the same replicate of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PointIdentity([u8; 32]);

/// A study whose points are to be told apart from, or found in, another.
pub struct Identities<'a> {
    study: &'a ResolvedStudy,
    design: &'a Design,
    scenario: &'a dyn ErasedScenario,
    /// Whether recorded rows are wanted, so that units with other rows are other units.
    recorded: bool,
}

impl<'a> Identities<'a> {
    /// Of the points of `design`, which is that of `study`.
    #[must_use]
    pub fn new(study: &'a ResolvedStudy, design: &'a Design, scenario: &'a dyn ErasedScenario, recorded: bool) -> Self {
        Self {
            study,
            design,
            scenario,
            recorded,
        }
    }

    /// The identity of a point.
    #[must_use]
    pub fn of(&self, point: PointIndex) -> PointIdentity {
        let configuration = self.design.configuration(&self.study.scenario, point);
        let key = match self.study.study.common_random_numbers {
            true => PointKey::COMMON,
            false => self.design.point_key(point),
        };
        let inputs = self.inputs(&configuration);
        let mut tree = match configuration {
            Value::Object(map) => map,
            other => Map::from_iter([("scenario".to_owned(), other)]),
        };
        let record = tree.remove(RecordSettings::TABLE).filter(|_| self.recorded);
        for key in &self.study.keys_without_effect {
            canonical::remove(&mut tree, key);
        }
        // What a scenario has in its tables is kept apart from what is added here.
        let all = json!({
            "scenario": self.study.study.scenario,
            "configuration": Value::Object(tree),
            "seed": self.study.study.seed,
            "point_key": key.0,
            "members": self.study.output.members,
            "inputs": inputs,
            "recorded": record.map(|record| recorded(record, point)),
        });
        let text = canonical::text(&all);
        PointIdentity(blake3::derive_key(
            "plume-nav-sim 2026 design point identity v1",
            text.as_bytes(),
        ))
    }

    /// What the files hold that a point reads.
    fn inputs(&self, configuration: &Value) -> Vec<Value> {
        let records = &self.study.inputs;
        if records.is_empty() {
            return Vec::new();
        }
        // What doesn't fit the scenario was refused when the study was expanded. Without a list of its own, a point is taken
        // to read all files.
        let Ok(files) = self.scenario.input_files(configuration) else {
            return records.iter().map(content).collect();
        };
        let mut names: Vec<String> = files.into_iter().map(|file| file.name).collect();
        names.sort();
        names.dedup();
        let known = |name: &String| records.iter().find(|record| record.name == *name).map(content);
        names
            .iter()
            .map(|name| known(name).unwrap_or_else(|| json!(name)))
            .collect()
    }
}

/// By name too: the configuration, which has it, may give each name another part to play.
fn content(record: &InputRecord) -> Value {
    json!([record.name, record.bytes, record.blake3])
}

/// What is asked to be recorded of a point. A list of points names them by their indices, which are other points in another
/// design: what counts is whether this one is among them.
fn recorded(mut record: Value, point: PointIndex) -> Value {
    const POINTS: &str = "points";
    if let Some(table) = record.as_object_mut()
        && let Some(Value::Array(listed)) = table.remove(POINTS)
    {
        let among = listed.is_empty() || listed.iter().any(|index| index.as_u64() == Some(point.0));
        table.insert(POINTS.to_owned(), json!(among));
    }
    record
}
