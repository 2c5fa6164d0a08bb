//! `[wind]`.

use super::{
    ConstantWind, ConstantWindConfig, FarrellWind, FarrellWindConfig, GriddedWind, GriddedWindConfig,
    OrnsteinUhlenbeckWind, OrnsteinUhlenbeckWindConfig, TimeVaryingWind, TimeVaryingWindConfig, Wind, WindKey,
    WindStartConfig,
};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::random::StreamSeed;
use crate::scenario::{Problem, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The wind that carries the plume and that agents feel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum WindConfig {
    /// The same velocity everywhere, at all times.
    Constant(ConstantWindConfig),
    /// The same velocity everywhere, from a table over time.
    TimeVarying(TimeVaryingWindConfig),
    /// The same velocity everywhere; speed and direction wander about their means.
    OrnsteinUhlenbeck(OrnsteinUhlenbeckWindConfig),
    /// Gusts and meander on a grid, driven by noise at its corners (Farrell et al. 2002).
    Farrell(FarrellWindConfig),
    /// Movie of velocities on a grid, from a NetCDF or HDF5 file.
    Gridded(GriddedWindConfig),
}

/// The range of a wind's mean speed over all times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanSpeedRange {
    /// The key that sets it.
    pub key: &'static str,
    /// The lowest, m/s.
    pub lowest_m_s: f64,
    /// The highest, m/s.
    pub highest_m_s: f64,
    /// Whether the wind has fluctuations besides its mean.
    pub fluctuates: bool,
}

impl Default for WindConfig {
    fn default() -> Self {
        Self::Constant(ConstantWindConfig::default())
    }
}

impl WindConfig {
    /// One realisation at the time `begin_s`, spun up already.
    ///
    /// # Errors
    /// If a file can't be read, or the wind stops being finite while it spins up.
    pub fn realise(&self, begin_s: f64, seed: StreamSeed, inputs: &Inputs) -> Result<Box<dyn Wind>, UnitFailure> {
        Ok(match self {
            Self::Constant(config) => Box::new(ConstantWind::new(config)),
            Self::TimeVarying(config) => Box::new(TimeVaryingWind::new(config, begin_s, inputs)?),
            Self::OrnsteinUhlenbeck(config) => Box::new(OrnsteinUhlenbeckWind::new(config, begin_s, seed)),
            Self::Farrell(config) => {
                // The level changes no result; one that can't be had is refused elsewhere.
                let level = SimdLevel::chosen().unwrap_or_else(|_| SimdLevel::detect());
                Box::new(FarrellWind::new(config, begin_s, seed, level)?)
            }
            Self::Gridded(config) => Box::new(GriddedWind::new(config, begin_s, seed, inputs)?),
        })
    }

    /// What is wrong with the wind itself: values that don't go together, and files that can't be used.
    #[must_use]
    pub fn problems(&self, inputs: &Inputs) -> Vec<Problem> {
        match self {
            // What is wrong with a gridded file is checked with the episode.
            Self::Constant(_) | Self::Gridded(_) => Vec::new(),
            Self::TimeVarying(config) => config.problems(inputs),
            Self::OrnsteinUhlenbeck(config) => config.problems(),
            Self::Farrell(config) => config.problems(),
        }
    }

    /// The range of the mean speed; `None` where a file can't be used, and for gridded winds.
    #[must_use]
    pub fn mean_speed(&self, inputs: &Inputs) -> Option<MeanSpeedRange> {
        let steady = |speed_m_s: f64, fluctuates: bool| {
            Some(MeanSpeedRange {
                key: "wind.speed_m_s",
                lowest_m_s: speed_m_s,
                highest_m_s: speed_m_s,
                fluctuates,
            })
        };
        match self {
            Self::Constant(config) => steady(config.speed_m_s, false),
            Self::TimeVarying(config) => {
                let (lowest_m_s, highest_m_s) = config.table(inputs).ok()?.speeds_m_s();
                Some(MeanSpeedRange {
                    key: if config.file.is_empty() {
                        "wind.speed_m_s"
                    } else {
                        "wind.file"
                    },
                    lowest_m_s,
                    highest_m_s,
                    fluctuates: false,
                })
            }
            Self::OrnsteinUhlenbeck(config) => steady(config.speed_m_s, config.speed_sd_m_s > 0.0),
            Self::Farrell(config) => steady(config.speed_m_s, config.noise_gain > 0.0),
            Self::Gridded(_) => None,
        }
    }

    /// The same without what changes no results.
    pub(in super::super) fn for_key(&self) -> Self {
        match self {
            Self::Gridded(config) => Self::Gridded(config.for_key()),
            other => other.clone(),
        }
    }

    /// The wind's own time step, if it has one, s.
    #[must_use]
    pub fn own_step_s(&self) -> Option<f64> {
        match self {
            Self::Constant(_) | Self::TimeVarying(_) | Self::Gridded(_) => None,
            Self::OrnsteinUhlenbeck(config) => Some(config.dt_s),
            Self::Farrell(config) => Some(config.dt_s),
        }
    }

    /// Whether replicates have different winds.
    #[must_use]
    pub fn is_random(&self) -> bool {
        match self {
            Self::Constant(_) | Self::TimeVarying(_) => false,
            Self::OrnsteinUhlenbeck(_) | Self::Farrell(_) => true,
            Self::Gridded(config) => matches!(config.start, WindStartConfig::Random(_)),
        }
    }

    /// Identity of the wind for seeding: a hash of its parameters.
    #[must_use]
    pub fn key(&self) -> WindKey {
        let text = serde_json::to_vec(&self.for_key()).expect("a configuration type serialises to JSON");
        let mut key = [0; 16];
        blake3::Hasher::new_derive_key("plume-nav-sim 2026 wind key v1")
            .update(&text)
            .finalize_xof()
            .fill(&mut key);
        WindKey(key)
    }
}
