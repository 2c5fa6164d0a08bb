//! What a scenario makes its products from.

use crate::results::TableRows;
use crate::sweep::{Assignment, PointIndex, UnitIndex, UnitPlan};
use serde_json::Value;
use std::ops::Range;

/// Finished results, as a scenario reads them to make a product.
///
/// ```
/// use plume_nav_sim::scenario::*;
/// use plume_nav_sim::trial::Trial;
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
///
/// /// No tables.
/// #[derive(Default, Serialize, Deserialize, JsonSchema)]
/// #[serde(deny_unknown_fields)]
/// struct Nothing {}
///
/// /// Dice, and a file with the mean of all of them.
/// struct Dice;
///
/// impl Scenario for Dice {
///     type Config = Nothing;
///
///     fn name(&self) -> &'static str {
///         "dice"
///     }
///     fn summary(&self) -> &'static str {
///         "dice"
///     }
///     fn member_axis(&self, _: &Nothing) -> MemberAxis {
///         MemberAxis { name: "die".to_owned(), count: 2 }
///     }
///     fn metrics(&self, _: &Nothing) -> Vec<MetricColumn> {
///         vec![MetricColumn::new("pips", MetricKind::Count, "1", "pips")]
///     }
///     fn features(&self, _: &Nothing) -> UnitFeatures {
///         UnitFeatures {
///             products: vec![Product::new("mean.txt", "mean of all dice").of_members()],
///             ..UnitFeatures::PLAIN
///         }
///     }
///     fn simulate(&self, _: &Nothing, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
///         for die in 0..2 {
///             let mut random = unit.streams.generator("throw", die);
///             output.set(0, die as usize, 1.0 + (6.0 * random.uniform()).floor());
///         }
///         Ok(())
///     }
///     fn make_product(
///         &self,
///         _: &Product,
///         study: &dyn FinishedStudy,
///         file: &mut dyn std::io::Write,
///     ) -> Result<(), String> {
///         let pips = study.values(0, 0..study.plan().units())?;
///         let mean = pips.iter().sum::<f64>() / pips.len() as f64;
///         writeln!(file, "{mean}").map_err(|error| error.to_string())
///     }
/// }
///
/// let folder = tempfile::tempdir()?;
/// let trial = Trial::new(&Registry::empty().with(Dice), "study = { scenario = 'dice', replicates = 8 }")?;
/// trial.sweep(&folder.path().join("dice.h5"))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait FinishedStudy {
    /// Points and replicates: which units there are.
    fn plan(&self) -> UnitPlan;

    /// The swept values of a design point, in the order of the axes; none without a sweep.
    fn assignments(&self, point: PointIndex) -> Vec<Assignment>;

    /// The scenario's tables at a design point, as they are in its configuration type.
    fn configuration(&self, point: PointIndex) -> Value;

    /// Length of the member axis.
    fn members(&self) -> u32;

    /// Members that took part in each unit, the length of the member axis where the scenario declares no ragged members; `None`
    /// for a quarantined unit.
    ///
    /// # Errors
    /// In words, if they can't be read.
    fn taking_part(&self, units: Range<u64>) -> Result<Vec<Option<u32>>, String>;

    /// How each unit ended: `None` for a quarantined one, 0 after its full course, otherwise one more than the index of the
    /// reason.
    ///
    /// # Errors
    /// In words, if it can't be read.
    fn ends(&self, units: Range<u64>) -> Result<Vec<Option<u8>>, String>;

    /// Values of one metric, `[units, members]`; NaN where missing, and in units that are quarantined.
    ///
    /// # Errors
    /// In words, if they can't be read, or the results keep statistics only.
    fn values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, String>;

    /// The rows of a unit in a table; `None` if the unit is quarantined.
    ///
    /// # Errors
    /// In words, if they can't be read.
    fn rows(&self, unit: UnitIndex, table: usize) -> Result<Option<TableRows>, String>;
}
