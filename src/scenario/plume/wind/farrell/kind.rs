//! The wind as a kind of `[wind]`.

use super::super::super::component::{Component, Context};
use super::super::{MeanSpeedRange, Wind, WindModel};
use super::{FarrellWind, FarrellWindConfig};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};

impl Component for FarrellWindConfig {
    const KIND: &'static str = "farrell";
}

impl WindModel for FarrellWindConfig {
    fn realise(&self, begin_s: f64, seed: StreamSeed, _: &Inputs) -> Result<Box<dyn Wind>, UnitFailure> {
        // The level changes no result; one that can't be had is refused elsewhere.
        let level = SimdLevel::chosen().unwrap_or_else(|_| SimdLevel::detect());
        Ok(Box::new(FarrellWind::new(self, begin_s, seed, level)?))
    }

    fn mean_speed(&self, _: &Inputs) -> Option<MeanSpeedRange> {
        Some(MeanSpeedRange::steady(self.speed_m_s, self.noise_gain > 0.0))
    }

    fn own_step_s(&self) -> Option<f64> {
        Some(self.dt_s)
    }

    fn problems(&self, _: Context<'_>) -> Problems {
        self.check().into_iter().collect()
    }
}
