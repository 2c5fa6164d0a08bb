//! The seam between the engine and what it simulates.
//!
//! A [`Scenario`] declares its configuration (a serde type with a JSON Schema), the columns of its results, and
//! simulates one work unit. It knows nothing of MPI, HDF5 or scheduling; the engine knows nothing of odour.

pub mod cell_sorting;
mod chosen;
mod erased;
mod fields;
mod group;
pub mod inference;
mod input_file;
mod output;
pub mod plume;
mod problem;
mod product;
mod registry;
mod row_backend;
#[cfg(test)]
mod schema_shape;
pub mod sorting_arrays;
pub mod source_tracking;
mod unit;
mod unit_course;

pub use crate::numerics::Times;
pub use crate::results::{
    Aggregation, CellColumn, CellKind, Cells, Centre, Counter, CounterNumbers, CounterSummary, CounterValue, EndReason,
    Measure, MemberAxis, MetricColumn, MetricKind, Product, RowColumn, RowMeaning, RowTable, Support, TableRows,
    UnitFeatures,
};
pub use chosen::Chosen;
pub use erased::{ErasedScenario, PreparedPoint, UnitShape};
pub use fields::{FieldExtent, FieldQuantity, FieldSampler, FieldTarget};
pub use group::{GroupKey, GroupMember, GroupResults, PointMember};
pub use input_file::InputFile;
pub use output::UnitOutput;
pub use problem::{Problem, Problems, Severity};
pub use product::FinishedStudy;
pub use registry::Registry;
pub use row_backend::{RowBackend, RowBackendError, RowCoordinate, RowCoordinateValues, RowSource, RowsDescription};
pub use unit::{Unit, UnitFailure};
pub use unit_course::UnitCourse;

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use std::path::Path;

/// A kind of simulation that the engine can sweep.
///
/// One value of the implementing type lives on every rank and is shared by its threads, so it may hold caches of
/// inputs read from files (behind `OnceLock` or a lock); it must not hold anything that changes results.
///
/// ```
/// use plume_nav_sim::scenario::{MemberAxis, MetricColumn, MetricKind, Registry, Scenario, Unit, UnitFailure, UnitOutput};
/// use plume_nav_sim::trial::Trial;
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
///
/// /// The tables of a study: one, `[coins]`.
/// #[derive(Default, Serialize, Deserialize, JsonSchema)]
/// #[serde(default, deny_unknown_fields)]
/// struct Tables {
///     /// The coins.
///     coins: Coins,
/// }
///
/// #[derive(Serialize, Deserialize, JsonSchema)]
/// #[serde(default, deny_unknown_fields)]
/// struct Coins {
///     /// Coins in a unit.
///     #[schemars(range(min = 1))]
///     count: u32,
///     /// Probability of heads.
///     #[schemars(range(min = 0.0, max = 1.0))]
///     bias: f64,
/// }
///
/// impl Default for Coins {
///     fn default() -> Self {
///         Self { count: 4, bias: 0.5 }
///     }
/// }
///
/// struct CoinTosses;
///
/// impl Scenario for CoinTosses {
///     type Config = Tables;
///
///     fn name(&self) -> &'static str {
///         "coins"
///     }
///     fn summary(&self) -> &'static str {
///         "tosses of biased coins"
///     }
///     fn shape_keys(&self) -> &'static [&'static str] {
///         &["coins.count"]
///     }
///     fn member_axis(&self, tables: &Tables) -> MemberAxis {
///         MemberAxis { name: "coin".to_owned(), count: tables.coins.count }
///     }
///     fn metrics(&self, _: &Tables) -> Vec<MetricColumn> {
///         vec![MetricColumn::new("heads", MetricKind::Flag, "1", "whether the coin showed heads")]
///     }
///     fn simulate(&self, tables: &Tables, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
///         for coin in 0..tables.coins.count {
///             let mut random = unit.streams.generator("toss", coin.into());
///             output.set(0, coin as usize, f64::from(random.uniform() < tables.coins.bias));
///         }
///         Ok(())
///     }
/// }
///
/// // A program of one's own hands the registry to `cli::main`.
/// let registry = Registry::empty().with(CoinTosses);
/// let trial = Trial::new(&registry, "study.scenario = 'coins'\ncoins = { count = 3, bias = 1.0 }")?;
/// assert_eq!(trial.unit(0)?.metric("heads"), [1.0, 1.0, 1.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Scenario: Send + Sync + 'static {
    /// The scenario's tables of the study file. Every field needs a serde default; doc comments become the help
    /// texts, `#[schemars(range(…))]` the allowed ranges; unknown keys are refused (`deny_unknown_fields`).
    type Config: Serialize + DeserializeOwned + JsonSchema + Default + Send + Sync + 'static;

    /// The name in `study.scenario`.
    fn name(&self) -> &'static str;

    /// One sentence for `config list`.
    fn summary(&self) -> &'static str;

    /// The same scenario for a study in `folder`, where the relative paths of its files start; `None` for a scenario
    /// that reads no files. Called when a study is loaded, before anything is asked about it: a value serves one study.
    fn for_folder(&self, _folder: &Path) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// The files that units of this design point read: each has to be here, whatever else is in `config`. A file that
    /// isn't there is refused before [`Scenario::check`] is asked.
    fn input_files(&self, _config: &Self::Config) -> Vec<InputFile> {
        Vec::new()
    }

    /// Dotted keys on which [`Scenario::input_files`] depends. As with [`Scenario::shape_keys`], only these are looked
    /// at, over all design points, to find all files of a study.
    fn file_keys(&self) -> &'static [&'static str] {
        &[]
    }

    /// Dotted keys that change no result, only time or memory. They aren't part of the study's identity: a run can be
    /// resumed with other values.
    fn keys_without_effect(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether units of this design point may share random numbers with units of other points even without
    /// `study.common_random_numbers`, because part of them is seeded by less than the whole point
    /// ([`Streams::seed_keyed`](crate::random::Streams::seed_keyed)). Means over points are told with the bounds for
    /// dependent points then.
    fn shares_randomness(&self, _config: &Self::Config) -> bool {
        false
    }

    /// Dotted keys on which [`Scenario::shares_randomness`] depends.
    fn randomness_keys(&self) -> &'static [&'static str] {
        &[]
    }

    /// Bytes that a rank needs for this design point besides those of its units' results: caches of files, tables. Threads
    /// share it.
    fn memory_bytes_per_rank(&self, _config: &Self::Config) -> u64 {
        0
    }

    /// About how many bytes a thread needs for each member of a unit of this design point while it simulates the unit,
    /// besides the unit's results.
    fn memory_bytes_per_member(&self, _config: &Self::Config) -> u64 {
        0
    }

    /// Dotted keys on which [`Scenario::memory_bytes_per_rank`] and [`Scenario::memory_bytes_per_member`] depend: only these are
    /// looked at, over all design points.
    fn memory_keys(&self) -> &'static [&'static str] {
        self.file_keys()
    }

    /// Bytes at most that a rank keeps for design points whose units it has done, in case that more of them come.
    fn max_kept_bytes(&self) -> u64 {
        0
    }

    /// What a design point's configuration leaves to the scenario, as it comes out: sizes and limits that people want to
    /// know before a run. Shown by `plan`; what a reader of the results needs belongs into a metric as well.
    fn chosen(&self, _config: &Self::Config) -> Vec<Chosen> {
        Vec::new()
    }

    /// Dotted keys on which [`Scenario::chosen`] depends: only these are looked at, over all design points.
    fn chosen_keys(&self) -> &'static [&'static str] {
        &[]
    }

    /// How it went on this rank since the value was made ([`Scenario::for_folder`]): told at the end of a run and kept
    /// with its record. A few; never a result.
    fn counters(&self) -> Vec<Counter> {
        Vec::new()
    }

    /// Runs `work`, which reads, writes or describes configurations. A scenario whose configuration type has kinds that
    /// are known only to this value (not to the type) puts them in scope here.
    fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R
    where
        Self: Sized,
    {
        work()
    }

    /// Combinations of values that each are allowed but don't go together, and, as warnings, what is unlikely to be intended.
    fn check(&self, _config: &Self::Config) -> Vec<Problem> {
        Vec::new()
    }

    /// Keys with the texts that give all design points the same columns. Where the columns of a study's points differ,
    /// they are set, unless the study has set them itself.
    fn common_columns(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Dotted keys on which [`Self::member_axis`], [`Self::metrics`] and [`Self::features`] depend. Only these are looked at, over all
    /// design points, to fix the shapes of the results file. Name leaves (`plume.kind`, not `plume`): every axis that
    /// sets a part of a named table counts, whatever it has to do with shapes.
    fn shape_keys(&self) -> &'static [&'static str] {
        &[]
    }

    /// What a member of a unit is and how many there are.
    fn member_axis(&self, config: &Self::Config) -> MemberAxis;

    /// The metric columns, in order. The list must be the same for all design points of a study.
    fn metrics(&self, config: &Self::Config) -> Vec<MetricColumn>;

    /// What units leave besides metrics; depends on [`Self::shape_keys`]. It must be the same for all design points of a study, but
    /// for [`UnitFeatures::saves`].
    fn features(&self, _config: &Self::Config) -> UnitFeatures {
        UnitFeatures::PLAIN
    }

    /// How many rows a unit of this design point leaves at most in each table, and how many of `units` (points, replicates) leave any;
    /// for `plan`. `None` for a table where that is known only afterwards.
    fn max_rows(&self, _config: &Self::Config, _units: (u64, u32)) -> (Vec<Option<u64>>, u64) {
        (Vec::new(), 0)
    }

    /// Keys, with values in TOML, under which a unit of this design point leaves all rows that a trace of it should have; they change no
    /// metric. None where nothing has to be set.
    fn trace_keys(&self, _config: &Self::Config) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Simulates one unit into `output` (all missing at the start).
    ///
    /// # Errors
    /// A [`UnitFailure`] ends this unit only; the engine retries, then records it. A panic is treated the same.
    fn simulate(&self, config: &Self::Config, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure>;

    /// Dotted keys on which what units share depends ([`Self::group_key`]); none for a scenario whose units share nothing. Units
    /// of points that differ elsewhere only can share it, and are handed out together.
    fn group_keys(&self) -> &'static [&'static str] {
        &[]
    }

    /// The name of what this unit shares with others, if it does; `None` for one that is always simulated alone. Units of one
    /// group are replicates of the same number, at design points that agree in [`Self::group_keys`].
    fn group_key(&self, _config: &Self::Config, _unit: &Unit) -> Option<GroupKey> {
        None
    }

    /// Units at most that are simulated together, of which this may be one: what each of them needs is in memory at once.
    fn max_group_units(&self, _config: &Self::Config) -> usize {
        64
    }

    /// Simulates units of one group with what they share made once. Each of them must come out, bit by bit, as
    /// [`Self::simulate`] has it alone, whichever others there are: they are all of the group, some of it, or one.
    /// They start together: none has a saved state, or all were saved at the same stage ([`UnitOutput::save_at`]).
    ///
    /// One that fails here is simulated alone, as are all after a panic; that is then its first attempt. By default each is
    /// simulated alone.
    ///
    /// ```
    /// use plume_nav_sim::scenario::{
    ///     GroupKey, GroupMember, GroupResults, MemberAxis, MetricColumn, MetricKind, Registry, Scenario, Unit, UnitFailure,
    ///     UnitOutput,
    /// };
    /// use plume_nav_sim::{store::Reader, trial::Trial};
    /// use std::sync::{Arc, atomic::{AtomicU32, Ordering}};
    /// # use schemars::JsonSchema;
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Default, Serialize, Deserialize, JsonSchema)]
    /// # #[serde(default, deny_unknown_fields)]
    /// # struct Tables { coats: Coats, season: Season }
    /// # #[derive(Default, Serialize, Deserialize, JsonSchema)]
    /// # #[serde(default, deny_unknown_fields)]
    /// # struct Coats { thickness_mm: f64 }
    /// # #[derive(Default, Serialize, Deserialize, JsonSchema)]
    /// # #[serde(default, deny_unknown_fields)]
    /// # struct Season { rain_mm: f64 }
    ///
    /// /// How much rain gets through a coat, `[coats] thickness_mm`. A day's rain, at most `[season] rain_mm`, is the same whatever
    /// /// one wears.
    /// #[derive(Default)]
    /// struct Rain {
    ///     days_made: Arc<AtomicU32>,
    /// }
    ///
    /// impl Rain {
    ///     /// What days have in common on which it rains alike.
    ///     fn season(tables: &Tables) -> [u8; 16] {
    ///         u128::from(tables.season.rain_mm.to_bits()).to_le_bytes()
    ///     }
    ///
    ///     /// What takes long: drawn from season and replicate alone, without the design point.
    ///     fn day(&self, tables: &Tables, unit: &Unit) -> f64 {
    ///         self.days_made.fetch_add(1, Ordering::Relaxed);
    ///         let mut random = unit.streams.seed_keyed("rain", &Self::season(tables)).generator(0);
    ///         tables.season.rain_mm * random.uniform()
    ///     }
    ///
    ///     fn wear(rain_mm: f64, tables: &Tables, output: &mut UnitOutput<'_>) {
    ///         output.set(0, 0, rain_mm * (-tables.coats.thickness_mm).exp());
    ///     }
    /// }
    ///
    /// impl Scenario for Rain {
    ///     type Config = Tables;
    ///     # fn name(&self) -> &'static str { "rain" }
    ///     # fn summary(&self) -> &'static str { "rain on coats" }
    ///     # fn shape_keys(&self) -> &'static [&'static str] { &[] }
    ///     # fn member_axis(&self, _: &Tables) -> MemberAxis { MemberAxis { name: "coat".to_owned(), count: 1 } }
    ///     # fn metrics(&self, _: &Tables) -> Vec<MetricColumn> {
    ///     #     vec![MetricColumn::new("rain_mm", MetricKind::Real, "mm", "rain that got through the coat")]
    ///     # }
    ///     // … name, metrics and so on …
    ///     fn simulate(&self, tables: &Tables, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
    ///         Self::wear(self.day(tables, unit), tables, output);
    ///         Ok(())
    ///     }
    ///     fn group_keys(&self) -> &'static [&'static str] {
    ///         &["season.rain_mm"]
    ///     }
    ///     fn group_key(&self, tables: &Tables, unit: &Unit) -> Option<GroupKey> {
    ///         Some(GroupKey::of_replicate(&Self::season(tables), unit.replicate))
    ///     }
    ///     fn simulate_group(&self, group: &mut [GroupMember<'_, '_, Tables>]) -> GroupResults {
    ///         let rain_mm = self.day(group[0].config, group[0].unit);
    ///         group.iter_mut().for_each(|member| Self::wear(rain_mm, member.config, member.output));
    ///         vec![Ok(()); group.len()]
    ///     }
    /// }
    ///
    /// let rain = Rain::default();
    /// let days_made = rain.days_made.clone();
    /// let study = "
    ///     study = { scenario = 'rain', replicates = 5 }
    ///     season.rain_mm = 30.0
    ///     execution.threads = 1
    ///     sweep.axes = [{ key = 'coats.thickness_mm', values = [0.5, 1.0, 2.0, 4.0] }]
    /// ";
    /// let trial = Trial::new(&Registry::empty().with(rain), study)?;
    /// let folder = tempfile::tempdir()?;
    /// trial.sweep(&folder.path().join("rain.h5"))?;
    /// // 20 units, 5 days: each was made once for four coats.
    /// assert_eq!(days_made.load(Ordering::Relaxed), 5);
    /// // And each unit came out as it does alone.
    /// let together = Reader::open(&folder.path().join("rain.h5"))?.member_values(0, 0..20)?;
    /// for (unit, rain_mm) in (0..).zip(together) {
    ///     assert_eq!(trial.unit(unit)?.metric("rain_mm"), [rain_mm]);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn simulate_group(&self, group: &mut [GroupMember<'_, '_, Self::Config>]) -> GroupResults {
        (group.iter_mut())
            .map(|member| self.simulate(member.config, member.unit, member.output))
            .collect()
    }

    /// Writes one of the [`products`](UnitFeatures::products) from the finished results: the same bytes from the same
    /// results. Called on rank 0 once all units are committed, and again when the file was lost or changed. Writes fail
    /// when the job ends: give their errors back, and the next session tries again.
    ///
    /// # Errors
    /// In words; the run ends with them, and a resume tries again.
    fn make_product(
        &self,
        product: &Product,
        _study: &dyn FinishedStudy,
        _file: &mut dyn std::io::Write,
    ) -> Result<(), String> {
        Err(format!("the scenario declares {}, but doesn't make it", product.name))
    }

    /// The fields over space and time that the members of a unit live in; `None` if the scenario has none.
    ///
    /// # Errors
    /// As for [`Scenario::simulate`].
    fn fields(&self, _config: &Self::Config, _unit: &Unit) -> Result<Option<Box<dyn FieldSampler>>, UnitFailure> {
        Ok(None)
    }
}
