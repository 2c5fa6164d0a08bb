//! A round, motionless cloud.

use super::super::component::{Component, Context};
use super::super::wind::Wind;
use super::{Gradient, Plume, PlumeModel, SourcePosition};
use crate::grids::Inputs;
use crate::lanes::{F64x8, SimdLevel, kernel};
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Round, motionless cloud: concentration depends only on the distance from the source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct GaussianIsotropicConfig {
    /// Source position along x, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_x_m: f64,
    /// Source position along y, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_y_m: f64,
    /// Concentration at the source, kg/m³.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub peak_kg_m3: f64,
    /// Width: the standard deviation of the profile, m.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub sigma_m: f64,
    /// Clouds beside the first, of the same width; they add up.
    #[schemars(length(max = 1000))]
    pub other_sources: Vec<CloudConfig>,
}

/// One more cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct CloudConfig {
    /// Position along x, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub x_m: f64,
    /// Position along y, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub y_m: f64,
    /// Concentration at its centre, relative to the first cloud.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub relative_rate: f64,
}

impl Default for CloudConfig {
    fn default() -> Self {
        Self {
            x_m: 2.0,
            y_m: 2.0,
            relative_rate: 1.0,
        }
    }
}

impl Default for GaussianIsotropicConfig {
    fn default() -> Self {
        Self {
            source_x_m: 2.0,
            source_y_m: 0.0,
            peak_kg_m3: 1e-6,
            sigma_m: 5.0,
            other_sources: Vec::new(),
        }
    }
}

impl GaussianIsotropicConfig {
    /// Where the sources are.
    pub(super) fn positions(&self) -> Vec<SourcePosition> {
        let others = self.other_sources.iter().map(|other| (other.x_m, other.y_m));
        std::iter::once((self.source_x_m, self.source_y_m))
            .chain(others)
            .map(|(x_m, y_m)| SourcePosition { x_m, y_m, z_m: 0.0 })
            .collect()
    }
}

impl Component for GaussianIsotropicConfig {
    const KIND: &'static str = "gaussian_isotropic";
}

impl PlumeModel for GaussianIsotropicConfig {
    fn realise(&self, _: &mut dyn Wind, _: StreamSeed, _: &Inputs) -> Result<Box<dyn Plume>, UnitFailure> {
        Ok(Box::new(GaussianIsotropicPlume::new(self)))
    }

    fn sources(&self, _: &Inputs) -> Vec<SourcePosition> {
        self.positions()
    }

    fn concentration_unit(&self, _: &Inputs) -> Result<String, UnitFailure> {
        Ok("kg m-3".to_owned())
    }

    fn typical_concentration(&self, _: Context<'_>) -> Option<f64> {
        Some(self.peak_kg_m3)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn is_random(&self) -> bool {
        false
    }
}

/// A round, motionless cloud.
///
/// c = c_max exp(−r²/2σ²), r² = (x − x_s)² + (y − y_s)²: peak concentration c_max (kg/m³), width σ (m), source
/// (x_s, y_s) (m). Several clouds add up. A teaching and test case without wind or height; no physical dispersion gives
/// it. Don't read its σ as the spread of an advected plume.
#[derive(Clone, Debug)]
pub struct GaussianIsotropicPlume {
    sources: Vec<SourcePosition>,
    peaks_kg_m3: Vec<f64>,
    exponent_per_m2: f64,
}

impl GaussianIsotropicPlume {
    /// The plume of `config`.
    #[must_use]
    pub fn new(config: &GaussianIsotropicConfig) -> Self {
        let others = config.other_sources.iter();
        let others = others.map(|other| config.peak_kg_m3 * other.relative_rate);
        Self {
            sources: config.positions(),
            peaks_kg_m3: std::iter::once(config.peak_kg_m3).chain(others).collect(),
            exponent_per_m2: -0.5 / (config.sigma_m * config.sigma_m),
        }
    }
}

impl Plume for GaussianIsotropicPlume {
    fn sources(&self) -> &[SourcePosition] {
        &self.sources
    }

    fn sample(
        &self,
        simd: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        _z_m: f64,
        concentration: &mut [F64x8],
    ) {
        // One pass per cloud, so that a single one runs with its constants in registers.
        let plume = self;
        kernel!(simd, |plume: &GaussianIsotropicPlume,
                       blocks: &[usize],
                       x_m: &[F64x8],
                       y_m: &[F64x8],
                       concentration: &mut [F64x8]| {
            let first = Cloud::new(plume, 0);
            for &block in blocks {
                concentration[block] = first.at(x_m[block], y_m[block]).2;
            }
            for cloud in 1..plume.sources.len() {
                let other = Cloud::new(plume, cloud);
                for &block in blocks {
                    concentration[block] += other.at(x_m[block], y_m[block]).2;
                }
            }
        });
    }

    fn sample_gradient(
        &self,
        simd: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        _z_m: f64,
        gradient: &mut Gradient,
    ) -> bool {
        // ∂c/∂x = −c (x − x_s)/σ², and so for y.
        let plume = self;
        kernel!(simd, |plume: &GaussianIsotropicPlume,
                       blocks: &[usize],
                       x_m: &[F64x8],
                       y_m: &[F64x8],
                       gradient: &mut Gradient| {
            let twice_exponent = F64x8::splat(2.0 * plume.exponent_per_m2);
            let Gradient { x_per_m, y_per_m } = gradient;
            for index in 0..plume.sources.len() {
                let cloud = Cloud::new(plume, index);
                for &block in blocks {
                    let (dx, dy, c) = cloud.at(x_m[block], y_m[block]);
                    let (x, y) = (twice_exponent * c * dx, twice_exponent * c * dy);
                    x_per_m[block] = if index == 0 { x } else { x_per_m[block] + x };
                    y_per_m[block] = if index == 0 { y } else { y_per_m[block] + y };
                }
            }
        });
        true
    }
}

/// One cloud, with all that doesn't change between positions.
struct Cloud {
    x_m: F64x8,
    y_m: F64x8,
    peak_kg_m3: F64x8,
    exponent_per_m2: F64x8,
}

impl Cloud {
    #[inline(always)]
    fn new(plume: &GaussianIsotropicPlume, index: usize) -> Self {
        Self {
            x_m: F64x8::splat(plume.sources[index].x_m),
            y_m: F64x8::splat(plume.sources[index].y_m),
            peak_kg_m3: F64x8::splat(plume.peaks_kg_m3[index]),
            exponent_per_m2: F64x8::splat(plume.exponent_per_m2),
        }
    }

    /// Distance from the centre along x and y, and the concentration.
    #[inline(always)]
    fn at(&self, x_m: F64x8, y_m: F64x8) -> (F64x8, F64x8, F64x8) {
        let (x, y) = (x_m - self.x_m, y_m - self.y_m);
        let exponent = (x * x + y * y) * self.exponent_per_m2;
        (x, y, self.peak_kg_m3 * exponent.exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of the reference program for c_max = 1, σ = 12, tolerance 10⁻⁷.
    #[test]
    fn golden_profile() {
        let config = GaussianIsotropicConfig {
            source_x_m: 3.0,
            source_y_m: -4.0,
            peak_kg_m3: 1.0,
            sigma_m: 12.0,
            other_sources: Vec::new(),
        };
        let plume = GaussianIsotropicPlume::new(&config);
        for (r, expected) in [
            (0.0, 1.0),
            (10.0, 0.706_648_29),
            (20.0, 0.249_352_22),
            (40.0, 0.003_865_92),
        ] {
            for (dx, dy) in [(r, 0.0), (0.0, -r), (0.6 * r, 0.8 * r)] {
                let (x, y) = ([F64x8::splat(3.0 + dx)], [F64x8::splat(dy - 4.0)]);
                let mut c = [F64x8::ZERO];
                plume.sample(SimdLevel::detect(), &[0], &x, &y, 0.0, &mut c);
                assert!((c[0].0[5] - expected).abs() < 1e-7, "r = {r}: {}", c[0].0[5]);
            }
        }
    }

    /// Two clouds add up, and the slope is that of central differences (their error is below 10⁻⁸ of the peak per σ).
    #[test]
    fn clouds_add_up_and_have_a_slope() {
        let config = GaussianIsotropicConfig {
            peak_kg_m3: 1.0,
            sigma_m: 2.0,
            other_sources: vec![CloudConfig {
                x_m: 5.0,
                y_m: 1.0,
                relative_rate: 0.4,
            }],
            ..GaussianIsotropicConfig::default()
        };
        let plume = GaussianIsotropicPlume::new(&config);
        let concentration = |x: f64, y: f64| {
            let mut c = [F64x8::ZERO];
            let (x, y) = ([F64x8::splat(x)], [F64x8::splat(y)]);
            plume.sample(SimdLevel::detect(), &[0], &x, &y, 0.0, &mut c);
            c[0].0[0]
        };
        let h = 1e-5;
        for (x, y) in [(2.0, 0.0), (3.0, 2.0), (5.5, 0.5), (-4.0, -3.0)] {
            let cloud = |x_s: f64, y_s: f64| (-((x - x_s).powi(2) + (y - y_s).powi(2)) / 8.0).exp();
            let expected = cloud(2.0, 0.0) + 0.4 * cloud(5.0, 1.0);
            assert!((concentration(x, y) - expected).abs() < 1e-14);
            let mut gradient = Gradient::new(1);
            let position = ([F64x8::splat(x)], [F64x8::splat(y)]);
            assert!(plume.sample_gradient(SimdLevel::detect(), &[0], &position.0, &position.1, 0.0, &mut gradient));
            let difference_x = (concentration(x + h, y) - concentration(x - h, y)) / (2.0 * h);
            let difference_y = (concentration(x, y + h) - concentration(x, y - h)) / (2.0 * h);
            assert!((gradient.x_per_m[0].0[4] - difference_x).abs() < 1e-8);
            assert!((gradient.y_per_m[0].0[4] - difference_y).abs() < 1e-8);
        }
    }
}
