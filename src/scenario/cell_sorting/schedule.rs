//! When measures are taken.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The steps after which measures are taken; always before the first, and after the last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum ScheduleConfig {
    /// So many a decade, from the first step on.
    Logarithmic(LogarithmicConfig),
    /// Every so many steps.
    Linear(LinearConfig),
    /// Given steps.
    List(ListConfig),
}

impl Default for ScheduleConfig {
    fn default() -> Self {
        Self::Logarithmic(LogarithmicConfig::default())
    }
}

/// `[schedule]` of kind `logarithmic`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct LogarithmicConfig {
    /// Measures in each factor of ten of time.
    #[schemars(range(min = 1, max = 1000))]
    pub per_decade: u32,
}

impl Default for LogarithmicConfig {
    fn default() -> Self {
        Self { per_decade: 20 }
    }
}

/// `[schedule]` of kind `linear`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct LinearConfig {
    /// Steps from one measure to the next.
    #[schemars(range(min = 1, max = 100_000_000))]
    pub every: u32,
}

impl Default for LinearConfig {
    fn default() -> Self {
        Self { every: 100 }
    }
}

/// `[schedule]` of kind `list`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ListConfig {
    /// The steps.
    #[schemars(length(max = 100_000), inner(range(min = 0, max = 100_000_000)))]
    pub steps: Vec<u32>,
}

impl ScheduleConfig {
    /// Steps at which measures are taken in a course of `steps` steps, in order.
    #[must_use]
    pub fn times(&self, steps: u32) -> Vec<u32> {
        let mut times: Vec<u32> = match self {
            Self::Linear(linear) => (0..=steps).step_by(linear.every.max(1) as usize).collect(),
            Self::List(list) => list.steps.iter().copied().filter(|step| *step < steps).collect(),
            Self::Logarithmic(logarithmic) => {
                let per_decade = f64::from(logarithmic.per_decade.max(1));
                (0..)
                    .map(|index| libm::round(libm::exp10(f64::from(index) / per_decade)))
                    .take_while(|time| *time < f64::from(steps))
                    .map(|time| time as u32)
                    .collect()
            }
        };
        times.extend([0, steps]);
        times.sort_unstable();
        times.dedup();
        times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_order_with_both_ends() {
        let logarithmic = ScheduleConfig::Logarithmic(LogarithmicConfig { per_decade: 3 });
        assert_eq!(logarithmic.times(100), [0, 1, 2, 5, 10, 22, 46, 100]);
        let linear = ScheduleConfig::Linear(LinearConfig { every: 4 });
        assert_eq!(linear.times(10), [0, 4, 8, 10]);
        let list = ScheduleConfig::List(ListConfig {
            steps: vec![7, 3, 12, 3],
        });
        assert_eq!(list.times(10), [0, 3, 7, 10]);
        assert_eq!(linear.times(0), [0]);
    }
}
