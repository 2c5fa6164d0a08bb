//! The wind as a kind of `[wind]`.

use super::super::super::component::{Component, Context, Part};
use super::super::{MeanSpeedRange, Wind, WindModel};
use super::{FarrellWind, FarrellWindConfig, InitialFieldConfig, InitialNoiseConfig};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use serde_json::Value;

impl Component for FarrellWindConfig {
    const KIND: &'static str = "farrell";
}

impl WindModel for FarrellWindConfig {
    fn realise(&self, begin_s: f64, seed: StreamSeed, inputs: &Inputs) -> Result<Box<dyn Wind>, UnitFailure> {
        // The level changes no result; one that can't be had is refused elsewhere.
        let simd = SimdLevel::chosen().unwrap_or_else(|_| SimdLevel::detect());
        Ok(Box::new(FarrellWind::new(self, begin_s, seed, simd, inputs)?))
    }

    fn mean_speed(&self, _: &Inputs) -> Option<MeanSpeedRange> {
        Some(MeanSpeedRange::steady(self.speed_m_s, self.fluctuates()))
    }

    fn own_step_s(&self) -> Option<f64> {
        Some(self.dt_s)
    }

    fn table_for_key(&self) -> Value {
        let mut table = self.for_key().table();
        let begins_as_ever =
            self.initial_noise == InitialNoiseConfig::default() && self.initial_field == InitialFieldConfig::default();
        if let Value::Object(fields) = &mut table
            && begins_as_ever
        {
            // These keys came later: a wind that begins as it always did keeps its random numbers.
            fields.shift_remove("initial_noise");
            fields.shift_remove("initial_field");
        }
        table
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found: Problems = self.check().into_iter().collect();
        if let InitialFieldConfig::Gridded(file) = &self.initial_field {
            found.extend(file.usable_frames("wind.initial_field", context.inputs).err());
        }
        found
    }
}
