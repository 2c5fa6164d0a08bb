//! The seam between the engine and what it simulates.
//!
//! A [`Scenario`] declares its configuration (a serde type with a JSON Schema), the columns of its results, and
//! simulates one work unit. It knows nothing of MPI, HDF5 or scheduling; the engine knows nothing of odour.

mod column;
mod erased;
mod output;
pub mod plume;
mod registry;
#[cfg(test)]
mod schema_shape;
pub mod source_tracking;
mod unit;

pub use column::{Aggregation, MemberAxis, MetricColumn, MetricKind};
pub use erased::{ErasedScenario, PreparedPoint};
pub use output::UnitOutput;
pub use registry::Registry;
pub use unit::{Objection, Unit, UnitFailure};

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

/// A kind of simulation that the engine can sweep.
///
/// One value of the implementing type lives on every rank and is shared by its threads, so it may hold caches of
/// inputs read from files (behind `OnceLock` or a lock); it must not hold anything that changes results.
pub trait Scenario: Send + Sync + 'static {
    /// The scenario's tables of the study file. Every field needs a serde default; doc comments become the help
    /// texts, `#[schemars(range(…))]` the allowed ranges; unknown keys are refused (`deny_unknown_fields`).
    type Config: Serialize + DeserializeOwned + JsonSchema + Default + Send + Sync + 'static;

    /// The name in `study.scenario`.
    fn name(&self) -> &'static str;

    /// One sentence for `config list`.
    fn summary(&self) -> &'static str;

    /// Combinations of values that each are allowed but don't go together.
    fn check(&self, _config: &Self::Config) -> Vec<Objection> {
        Vec::new()
    }

    /// Dotted keys on which [`Self::member_axis`] and [`Self::metrics`] depend. Only these are looked at, over all
    /// design points, to fix the shapes of the results file.
    fn shape_keys(&self) -> &'static [&'static str] {
        &[]
    }

    /// What a member of a unit is and how many there are.
    fn member_axis(&self, config: &Self::Config) -> MemberAxis;

    /// The metric columns, in order. The list must be the same for all design points of a study.
    fn metrics(&self, config: &Self::Config) -> Vec<MetricColumn>;

    /// Simulates one unit into `output` (all missing at the start).
    ///
    /// # Errors
    /// A [`UnitFailure`] ends this unit only; the engine retries, then records it. A panic is treated the same.
    fn simulate(&self, config: &Self::Config, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure>;
}
