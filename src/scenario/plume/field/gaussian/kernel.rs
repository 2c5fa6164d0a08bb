//! Concentration and slope of a [`GaussianPlume`] over blocks of positions.

use super::super::spread::{BriggsPower, Law};
use super::super::{Gradient, SourcePosition};
use super::GaussianPlume;
use crate::lanes::{F64x8, Kernel};

/// c at the positions of `blocks`.
pub(super) struct Sample<'a> {
    pub plume: &'a GaussianPlume,
    pub blocks: &'a [usize],
    pub x_m: &'a [F64x8],
    pub y_m: &'a [F64x8],
    pub z_m: f64,
    pub concentration: &'a mut [F64x8],
}

/// (∂c/∂x, ∂c/∂y) at the positions of `blocks`.
pub(super) struct Slope<'a> {
    pub plume: &'a GaussianPlume,
    pub blocks: &'a [usize],
    pub x_m: &'a [F64x8],
    pub y_m: &'a [F64x8],
    pub z_m: f64,
    pub gradient: &'a mut Gradient,
}

impl Kernel for Sample<'_> {
    type Output = ();

    /// Chooses the spread once, outside the loop over agents.
    #[inline(always)]
    fn run(self) {
        match (self.plume.crosswind, self.plume.vertical) {
            (Law::Root { k: y }, Law::Root { k: z }) => self.over_blocks(Roots { y, z }),
            (crosswind, vertical) => self.over_blocks(AnyLaws { crosswind, vertical }),
        }
    }
}

impl Sample<'_> {
    /// One pass per source, so that a single one runs with its constants in registers.
    #[inline(always)]
    fn over_blocks(self, variances: impl Variances) {
        let first = Release::new(self.plume, 0, self.z_m);
        for &block in self.blocks {
            self.concentration[block] = first.concentration(&variances, self.x_m[block], self.y_m[block]);
        }
        for source in 1..self.plume.sources.len() {
            let other = Release::new(self.plume, source, self.z_m);
            for &block in self.blocks {
                self.concentration[block] += other.concentration(&variances, self.x_m[block], self.y_m[block]);
            }
        }
    }
}

impl Kernel for Slope<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let variances = AnyLaws {
            crosswind: self.plume.crosswind,
            vertical: self.plume.vertical,
        };
        let Gradient { x_per_m, y_per_m } = self.gradient;
        for source in 0..self.plume.sources.len() {
            let release = Release::new(self.plume, source, self.z_m);
            for &block in self.blocks {
                let (x, y) = release.slope(&variances, self.x_m[block], self.y_m[block]);
                x_per_m[block] = if source == 0 { x } else { x_per_m[block] + x };
                y_per_m[block] = if source == 0 { y } else { y_per_m[block] + y };
            }
        }
    }
}

/// One source, with all that doesn't change between positions.
struct Release {
    x_m: F64x8,
    y_m: F64x8,
    along_x: F64x8,
    along_y: F64x8,
    origin_m: F64x8,
    /// Q / 2πU.
    strength: F64x8,
    /// (z − H)².
    above: F64x8,
    /// (z + H)².
    mirrored: F64x8,
    /// (z + H)² − (z − H)² = 4 z H.
    detour: F64x8,
}

impl Release {
    #[inline(always)]
    fn new(plume: &GaussianPlume, source: usize, z_m: f64) -> Self {
        let SourcePosition {
            x_m,
            y_m,
            z_m: height_m,
        } = plume.sources[source];
        Self {
            x_m: F64x8::splat(x_m),
            y_m: F64x8::splat(y_m),
            along_x: F64x8::splat(plume.along_x),
            along_y: F64x8::splat(plume.along_y),
            origin_m: F64x8::splat(plume.virtual_origin_m),
            strength: F64x8::splat(plume.strengths[source]),
            above: F64x8::splat((z_m - height_m) * (z_m - height_m)),
            mirrored: F64x8::splat((z_m + height_m) * (z_m + height_m)),
            detour: F64x8::splat(4.0 * z_m * height_m),
        }
    }

    /// Distance downwind and across the wind.
    #[inline(always)]
    fn in_the_wind(&self, x_m: F64x8, y_m: F64x8) -> (F64x8, F64x8) {
        let (dx, dy) = (x_m - self.x_m, y_m - self.y_m);
        (
            dx * self.along_x + dy * self.along_y,
            dy * self.along_x - dx * self.along_y,
        )
    }

    #[inline(always)]
    fn concentration(&self, variances: &impl Variances, x_m: F64x8, y_m: F64x8) -> F64x8 {
        let half = F64x8::splat(-0.5);
        let (x, y) = self.in_the_wind(x_m, y_m);
        let (variance_y, variance_z) = variances.at(x.max(F64x8::ZERO) + self.origin_m);
        // One division serves both exponents and the prefactor.
        let inverse = F64x8::ONE / (variance_y * variance_z);
        let across = half * (y * y) * (inverse * variance_z);
        let per_z = half * (inverse * variance_y);
        // The reflected part is the direct one times e^(−2zH/σ_z²): an exponential less than by the sum as it is written.
        let direct = (across + per_z * self.above).exp();
        let shape = direct + direct * (per_z * self.detour).exp();
        let c = self.strength * inverse.sqrt() * shape;
        x.gt(F64x8::ZERO).select(c, F64x8::ZERO)
    }

    /// (∂c/∂x, ∂c/∂y). With V = σ² and V' = dV/dx along the wind, each of the two terms c± of c has
    /// ∂c±/∂x = c± · ½ [(y²/V_y − 1) V_y'/V_y + ((z∓H)²/V_z − 1) V_z'/V_z] and ∂c±/∂y = −c± y/V_y.
    #[inline(always)]
    fn slope(&self, variances: &AnyLaws, x_m: F64x8, y_m: F64x8) -> (F64x8, F64x8) {
        let half = F64x8::splat(0.5);
        let (x, y) = self.in_the_wind(x_m, y_m);
        let from_origin = x.max(F64x8::ZERO) + self.origin_m;
        let (variance_y, variance_z) = variances.at(from_origin);
        let growth_y = relative_growth(variances.crosswind, from_origin);
        let growth_z = relative_growth(variances.vertical, from_origin);
        let (inverse_y, inverse_z) = (F64x8::ONE / variance_y, F64x8::ONE / variance_z);
        let prefactor = self.strength * (inverse_y * inverse_z).sqrt();
        let (across, up, down) = (y * y * inverse_y, self.above * inverse_z, self.mirrored * inverse_z);
        let direct = prefactor * (-(half * (across + up))).exp();
        let reflected = prefactor * (-(half * (across + down))).exp();
        let widening = (across - F64x8::ONE) * growth_y;
        let downwind = half
            * (direct * (widening + (up - F64x8::ONE) * growth_z)
                + reflected * (widening + (down - F64x8::ONE) * growth_z));
        let crosswind = -((direct + reflected) * y * inverse_y);
        let inside = x.gt(F64x8::ZERO);
        let (downwind, crosswind) = (
            inside.select(downwind, F64x8::ZERO),
            inside.select(crosswind, F64x8::ZERO),
        );
        (
            downwind * self.along_x - crosswind * self.along_y,
            downwind * self.along_y + crosswind * self.along_x,
        )
    }
}

/// σ_y² and σ_z² at a distance downwind. A trait rather than a closure, because its method can be always inlined: what
/// isn't inlined into a kernel is compiled for the lowest instruction set.
trait Variances {
    fn at(&self, x_m: F64x8) -> (F64x8, F64x8);
}

/// Constant diffusivity in both directions.
struct Roots {
    y: f64,
    z: f64,
}

impl Variances for Roots {
    #[inline(always)]
    fn at(&self, x_m: F64x8) -> (F64x8, F64x8) {
        (F64x8::splat(self.y) * x_m, F64x8::splat(self.z) * x_m)
    }
}

/// Any other pair of laws.
struct AnyLaws {
    crosswind: Law,
    vertical: Law,
}

impl Variances for AnyLaws {
    #[inline(always)]
    fn at(&self, x_m: F64x8) -> (F64x8, F64x8) {
        (variance(self.crosswind, x_m), variance(self.vertical, x_m))
    }
}

/// σ² of any law.
#[inline(always)]
pub(super) fn variance(law: Law, x: F64x8) -> F64x8 {
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

/// d(ln σ²)/dx of any law.
#[inline(always)]
fn relative_growth(law: Law, x: F64x8) -> F64x8 {
    match law {
        Law::Root { .. } => F64x8::ONE / x,
        Law::Power { b, .. } => F64x8::splat(2.0 * b) / x,
        Law::Briggs { b, p, .. } => {
            let p = match p {
                BriggsPower::MinusOne => -1.0,
                BriggsPower::MinusHalf => -0.5,
                BriggsPower::PlusHalf => 0.5,
            };
            let bend = F64x8::ONE + F64x8::splat(b) * x;
            F64x8::splat(2.0) / x + F64x8::splat(2.0 * p * b) / bend
        }
    }
}
