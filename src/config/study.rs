//! A study, resolved from its layers.

use super::canonical;
use super::{
    Choices, ConfigError, ExecutionSettings, InputRecord, Origin, OutputSettings, RecordSettings, StatisticsSettings,
    StudySettings,
};
use crate::scenario::{ErasedScenario, InputFile, MemberAxis, MetricColumn, Registry, UnitFeatures};
use crate::sweep::{Design, UnitPlan};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// Where the layers of a study come from.
#[derive(Clone, Debug, Default)]
pub struct LayerSources {
    /// The study file.
    pub file: PathBuf,
    /// Arguments of `--set`, in order.
    pub set: Vec<String>,
    /// Environment variables to look at (`PLUME_NAV_SIM__…`), normally all of the process.
    pub environment: Vec<(String, String)>,
    /// Names of such variables whose values aren't UTF-8 text.
    pub not_text: Vec<String>,
    /// Whether `--set` on a swept key gives its axis this one value, as commands for single units take it. Otherwise it is
    /// refused, because every design point would replace it.
    pub pins: bool,
}

impl LayerSources {
    /// The folder of the study file, where the relative paths of input files start, whatever layer gave them.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        match self.file.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        }
    }
}

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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub neutral_keys: Vec<String>,
    /// What the input files hold; empty until a run has looked at them, and for studies without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputRecord>,
    /// Where the relative paths of input files start: this machine's matter, so it is neither hashed nor kept.
    #[serde(skip)]
    pub folder: PathBuf,
}

impl ResolvedStudy {
    /// Reads and checks all layers.
    ///
    /// # Errors
    /// Every mistake that was found, never just the first.
    pub fn load(sources: &LayerSources, registry: &Registry) -> Result<Self, ConfigError> {
        super::resolve::load(sources, registry)
    }

    /// The resolved configuration as TOML: what a results file keeps, and what `config show` prints.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let lines = super::toml_text::lines(&self.document());
        lines.iter().map(|line| format!("{}\n", line.text)).collect()
    }

    /// All tables in the order of a study file.
    pub(super) fn document(&self) -> Map<String, Value> {
        let mut document = Map::new();
        let mut add = |key: &str, value: Value| document.insert(key.to_owned(), value);
        add("study", json!(self.study));
        add("execution", json!(self.execution));
        add("output", json!(self.output));
        add("statistics", json!(self.statistics));
        if let Value::Object(tables) = &self.scenario {
            // What the sweep replaces everywhere would be refused as a value without an effect when this is loaded again.
            let mut tables = tables.clone();
            super::replaced::remove(&mut tables, &self.sweep);
            for (key, value) in tables {
                add(&key, value);
            }
        }
        // One table of two owners.
        let mut record = document
            .shift_remove(RecordSettings::TABLE)
            .unwrap_or_else(|| json!({}));
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

/// A resolved study with its design and scenario: what the engine works on.
#[derive(Clone)]
pub struct Study {
    /// The data it was made from.
    pub resolved: Arc<ResolvedStudy>,
    /// The sweep.
    pub design: Arc<Design>,
    /// Points and replicates.
    pub plan: UnitPlan,
    /// What is simulated.
    pub scenario: Arc<dyn ErasedScenario>,
    /// The member axis of the results file (the largest over all points).
    pub member_axis: MemberAxis,
    /// The metric columns.
    pub metrics: Arc<Vec<MetricColumn>>,
    /// What units leave besides metrics.
    pub features: Arc<UnitFeatures>,
    /// Whether design points may share random numbers: by `study.common_random_numbers`, or because the scenario says so.
    pub points_are_dependent: bool,
}

impl Study {
    /// Expands a resolved study. Pure: every rank gets the same from the same data.
    ///
    /// # Errors
    /// If the design is impossible (the messages blame keys of the study).
    pub fn new(resolved: ResolvedStudy, registry: &Registry) -> Result<Self, ConfigError> {
        super::expand::expand(resolved, registry)
    }

    /// All files that the units of the study read, each name once, in the order of the design points.
    ///
    /// # Errors
    /// If the design gives the keys that name files too many combinations to look at.
    pub fn input_files(&self) -> Result<Vec<InputFile>, ConfigError> {
        super::inputs::input_files(self)
    }

    /// What the scenario chooses where the configurations of the design points leave it open.
    ///
    /// # Errors
    /// As for [`Self::input_files`].
    pub fn chosen(&self) -> Result<Vec<Choices>, ConfigError> {
        super::inputs::chosen(self)
    }

    /// A mistake of an input file, blamed on the key that names it; `what` follows its name.
    #[must_use]
    pub fn refuse_file(&self, file: &InputFile, what: &str) -> ConfigError {
        super::inputs::refuse_file(self, file, what)
    }

    /// Bytes that a rank needs besides the results of its units: the most of a point's, and what is kept of the others.
    ///
    /// # Errors
    /// As for [`Self::input_files`].
    pub fn memory_bytes_per_rank(&self) -> Result<u64, ConfigError> {
        super::inputs::memory_bytes_per_rank(self)
    }

    /// About how many bytes a thread needs for each member of a unit while it simulates the unit, besides its results:
    /// the most of the points that differ in their files.
    ///
    /// # Errors
    /// As for [`Self::input_files`].
    pub fn memory_bytes_per_member(&self) -> Result<u64, ConfigError> {
        super::inputs::memory_bytes_per_member(self)
    }
}
