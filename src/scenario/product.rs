//! What a scenario makes its products from.

use crate::results::TableRows;
use crate::sweep::{Assignment, PointIndex, UnitIndex, UnitPlan};
use serde_json::Value;
use std::ops::Range;

/// Finished results, as a scenario reads them to make a product.
pub trait FinishedStudy {
    /// Points and replicates: which units there are.
    fn plan(&self) -> UnitPlan;

    /// The swept values of a design point, in the order of the axes; none without a sweep.
    fn assignments(&self, point: PointIndex) -> Vec<Assignment>;

    /// The scenario's tables at a design point, as they are in its configuration type.
    fn configuration(&self, point: PointIndex) -> Value;

    /// Length of the member axis.
    fn members(&self) -> u32;

    /// Members that took part in each unit, the length of the member axis where the scenario declares no ragged members. Of
    /// quarantined units it means nothing.
    ///
    /// # Errors
    /// In words, if they can't be read.
    fn taking_part(&self, units: Range<u64>) -> Result<Vec<u32>, String>;

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
