//! Exponential, logarithm, power.

#![expect(
    clippy::needless_range_loop,
    reason = "a loop over a fixed number of lanes is what the compiler turns into vectors"
)]

use super::vector::{F64x8, LANES, ROUNDER};

/// ln 2 in two parts: the first has 32 significant bits, so its product with an exponent is exact.
const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// Below this, [`F64x8::exp`] gives 0 (the true value is under 4.6·10⁻³⁰⁸).
pub(super) const MIN_EXP_ARGUMENT: f64 = -707.0;
/// Here the series times 2^k isn't finite any more; the true value is infinite from 709.79 on.
const EXP_INFINITE: f64 = 710.0;

/// 1/k! for k = 2 … 13.
const EXP_SERIES: [f64; 12] = [
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
];

/// Coefficients of ln((1+s)/(1−s)) − 2s in s², fitted on |s| ≤ 0.1716 (the classic set of Sun's fdlibm, 1993).
const LN_SERIES: [f64; 7] = [
    6.666_666_666_666_735e-1,
    3.999_999_999_940_942e-1,
    2.857_142_874_366_239e-1,
    2.222_219_843_214_978_4e-1,
    1.818_357_216_161_805e-1,
    1.531_383_769_920_937_3e-1,
    1.479_819_860_511_658_6e-1,
];

#[inline(always)]
fn exp_lane(x: f64) -> f64 {
    // x = k ln 2 + r, |r| ≤ ln 2 / 2; the Taylor remainder after r¹³ is below 5·10⁻¹⁸.
    // Comparisons that fail for NaN let it through.
    let clamped = if MIN_EXP_ARGUMENT > x { MIN_EXP_ARGUMENT } else { x };
    let clamped = if EXP_INFINITE < clamped { EXP_INFINITE } else { clamped };
    let shifted = clamped * std::f64::consts::LOG2_E + ROUNDER;
    let k = shifted - ROUNDER;
    let r = (clamped - k * LN2_HIGH) - k * LN2_LOW;
    // Pairs, then pairs of pairs: a short dependency chain, the same at every width.
    let c = &EXP_SERIES;
    let r2 = r * r;
    let r4 = r2 * r2;
    let low = (c[0] + r * c[1]) + r2 * (c[2] + r * c[3]);
    let middle = (c[4] + r * c[5]) + r2 * (c[6] + r * c[7]);
    let high = (c[8] + r * c[9]) + r2 * (c[10] + r * c[11]);
    let series = low + r4 * (middle + r4 * high);
    let value = 1.0 + (r + r2 * series);
    // 2^(k−1) by its bits, then times 2, so that k = 1024 doesn't overflow early.
    let half_power = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1022 << 52));
    let scaled = value * half_power * 2.0;
    if x < MIN_EXP_ARGUMENT { 0.0 } else { scaled }
}

#[inline(always)]
fn ln_lane(x: f64) -> f64 {
    const SQRT_HALF_BITS: u64 = 0x3fe6_a09e_667f_3bcd;
    const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;
    // x = 2^k m with m in [√½, √2). The offset makes the exponent field of `moved` k + 1023.
    let moved = x.to_bits().wrapping_add(0x3ff0_0000_0000_0000 - SQRT_HALF_BITS);
    let m = f64::from_bits((moved & MANTISSA).wrapping_add(SQRT_HALF_BITS));
    let k = f64::from_bits(0x4330_0000_0000_0000 | ((moved >> 52) & 0x7ff)) - (4_503_599_627_370_496.0 + 1023.0);
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let c = &LN_SERIES;
    let even = w * (c[1] + w * (c[3] + w * c[5]));
    let odd = z * (c[0] + w * (c[2] + w * (c[4] + w * c[6])));
    let half_square = 0.5 * f * f;
    let value = k * LN2_HIGH - ((half_square - (s * (half_square + (even + odd)) + k * LN2_LOW)) - f);
    let value = if x == f64::INFINITY { x } else { value };
    let value = if x == 0.0 { f64::NEG_INFINITY } else { value };
    if x >= 0.0 { value } else { f64::NAN }
}

impl F64x8 {
    /// e^x. Error below 1 ulp over [−707, 709.78]; 0 below (there are no subnormal results), infinity above.
    #[inline(always)]
    #[must_use]
    pub fn exp(self) -> Self {
        let mut out = [0.0; LANES];
        for i in 0..LANES {
            out[i] = exp_lane(self.0[i]);
        }
        Self(out)
    }

    /// Natural logarithm. Error below 1 ulp for normal numbers; −∞ at 0, NaN below; subnormals aren't supported.
    #[inline(always)]
    #[must_use]
    pub fn ln(self) -> Self {
        let mut out = [0.0; LANES];
        for i in 0..LANES {
            out[i] = ln_lane(self.0[i]);
        }
        Self(out)
    }

    /// `self^exponent` for non-negative bases, as exp(exponent · ln self): the relative error grows with the
    /// logarithm of the result, about |ln result| ulp.
    #[inline(always)]
    #[must_use]
    pub fn powf(self, exponent: f64) -> Self {
        (self.ln() * Self::splat(exponent)).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::tests_support::{max_ulp_error, sweep};
    use super::*;

    #[test]
    fn exp_is_within_one_ulp() {
        let worst = max_ulp_error(sweep(MIN_EXP_ARGUMENT, 709.78, 400_000), F64x8::exp, f64::exp);
        assert!(worst <= 1.0, "{worst} ulp");
        let worst = max_ulp_error(sweep(-1.0, 1.0, 400_000), F64x8::exp, f64::exp);
        assert!(worst <= 1.0, "{worst} ulp");
    }

    #[test]
    fn exp_at_the_edges() {
        let x = F64x8([
            0.0,
            -0.0,
            -708.0,
            f64::NEG_INFINITY,
            710.0,
            f64::INFINITY,
            f64::NAN,
            1.0,
        ]);
        let y = x.exp().0;
        assert_eq!(y[..6], [1.0, 1.0, 0.0, 0.0, f64::INFINITY, f64::INFINITY]);
        assert!(y[6].is_nan());
        assert!((y[7] - std::f64::consts::E).abs() < 5e-16);
    }

    #[test]
    fn ln_is_within_one_ulp() {
        let exponents = sweep(-700.0, 700.0, 400_000).map(f64::exp);
        let worst = max_ulp_error(exponents, F64x8::ln, f64::ln);
        assert!(worst <= 1.0, "{worst} ulp");
        let worst = max_ulp_error(sweep(0.5, 2.0, 400_000), F64x8::ln, f64::ln);
        assert!(worst <= 1.0, "{worst} ulp");
    }

    #[test]
    fn ln_at_the_edges() {
        let x = F64x8([
            1.0,
            0.0,
            -1.0,
            f64::INFINITY,
            f64::NAN,
            f64::MIN_POSITIVE,
            f64::MAX,
            2.0,
        ]);
        let y = x.ln().0;
        assert_eq!((y[0], y[1], y[3]), (0.0, f64::NEG_INFINITY, f64::INFINITY));
        assert!(y[2].is_nan() && y[4].is_nan());
        assert_eq!(y[5..], [f64::MIN_POSITIVE.ln(), f64::MAX.ln(), 2f64.ln()]);
    }

    #[test]
    fn powers_of_distances() {
        for exponent in [0.5, 0.894, 1.0, 1.5] {
            for x in sweep(1e-3, 1e5, 20_000) {
                let value = F64x8::splat(x).powf(exponent).0[0];
                assert!((value / x.powf(exponent) - 1.0).abs() < 1e-14);
            }
        }
    }
}
