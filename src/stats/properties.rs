//! Known answers and invariants of summaries.

use super::{IntervalMethod, Summary, UnitStatistics, student_critical};
use crate::results::{MetricColumn, MetricKind, Support};
use proptest::prelude::*;

const NAN: f64 = f64::NAN;

fn of_members(values: &[f64], members: usize, kind: MetricKind) -> Summary {
    Summary::of_members(values, members, kind, 0.95)
}

fn of_units(values: &[f64], members: usize, kind: MetricKind) -> Summary {
    let units: Vec<UnitStatistics> = values.chunks(members).map(UnitStatistics::of).collect();
    Summary::of_units(&units, kind, 0.95)
}

fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: {found}, expected {expected}"
    );
}

#[test]
fn equal_replicates_give_the_t_interval_of_their_means_widened_for_skewness() {
    // SciPy 1.17.1: scipy.stats.t.interval(0.95, 3, loc=mean, scale=scipy.stats.sem(means)) with means 2, 4, 9, 5 begins
    // at the low end; the high end solves g(T) = −t for Hall's g (scipy.optimize.brentq).
    let summary = of_members(&[1.0, 3.0, 4.0, 4.0, 8.0, 10.0, 5.0, 5.0], 2, MetricKind::Real);
    assert_eq!((summary.count, summary.replicates, summary.mean), (8, 4, 5.0));
    assert_close(summary.standard_error, 1.4719601443879744, 1e-14, "standard error");
    assert_close(summary.interval_low, 0.31556587696761795, 1e-10, "low");
    assert_close(summary.interval_high, 13.162976250314706, 1e-10, "high");
    assert_close(summary.sd, 2.8284271247461903, 1e-14, "sd");
    assert_eq!(summary.method, IntervalMethod::SkewedT);
    assert_eq!((summary.min, summary.lower_quartile, summary.median), (1.0, 3.75, 4.5));
    assert_eq!((summary.upper_quartile, summary.max), (5.75, 10.0));
}

#[test]
fn unequal_replicates_by_hand() {
    // Sizes 1, 1, 2, values 0 | 3 | 1, 4: m = 2; e = −2, 1, 1; 1 − h = ¾, ¾, ½.
    let summary = of_members(&[0.0, NAN, 3.0, NAN, 1.0, 4.0, NAN, NAN], 2, MetricKind::Real);
    assert_eq!((summary.count, summary.replicates, summary.mean), (4, 3, 2.0));
    let variance: f64 = (4.0 / 0.75 + 1.0 / 0.75 + 1.0 / 0.5) / 16.0;
    assert_close(summary.standard_error, variance.sqrt(), 1e-15, "standard error");
    // Skewed to below: the residuals over √(1 − h), cubed, add up to less than nothing.
    let half = student_critical(0.95, 1.8) * variance.sqrt();
    assert_close(summary.interval_high, 2.0 + half, 1e-12, "high");
    assert!(summary.interval_low < 2.0 - half, "{summary:?}");
}

#[test]
fn nothing_one_value_and_one_replicate() {
    for summary in [
        of_members(&[], 3, MetricKind::Real),
        of_members(&[NAN; 6], 3, MetricKind::Flag),
        of_units(&[NAN; 6], 3, MetricKind::Count),
        Summary::of_units(&[], MetricKind::Real, 0.95),
    ] {
        assert_eq!(
            (summary.count, summary.replicates, summary.method),
            (0, 0, IntervalMethod::None)
        );
        assert!(summary.mean.is_nan() && summary.interval_low.is_nan() && summary.median.is_nan());
    }
    let one = of_members(&[NAN, 4.0, NAN, NAN], 2, MetricKind::Real);
    assert_eq!(
        (one.count, one.replicates, one.mean, one.median, one.min),
        (1, 1, 4.0, 4.0, 4.0)
    );
    assert!(one.sd.is_nan() && one.standard_error.is_nan() && one.interval_high.is_nan());
    let replicate = of_members(&[1.0, 0.0, 1.0, 1.0], 4, MetricKind::Flag);
    assert_eq!((replicate.mean, replicate.method), (0.75, IntervalMethod::None));
    assert!(replicate.interval_low.is_nan() && replicate.sd.is_finite());
}

#[test]
fn constant_values_have_no_spread() {
    for value in [0.0, 0.1, -1e300, 1e-310, 1e300] {
        for summary in [
            of_members(&[value; 12], 3, MetricKind::Real),
            of_units(&[value; 12], 3, MetricKind::Real),
        ] {
            assert_eq!((summary.mean, summary.sd, summary.standard_error), (value, 0.0, 0.0));
            assert_eq!((summary.interval_low, summary.interval_high), (value, value));
        }
    }
}

#[test]
fn large_offsets_and_sizes_keep_the_spread() {
    let plain = [1.0, 2.0, 4.0, 7.0, 3.0, 3.0, 9.0, 1.0];
    let reference = of_members(&plain, 2, MetricKind::Real);
    let offset = of_members(&plain.map(|value| value + 1e15), 2, MetricKind::Real);
    assert_close(offset.sd, reference.sd, 1e-15, "sd");
    assert_close(offset.standard_error, reference.standard_error, 1e-15, "standard error");
    for factor in [1e250, 1e-250] {
        for summary in [
            of_members(&plain.map(|value| value * factor), 2, MetricKind::Real),
            of_units(&plain.map(|value| value * factor), 2, MetricKind::Real),
        ] {
            assert_close(summary.sd / factor, reference.sd, 1e-14, "sd");
            assert_close(summary.interval_low / factor, reference.interval_low, 1e-12, "low");
        }
    }
}

/// Bounds of what is possible cut an interval; the mean and the other bound stay.
#[test]
fn intervals_stay_within_what_is_possible() {
    let values = [0.0, 0.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0];
    let any = of_members(&values, 2, MetricKind::Real);
    assert!(any.interval_low < 0.0);
    let counts = of_members(&values, 2, MetricKind::Count);
    assert_eq!((counts.interval_low, counts.interval_high), (0.0, any.interval_high));
    let within = |values: &[f64], support| {
        let column = MetricColumn::new("share", MetricKind::Real, "1", "a share").within(support);
        Summary::of_members(values, 2, column.measure(), 0.95)
    };
    let shares = values.map(|value| value / 3.0);
    let fraction = within(&shares, Support::Fraction);
    assert_eq!((fraction.interval_low, fraction.interval_high), (0.0, 1.0));
    let signed = within(&shares.map(|share| -share), Support::SignedFraction);
    assert_eq!(signed.interval_low, -1.0);
    assert!(signed.interval_high > 0.0);
    assert!(within(&values, Support::NonNegative).interval_high > 1.0);
}

#[test]
fn heavy_tails_have_the_interval_of_their_median() {
    let column = MetricColumn::new("ratio", MetricKind::Real, "1", "a ratio").heavy_tailed();
    let mut values: Vec<f64> = (0..30).map(|i| f64::from((i * 7) % 30)).collect();
    let of = |values: &[f64]| Summary::of_members(values, 3, column.measure(), 0.95);
    let summary = of(&values);
    assert_eq!((summary.method, summary.centre()), (IntervalMethod::Median, 14.5));
    assert!(
        summary.interval_low > 4.0 && summary.interval_high < 25.0,
        "{summary:?}"
    );
    for value in &mut values {
        *value = if *value == 29.0 { 1e9 } else { *value };
    }
    let with_outlier = of(&values);
    assert!(with_outlier.mean > 1e7);
    assert_eq!(
        (with_outlier.interval_low, with_outlier.interval_high),
        (summary.interval_low, summary.interval_high)
    );
    // Where only statistics of units are kept: the median of the replicates' means.
    let units: Vec<UnitStatistics> = values.chunks(3).map(UnitStatistics::of).collect();
    let units = Summary::of_units(&units, column.measure(), 0.95);
    assert_eq!(units.method, IntervalMethod::Median);
    assert!(units.interval_low <= units.median && units.median <= units.interval_high);
    // A flag is a proportion whatever its column says.
    let flag = MetricColumn::new("found", MetricKind::Flag, "1", "found").heavy_tailed();
    let found = Summary::of_members(&[1.0, 0.0, 1.0, 1.0], 2, flag.measure(), 0.95);
    assert_eq!((found.method, found.centre()), (IntervalMethod::WilsonEffective, 0.75));
    assert_eq!(of(&[1.0, 2.0, 3.0]).method, IntervalMethod::None);
}

#[test]
fn methods_of_proportions() {
    let independent = of_members(&[1.0, 0.0, 1.0, 1.0], 1, MetricKind::Flag);
    assert_eq!(independent.method, IntervalMethod::Wilson);
    let clustered = of_members(&[1.0, 0.0, 1.0, 1.0, 0.0, 0.0], 2, MetricKind::Flag);
    assert_eq!(clustered.method, IntervalMethod::WilsonEffective);
    let agreeing = of_members(&[1.0; 6], 2, MetricKind::Flag);
    assert_eq!(agreeing.method, IntervalMethod::WilsonReplicates);
    // SciPy 1.17.1: binomtest(3, 3).proportion_ci(0.95, method="wilson").low; three replicates count as three trials.
    assert_close(agreeing.interval_low, 0.4385029682449546, 1e-12, "low");
    // Replicates with the same proportion say nothing against independence, and no more than that.
    let balanced = of_members(&[1.0, 0.0, 1.0, 0.0, 0.0, 1.0], 2, MetricKind::Flag);
    assert!(
        balanced.interval_low < 0.25 && balanced.interval_high > 0.75,
        "{balanced:?}"
    );
}

#[test]
fn infinite_values_are_passed_on_without_a_panic() {
    let values = [1.0, f64::INFINITY, 2.0, 3.0, f64::NEG_INFINITY, 1.0];
    for summary in [
        of_members(&values, 2, MetricKind::Real),
        of_units(&values, 2, MetricKind::Real),
    ] {
        assert!(!summary.mean.is_finite() && !summary.sd.is_finite());
        assert_eq!(
            (summary.count, summary.min, summary.max),
            (6, f64::NEG_INFINITY, f64::INFINITY)
        );
    }
}

#[test]
#[should_panic(expected = "values of a flag must be 0 or 1, found 0 to 2")]
fn flags_are_zero_or_one() {
    let _ = of_members(&[0.0, 2.0], 1, MetricKind::Flag);
}

/// Values of a point: replicates of `members` values, some missing.
fn points(value: impl Strategy<Value = f64> + Clone) -> impl Strategy<Value = (Vec<f64>, usize)> {
    (1_usize..6, 0_usize..12).prop_flat_map(move |(members, replicates)| {
        let entry = prop_oneof![4 => value.clone(), 1 => Just(NAN)];
        (prop::collection::vec(entry, members * replicates), Just(members))
    })
}

fn assert_consistent(summary: &Summary) {
    let ordered = |values: &[f64]| values.windows(2).all(|pair| pair[0] <= pair[1]);
    if summary.count == 0 {
        assert_eq!(format!("{summary:?}"), format!("{:?}", Summary::MISSING));
        return;
    }
    let quantiles = [
        summary.min,
        summary.lower_quartile,
        summary.median,
        summary.upper_quartile,
        summary.max,
    ];
    assert!(ordered(&quantiles), "{summary:?}");
    assert!(ordered(&[summary.min, summary.mean, summary.max]), "{summary:?}");
    assert_eq!(summary.sd.is_nan(), summary.count < 2, "{summary:?}");
    assert_eq!(
        summary.method == IntervalMethod::None,
        summary.replicates < 2,
        "{summary:?}"
    );
    if summary.replicates >= 2 {
        assert!(
            ordered(&[summary.interval_low, summary.mean, summary.interval_high]),
            "{summary:?}"
        );
        assert!(summary.standard_error >= 0.0, "{summary:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn real_summaries_are_consistent((values, members) in points(-1e200..1e200_f64)) {
        assert_consistent(&of_members(&values, members, MetricKind::Real));
        assert_consistent(&of_units(&values, members, MetricKind::Real));
    }

    #[test]
    fn proportions_are_consistent((values, members) in points(prop_oneof![Just(0.0), Just(1.0)])) {
        let summary = of_members(&values, members, MetricKind::Flag);
        assert_consistent(&summary);
        if summary.replicates >= 2 {
            prop_assert!(summary.interval_low >= 0.0 && summary.interval_high <= 1.0);
        }
    }

    #[test]
    fn unit_statistics_give_the_same_inference((values, members) in points(-100.0..100.0_f64)) {
        let (full, reduced) = (
            of_members(&values, members, MetricKind::Real),
            of_units(&values, members, MetricKind::Real),
        );
        prop_assert_eq!((full.count, full.replicates, full.method), (reduced.count, reduced.replicates, reduced.method));
        let pairs = [
            (full.mean, reduced.mean),
            (full.sd, reduced.sd),
            (full.standard_error, reduced.standard_error),
            (full.interval_low, reduced.interval_low),
            (full.min, reduced.min),
            (full.max, reduced.max),
        ];
        for (a, b) in pairs {
            prop_assert!(a.is_nan() && b.is_nan() || (a - b).abs() < 1e-9 * (1.0 + a.abs()), "{full:?} {reduced:?}");
        }
    }

    #[test]
    fn the_order_of_replicates_matters_to_rounding_only(
        (values, members) in points(-100.0..100.0_f64),
        turn in 0_usize..12,
    ) {
        let mut turned: Vec<&[f64]> = values.chunks(members).collect();
        if !turned.is_empty() {
            let turn = turn % turned.len();
            turned.rotate_left(turn);
        }
        let (before, after) = (
            of_members(&values, members, MetricKind::Real),
            of_members(&turned.concat(), members, MetricKind::Real),
        );
        prop_assert_eq!(before.median.to_bits(), after.median.to_bits());
        let pairs = [
            (before.mean, after.mean),
            (before.sd, after.sd),
            (before.standard_error, after.standard_error),
            (before.interval_low, after.interval_low),
        ];
        for (a, b) in pairs {
            prop_assert!(a.is_nan() && b.is_nan() || (a - b).abs() < 1e-10 * (1.0 + a.abs()), "{before:?} {after:?}");
        }
    }
}

/// Replicates whose means are equal but for rounding have no spread.
#[test]
fn rounding_is_no_standard_error() {
    let summary = of_members(&[4.0, 1.0, 0.0, 5.0, 0.0, 0.0], 3, MetricKind::Real);
    assert_eq!(summary.standard_error, 0.0);
    assert_eq!(
        (summary.interval_low, summary.interval_high),
        (summary.mean, summary.mean)
    );
}
