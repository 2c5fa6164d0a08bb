//! The block type, masks, and elementwise arithmetic.

#![expect(
    clippy::needless_range_loop,
    reason = "a loop over a fixed number of lanes is what the compiler turns into vectors"
)]

use std::ops::{Add, AddAssign, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

/// Lanes of a block.
pub const LANES: usize = 8;

/// Adding and subtracting 1.5·2⁵² rounds a number below 2⁵¹ in magnitude to the nearest integer, ties to even.
pub(super) const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// Eight `f64`, one per lane.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub struct F64x8(pub [f64; LANES]);

/// Eight truth values, one per lane: the result of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask8(pub [bool; LANES]);

/// Blocks that hold `count` members; the last one may be padded.
#[must_use]
pub fn blocks_for(count: usize) -> usize {
    count.div_ceil(LANES)
}

/// The value of member `index` of an array of blocks.
#[must_use]
pub fn lane(blocks: &[F64x8], index: usize) -> f64 {
    blocks[index / LANES].0[index % LANES]
}

/// Sets the value of member `index` of an array of blocks.
pub fn set_lane(blocks: &mut [F64x8], index: usize, value: f64) {
    blocks[index / LANES].0[index % LANES] = value;
}

#[inline(always)]
pub(super) fn map(a: F64x8, f: impl Fn(f64) -> f64) -> F64x8 {
    let mut out = [0.0; LANES];
    for i in 0..LANES {
        out[i] = f(a.0[i]);
    }
    F64x8(out)
}

#[inline(always)]
fn zip(a: F64x8, b: F64x8, f: impl Fn(f64, f64) -> f64) -> F64x8 {
    let mut out = [0.0; LANES];
    for i in 0..LANES {
        out[i] = f(a.0[i], b.0[i]);
    }
    F64x8(out)
}

#[inline(always)]
fn compare(a: F64x8, b: F64x8, f: impl Fn(f64, f64) -> bool) -> Mask8 {
    let mut out = [false; LANES];
    for i in 0..LANES {
        out[i] = f(a.0[i], b.0[i]);
    }
    Mask8(out)
}

impl F64x8 {
    /// All lanes 0.
    pub const ZERO: Self = Self([0.0; LANES]);
    /// All lanes 1.
    pub const ONE: Self = Self([1.0; LANES]);

    /// All lanes `value`.
    #[inline(always)]
    #[must_use]
    pub const fn splat(value: f64) -> Self {
        Self([value; LANES])
    }

    /// The smaller of two numbers; the second where either is NaN.
    #[inline(always)]
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        zip(self, other, |a, b| if a < b { a } else { b })
    }

    /// The larger of two numbers; the second where either is NaN.
    #[inline(always)]
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        zip(self, other, |a, b| if a > b { a } else { b })
    }

    /// Magnitude.
    #[inline(always)]
    #[must_use]
    pub fn abs(self) -> Self {
        map(self, f64::abs)
    }

    /// The magnitude of `self` with the sign of `sign`.
    #[inline(always)]
    #[must_use]
    pub fn copysign(self, sign: Self) -> Self {
        const SIGN: u64 = 1 << 63;
        zip(self, sign, |a, b| {
            f64::from_bits((a.to_bits() & !SIGN) | (b.to_bits() & SIGN))
        })
    }

    /// Square root, correctly rounded.
    #[inline(always)]
    #[must_use]
    pub fn sqrt(self) -> Self {
        map(self, f64::sqrt)
    }

    /// Nearest integer, ties to even; only for |x| < 2⁵¹.
    #[inline(always)]
    #[must_use]
    pub fn round(self) -> Self {
        map(self, |x| (x + ROUNDER) - ROUNDER)
    }

    /// Largest integer not above x; only for |x| < 2⁵¹.
    #[inline(always)]
    #[must_use]
    pub fn floor(self) -> Self {
        map(self, |x| {
            let nearest = (x + ROUNDER) - ROUNDER;
            nearest - if nearest > x { 1.0 } else { 0.0 }
        })
    }

    /// An angle brought into [−π, π] by adding a multiple of 2π (radians; |x| < 10⁶ keeps 10 digits).
    #[inline(always)]
    #[must_use]
    pub fn wrap_angle(self) -> Self {
        use std::f64::consts::TAU;
        self - (self * Self::splat(1.0 / TAU)).round() * Self::splat(TAU)
    }

    /// Where a < b.
    #[inline(always)]
    #[must_use]
    pub fn lt(self, other: Self) -> Mask8 {
        compare(self, other, |a, b| a < b)
    }

    /// Where a ≤ b.
    #[inline(always)]
    #[must_use]
    pub fn le(self, other: Self) -> Mask8 {
        compare(self, other, |a, b| a <= b)
    }

    /// Where a > b.
    #[inline(always)]
    #[must_use]
    pub fn gt(self, other: Self) -> Mask8 {
        compare(self, other, |a, b| a > b)
    }

    /// Where a ≥ b.
    #[inline(always)]
    #[must_use]
    pub fn ge(self, other: Self) -> Mask8 {
        compare(self, other, |a, b| a >= b)
    }

    /// Where a = b.
    #[inline(always)]
    #[must_use]
    pub fn equals(self, other: Self) -> Mask8 {
        compare(self, other, |a, b| a == b)
    }

    /// Where a lane is stored as true (see [`Mask8::to_f64`]).
    #[inline(always)]
    #[must_use]
    pub fn to_mask(self) -> Mask8 {
        compare(self, Self::ZERO, |a, b| a != b)
    }
}

impl Mask8 {
    /// No lane.
    pub const NONE: Self = Self([false; LANES]);
    /// Every lane.
    pub const ALL: Self = Self([true; LANES]);

    /// `yes` where true, `no` elsewhere.
    #[inline(always)]
    #[must_use]
    pub fn select(self, yes: F64x8, no: F64x8) -> F64x8 {
        let mut out = [0.0; LANES];
        for i in 0..LANES {
            out[i] = if self.0[i] { yes.0[i] } else { no.0[i] };
        }
        F64x8(out)
    }

    /// 1 where true, 0 elsewhere: how masks are kept in memory.
    #[inline(always)]
    #[must_use]
    pub fn to_f64(self) -> F64x8 {
        self.select(F64x8::ONE, F64x8::ZERO)
    }

    /// Whether any lane is true.
    #[inline(always)]
    #[must_use]
    pub fn any(self) -> bool {
        self.0.iter().fold(false, |any, &lane| any | lane)
    }

    /// Whether all lanes are true.
    #[inline(always)]
    #[must_use]
    pub fn all(self) -> bool {
        self.0.iter().fold(true, |all, &lane| all & lane)
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $operator:tt) => {
        impl $trait for F64x8 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                zip(self, other, |a, b| a $operator b)
            }
        }
    };
}
operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);
operator!(Div, div, /);

impl Neg for F64x8 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        map(self, |a| -a)
    }
}

impl AddAssign for F64x8 {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl BitAnd for Mask8 {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        let mut out = [false; LANES];
        for i in 0..LANES {
            out[i] = self.0[i] & other.0[i];
        }
        Self(out)
    }
}

impl BitOr for Mask8 {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        let mut out = [false; LANES];
        for i in 0..LANES {
            out[i] = self.0[i] | other.0[i];
        }
        Self(out)
    }
}

impl Not for Mask8 {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        let mut out = [false; LANES];
        for i in 0..LANES {
            out[i] = !self.0[i];
        }
        Self(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{PI, TAU};

    const SAMPLE: F64x8 = F64x8([-2.5, -1.0, -0.25, 0.0, 0.5, 1.5, 2.5, 1e9 + 0.75]);

    #[test]
    fn rounding_follows_the_standard_library() {
        for i in 0..LANES {
            assert_eq!(SAMPLE.round().0[i], SAMPLE.0[i].round_ties_even());
            assert_eq!(SAMPLE.floor().0[i], SAMPLE.0[i].floor());
        }
    }

    #[test]
    fn angles_are_brought_into_one_turn() {
        let angles = F64x8([0.0, 3.0, 4.0, -4.0, 100.0, -100.0, PI, TAU]);
        let wrapped = angles.wrap_angle();
        for i in 0..LANES {
            assert!(wrapped.0[i].abs() <= PI);
            assert!((wrapped.0[i].cos() - angles.0[i].cos()).abs() < 1e-13);
            assert!((wrapped.0[i].sin() - angles.0[i].sin()).abs() < 1e-13);
        }
    }

    #[test]
    fn masks_select_and_combine() {
        let positive = SAMPLE.gt(F64x8::ZERO);
        let small = SAMPLE.le(F64x8::ONE);
        assert_eq!((positive & small).to_f64().0, [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert!((positive | small).all() & !(positive & !positive).any());
        assert_eq!(positive.select(SAMPLE, F64x8::ZERO).0[7], SAMPLE.0[7]);
        assert_eq!(F64x8::splat(2.0).copysign(SAMPLE).0[0], -2.0);
        assert!(positive.to_f64().to_mask() == positive);
    }

    #[test]
    fn not_a_number_never_compares() {
        let bad = F64x8::splat(f64::NAN);
        assert!(!(bad.lt(SAMPLE) | bad.ge(SAMPLE) | bad.equals(bad)).any());
        assert_eq!(bad.min(SAMPLE), SAMPLE);
    }
}

/// What the accuracy tests share.
#[cfg(test)]
pub(super) mod tests_support {
    use super::{F64x8, LANES};

    /// `count` points across [low, high], unevenly spaced in their last bits.
    pub fn sweep(low: f64, high: f64, count: u32) -> impl Iterator<Item = f64> {
        (0..=count).map(move |i| {
            let fraction = f64::from(i) / f64::from(count);
            let irregular = (fraction + 1e-7 * (f64::from(i) * 0.618).sin()).clamp(0.0, 1.0);
            low + (high - low) * irregular
        })
    }

    /// Largest difference from `reference` in units of the reference's last place.
    pub fn max_ulp_error(
        points: impl Iterator<Item = f64>,
        function: impl Fn(F64x8) -> F64x8,
        reference: impl Fn(f64) -> f64,
    ) -> f64 {
        let mut worst: f64 = 0.0;
        for x in points {
            let expected = reference(x);
            let found = function(F64x8::splat(x)).0;
            assert!(found.iter().all(|y| y.to_bits() == found[LANES - 1].to_bits()));
            let ulp = f64::from_bits(expected.abs().to_bits() + 1) - expected.abs();
            worst = worst.max((found[0] - expected).abs() / ulp);
        }
        worst
    }
}
