use plume_nav_sim::scenario::plume::component::prelude::*;

/// Odour of concentration 1 in a cone that opens along +x.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Cone {
    /// Half of the width per distance from the source.
    #[schemars(range(min = 1e-3, max = 10.0))]
    slope: f64,
}

impl Default for Cone {
    fn default() -> Self {
        Self { slope: 0.2 }
    }
}

impl Component for Cone {
    const KIND: &'static str = "cone";
}

const SOURCE: SourcePosition = SourcePosition::new(2.0, 0.0, 0.0);

impl PlumeModel for Cone {
    fn realise(&self, _: &mut dyn Wind, _: StreamSeed, _: &Inputs) -> Result<Box<dyn Plume>, UnitFailure> {
        Ok(Box::new(self.clone()))
    }
    fn sources(&self, _: &Inputs) -> Vec<SourcePosition> {
        vec![SOURCE]
    }
    fn is_random(&self) -> bool {
        false
    }
}

impl Plume for Cone {
    fn sources(&self) -> &[SourcePosition] {
        &[SOURCE]
    }
    fn sample(&self, _: SimdLevel, blocks: &[usize], x_m: &[F64x8], y_m: &[F64x8], _z_m: f64, out: &mut [F64x8]) {
        for &block in blocks {
            for lane in 0..LANES {
                let (along, across) = (x_m[block].0[lane] - SOURCE.x_m, y_m[block].0[lane] - SOURCE.y_m);
                out[block].0[lane] = f64::from(u8::from(across.abs() <= self.slope * along));
            }
        }
    }
}
