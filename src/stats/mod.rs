//! Pure estimators: what a design point's values say about its metrics, and how sure that is.
//!
//! Nothing here depends on anything but the input array: every reduction runs in array order with a fixed shape, and
//! the transcendental functions are the pure-Rust ones of `libm`, so a summary has the same bits on any rank, thread
//! and platform.

mod clusters;
mod columns;
mod critical;
mod interval;
mod median;
mod power_law;
mod quantile;
mod runs;
mod sum;
mod summary;
mod unit_statistics;

#[cfg(test)]
mod coverage;
#[cfg(test)]
mod properties;

pub use columns::{STATISTICS, StatisticColumn, StatisticStorage, StatisticUnit, StatisticValue};
pub use critical::{normal_critical, student_critical};
pub use interval::IntervalMethod;
pub use power_law::{DensityBin, PowerLawFit, fit_power_law, log_binned_density};
pub use runs::Runs;
pub use summary::Summary;
pub use unit_statistics::UnitStatistics;
