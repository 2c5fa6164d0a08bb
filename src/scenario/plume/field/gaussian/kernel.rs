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
    #[inline(always)]
    fn over_blocks(self, variances: impl Variances) {
        let (first, others) = releases(self.plume);
        for &block in self.blocks {
            let (x, y) = (self.x_m[block], self.y_m[block]);
            let mut c = concentration(self.plume, &variances, first, x, y, self.z_m);
            for other in others.clone() {
                c += concentration(self.plume, &variances, other, x, y, self.z_m);
            }
            self.concentration[block] = c;
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
        let (along_x, along_y) = (F64x8::splat(self.plume.along_x), F64x8::splat(self.plume.along_y));
        let (first, others) = releases(self.plume);
        for &block in self.blocks {
            let (x, y) = (self.x_m[block], self.y_m[block]);
            let (mut downwind, mut across) = slope(self.plume, &variances, first, x, y, self.z_m);
            for other in others.clone() {
                let (more_downwind, more_across) = slope(self.plume, &variances, other, x, y, self.z_m);
                downwind += more_downwind;
                across += more_across;
            }
            self.gradient.x_per_m[block] = downwind * along_x - across * along_y;
            self.gradient.y_per_m[block] = downwind * along_y + across * along_x;
        }
    }
}

/// A source and its Q / 2πU.
type Release<'a> = (&'a SourcePosition, &'a f64);

/// The first source and the others: apart, so that a single source costs no loop.
#[inline(always)]
fn releases(plume: &GaussianPlume) -> (Release<'_>, impl Iterator<Item = Release<'_>> + Clone) {
    let first = (&plume.sources[0], &plume.strengths[0]);
    (first, plume.sources[1..].iter().zip(&plume.strengths[1..]))
}

/// Distance downwind of `source` and across the wind.
#[inline(always)]
fn in_the_wind(plume: &GaussianPlume, source: &SourcePosition, x_m: F64x8, y_m: F64x8) -> (F64x8, F64x8) {
    let (along_x, along_y) = (F64x8::splat(plume.along_x), F64x8::splat(plume.along_y));
    let dx = x_m - F64x8::splat(source.x_m);
    let dy = y_m - F64x8::splat(source.y_m);
    (dx * along_x + dy * along_y, dy * along_x - dx * along_y)
}

/// (z − H)² and (z + H)².
#[inline(always)]
fn heights(source: &SourcePosition, z_m: f64) -> (F64x8, F64x8) {
    let (above, mirrored) = (z_m - source.z_m, z_m + source.z_m);
    (F64x8::splat(above * above), F64x8::splat(mirrored * mirrored))
}

/// c of one source.
#[inline(always)]
fn concentration(
    plume: &GaussianPlume,
    variances: &impl Variances,
    (source, strength): Release<'_>,
    x_m: F64x8,
    y_m: F64x8,
    z_m: f64,
) -> F64x8 {
    let half = F64x8::splat(-0.5);
    let origin = F64x8::splat(plume.virtual_origin_m);
    let (above, mirrored) = heights(source, z_m);
    let (x, y) = in_the_wind(plume, source, x_m, y_m);
    let (variance_y, variance_z) = variances.at(x.max(F64x8::ZERO) + origin);
    // One division serves both exponents and the prefactor.
    let inverse = F64x8::ONE / (variance_y * variance_z);
    let across = half * (y * y) * (inverse * variance_z);
    let per_z = half * (inverse * variance_y);
    let shape = (across + per_z * above).exp() + (across + per_z * mirrored).exp();
    let c = F64x8::splat(*strength) * inverse.sqrt() * shape;
    x.gt(F64x8::ZERO).select(c, F64x8::ZERO)
}

/// Slope of one source's c, downwind and across the wind. With V = σ² and V' = dV/dx, each of the two terms c± of c has
/// ∂c±/∂x = c± · ½ [(y²/V_y − 1) V_y'/V_y + ((z∓H)²/V_z − 1) V_z'/V_z] and ∂c±/∂y = −c± y/V_y.
#[inline(always)]
fn slope(
    plume: &GaussianPlume,
    variances: &AnyLaws,
    (source, strength): Release<'_>,
    x_m: F64x8,
    y_m: F64x8,
    z_m: f64,
) -> (F64x8, F64x8) {
    let half = F64x8::splat(0.5);
    let (above, mirrored) = heights(source, z_m);
    let (x, y) = in_the_wind(plume, source, x_m, y_m);
    let from_origin = x.max(F64x8::ZERO) + F64x8::splat(plume.virtual_origin_m);
    let (variance_y, variance_z) = variances.at(from_origin);
    let growth_y = relative_growth(variances.crosswind, from_origin);
    let growth_z = relative_growth(variances.vertical, from_origin);
    let (inverse_y, inverse_z) = (F64x8::ONE / variance_y, F64x8::ONE / variance_z);
    let prefactor = F64x8::splat(*strength) * (inverse_y * inverse_z).sqrt();
    let (across, up, down) = (y * y * inverse_y, above * inverse_z, mirrored * inverse_z);
    let direct = prefactor * (-(half * (across + up))).exp();
    let reflected = prefactor * (-(half * (across + down))).exp();
    let widening = (across - F64x8::ONE) * growth_y;
    let downwind = half
        * (direct * (widening + (up - F64x8::ONE) * growth_z)
            + reflected * (widening + (down - F64x8::ONE) * growth_z));
    let crosswind = -((direct + reflected) * y * inverse_y);
    let inside = x.gt(F64x8::ZERO);
    (
        inside.select(downwind, F64x8::ZERO),
        inside.select(crosswind, F64x8::ZERO),
    )
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
