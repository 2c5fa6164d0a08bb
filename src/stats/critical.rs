//! Critical values of the normal and Student's t distribution, in pure Rust: the same bits on every platform.

use crate::numerics::normal;
use std::f64::consts::PI;

/// Degrees of freedom from which the expansion of Cornish and Fisher is exact to the last digits.
const LARGE_DEGREES: f64 = 2000.0;

/// z with P(|Z| ≤ z) = `confidence` for a standard normal Z.
///
/// # Panics
/// If `confidence` isn't strictly between 0 and 1.
#[must_use]
pub fn normal_critical(confidence: f64) -> f64 {
    assert_confidence(confidence);
    -normal::quantile((1.0 - confidence) / 2.0)
}

/// t with P(|T| ≤ t) = `confidence` for T of Student's t distribution with `degrees` of freedom (not necessarily whole).
///
/// Newton's method for ln P(|T| > t) as a function of ln t, which is concave and decreasing, so that the iteration
/// cannot run away; the tail is the regularised incomplete beta function I(ν/(ν+t²); ν/2, 1/2). From 2000 degrees on
/// the Cornish–Fisher expansion (Abramowitz & Stegun 26.7.5).
///
/// # Panics
/// If `confidence` isn't strictly between 0 and 1, or `degrees` not positive.
#[must_use]
pub fn student_critical(confidence: f64, degrees: f64) -> f64 {
    assert_confidence(confidence);
    assert!(degrees > 0.0, "degrees of freedom must be positive, found {degrees}");
    let z = normal_critical(confidence);
    if degrees >= LARGE_DEGREES {
        return cornish_fisher(z, degrees);
    }
    let target = libm::log(1.0 - confidence);
    let log_norm = libm::lgamma((degrees + 1.0) / 2.0) - libm::lgamma(degrees / 2.0) - 0.5 * libm::log(PI);
    let mut log_t = libm::log(z);
    for _ in 0..60 {
        let tail = Tail::of_student(libm::exp(log_t), degrees, log_norm);
        let step = (libm::log(tail.probability) - target) * tail.probability / tail.decline;
        log_t += step;
        if step.abs() < 1e-15 {
            break;
        }
    }
    libm::exp(log_t)
}

fn assert_confidence(confidence: f64) {
    assert!(
        confidence > 0.0 && confidence < 1.0,
        "confidence must lie between 0 and 1, found {confidence}"
    );
}

/// Abramowitz & Stegun 26.7.5: t from the normal z, in powers of 1/ν.
fn cornish_fisher(z: f64, degrees: f64) -> f64 {
    let s = z * z;
    let first = z * (s + 1.0) / 4.0;
    let second = z * (s * (5.0 * s + 16.0) + 3.0) / 96.0;
    let third = z * (s * (s * (3.0 * s + 19.0) + 17.0) - 15.0) / 384.0;
    let fourth = z * (s * (s * (s * (79.0 * s + 776.0) + 1482.0) - 1920.0) - 945.0) / 92_160.0;
    z + (first + (second + (third + fourth / degrees) / degrees) / degrees) / degrees
}

/// The two tails of Student's t together.
struct Tail {
    /// P(|T| > t).
    probability: f64,
    /// −d P(|T| > t) / d ln t.
    decline: f64,
}

impl Tail {
    /// `log_norm` is −ln B(ν/2, 1/2), with Γ(1/2) = √π.
    fn of_student(t: f64, degrees: f64, log_norm: f64) -> Self {
        let (a, b) = (degrees / 2.0, 0.5);
        let x = degrees / (degrees + t * t);
        let complement = t * t / (degrees + t * t);
        // x^a (1−x)^b / B(a, b).
        let log_front = a * log_of_fraction(x, complement) + b * libm::log(complement) + log_norm;
        let front = libm::exp(log_front);
        let probability = if x < (a + 1.0) / (a + b + 2.0) {
            front * beta_fraction(x, a, b) / a
        } else {
            1.0 - front * beta_fraction(complement, b, a) / b
        };
        Self {
            probability,
            decline: 2.0 * front,
        }
    }
}

/// ln x, from 1 − x where x is close to 1.
fn log_of_fraction(x: f64, complement: f64) -> f64 {
    if complement < 0.5 {
        libm::log1p(-complement)
    } else {
        libm::log(x)
    }
}

/// The continued fraction of the incomplete beta function (NIST DLMF 8.17.22), by Lentz's method.
fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..500 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        let change = d * c;
        fraction *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SciPy 1.17.1: `scipy.stats.t.ppf(0.5 + c / 2, df)` for c = 0.5, 0.95, 0.9999.
    const STUDENT: [(f64, [f64; 3]); 19] = [
        (1.0, [1.0, 12.706_204_736_174_694, 6_366.197_671_316_637]),
        (
            1.5,
            [0.872_594_662_541_571_6, 6.016_663_104_427_929, 384.572_402_521_581_5],
        ),
        (
            2.0,
            [0.816_496_580_927_726_1, 4.302_652_729_749_462, 99.992_499_843_750_04],
        ),
        (
            2.7,
            [0.775_986_283_745_267_6, 3.392_148_383_173_750_7, 36.815_247_660_325_06],
        ),
        (
            3.0,
            [0.764_892_328_404_344_4, 3.182_446_305_283_707_8, 28.000_130_010_950_002],
        ),
        (
            4.0,
            [0.740_697_084_112_682_9, 2.776_445_105_197_793_4, 15.544_100_581_546_113],
        ),
        (
            4.25,
            [0.736_536_972_442_079_8, 2.713_205_847_146_059_4, 14.077_950_039_521_356],
        ),
        (
            9.0,
            [0.702_722_146_751_326_4, 2.262_157_162_798_205, 6.593_682_583_944_882],
        ),
        (
            10.5,
            [0.698_570_742_597_142_2, 2.213_840_292_918_788_6, 6.056_724_820_020_919],
        ),
        (
            29.0,
            [0.683_043_860_821_613_1, 2.045_229_642_132_703, 4.505_511_631_211_001],
        ),
        (
            99.0,
            [0.676_975_985_546_153_1, 1.984_216_951_586_417_4, 4.055_041_309_114_356],
        ),
        (
            99.5,
            [0.676_963_451_406_799_4, 1.984_093_610_990_623_8, 4.054_184_566_288_882],
        ),
        (
            500.0,
            [0.674_980_737_965_939_4, 1.964_719_837_467_367_6, 3.922_209_231_889_098],
        ),
        (
            999.5,
            [
                0.674_735_287_415_378_6,
                1.962_340_270_383_845_7,
                3.906_351_644_929_509_7,
            ],
        ),
        (
            1000.0,
            [
                0.674_735_164_607_009_3,
                1.962_339_080_826_408_3,
                3.906_343_736_701_408_4,
            ],
        ),
        (
            1001.0,
            [
                0.674_734_919_358_447_2,
                1.962_336_705_280_879_8,
                3.906_327_944_031_293_7,
            ],
        ),
        (
            5000.0,
            [
                0.674_538_820_360_874_3,
                1.960_438_551_706_507_3,
                3.893_733_208_926_945_6,
            ],
        ),
        (
            1e6,
            [0.674_489_995_531_087_5, 1.959_966_356_814_107, 3.890_607_581_803_092_5],
        ),
        (
            1e9,
            [0.674_489_750_441_416_3, 1.959_963_986_912_325, 3.890_591_902_108_454_3],
        ),
    ];

    #[test]
    fn student_agrees_with_scipy() {
        for (degrees, expected) in STUDENT {
            for (confidence, expected) in [0.5, 0.95, 0.9999].into_iter().zip(expected) {
                let found = student_critical(confidence, degrees);
                let error = (found / expected - 1.0).abs();
                assert!(
                    error < 1e-11,
                    "{degrees} degrees, {confidence}: {found}, SciPy {expected}"
                );
            }
        }
    }

    #[test]
    fn normal_agrees_with_scipy() {
        // SciPy 1.17.1: `scipy.stats.norm.ppf(0.5 + c / 2)`.
        for (confidence, expected) in [
            (0.5, 0.674_489_750_196_081_7),
            (0.8, 1.281_551_565_544_600_4),
            (0.9, 1.644_853_626_951_472_2),
            (0.95, 1.959_963_984_540_054),
            (0.99, 2.575_829_303_548_900_4),
            (0.9999, 3.890_591_886_413_120_4),
        ] {
            let found = normal_critical(confidence);
            assert!(
                (found / expected - 1.0).abs() < 1e-12,
                "{confidence}: {found}, SciPy {expected}"
            );
        }
    }

    #[test]
    fn both_sides_of_the_switch_to_the_expansion_agree() {
        for confidence in [0.5, 0.95, 0.9999] {
            let z = normal_critical(confidence);
            let below = student_critical(confidence, LARGE_DEGREES * (1.0 - 1e-12));
            assert!(
                (below / cornish_fisher(z, LARGE_DEGREES) - 1.0).abs() < 1e-11,
                "{confidence}"
            );
        }
    }

    #[test]
    fn critical_values_fall_with_the_degrees() {
        let mut before = f64::INFINITY;
        for step in 0..400 {
            let degrees = libm::pow(10.0, f64::from(step) / 50.0);
            let now = student_critical(0.95, degrees);
            assert!(
                now < before || (before - now).abs() < 1e-11,
                "{degrees}: {now} after {before}"
            );
            before = now;
        }
    }
}
