//! Arguments that name one unit of a study.

use super::CommandError;
use crate::study::Study;
use crate::sweep::{PointIndex, UnitIndex};
use clap::Args;

/// Which unit.
#[derive(Args, Clone, Debug)]
pub struct UnitArguments {
    /// Design point, from 0
    #[arg(long, default_value_t = 0, value_name = "INDEX")]
    point: u64,

    /// Replicate of the point, from 0
    #[arg(long, default_value_t = 0, value_name = "INDEX")]
    replicate: u32,

    /// Index of the unit, instead of point and replicate
    #[arg(long, conflicts_with_all = ["point", "replicate"], value_name = "INDEX")]
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
                within("replicate", u64::from(self.replicate), u64::from(study.plan.replicates))?;
                UnitIndex(study.plan.units_of(PointIndex(self.point)).start + u64::from(self.replicate))
            }
        };
        within("unit", index.0, study.plan.units())?;
        Ok(index)
    }
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
