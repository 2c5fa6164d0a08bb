//! Whether a file can hold the results of a study.

use super::StoreError;
use crate::results::Shape;

/// Longest number of axes of the sweep: HDF5 allows 32 axes, and two more are replicate and member.
pub const MAX_DIMENSIONS: usize = 30;

/// Most values of a metric.
const MAX_VALUES: u128 = (1 << 48) - 1;

/// Refuses what a file can't hold, and shapes whose sizes overflow.
///
/// # Errors
/// [`StoreError::Unfit`] with the reason.
pub(super) fn check(shape: &Shape) -> Result<(), StoreError> {
    let unfit = |reason: String, hint| Err(StoreError::Unfit { reason, hint });
    if shape.axes.len() > MAX_DIMENSIONS {
        let hint = "join axes with `zip`, or draw points with `sample`";
        return unfit(
            format!("{} axes, at most {MAX_DIMENSIONS} are possible", shape.axes.len()),
            hint,
        );
    }
    let lengths = (shape.axes.iter().map(|axis| axis.length))
        .chain([u64::from(shape.replicates), u64::from(shape.member_axis.count)]);
    let values = lengths.fold(1, |values: u128, length| values.saturating_mul(length.into()));
    // Far below 2⁶⁴ bytes in all columns together, so that no later product overflows.
    if values == 0 || values > MAX_VALUES {
        let reason = format!("{values} values of each metric, 1 to {MAX_VALUES} (2⁴⁸ − 1) are possible");
        return unfit(reason, "sweep fewer values, or have fewer replicates or members");
    }
    if shape.metrics.is_empty() || shape.metrics.len() > 1000 {
        return unfit(
            format!("{} metrics, 1 to 1000 are possible", shape.metrics.len()),
            "check the scenario",
        );
    }
    if let Some(problem) = shape.features.problem() {
        return unfit(format!("the scenario {problem}"), "check the scenario");
    }
    Ok(())
}
