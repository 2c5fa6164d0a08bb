//! A steady plume carried by the wind and reflected at the ground.
//!
//! c = Q / (2π U σ_y σ_z) · exp(−y²/2σ_y²) · [exp(−(z−H)²/2σ_z²) + exp(−(z+H)²/2σ_z²)] downwind, 0 upwind:
//! source rate Q (kg/s), mean wind U (m/s), distance x downwind and y across the wind (m), height z (m), source height
//! H (m), spreads σ_y(x) and σ_z(x) (m, see [`SpreadConfig`]). Sutton (1932); Pasquill & Smith, *Atmospheric
//! Diffusion* (1983). It is a time average: no whiffs, no meander. Invalid in calm air and close to the source, where
//! diffusion along the wind counts; the concentration is taken no nearer than `virtual_origin_m`, which also keeps it
//! finite.

use super::super::wind::MeanWind;
use super::spread::{BriggsPower, Law, SpreadConfig};
use super::{Plume, SourcePosition};
use crate::lanes::{F64x8, Kernel, SimdLevel};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[plume]` of kind `gaussian`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct GaussianConfig {
    /// Source position along x, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_x_m: f64,
    /// Source position along y, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_y_m: f64,
    /// Source height above the ground, m.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub source_z_m: f64,
    /// Mass released per second, kg/s.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub source_rate_kg_s: f64,
    /// The spreads don't shrink below their value at this distance downwind, m.
    #[schemars(range(min = 1e-6, max = 1e3))]
    pub virtual_origin_m: f64,
    /// How the plume widens downwind.
    pub spread: SpreadConfig,
}

impl Default for GaussianConfig {
    fn default() -> Self {
        Self {
            source_x_m: 2.0,
            source_y_m: 0.0,
            source_z_m: 1.0,
            source_rate_kg_s: 1e-6,
            virtual_origin_m: 0.05,
            spread: SpreadConfig::default(),
        }
    }
}

impl GaussianConfig {
    pub(super) fn source(&self) -> SourcePosition {
        SourcePosition {
            x_m: self.source_x_m,
            y_m: self.source_y_m,
            z_m: self.source_z_m,
        }
    }
}

/// See the [module](self).
#[derive(Clone, Debug)]
pub struct GaussianPlume {
    source: SourcePosition,
    along_x: f64,
    along_y: f64,
    /// Q / 2πU.
    strength: f64,
    nearest_m: f64,
    crosswind: Law,
    vertical: Law,
}

impl GaussianPlume {
    /// The plume of `config` in the mean wind `wind`, whose speed must be above 0.
    #[must_use]
    pub fn new(config: &GaussianConfig, wind: MeanWind) -> Self {
        let (sine, cosine) = F64x8::splat(wind.direction_rad).sin_cos();
        let (crosswind, vertical) = config.spread.laws(wind.speed_m_s);
        Self {
            source: config.source(),
            along_x: cosine.0[0],
            along_y: sine.0[0],
            strength: config.source_rate_kg_s / (std::f64::consts::TAU * wind.speed_m_s),
            nearest_m: config.virtual_origin_m,
            crosswind,
            vertical,
        }
    }
}

impl Plume for GaussianPlume {
    fn source(&self) -> SourcePosition {
        self.source
    }

    fn advance(&mut self, _time_s: f64) {}

    fn sample(
        &self,
        level: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        z_m: f64,
        concentration: &mut [F64x8],
    ) {
        level.run(Sample {
            plume: self,
            blocks,
            x_m,
            y_m,
            z_m,
            concentration,
        });
    }
}

struct Sample<'a> {
    plume: &'a GaussianPlume,
    blocks: &'a [usize],
    x_m: &'a [F64x8],
    y_m: &'a [F64x8],
    z_m: f64,
    concentration: &'a mut [F64x8],
}

impl Kernel for Sample<'_> {
    type Output = ();

    /// Chooses the spread once, outside the loop over agents.
    #[inline(always)]
    fn run(self) {
        match (self.plume.crosswind, self.plume.vertical) {
            (Law::Root { k: y }, Law::Root { k: z }) => {
                let (y, z) = (F64x8::splat(y), F64x8::splat(z));
                self.with_variances(|x| (y * x, z * x));
            }
            (Law::Power { a: ay, b: by }, Law::Power { a: az, b: bz }) => self.with_variances(|x| {
                let logarithm = x.ln();
                let sigma = |a: f64, b: f64| F64x8::splat(a) * (logarithm * F64x8::splat(b)).exp();
                let (y, z) = (sigma(ay, by), sigma(az, bz));
                (y * y, z * z)
            }),
            (y, z) => self.with_variances(|x| (variance(y, x), variance(z, x))),
        }
    }
}

impl Sample<'_> {
    #[inline(always)]
    fn with_variances(self, variances: impl Fn(F64x8) -> (F64x8, F64x8)) {
        let plume = self.plume;
        let (along_x, along_y) = (F64x8::splat(plume.along_x), F64x8::splat(plume.along_y));
        let half = F64x8::splat(-0.5);
        let above = F64x8::splat((self.z_m - plume.source.z_m) * (self.z_m - plume.source.z_m));
        let mirrored = F64x8::splat((self.z_m + plume.source.z_m) * (self.z_m + plume.source.z_m));
        for &block in self.blocks {
            let dx = self.x_m[block] - F64x8::splat(plume.source.x_m);
            let dy = self.y_m[block] - F64x8::splat(plume.source.y_m);
            let x = dx * along_x + dy * along_y;
            let y = dy * along_x - dx * along_y;
            let (variance_y, variance_z) = variances(x.max(F64x8::splat(plume.nearest_m)));
            let across = half * (y * y) / variance_y;
            let per_z = half / variance_z;
            let shape = (across + per_z * above).exp() + (across + per_z * mirrored).exp();
            let c = F64x8::splat(plume.strength) / (variance_y * variance_z).sqrt() * shape;
            self.concentration[block] = x.gt(F64x8::ZERO).select(c, F64x8::ZERO);
        }
    }
}

/// σ² of any law.
#[inline(always)]
fn variance(law: Law, x: F64x8) -> F64x8 {
    match law {
        Law::Root { k } => F64x8::splat(k) * x,
        Law::Power { a, b } => {
            let sigma = F64x8::splat(a) * x.powf(b);
            sigma * sigma
        }
        Law::Briggs { a, b, p } => {
            let straight = F64x8::splat(a) * x;
            let bend = F64x8::ONE + F64x8::splat(b) * x;
            let square = straight * straight;
            match p {
                BriggsPower::MinusOne => square / (bend * bend),
                BriggsPower::MinusHalf => square / bend,
                BriggsPower::PlusHalf => square * bend,
            }
        }
    }
}
