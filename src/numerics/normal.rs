//! The normal distribution, in pure Rust so that all machines draw the same bits.

#![expect(
    clippy::excessive_precision,
    reason = "the coefficients and references stand as they were published"
)]

/// Φ(z), the probability that a standard normal variable is below `z`.
pub(crate) fn cumulative(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Φ⁻¹(p), the standard normal quantile for `p` strictly between 0 and 1: algorithm AS 241, PPND16 (Wichura 1988,
/// Applied Statistics 37, 477–484), relative error about 1e-16.
pub(crate) fn quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * polynomial(&CENTRE_NUMERATOR, r) / polynomial(&CENTRE_DENOMINATOR, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-libm::log(tail)).sqrt();
    let magnitude = if r <= 5.0 {
        polynomial(&SHOULDER_NUMERATOR, r - 1.6) / polynomial(&SHOULDER_DENOMINATOR, r - 1.6)
    } else {
        polynomial(&TAIL_NUMERATOR, r - 5.0) / polynomial(&TAIL_DENOMINATOR, r - 5.0)
    };
    magnitude.copysign(q)
}

/// Horner's rule, coefficients from the constant up.
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

const CENTRE_NUMERATOR: [f64; 8] = [
    3.387_132_872_796_366_608,
    1.331_416_678_917_843_774_5e2,
    1.971_590_950_306_551_442_7e3,
    1.373_169_376_550_946_112_5e4,
    4.592_195_393_154_987_145_7e4,
    6.726_577_092_700_870_085_3e4,
    3.343_057_558_358_812_810_5e4,
    2.509_080_928_730_122_672_7e3,
];
const CENTRE_DENOMINATOR: [f64; 8] = [
    1.0,
    4.231_333_070_160_091_125_2e1,
    6.871_870_074_920_579_083e2,
    5.394_196_021_424_751_107_7e3,
    2.121_379_430_158_659_586_7e4,
    3.930_789_580_009_271_061e4,
    2.872_908_573_572_194_267_4e4,
    5.226_495_278_852_854_561e3,
];
const SHOULDER_NUMERATOR: [f64; 8] = [
    1.423_437_110_749_683_577_34,
    4.630_337_846_156_545_295_9,
    5.769_497_221_460_691_405_5,
    3.647_848_324_763_204_605_04,
    1.270_458_252_452_368_382_58,
    2.417_807_251_774_506_117_7e-1,
    2.272_384_498_926_918_458_33e-2,
    7.745_450_142_783_414_076_4e-4,
];
const SHOULDER_DENOMINATOR: [f64; 8] = [
    1.0,
    2.053_191_626_637_758_821_87,
    1.676_384_830_183_803_849_4,
    6.897_673_349_851_000_045_5e-1,
    1.481_039_764_274_800_745_9e-1,
    1.519_866_656_361_645_719_66e-2,
    5.475_938_084_995_344_946e-4,
    1.050_750_071_644_416_843_24e-9,
];
const TAIL_NUMERATOR: [f64; 8] = [
    6.657_904_643_501_103_777_2,
    5.463_784_911_164_114_369_9,
    1.784_826_539_917_291_335_8,
    2.965_605_718_285_048_912_3e-1,
    2.653_218_952_657_612_309_3e-2,
    1.242_660_947_388_078_438_6e-3,
    2.711_555_568_743_487_578_15e-5,
    2.010_334_399_292_288_132_65e-7,
];
const TAIL_DENOMINATOR: [f64; 8] = [
    1.0,
    5.998_322_065_558_879_376_9e-1,
    1.369_298_809_227_358_053_1e-1,
    1.487_536_129_085_061_485_25e-2,
    7.868_691_311_456_132_591e-4,
    1.846_318_317_510_054_681_8e-5,
    1.421_511_758_316_445_888_7e-7,
    2.044_263_103_389_939_785_64e-15,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// `mpmath.ncdf`, mpmath 1.4.1 at 40 digits. Rounding `z / √2` once changes Φ(z) by about z² relative epsilons,
    /// which is the tolerance.
    #[test]
    fn probabilities_are_those_of_mpmath() {
        let expected = [
            (-8.0, 6.220_960_574_271_784_123_5e-16),
            (-3.0, 0.001_349_898_031_630_094_526_7),
            (0.5, 0.691_462_461_274_013_103_64),
            (5.0, 0.999_999_713_348_428_120_81),
        ];
        for (z, expected) in expected {
            let relative = (cumulative(z) / expected - 1.0_f64).abs();
            assert!(relative < f64::EPSILON * (1.0 + z * z), "{z}: {relative:e}");
        }
    }

    /// `scipy.stats.norm.ppf`, SciPy 1.17.1.
    #[test]
    fn quantiles_are_those_of_scipy() {
        let expected = [
            (1e-300, -37.047_096_299_361_2),
            (1e-20, -9.262_340_089_798_409),
            (1e-9, -5.997_807_015_007_686_5),
            (0.001, -3.090_232_306_167_813),
            (0.02425, -1.972_961_051_311_885),
            (0.3, -0.524_400_512_708_040_9),
            (0.6, 0.253_347_103_135_799_7),
            (0.975, 1.959_963_984_540_054),
            (1.0 - f64::EPSILON / 2.0, 8.209_536_151_601_387),
        ];
        for (p, expected) in expected {
            let found = quantile(p);
            assert!(
                (found / expected - 1.0_f64).abs() < 2e-15,
                "{p}: {found} for {expected}"
            );
        }
        assert_eq!(quantile(0.5), 0.0);
    }
}
