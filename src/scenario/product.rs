//! Files that a scenario makes from finished results.

use super::TableRows;
use crate::sweep::{Assignment, PointIndex, UnitIndex, UnitPlan};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::Range;

/// A file that is made when all units are done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Name of the file: lower-case letters, digits, `_` and `.`.
    pub name: String,
    /// One line for people.
    pub long_name: String,
}

impl Product {
    /// A product.
    #[must_use]
    pub fn new(name: &str, long_name: &str) -> Self {
        Self {
            name: name.to_owned(),
            long_name: long_name.to_owned(),
        }
    }

    /// Whether its name can stand as that of a file, in any folder and on any system.
    pub(super) fn has_good_name(&self) -> bool {
        self.name.starts_with(|first: char| first.is_ascii_lowercase())
            && self.name.len() <= 60
            && (self.name.chars())
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_' || letter == '.')
    }
}

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
