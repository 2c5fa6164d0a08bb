//! Arguments that name one unit of a study.

use super::CommandError;
use crate::study::Study;
use crate::sweep::{PointIndex, UnitIndex};
use clap::Args;

/// Which unit.
#[derive(Args, Clone, Debug)]
pub struct UnitArguments {
    /// Design point, from 0
    #[arg(long, default_value_t = 0, value_name = "INDEX", value_parser = index, allow_negative_numbers = true)]
    point: u64,

    /// Replicate of the point, from 0
    #[arg(long, default_value_t = 0, value_name = "INDEX", value_parser = index, allow_negative_numbers = true)]
    replicate: u64,

    /// Index of the unit, instead of point and replicate
    #[arg(long, conflicts_with_all = ["point", "replicate"], value_name = "INDEX", value_parser = index, allow_negative_numbers = true)]
    unit: Option<u64>,
}

impl UnitArguments {
    /// The index of the unit in `study`.
    ///
    /// # Errors
    /// If the study has no such unit.
    pub fn select(&self, study: &Study) -> Result<UnitIndex, CommandError> {
        let index = match self.unit {
            Some(unit) => UnitIndex(unit),
            None => {
                within("point", self.point, study.plan.points)?;
                within("replicate", self.replicate, u64::from(study.plan.replicates))?;
                UnitIndex(study.plan.units_of(PointIndex(self.point)).start + self.replicate)
            }
        };
        within("unit", index.0, study.plan.units())?;
        Ok(index)
    }
}

/// A number of something, counted from 0.
fn index(text: &str) -> Result<u64, String> {
    text.trim()
        .parse()
        .map_err(|_| "it is a whole number, counted from 0".to_owned())
}

fn within(what: &str, found: u64, count: u64) -> Result<(), CommandError> {
    if found < count {
        return Ok(());
    }
    Err(CommandError::usage(
        format!("--{what} {found} is outside 0 to {}", count - 1),
        format!("the study has {count} of them; `plume-nav-sim plan` lists its size"),
    ))
}
