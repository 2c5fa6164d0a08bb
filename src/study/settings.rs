//! The tables of a study file that belong to the engine; all other tables are the scenario's.

use crate::results::MemberDetail;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[study]`: what is studied, and its randomness.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StudySettings {
    /// Name of the study, for titles and the results file.
    #[schemars(length(max = 200))]
    pub name: String,
    /// What is simulated: one of `plume-nav-sim config list`.
    pub scenario: String,
    /// Seed of all random streams.
    pub seed: u64,
    /// Replicates (independent repetitions with other random numbers) of every design point.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub replicates: u32,
    /// Let a replicate use the same random numbers at every design point (a paired design).
    pub common_random_numbers: bool,
}

impl Default for StudySettings {
    fn default() -> Self {
        Self {
            name: "study".to_owned(),
            scenario: "plume".to_owned(),
            seed: 0,
            replicates: 10,
            common_random_numbers: false,
        }
    }
}

/// `[execution]`: how the work is done. Nothing here changes a result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ExecutionSettings {
    /// Threads per rank that simulate; 0 shares the cores of a node among its ranks.
    #[schemars(range(max = 4096))]
    pub threads: u32,
    /// How often a failing unit is tried again before it is quarantined.
    #[schemars(range(max = 100))]
    pub retries: u32,
    /// Time between commits, s: at most this much work is lost by a kill.
    #[schemars(range(min = 0.01, max = 3600.0))]
    pub commit_interval_s: f64,
    /// Largest number of units handed to a rank at once; 0 lets the engine choose.
    pub batch_units: u64,
    /// Let units that share what is costly to simulate, if the scenario has such, be simulated together.
    pub group_units: bool,
    /// Time between saves of units that can save their state, s: at most this much of a long unit is lost by a kill.
    #[schemars(range(min = 0.01, max = 86400.0))]
    pub save_interval_s: f64,
    /// Stop a run whose first units all fail for the same reason after this many of them; 0 never does.
    #[schemars(range(max = 1_000_000_000))]
    pub stop_after_failures: u32,
}

impl Default for ExecutionSettings {
    fn default() -> Self {
        Self {
            threads: 0,
            retries: 1,
            commit_interval_s: 1.0,
            batch_units: 0,
            group_units: true,
            save_interval_s: 60.0,
            stop_after_failures: 100,
        }
    }
}

/// `[output]`: what the results file holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OutputSettings {
    /// Keep every member's metrics, or only statistics over the members of each unit.
    pub members: MemberDetail,
}

/// `[record]`, as far as it belongs to the engine: how rows of tables are kept. Nothing here changes a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RecordSettings {
    /// The form in which rows are kept for other tools, made when all units are done.
    pub backend: String,
    /// Memory of a rank for rows on their way to the disk, MiB. The simulation waits when it is full.
    #[schemars(range(min = 1, max = 1_048_576))]
    pub buffer_mib: u32,
}

impl Default for RecordSettings {
    fn default() -> Self {
        Self {
            backend: "hdf5".to_owned(),
            buffer_mib: 64,
        }
    }
}

impl RecordSettings {
    /// The table; what a scenario has in it is the scenario's.
    pub(crate) const TABLE: &'static str = "record";

    /// Its keys.
    pub(crate) const KEYS: [&'static str; 2] = ["backend", "buffer_mib"];
}

/// `[statistics]`: how the summary is computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StatisticsSettings {
    /// Confidence level of the intervals.
    #[schemars(range(min = 0.5, max = 0.9999))]
    pub confidence: f64,
}

impl Default for StatisticsSettings {
    fn default() -> Self {
        Self { confidence: 0.95 }
    }
}
