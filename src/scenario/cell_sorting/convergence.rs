//! When sorting is over: the share of unlike contacts has stopped falling on logarithmic time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a share counts as converged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ConvergenceConfig {
    /// The share has converged once the slope of its fit on log₁₀ of time is within this, per decade.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub slope: f64,
    /// The fit is over times from the present one divided by this up to the present one.
    #[schemars(range(min = 1.1, max = 1000.0))]
    pub window: f64,
    /// Measures at least in a fit.
    #[schemars(range(min = 3, max = 1000))]
    pub measures: u32,
    /// The first step at which the share may count as converged: sorting begins slowly.
    #[schemars(range(min = 0, max = 100_000_000))]
    pub from_step: u32,
    /// Ends the unit when the share has converged.
    pub stop: bool,
}

impl Default for ConvergenceConfig {
    fn default() -> Self {
        Self {
            slope: 0.07,
            window: 2.0,
            measures: 5,
            from_step: 300,
            stop: false,
        }
    }
}

/// The slope of shares on log₁₀ of their times, of the times in the window that ends with the last one; `None` if there are too
/// few, or they don't fill the window.
#[must_use]
pub fn slope(config: &ConvergenceConfig, course: &[(f64, f64)]) -> Option<f64> {
    let last = course.last()?.0;
    let from = last / config.window;
    // Times before the window say that it is whole; the beginning has none on the logarithmic axis.
    if last <= 0.0 || !course.iter().any(|(time, _)| *time > 0.0 && *time <= from) {
        return None;
    }
    let points: Vec<(f64, f64)> = (course[course.partition_point(|(time, _)| *time < from)..].iter())
        .map(|(time, share)| (libm::log10(*time), *share))
        .collect();
    if points.len() < config.measures as usize {
        return None;
    }
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|point| (point.0 - x) * (point.0 - x)).sum();
    let product: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    (spread > 0.0).then(|| product / spread)
}

/// Whether the share has converged at the last time of `course`.
#[must_use]
pub fn has_converged(config: &ConvergenceConfig, course: &[(f64, f64)]) -> bool {
    let is_late = course
        .last()
        .is_some_and(|(time, _)| *time >= f64::from(config.from_step));
    is_late && slope(config, course).is_some_and(|slope| slope.abs() <= config.slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(share: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
        let times = (0..=12).map(|index| libm::exp2(f64::from(index) / 2.0));
        // Step 0 is always measured.
        std::iter::once((0.0, 0.5))
            .chain(times.map(|time| (time, share(time))))
            .collect()
    }

    #[test]
    fn the_slope_is_per_decade_of_time() {
        let config = ConvergenceConfig {
            window: 4.0,
            from_step: 64,
            ..ConvergenceConfig::default()
        };
        let falling = course(|time| 0.5 - 0.1 * time.log10());
        assert!((slope(&config, &falling).unwrap() + 0.1).abs() < 1e-12);
        assert!(!has_converged(&config, &falling));
        assert!(has_converged(&config, &course(|_| 0.2)));
        // Neither a fast rise nor too little of a course is convergence.
        assert!(!has_converged(&config, &course(|time| 0.1 * time.log10())));
        assert!(!has_converged(&config, &course(|_| 0.2)[..5]));
        assert!(!has_converged(&config, &course(|_| 0.2)[..13]));
        assert!(!has_converged(&config, &[]));
        // Five measures near the end of a long course don't fill the window.
        let late: Vec<(f64, f64)> = [0.0, 596.0, 597.0, 598.0, 599.0, 600.0]
            .map(|time| (time, 0.2))
            .to_vec();
        assert!(!has_converged(&config, &late));
    }
}
