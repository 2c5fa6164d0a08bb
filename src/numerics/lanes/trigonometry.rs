//! Sine and cosine.

use super::vector::{F64x8, LANES, ROUNDER};

/// π/2 in three parts; the first two have 33 significant bits, so their products with a quadrant number are exact.
const HALF_PI: [f64; 3] = [
    1.570_796_326_734_125_6,
    6.077_100_506_303_966e-11,
    2.022_266_248_795_950_6e-21,
];

/// sin r = r + r³(S₀ + S₁r² + …) on |r| ≤ π/4 (the classic set of Sun's fdlibm, 1993).
const SINE: [f64; 6] = [
    -1.666_666_666_666_663_2e-1,
    8.333_333_333_322_49e-3,
    -1.984_126_982_985_795e-4,
    2.755_731_370_707_006_8e-6,
    -2.505_076_025_340_686_3e-8,
    1.589_690_995_211_55e-10,
];

/// cos r = 1 − r²/2 + r⁴(C₀ + C₁r² + …) on |r| ≤ π/4 (the same source).
const COSINE: [f64; 6] = [
    4.166_666_666_666_66e-2,
    -1.388_888_888_887_411e-3,
    2.480_158_728_947_673e-5,
    -2.755_731_435_139_066_3e-7,
    2.087_572_321_298_175e-9,
    -1.135_964_755_778_819_5e-11,
];

/// Sine and cosine of `r + quadrant·π/2`, |r| ≤ π/4; only the two lowest bits of `quadrant` count.
#[inline(always)]
fn in_quadrant(r: f64, quadrant: u64) -> (f64, f64) {
    let z = r * r;
    let w = z * z;
    let s = &SINE;
    let sine_tail = (s[1] + z * s[2]) + w * ((s[3] + z * s[4]) + w * s[5]);
    let sine = r + z * r * (s[0] + z * sine_tail);
    let c = &COSINE;
    let cosine_tail = (c[0] + z * c[1]) + w * ((c[2] + z * c[3]) + w * (c[4] + z * c[5]));
    let half = 0.5 * z;
    let near_one = 1.0 - half;
    let cosine = near_one + (((1.0 - near_one) - half) + w * cosine_tail);
    let odd = quadrant & 1 != 0;
    let (sine, cosine) = (if odd { cosine } else { sine }, if odd { sine } else { cosine });
    let sine_sign = (quadrant & 2) << 62;
    let cosine_sign = (quadrant.wrapping_add(1) & 2) << 62;
    (
        f64::from_bits(sine.to_bits() ^ sine_sign),
        f64::from_bits(cosine.to_bits() ^ cosine_sign),
    )
}

impl F64x8 {
    /// Sine and cosine of an angle in radians: at most 1 ulp from the correctly rounded value for |x| ≤ 100, 2 ulp for
    /// |x| ≤ 10⁵; beyond that the error grows.
    #[inline(always)]
    #[must_use]
    pub fn sin_cos(self) -> (Self, Self) {
        let mut sine = [0.0; LANES];
        let mut cosine = [0.0; LANES];
        for i in 0..LANES {
            let x = self.0[i];
            let shifted = x * std::f64::consts::FRAC_2_PI + ROUNDER;
            let quadrant = shifted - ROUNDER;
            let r = ((x - quadrant * HALF_PI[0]) - quadrant * HALF_PI[1]) - quadrant * HALF_PI[2];
            (sine[i], cosine[i]) = in_quadrant(r, shifted.to_bits());
        }
        (Self(sine), Self(cosine))
    }

    /// Sine and cosine of an angle given in turns (1 = 2π), |x| < 2⁴⁹: the reduction is exact.
    #[inline(always)]
    #[must_use]
    pub fn sin_cos_turns(self) -> (Self, Self) {
        let mut sine = [0.0; LANES];
        let mut cosine = [0.0; LANES];
        for i in 0..LANES {
            let quarters = self.0[i] * 4.0;
            let shifted = quarters + ROUNDER;
            let r = (quarters - (shifted - ROUNDER)) * std::f64::consts::FRAC_PI_2;
            (sine[i], cosine[i]) = in_quadrant(r, shifted.to_bits());
        }
        (Self(sine), Self(cosine))
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::tests_support::{max_ulp_error, sweep};
    use super::*;
    use std::f64::consts::{PI, TAU};

    #[test]
    fn sine_and_cosine_are_within_their_bounds() {
        for (low, high, bound) in [(-PI, PI, 1.0), (-100.0, 100.0, 1.0), (-1e5, 1e5, 2.0)] {
            let worst = max_ulp_error(sweep(low, high, 400_000), |x| x.sin_cos().0, f64::sin);
            assert!(worst <= bound, "sin on [{low}, {high}]: {worst} ulp");
            let worst = max_ulp_error(sweep(low, high, 400_000), |x| x.sin_cos().1, f64::cos);
            assert!(worst <= bound, "cos on [{low}, {high}]: {worst} ulp");
        }
    }

    #[test]
    fn near_the_zeros_the_error_stays_relative() {
        for quarter in -2_000..2_000 {
            let x = f64::from(quarter) * std::f64::consts::FRAC_PI_2;
            let (sine, cosine) = F64x8::splat(x).sin_cos();
            let error = (sine.0[0] - x.sin()).abs().max((cosine.0[0] - x.cos()).abs());
            assert!(error < 1e-16 * (1.0 + x.sin().abs()), "{x}: {error:e}");
        }
    }

    #[test]
    fn turns_are_exact_at_the_quarters() {
        let (sine, cosine) = F64x8([0.0, 0.25, 0.5, 0.75, 1.0, -0.25, 0.125, 1e6 + 0.25]).sin_cos_turns();
        assert_eq!(sine.0[..6], [0.0, 1.0, 0.0, -1.0, 0.0, -1.0]);
        assert_eq!(cosine.0[..6], [1.0, 0.0, -1.0, 0.0, 1.0, 0.0]);
        assert_eq!(sine.0[7], 1.0);
        for u in sweep(0.0, 1.0, 50_000) {
            let (sine, cosine) = F64x8::splat(u).sin_cos_turns();
            // Half a turn less keeps the reference's own rounding of 2πu below 5·10⁻¹⁶.
            let (sine_reference, cosine_reference) = (TAU * (u - 0.5)).sin_cos();
            assert!((sine.0[0] + sine_reference).abs() < 6e-16);
            assert!((cosine.0[0] + cosine_reference).abs() < 6e-16);
        }
    }
}
