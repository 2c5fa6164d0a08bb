use plume_nav_sim::scenario::plume::component::prelude::*;

/// Wind along +x that is faster on one side of the domain than on the other: u = U + s y.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Shear {
    /// Speed U at y = 0, m/s.
    #[schemars(range(min = 0.0, max = 100.0))]
    speed_m_s: f64,
    /// How it grows along y, 1/s.
    #[schemars(range(min = -10.0, max = 10.0))]
    shear_per_s: f64,
}

impl Default for Shear {
    fn default() -> Self {
        let (speed_m_s, shear_per_s) = (1.0, 0.05);
        Self { speed_m_s, shear_per_s }
    }
}

impl Component for Shear {
    const KIND: &'static str = "shear";
}

impl WindModel for Shear {
    fn realise(&self, _: f64, _: StreamSeed, _: &Inputs) -> Result<Box<dyn Wind>, UnitFailure> {
        Ok(Box::new(self.clone()))
    }
    fn mean_speed(&self, _: &Inputs) -> Option<MeanSpeedRange> {
        Some(MeanSpeedRange::steady(self.speed_m_s, true))
    }
}

impl Wind for Shear {
    fn mean(&self) -> MeanWind {
        let (speed_m_s, direction_rad) = (self.speed_m_s, 0.0);
        MeanWind {
            speed_m_s,
            direction_rad,
        }
    }
    fn advance(&mut self, _time_s: f64) -> Result<(), UnitFailure> {
        Ok(())
    }
    fn sample(&self, _: SimdLevel, blocks: &[usize], _x_m: &[F64x8], y_m: &[F64x8], wind: &mut WindSample) {
        for &block in blocks {
            let x_m_s = F64x8::splat(self.speed_m_s) + F64x8::splat(self.shear_per_s) * y_m[block];
            wind.set(block, x_m_s, F64x8::ZERO);
        }
    }
}
