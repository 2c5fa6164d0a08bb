//! Angle of a vector.

use super::vector::F64x8;

/// π/2 and atan(½) in two parts, high and low.
const HALF_PI: [f64; 2] = [std::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17];
const ATAN_HALF: [f64; 2] = [4.636_476_090_008_061e-1, 2.269_877_745_296_168_7e-17];
/// π/4 and π are π/2 times a power of two, part by part.
const QUARTER_PI: [f64; 2] = [0.5 * HALF_PI[0], 0.5 * HALF_PI[1]];
const PI: [f64; 2] = [2.0 * HALF_PI[0], 2.0 * HALF_PI[1]];

/// atan r = r − r³(A₀ + A₁r² + …) on |r| ≤ 7/16 (the classic set of Sun's fdlibm, 1993).
const ARCTANGENT: [f64; 11] = [
    3.333_333_333_333_293e-1,
    -1.999_999_999_987_648_3e-1,
    1.428_571_427_250_346_6e-1,
    -1.111_111_040_546_235_6e-1,
    9.090_887_133_436_507e-2,
    -7.691_876_205_044_83e-2,
    6.661_073_137_387_531e-2,
    -5.833_570_133_790_573_5e-2,
    4.976_877_994_615_932e-2,
    -3.653_157_274_421_691_6e-2,
    1.628_582_011_536_578_2e-2,
];

/// From here on numbers are scaled down, so that sums of three of them stay finite.
const LARGE: f64 = 1e300;
/// By this much: 2⁻¹⁰⁰.
const SHRINK: f64 = 1.0 / (1_u128 << 100) as f64;

#[inline(always)]
fn choose(condition: bool, yes: [f64; 2], no: [f64; 2]) -> [f64; 2] {
    [
        if condition { yes[0] } else { no[0] },
        if condition { yes[1] } else { no[1] },
    ]
}

#[inline(always)]
fn atan2_lane(y: f64, x: f64) -> f64 {
    let (along, across) = (x.abs(), y.abs());
    let steep = across > along;
    let smaller = if steep { along } else { across };
    let larger = if steep { across } else { along };
    // Infinity against infinity counts as one against one, against anything else as one against nothing.
    let infinite = larger == f64::INFINITY;
    let both = smaller == f64::INFINITY;
    let scale = if larger > LARGE { SHRINK } else { 1.0 };
    let a = if infinite {
        if both { 1.0 } else { 0.0 }
    } else {
        smaller * scale
    };
    let b = if infinite { 1.0 } else { larger * scale };
    // a/b = tan v with v in [0, π/4]: v = base + atan r, with r = (a/b − tan base) / (1 + a/b tan base).
    let middle = a > 0.4375 * b;
    let high = a > 0.6875 * b;
    let numerator = if middle { 2.0 * a - b } else { a };
    let numerator = if high { a - b } else { numerator };
    let denominator = if middle { 2.0 * b + a } else { b };
    let denominator = if high { a + b } else { denominator };
    let base = choose(middle, ATAN_HALF, [0.0, 0.0]);
    let base = choose(high, QUARTER_PI, base);
    let r = numerator / denominator;
    let z = r * r;
    let w = z * z;
    let c = &ARCTANGENT;
    let even = c[0] + w * (c[2] + w * (c[4] + w * (c[6] + w * (c[8] + w * c[10]))));
    let odd = c[1] + w * (c[3] + w * (c[5] + w * (c[7] + w * c[9])));
    let series = z * (even + z * odd);
    let v = base[0] - ((r * series - base[1]) - r);
    // The octant: π/2 − v where steep, then π − that where x is negative.
    let v = if steep { HALF_PI[0] - (v - HALF_PI[1]) } else { v };
    let v = if x < 0.0 { PI[0] - (v - PI[1]) } else { v };
    let v = if b == 0.0 { 0.0 } else { v };
    let v = if x.is_nan() || y.is_nan() { f64::NAN } else { v };
    v.copysign(y)
}

impl F64x8 {
    /// The angle of the vector (x, y), `self` being y, counter-clockwise from +x, in [−π, π]: at most 2 ulp from the
    /// correctly rounded value. The vector (0, 0) has the angle 0 whatever the sign of its x; infinities and the sign
    /// of y = ±0 are taken as in IEEE 754.
    #[inline(always)]
    #[must_use]
    pub fn atan2(self, x: Self) -> Self {
        let mut out = self;
        for (y, x) in out.0.iter_mut().zip(x.0) {
            *y = atan2_lane(*y, x);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::tests_support::sweep;
    use super::*;
    use crate::lanes::{Kernel, SimdLevel};

    fn angle(y: f64, x: f64) -> f64 {
        F64x8::splat(y).atan2(F64x8::splat(x)).0[0]
    }

    fn ulp_error(y: f64, x: f64) -> f64 {
        // Two independent references; they differ from the true value by less than 1 ulp each.
        let (expected, other) = (y.atan2(x), libm::atan2(y, x));
        let found = angle(y, x);
        let ulp = f64::from_bits(expected.abs().to_bits() + 1) - expected.abs();
        ((found - expected).abs().min((found - other).abs())) / ulp
    }

    #[test]
    fn it_is_within_two_ulp_in_every_octant() {
        let mut worst: f64 = 0.0;
        for ratio in sweep(0.0, 1.0, 100_000) {
            for length in [1.0, 0.731, 1e-200, 3e200] {
                for (y, x) in [(ratio, 1.0), (1.0, ratio)] {
                    for (sign_y, sign_x) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] {
                        worst = worst.max(ulp_error(sign_y * y * length, sign_x * x * length));
                    }
                }
            }
        }
        assert!(worst <= 2.0, "{worst} ulp");
    }

    #[test]
    fn it_is_within_two_ulp_over_all_magnitudes() {
        let mut worst: f64 = 0.0;
        for exponent_y in (-1020..=1020).step_by(17) {
            for exponent_x in (-1020..=1020).step_by(13) {
                let (y, x) = (1.37 * 2.0_f64.powi(exponent_y), -1.91 * 2.0_f64.powi(exponent_x));
                worst = worst.max(ulp_error(y, x)).max(ulp_error(-y, -x));
            }
        }
        assert!(worst <= 2.0, "{worst} ulp");
    }

    #[test]
    fn special_values_follow_the_standard_library() {
        let special = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            f64::MAX,
            f64::MIN,
            5e-324,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        for y in special {
            for x in special {
                let (found, expected) = (angle(y, x), y.atan2(x));
                if x == 0.0 && y == 0.0 {
                    assert_eq!(found.to_bits(), y.to_bits(), "still air has the angle 0");
                } else {
                    let error = (found - expected).abs();
                    assert!(
                        error <= 4.5e-16 * expected.abs(),
                        "atan2({y}, {x}) = {found}, not {expected}"
                    );
                    assert_eq!(found.is_sign_negative(), expected.is_sign_negative(), "atan2({y}, {x})");
                }
            }
            assert!(angle(y, f64::NAN).is_nan() && angle(f64::NAN, y).is_nan());
        }
        assert_eq!(angle(0.0, 2.0).to_bits(), 0.0_f64.to_bits());
        assert_eq!(angle(3.0, 0.0), std::f64::consts::FRAC_PI_2);
        assert_eq!(angle(0.0, -2.0), std::f64::consts::PI);
        assert_eq!(angle(-0.0, -2.0), -std::f64::consts::PI);
    }

    #[test]
    fn every_level_gives_the_same_bits() {
        struct Angles<'a>(&'a [F64x8], &'a mut [F64x8]);
        impl Kernel for Angles<'_> {
            type Output = ();
            #[inline(always)]
            fn run(self) {
                for (i, angle) in self.1.iter_mut().enumerate() {
                    *angle = self.0[i].atan2(self.0[(7 * i + 3) % self.0.len()]);
                }
            }
        }
        let values: Vec<f64> = sweep(-3.0, 3.0, 8 * 1001 - 1).collect();
        let values: Vec<F64x8> = values.chunks(8).map(|lanes| F64x8(lanes.try_into().unwrap())).collect();
        let found: Vec<Vec<F64x8>> = SimdLevel::available()
            .into_iter()
            .map(|simd| {
                let mut out = vec![F64x8::ZERO; values.len()];
                simd.run(Angles(&values, &mut out));
                out
            })
            .collect();
        for other in &found {
            for (block, reference) in other.iter().zip(&found[0]) {
                assert_eq!(block.0.map(f64::to_bits), reference.0.map(f64::to_bits));
            }
        }
    }
}
