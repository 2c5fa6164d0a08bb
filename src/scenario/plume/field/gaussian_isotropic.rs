//! A round, motionless cloud.

use super::super::wind::Wind;
use super::{Plume, SourcePosition};
use crate::lanes::{F64x8, Kernel, SimdLevel};
use crate::scenario::UnitFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[plume]` of kind `gaussian_isotropic`.
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
}

impl Default for GaussianIsotropicConfig {
    fn default() -> Self {
        Self {
            source_x_m: 2.0,
            source_y_m: 0.0,
            peak_kg_m3: 1e-6,
            sigma_m: 5.0,
        }
    }
}

impl GaussianIsotropicConfig {
    pub(super) fn source(&self) -> SourcePosition {
        SourcePosition {
            x_m: self.source_x_m,
            y_m: self.source_y_m,
            z_m: 0.0,
        }
    }
}

/// A round, motionless cloud.
///
/// c = c_max exp(−r²/2σ²), r² = (x − x_s)² + (y − y_s)²: peak concentration c_max (kg/m³), width σ (m), source
/// (x_s, y_s) (m). A teaching and test case without wind or height; no physical dispersion gives it. Don't read its
/// σ as the spread of an advected plume.
#[derive(Clone, Debug)]
pub struct GaussianIsotropicPlume {
    source: SourcePosition,
    peak_kg_m3: f64,
    exponent_per_m2: f64,
}

impl GaussianIsotropicPlume {
    /// The plume of `config`.
    #[must_use]
    pub fn new(config: &GaussianIsotropicConfig) -> Self {
        Self {
            source: config.source(),
            peak_kg_m3: config.peak_kg_m3,
            exponent_per_m2: -0.5 / (config.sigma_m * config.sigma_m),
        }
    }
}

impl Plume for GaussianIsotropicPlume {
    fn sources(&self) -> &[SourcePosition] {
        std::slice::from_ref(&self.source)
    }

    fn advance(&mut self, _time_s: f64, _wind: &mut dyn Wind) -> Result<(), UnitFailure> {
        Ok(())
    }

    fn sample(
        &self,
        level: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        _z_m: f64,
        concentration: &mut [F64x8],
    ) {
        level.run(Sample {
            plume: self,
            blocks,
            x_m,
            y_m,
            concentration,
        });
    }
}

struct Sample<'a> {
    plume: &'a GaussianIsotropicPlume,
    blocks: &'a [usize],
    x_m: &'a [F64x8],
    y_m: &'a [F64x8],
    concentration: &'a mut [F64x8],
}

impl Kernel for Sample<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let plume = self.plume;
        for &block in self.blocks {
            let x = self.x_m[block] - F64x8::splat(plume.source.x_m);
            let y = self.y_m[block] - F64x8::splat(plume.source.y_m);
            let exponent = (x * x + y * y) * F64x8::splat(plume.exponent_per_m2);
            self.concentration[block] = F64x8::splat(plume.peak_kg_m3) * exponent.exp();
        }
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
}
