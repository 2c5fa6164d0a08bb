//! `[agents.varied]`: agents that aren't all alike.

use super::start::StartTable;
use crate::lanes::{F64x8, LANES, blocks_for, set_lane};
use crate::random::StreamSeed;
use crate::sweep::CutNormal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How agents differ: factors on what navigators ask for and on what bodies can do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct VariedConfig {
    /// Factor on the speed that an agent's navigator commands.
    pub speed_factor: FactorConfig,
    /// Factor on agents.speed_max_m_s.
    pub speed_max_factor: FactorConfig,
    /// Factor on agents.turn_rate_max_rad_s.
    pub turn_rate_max_factor: FactorConfig,
    /// Factor on agents.motion.acceleration_max_m_s2.
    pub acceleration_max_factor: FactorConfig,
}

/// How a factor is distributed over the agents. Each agent has its own from start to end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(inline)]
pub enum FactorConfig {
    /// 1 for all agents.
    Same {},
    /// Uniform between two bounds.
    Uniform(UniformFactorConfig),
    /// Normal, cut at two bounds.
    Normal(NormalFactorConfig),
    /// Log-normal, truncated at two bounds.
    LogNormal(LogNormalFactorConfig),
}

impl Default for FactorConfig {
    fn default() -> Self {
        Self::Same {}
    }
}

/// A factor of kind `uniform`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct UniformFactorConfig {
    /// Smallest factor.
    #[schemars(range(min = 1e-3, max = 1e3))]
    pub low: f64,
    /// Largest factor.
    #[schemars(range(min = 1e-3, max = 1e3))]
    pub high: f64,
}

impl Default for UniformFactorConfig {
    fn default() -> Self {
        Self { low: 0.8, high: 1.2 }
    }
}

/// A factor of kind `normal`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct NormalFactorConfig {
    /// Mean before truncation.
    #[schemars(range(min = 1e-3, max = 1e3))]
    pub mean: f64,
    /// Standard deviation before truncation.
    #[schemars(range(min = 1e-6, max = 1e3))]
    pub sd: f64,
    /// Smallest factor.
    #[schemars(range(min = 1e-3, max = 1e3))]
    pub low: f64,
    /// Largest factor.
    #[schemars(range(min = 1e-3, max = 1e3))]
    pub high: f64,
}

impl Default for NormalFactorConfig {
    fn default() -> Self {
        Self {
            mean: 1.0,
            sd: 0.1,
            low: 0.5,
            high: 1.5,
        }
    }
}

/// A factor of kind `log_normal`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct LogNormalFactorConfig {
    /// Median before truncation.
    #[schemars(range(min = 1e-3, max = 1e3))]
    pub median: f64,
    /// Geometric standard deviation before truncation: the factor between the median and the 84th percentile.
    #[schemars(range(min = 1.000001, max = 100.0))]
    pub geometric_sd: f64,
    /// Smallest factor.
    #[schemars(range(min = 1e-3, max = 1e3))]
    pub low: f64,
    /// Largest factor.
    #[schemars(range(min = 1e-3, max = 1e3))]
    pub high: f64,
}

impl Default for LogNormalFactorConfig {
    fn default() -> Self {
        Self {
            median: 1.0,
            geometric_sd: 1.2,
            low: 0.5,
            high: 2.0,
        }
    }
}

impl FactorConfig {
    /// The smallest and the largest factor that an agent can have.
    #[must_use]
    pub fn bounds(&self) -> (f64, f64) {
        match self {
            Self::Same {} => (1.0, 1.0),
            Self::Uniform(config) => (config.low, config.high),
            Self::Normal(config) => (config.low, config.high),
            Self::LogNormal(config) => (config.low, config.high),
        }
    }

    /// The normal distribution behind it (of the logarithm, for `log_normal`), if there is one.
    pub(in super::super) fn normal(&self) -> Option<CutNormal> {
        match self {
            Self::Same {} | Self::Uniform(_) => None,
            Self::Normal(config) => Some(CutNormal::new(config.mean, config.sd, config.low, config.high)),
            Self::LogNormal(config) => Some(CutNormal::new(
                libm::log(config.median),
                libm::log(config.geometric_sd),
                libm::log(config.low),
                libm::log(config.high),
            )),
        }
    }

    /// The factor below which the fraction `u` of the agents lies, `u` in (0, 1).
    fn quantile(&self, u: f64) -> f64 {
        let (low, high) = self.bounds();
        let value = match (self, self.normal()) {
            (Self::LogNormal(_), Some(logarithm)) => libm::exp(logarithm.quantile(u)),
            (_, Some(normal)) => normal.quantile(u),
            (_, None) => low + u * (high - low),
        };
        // The last step may round past a bound.
        value.clamp(low, high)
    }
}

/// Names of the factors: keys of `[agents.varied]` and columns of a file of starts.
pub(super) const FACTORS: [&str; 4] = [
    "speed_factor",
    "speed_max_factor",
    "turn_rate_max_factor",
    "acceleration_max_factor",
];

impl VariedConfig {
    /// The factors in the order of [`FACTORS`].
    pub(in super::super) fn factors(&self) -> [&FactorConfig; FACTORS.len()] {
        [
            &self.speed_factor,
            &self.speed_max_factor,
            &self.turn_rate_max_factor,
            &self.acceleration_max_factor,
        ]
    }
}

/// The factors of all agents, one entry per block in each array.
#[derive(Clone, Debug)]
pub(super) struct Factors {
    /// On commanded speeds.
    pub speed: Vec<F64x8>,
    /// On the highest speed.
    pub speed_max: Vec<F64x8>,
    /// On the highest turn rate.
    pub turn_rate_max: Vec<F64x8>,
    /// On the highest acceleration.
    pub acceleration_max: Vec<F64x8>,
}

impl Factors {
    /// The factors of `count` agents; `None` if all are 1. Each agent draws one uniform number for every factor from
    /// its own stream of `seed`, in the order of [`FACTORS`] and whatever their distributions, so that changing one
    /// leaves the others alone. Columns of `table` are taken as they are.
    pub(super) fn new(
        config: &VariedConfig,
        table: Option<&StartTable>,
        count: usize,
        seed: StreamSeed,
    ) -> Option<Self> {
        let distributions = config.factors();
        let columns = FACTORS.map(|name| table.and_then(|table| table.column(name)));
        let same = |factor: &&FactorConfig| matches!(factor, FactorConfig::Same {});
        if distributions.iter().all(same) && columns.iter().all(Option::is_none) {
            return None;
        }
        let mut factors = FACTORS.map(|_| vec![F64x8::ONE; blocks_for(count)]);
        for agent in 0..count {
            let mut random = seed.generator(agent as u64);
            for ((factor, distribution), column) in factors.iter_mut().zip(distributions).zip(columns) {
                // The middle of one of 2⁵² equal parts, never 0 or 1.
                let u = random.uniform() + 0.5 / UNIFORM_PARTS;
                let value = match column {
                    Some(column) => column[agent % column.len()],
                    None => distribution.quantile(u),
                };
                set_lane(factor, agent, value);
            }
        }
        let [speed, speed_max, turn_rate_max, acceleration_max] = factors;
        Some(Self {
            speed,
            speed_max,
            turn_rate_max,
            acceleration_max,
        })
    }

    /// The largest factor on the highest speed.
    pub(super) fn max_speed_limit_factor(&self) -> f64 {
        lanes(&self.speed_max).fold(1.0, f64::max)
    }

    /// The smallest factor on the highest acceleration.
    pub(super) fn min_acceleration_limit_factor(&self) -> f64 {
        lanes(&self.acceleration_max).fold(1.0, f64::min)
    }
}

/// Parts of the unit interval that a uniform random number tells apart.
const UNIFORM_PARTS: f64 = 4_503_599_627_370_496.0;

fn lanes(blocks: &[F64x8]) -> impl Iterator<Item = f64> {
    blocks
        .iter()
        .flat_map(|block| (0..LANES).map(move |lane| block.0[lane]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::lane;

    fn config(text: &str) -> VariedConfig {
        serde_json::from_str(text).unwrap()
    }

    fn drawn(text: &str, count: usize) -> Factors {
        Factors::new(&config(text), None, count, StreamSeed(5)).unwrap()
    }

    /// Mean and standard deviation of 20 000 factors, each within 5 standard errors: 0.29/√12 of the uniform ones,
    /// those of a normal number cut at ±1.5 sd (variance 1 − 2·1.5 φ(1.5)/(2Φ(1.5) − 1) = 0.5517), and those of the
    /// logarithm. Six bounds of 5 raise a false alarm with probability 3·10⁻⁶. Kurtosis is at most 3.
    #[test]
    fn factors_follow_their_distributions() {
        let count = 20_000;
        let factors = drawn(
            r#"{"speed_factor": {"kind": "uniform", "low": 0.5, "high": 1.5},
                "speed_max_factor": {"kind": "normal", "sd": 0.2, "low": 0.7, "high": 1.3},
                "turn_rate_max_factor": {"kind": "log_normal", "median": 2.0, "geometric_sd": 1.5, "low": 1e-3, "high": 1e3}}"#,
            count,
        );
        let n = count as f64;
        for (name, blocks, mean, variance, logarithm) in [
            ("speed", &factors.speed, 1.0, 1.0 / 12.0, false),
            ("speed_max", &factors.speed_max, 1.0, 0.04 * 0.551_7, false),
            ("turn", &factors.turn_rate_max, 2f64.ln(), 1.5f64.ln().powi(2), true),
        ] {
            let values: Vec<f64> = (0..count).map(|agent| lane(blocks, agent)).collect();
            let values: Vec<f64> = values.iter().map(|v| if logarithm { v.ln() } else { *v }).collect();
            let found = values.iter().sum::<f64>() / n;
            let spread = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
            assert!((found - mean).abs() < 5.0 * (variance / n).sqrt(), "{name}: {found}");
            assert!(
                (spread / variance - 1.0).abs() < 5.0 * (2.0 / n).sqrt(),
                "{name}: {spread}"
            );
        }
        let ends = lanes(&factors.speed_max).fold((2.0, 0.0), |(l, h), v| (f64::min(l, v), f64::max(h, v)));
        assert!(
            ends.0 >= 0.7 && ends.0 < 0.71 && ends.1 <= 1.3 && ends.1 > 1.29,
            "{ends:?}"
        );
        assert!(lanes(&factors.acceleration_max).all(|factor| factor == 1.0));
        assert!(factors.max_speed_limit_factor() == ends.1 && factors.min_acceleration_limit_factor() == 1.0);
    }

    #[test]
    fn a_factor_doesnt_depend_on_the_others_nor_on_the_number_of_agents() {
        let normal = r#""turn_rate_max_factor": {"kind": "normal"}"#;
        let alone = drawn(&format!("{{{normal}}}"), 11);
        let beside = drawn(&format!(r#"{{{normal}, "speed_factor": {{"kind": "uniform"}}}}"#), 100);
        assert_eq!(alone.turn_rate_max[0], beside.turn_rate_max[0]);
        assert!(lanes(&alone.speed).all(|factor| factor == 1.0));
        assert_ne!(beside.speed[0], beside.turn_rate_max[0]);
    }

    #[test]
    fn agents_that_are_all_alike_have_no_factors() {
        assert!(Factors::new(&VariedConfig::default(), None, 10, StreamSeed(1)).is_none());
        assert_eq!(FactorConfig::default().bounds(), (1.0, 1.0));
    }
}
