//! A study after all layers of its configuration are merged: plain data.

use super::{
    ExecutionSettings, InputRecord, Origin, OutputSettings, RecordSettings, StatisticsSettings, StudySettings,
    canonical, replaced, toml_text,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// A study after all layers are merged and checked: plain data, equal on all ranks, kept in the results file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResolvedStudy {
    /// `[study]`.
    pub study: StudySettings,
    /// `[execution]`; not part of the hash.
    pub execution: ExecutionSettings,
    /// `[output]`.
    pub output: OutputSettings,
    /// `[statistics]`; not part of the hash of a unit, but of the summary.
    pub statistics: StatisticsSettings,
    /// `[record]`, as far as it belongs to the engine; not part of the hash.
    #[serde(default)]
    pub record: RecordSettings,
    /// `[sweep]` as typed, with values checked.
    pub sweep: Value,
    /// The scenario's tables with all defaults filled in.
    pub scenario: Value,
    /// Where each given leaf came from, by dotted key; leaves not in here are defaults.
    pub origins: BTreeMap<String, Origin>,
    /// Dotted keys of the scenario that change no result; not part of the hash.
    #[serde(default, alias = "neutral_keys", skip_serializing_if = "Vec::is_empty")]
    pub keys_without_effect: Vec<String>,
    /// What the input files hold; empty until a run has looked at them, and for studies without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputRecord>,
    /// Where the relative paths of input files start: this machine's matter, so it is neither hashed nor kept.
    #[serde(skip)]
    pub folder: PathBuf,
}

impl ResolvedStudy {
    /// The resolved configuration as TOML: what a results file keeps, and what `config show` prints.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let lines = toml_text::lines(&self.document());
        lines.iter().map(|line| format!("{}\n", line.text)).collect()
    }

    /// All tables in the order of a study file.
    pub(crate) fn document(&self) -> Map<String, Value> {
        let mut document = Map::new();
        let mut add = |key: &str, value: Value| document.insert(key.to_owned(), value);
        add("study", json!(self.study));
        add("execution", json!(self.execution));
        add("output", json!(self.output));
        add("statistics", json!(self.statistics));
        if let Value::Object(tables) = &self.scenario {
            // What the sweep replaces everywhere would be refused as a value without an effect when this is loaded again.
            let mut tables = tables.clone();
            replaced::remove(&mut tables, &self.sweep);
            for (key, value) in tables {
                add(&key, value);
            }
        }
        // One table of two owners.
        let mut record = (document.shift_remove(RecordSettings::TABLE)).unwrap_or_else(|| json!({}));
        if let (Some(record), Value::Object(ours)) = (record.as_object_mut(), json!(self.record)) {
            record.extend(ours);
        }
        document.insert(RecordSettings::TABLE.to_owned(), record);
        if self.sweep.as_object().is_some_and(|sweep| !sweep.is_empty()) {
            document.insert("sweep".to_owned(), self.sweep.clone());
        }
        document
    }

    /// BLAKE3 over everything that can change a unit's result, in canonical form: with [`Self::inputs`], without
    /// execution settings and the study's name.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        blake3::derive_key(
            "plume-nav-sim 2026 study configuration v1",
            canonical::text(&canonical::essence(self)).as_bytes(),
        )
    }

    /// Keys of `[record]` whose values differ, but for those of the engine: `(key, ours, theirs)`.
    #[must_use]
    pub fn recorded_differently(&self, other: &Self) -> Vec<(String, String, String)> {
        let record = |study: &Self| json!({RecordSettings::TABLE: study.scenario.get(RecordSettings::TABLE)});
        differing(&record(self), &record(other))
    }

    /// Dotted keys whose values differ in a way that changes the hash: `(key, ours, theirs)`. What input files hold is
    /// left out.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<(String, String, String)> {
        let essence = |study: &Self| {
            canonical::essence(&Self {
                inputs: Vec::new(),
                ..study.clone()
            })
        };
        differing(&essence(self), &essence(other))
    }
}

/// Dotted keys of two trees whose values differ: `(key, ours, theirs)`.
fn differing(ours: &Value, theirs: &Value) -> Vec<(String, String, String)> {
    let (ours, theirs) = (canonical::leaves(ours), canonical::leaves(theirs));
    let absent = || "(not set)".to_owned();
    ours.keys()
        .chain(theirs.keys())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter(|key| ours.get(*key) != theirs.get(*key))
        .map(|key| {
            let text = |leaves: &BTreeMap<String, String>| leaves.get(key).cloned().unwrap_or_else(absent);
            (key.clone(), text(&ours), text(&theirs))
        })
        .collect()
}
