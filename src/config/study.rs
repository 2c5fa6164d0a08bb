//! A study, resolved from its layers (interface; the bodies follow).

use super::{ConfigError, ExecutionSettings, Origin, OutputSettings, StatisticsSettings, StudySettings};
use crate::scenario::{ErasedScenario, MemberAxis, MetricColumn, Registry};
use crate::sweep::{Design, UnitPlan};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
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
    /// `[sweep]` as typed, with values checked.
    pub sweep: Value,
    /// The scenario's tables with all defaults filled in.
    pub scenario: Value,
    /// Where each given leaf came from, by dotted key; leaves not in here are defaults.
    pub origins: BTreeMap<String, Origin>,
}

impl ResolvedStudy {
    /// Reads and checks all layers.
    ///
    /// # Errors
    /// Every mistake that was found, never just the first.
    pub fn load(_sources: &LayerSources, _registry: &Registry) -> Result<Self, ConfigError> {
        todo!()
    }

    /// The resolved configuration as TOML: what a results file keeps, and what `config show` prints.
    #[must_use]
    pub fn to_toml(&self) -> String {
        todo!()
    }

    /// BLAKE3 over everything that can change a unit's result, in canonical form. Execution settings and the study's
    /// name are left out.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        todo!()
    }

    /// Dotted keys whose values differ in a way that changes the hash: `(key, ours, theirs)`.
    #[must_use]
    pub fn differences(&self, _other: &Self) -> Vec<(String, String, String)> {
        todo!()
    }
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
}

impl Study {
    /// Expands a resolved study. Pure: every rank gets the same from the same data.
    ///
    /// # Errors
    /// If the design is impossible (the messages blame keys of the study).
    pub fn new(_resolved: ResolvedStudy, _registry: &Registry) -> Result<Self, ConfigError> {
        todo!()
    }
}
