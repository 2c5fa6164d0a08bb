//! What makes a unit of one study the same unit in another.

use super::{InputRecord, RecordSettings, ResolvedStudy, canonical, replaced};
use crate::random::PointKey;
use crate::scenario::ErasedScenario;
use crate::sweep::{Design, PointIndex};
use serde_json::{Map, Value, json};

/// All that changes the results of the units of a design point, but for the replicate: equal in two studies, if a unit of one
/// has the results of the same replicate of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PointIdentity([u8; 32]);

/// The points of a study, to be found in another.
pub struct Identities<'a> {
    study: &'a ResolvedStudy,
    design: &'a Design,
    scenario: &'a dyn ErasedScenario,
    /// Whether recorded rows are wanted, so that units with other rows are other units.
    recorded: bool,
    /// All but what a point's key stands for, where that is the same in both studies.
    common: Option<String>,
}

impl<'a> Identities<'a> {
    /// Of the points of two studies with their designs, whose identities may be compared with each other. `recorded` says
    /// whether recorded rows are wanted, so that units with other rows are other units.
    #[must_use]
    pub fn of_both(
        ours: (&'a ResolvedStudy, &'a Design),
        theirs: (&'a ResolvedStudy, &'a Design),
        scenario: &'a dyn ErasedScenario,
        recorded: bool,
    ) -> [Self; 2] {
        let sides = [ours, theirs];
        let mut swept = replaced::keys(&ours.0.sweep);
        swept.extend(replaced::keys(&theirs.0.sweep));
        let [common, other] = sides.map(|(study, _)| common(study, &swept, recorded));
        // A point's key is a hash of its swept values. Where all else is equal, it says everything.
        let common = common.filter(|common| Some(common) == other.as_ref());
        sides.map(|(study, design)| Self {
            study,
            design,
            scenario,
            recorded,
            common: common.clone(),
        })
    }

    /// The identity of a point.
    #[must_use]
    pub fn of(&self, point: PointIndex) -> PointIdentity {
        if let Some(common) = &self.common {
            return identity(&format!("{common}{:?}", self.design.point_key(point).0));
        }
        let configuration = self.design.configuration(&self.study.scenario, point);
        let key = match self.study.study.common_random_numbers {
            true => PointKey::COMMON,
            false => self.design.point_key(point),
        };
        let inputs = self.inputs(&configuration);
        let mut tree = tree(configuration);
        let record = tree.remove(RecordSettings::TABLE).filter(|_| self.recorded);
        for key in &self.study.keys_without_effect {
            canonical::remove(&mut tree, key);
        }
        // What a scenario has in its tables is kept apart from what is added here.
        let all = json!({
            "settings": settings(self.study),
            "configuration": Value::Object(tree),
            "point_key": key.0,
            "inputs": inputs,
            "recorded": record.map(|record| recorded(record, point)),
        });
        identity(&canonical::text(&all))
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

fn identity(text: &str) -> PointIdentity {
    PointIdentity(blake3::derive_key(
        "plume-nav-sim 2026 design point identity v1",
        text.as_bytes(),
    ))
}

fn tree(configuration: Value) -> Map<String, Value> {
    match configuration {
        Value::Object(map) => map,
        other => Map::from_iter([("scenario".to_owned(), other)]),
    }
}

/// What counts of a study's own tables.
fn settings(study: &ResolvedStudy) -> Value {
    json!({
        "scenario": study.study.scenario,
        "seed": study.study.seed,
        "common_random_numbers": study.study.common_random_numbers,
        "members": study.output.members,
    })
}

/// All that counts of a study but the keys that are `swept`; none if it takes a look at each point to tell.
fn common(study: &ResolvedStudy, swept: &[String], is_recorded: bool) -> Option<String> {
    let mut tree = tree(study.scenario.clone());
    let record = tree.remove(RecordSettings::TABLE).filter(|_| is_recorded);
    let lists_points = (record.as_ref().and_then(|record| record.get(POINTS)))
        .and_then(Value::as_array)
        .is_some_and(|points| !points.is_empty());
    if study.study.common_random_numbers || lists_points {
        return None;
    }
    for key in swept.iter().chain(&study.keys_without_effect) {
        canonical::remove(&mut tree, key);
    }
    let mut inputs: Vec<Value> = study.inputs.iter().map(content).collect();
    inputs.sort_by_key(Value::to_string);
    let all = json!({
        "settings": settings(study), "configuration": Value::Object(tree), "inputs": inputs, "recorded": record,
    });
    Some(canonical::text(&all))
}

/// The key of `[record]` that lists design points by their indices.
const POINTS: &str = "points";

/// By name too: the configuration, which has it, may give each name another part to play.
fn content(record: &InputRecord) -> Value {
    json!([record.name, record.bytes, record.blake3])
}

/// What is asked to be recorded of a point. A list of points names them by their indices, which are other points in another
/// design: what counts is whether this one is among them.
fn recorded(mut record: Value, point: PointIndex) -> Value {
    if let Some(table) = record.as_object_mut()
        && let Some(Value::Array(listed)) = table.remove(POINTS)
    {
        let among = listed.is_empty() || listed.iter().any(|index| index.as_u64() == Some(point.0));
        table.insert(POINTS.to_owned(), json!(among));
    }
    record
}
