//! What counts as a hit for navigators that decide once in several steps.

use super::super::sensor::Channels;
use super::super::step::Stage;
use super::Perception;
use crate::lanes::{F64x8, kernel, lane, set_lane};
use crate::random::Xoshiro256PlusPlus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What counts as a hit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum HitsConfig {
    /// One hit if the sensor detected odour at any time since the last decision.
    Presence(PresenceConfig),
    /// One hit for every time that the sensor switched on since the last decision.
    Encounters(EncountersConfig),
    /// Poisson number with a mean proportional to what the sensor read, summed over time.
    Counts(CountsConfig),
}

impl Default for HitsConfig {
    fn default() -> Self {
        Self::Presence(PresenceConfig::default())
    }
}

/// `hits` of kind `presence`: no keys of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct PresenceConfig {}

/// `hits` of kind `encounters`: no keys of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct EncountersConfig {}

/// `hits` of kind `counts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct CountsConfig {
    /// Mean number of hits per second where the sensor reads 1 (in the unit of its signal).
    #[schemars(range(min = 1e-30, max = 1e30))]
    pub rate_per_signal: f64,
}

impl Default for CountsConfig {
    fn default() -> Self {
        Self { rate_per_signal: 1e7 }
    }
}

impl HitsConfig {
    /// What has to be sensed to count them.
    #[must_use]
    pub fn required(&self) -> Vec<Channels> {
        match self {
            Self::Presence(_) | Self::Encounters(_) => vec![Channels::DETECTION],
            Self::Counts(_) => vec![Channels::CONCENTRATION],
        }
    }

    /// Hits that are expected where a Poisson number of mean `mean` is assumed.
    #[must_use]
    pub fn expected(&self, mean: f64) -> f64 {
        match self {
            Self::Presence(_) => 1.0 - libm::exp(-mean),
            Self::Encounters(_) | Self::Counts(_) => mean,
        }
    }
}

/// Hits of all agents since they were last taken.
#[derive(Clone, Debug)]
pub struct HitCounter {
    config: HitsConfig,
    /// Presence 0 or 1; encounters; or signal × s.
    tallies: Vec<F64x8>,
    /// What the sensor said in the last step.
    before: Vec<F64x8>,
}

/// A mean above this counts as this: far more hits than any level tells apart.
const MAX_MEAN: f64 = 1e6;

impl HitCounter {
    /// No hits yet.
    #[must_use]
    pub fn new(config: &HitsConfig, blocks: usize) -> Self {
        Self {
            config: config.clone(),
            tallies: vec![F64x8::ZERO; blocks],
            before: vec![F64x8::ZERO; blocks],
        }
    }

    /// Adds what is sensed in this step.
    pub fn listen(&mut self, stage: Stage<'_>, perception: Perception<'_>) {
        let counter = self;
        kernel!(stage.simd, |counter: &mut HitCounter,
                             stage: Stage<'_>,
                             perception: Perception<'_>| {
            let dt = F64x8::splat(stage.dt_s);
            for &block in stage.blocks {
                let detected = perception.detected[block];
                let tally = &mut counter.tallies[block];
                match counter.config {
                    HitsConfig::Presence(_) => *tally = detected.max(*tally),
                    HitsConfig::Encounters(_) => {
                        *tally += detected * (F64x8::ONE - counter.before[block]);
                        counter.before[block] = detected;
                    }
                    HitsConfig::Counts(_) => *tally += perception.signal[block].max(F64x8::ZERO) * dt,
                }
            }
        });
    }

    /// The hits of an agent since they were last taken. Counts are drawn from `random`.
    pub fn take(&mut self, agent: usize, random: &mut Xoshiro256PlusPlus) -> u64 {
        let tally = lane(&self.tallies, agent);
        set_lane(&mut self.tallies, agent, 0.0);
        match &self.config {
            HitsConfig::Presence(_) | HitsConfig::Encounters(_) => tally as u64,
            HitsConfig::Counts(counts) => random.counts((counts.rate_per_signal * tally).min(MAX_MEAN)) as u64,
        }
    }
}
