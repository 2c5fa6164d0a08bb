//! Samples: coverage, distributions, and agreement with SciPy 1.17.1.

use crate::sweep::distribution::{Distribution, Normal};
use crate::sweep::sobol::{MAX_DIMENSIONS, SobolDimension};
use crate::sweep::{Design, PointIndex};
use proptest::prelude::*;
use serde_json::{Value, json};

fn sample(method: &str, count: u64, seed: u64, variables: Value) -> Design {
    let sweep = json!({"axes": [{"sample": {"method": method, "count": count, "seed": seed, "variables": variables}}]});
    Design::parse(&sweep).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn column(design: &Design, variable: usize) -> Vec<f64> {
    (0..design.point_count())
        .map(|point| design.assignments(PointIndex(point))[variable].value.as_f64().unwrap())
        .collect()
}

/// `scipy.stats.qmc.Sobol(128, scramble=False, bits=32)`, SciPy 1.17.1, times 2³².
#[test]
fn the_sobol_sequence_is_that_of_scipy() {
    let dimensions = [0, 1, 2, 7, 31, 63, 127].map(SobolDimension::new);
    let expected: [(u32, [u32; 7]); 6] = [
        (1, [1 << 31; 7]),
        (
            2,
            [
                3_221_225_472,
                1_073_741_824,
                1_073_741_824,
                3_221_225_472,
                1_073_741_824,
                3_221_225_472,
                1_073_741_824,
            ],
        ),
        (
            100,
            [
                1_778_384_896,
                1_107_296_256,
                3_321_888_768,
                2_046_820_352,
                1_778_384_896,
                2_785_017_856,
                1_979_711_488,
            ],
        ),
        (
            777,
            [
                2_973_761_536,
                4_022_337_536,
                700_448_768,
                3_275_751_424,
                3_862_953_984,
                1_832_910_848,
                507_510_784,
            ],
        ),
        (
            1023,
            [
                4_194_304,
                3_233_808_384,
                2_629_828_608,
                2_654_994_432,
                2_638_217_216,
                171_966_464,
                3_007_315_968,
            ],
        ),
        (
            123_456_789,
            [
                4_191_448_864,
                3_403_469_216,
                27_513_184,
                2_973_295_136,
                2_082_040_352,
                1_087_637_792,
                2_879_378_656,
            ],
        ),
    ];
    for (index, coordinates) in expected {
        for (dimension, coordinate) in dimensions.iter().zip(coordinates) {
            assert_eq!(dimension.bits(index), coordinate, "point {index}");
        }
    }
    // All 128 coordinates of the first 1024 points, as the state of a congruential generator fed with them.
    let all: Vec<SobolDimension> = (0..MAX_DIMENSIONS).map(SobolDimension::new).collect();
    assert_eq!(all.len(), 128);
    let mut state = 0_u64;
    for index in 0..1024 {
        for dimension in &all {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(u64::from(dimension.bits(index)) + 1);
        }
    }
    assert_eq!(state, 14_039_358_113_318_305_792);
}

/// `scipy.stats.truncnorm.ppf(u, a, b)`, SciPy 1.17.1.
#[test]
fn truncated_normals_are_those_of_scipy() {
    let infinity = f64::INFINITY;
    let cases = [
        (-1.0, 2.0, 0.3, -0.242_403_817_889_226_9),
        (3.0, infinity, 0.5, 3.205_154_920_598_933_4),
        (3.0, 4.0, 0.9, 3.592_924_111_315_612),
        (-infinity, -2.0, 0.25, -2.530_960_494_008_707_6),
        (5.0, 6.0, 0.01, 5.001_930_735_668_297),
    ];
    for (low, high, u, expected) in cases {
        let distribution = Distribution::Normal(Normal::new(0.0, 1.0, low, high));
        let found = distribution.quantile(u).as_f64().unwrap();
        assert!(
            (found - expected).abs() < 1e-13,
            "{low}..{high} at {u}: {found} for {expected}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, ..ProptestConfig::default() })]

    #[test]
    fn a_latin_hypercube_has_one_draw_in_each_stratum(count in 1_u64..400, seed in any::<u32>()) {
        let variables = json!([
            {"key": "a", "distribution": "uniform", "low": 0, "high": count},
            {"key": "b", "distribution": "uniform", "low": 0, "high": count},
        ]);
        let design = sample("latin_hypercube", count, seed.into(), variables);
        for variable in 0..2 {
            let mut strata: Vec<u64> = column(&design, variable).iter().map(|value| *value as u64).collect();
            strata.sort_unstable();
            prop_assert_eq!(strata, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn draws_keep_to_their_bounds(seed in any::<u32>(), method in prop::sample::select(vec!["random", "latin_hypercube", "sobol"])) {
        let variables = json!([
            {"key": "a", "distribution": "log_uniform", "low": 1e-9, "high": 1e3},
            {"key": "b", "distribution": "normal", "mean": 1, "sd": 2, "low": 0, "high": 1.5},
            {"key": "c", "distribution": "log_normal", "median": 1, "geometric_sd": 3, "high": 4},
            {"key": "d", "distribution": "integer", "low": -2, "high": 3},
            {"key": "e", "distribution": "choice", "values": [1, 5]},
        ]);
        let design = sample(method, 64, seed.into(), variables);
        for (variable, (low, high)) in [(1e-9, 1e3), (0.0, 1.5), (0.0, 4.0), (-2.0, 3.0), (1.0, 5.0)].into_iter().enumerate() {
            for value in column(&design, variable) {
                prop_assert!((low..=high).contains(&value), "{} outside {}..{}", value, low, high);
            }
        }
    }
}

/// Means of 10⁴ draws within 5 standard errors: a false alarm has probability 6e-7 each, and the seed is fixed.
#[test]
fn draws_have_the_moments_of_their_distributions() {
    let variables = json!([
        {"key": "a", "distribution": "uniform", "low": -1, "high": 3},
        {"key": "b", "distribution": "normal", "mean": 5, "sd": 2},
        {"key": "c", "distribution": "integer", "low": 0, "high": 9},
    ]);
    for method in ["random", "latin_hypercube", "sobol"] {
        let design = sample(method, 10_000, 11, variables.clone());
        for (variable, (mean, sd)) in [
            (1.0, (16.0_f64 / 12.0).sqrt()),
            (5.0, 2.0),
            (4.5, (99.0_f64 / 12.0).sqrt()),
        ]
        .into_iter()
        .enumerate()
        {
            let values = column(&design, variable);
            let found = values.iter().sum::<f64>() / values.len() as f64;
            assert!(
                (found - mean).abs() < 5.0 * sd / 100.0,
                "{method} {variable}: {found} for {mean}"
            );
        }
        let values = [column(&design, 0), column(&design, 1)];
        let products: f64 = values[0]
            .iter()
            .zip(&values[1])
            .map(|(a, b)| (a - 1.0) * (b - 5.0))
            .sum();
        let correlation = products / 10_000.0 / (2.0 * (16.0_f64 / 12.0).sqrt());
        assert!(correlation.abs() < 0.05, "{method}: correlation {correlation}");
    }
}

#[test]
fn draws_do_not_depend_on_the_other_variables() {
    let a = json!({"key": "a", "distribution": "uniform", "low": 0, "high": 1});
    let b = json!({"key": "b", "distribution": "uniform", "low": 0, "high": 1});
    for method in ["random", "latin_hypercube"] {
        let alone = sample(method, 32, 1, json!([a]));
        let second = sample(method, 32, 1, json!([b, a]));
        assert_eq!(column(&alone, 0), column(&second, 1));
        assert_ne!(column(&alone, 0), column(&second, 0));
        assert_ne!(column(&alone, 0), column(&sample(method, 32, 2, json!([a])), 0));
    }
}
