use plume_nav_sim::scenario::plume::component::prelude::*;

/// Reads the logarithm of the concentration (Fechner's law): ln(1 + c/c₀).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Logarithmic {
    /// Concentration c₀ where the reading begins to bend, in the plume's unit.
    #[schemars(range(min = 1e-30, max = 1e30))]
    scale: f64,
    /// Readings of at least this count as odour.
    #[schemars(range(min = 0.0, max = 1e3))]
    threshold: f64,
}

impl Default for Logarithmic {
    fn default() -> Self {
        Self {
            scale: 1e-7,
            threshold: 0.7,
        }
    }
}

impl Component for Logarithmic {
    const KIND: &'static str = "logarithmic";
}

impl SensorModel for Logarithmic {
    fn build(&self, _: StreamSeed, _: usize, _: Surroundings<'_>) -> Result<Box<dyn Sensor>, UnitFailure> {
        Ok(Box::new(self.clone()))
    }
}

impl Sensor for Logarithmic {
    fn sense(&mut self, stage: Stage<'_>, scene: Scene<'_>, readings: &mut Readings) {
        for &block in stage.blocks {
            let signal = (F64x8::ONE + scene.concentration[block] / F64x8::splat(self.scale)).ln();
            readings.signal[block] = signal;
            readings.detected[block] = signal.ge(F64x8::splat(self.threshold)).to_f64();
        }
    }
}
