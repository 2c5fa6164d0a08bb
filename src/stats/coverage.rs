//! Simulation: how often the 95 % interval holds the truth.
//!
//! With the true coverage at its stated bound, the number of hits in `STUDIES` studies is binomial, so a bound is
//! tested at the count that it would miss with a probability of 10⁻⁶ (4.75 standard deviations below). The random
//! numbers are fixed by seeds, so a pass stays a pass.

use super::{IntervalMethod, Summary, student_critical};
use crate::random::Xoshiro256PlusPlus;
use crate::results::{Measure, MetricColumn, MetricKind};

const STUDIES: u64 = 4000;
const CONFIDENCE: f64 = 0.95;
/// Standard normal quantile of 1 − 10⁻⁶.
const MISS_ONE_IN_A_MILLION: f64 = 4.753;

struct Dice(Xoshiro256PlusPlus);

impl Dice {
    fn new(study: u64) -> Self {
        Self(Xoshiro256PlusPlus::from_seed_and_member(20_260_101, study))
    }

    fn uniform(&mut self) -> f64 {
        self.0.uniform()
    }

    /// Standard normal (Box–Muller).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Gamma(shape) (Marsaglia & Tsang 2000, with the boost for shapes below 1).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * (1.0 - self.uniform()).powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.uniform()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    fn beta(&mut self, a: f64, b: f64) -> f64 {
        let x = self.gamma(a);
        let y = self.gamma(b);
        x / (x + y)
    }
}

/// Members of `replicates` replicates: a shared Gaussian effect plus Gaussian noise of total variance 1.
fn correlated_gaussian(dice: &mut Dice, replicates: usize, members: usize, correlation: f64) -> Vec<f64> {
    let (between, within) = (correlation.sqrt(), (1.0 - correlation).sqrt());
    let mut values = Vec::with_capacity(replicates * members);
    for _ in 0..replicates {
        let shared = dice.normal();
        values.extend((0..members).map(|_| between * shared + within * dice.normal()));
    }
    values
}

/// Members that succeed with a probability drawn per replicate from a beta distribution of mean `p` and intraclass
/// correlation `correlation`.
fn beta_binomial(dice: &mut Dice, replicates: usize, members: usize, p: f64, correlation: f64) -> Vec<f64> {
    let concentration = 1.0 / correlation - 1.0;
    let mut values = Vec::with_capacity(replicates * members);
    for _ in 0..replicates {
        let chance = dice.beta(p * concentration, (1.0 - p) * concentration);
        values.extend((0..members).map(|_| f64::from(dice.uniform() < chance)));
    }
    values
}

/// Share of studies whose interval holds `truth`.
fn coverage(truth: f64, measure: impl Into<Measure>, members: usize, make: impl Fn(&mut Dice) -> Vec<f64>) -> f64 {
    let measure = measure.into();
    let hits = (0..STUDIES)
        .filter(|&study| {
            let values = make(&mut Dice::new(study));
            let summary = Summary::of_members(&values, members, measure, CONFIDENCE);
            summary.interval_low <= truth && truth <= summary.interval_high
        })
        .count();
    hits as f64 / STUDIES as f64
}

/// The share of hits that a method of true coverage `bound` falls below once in a million tests.
fn lower_limit(bound: f64) -> f64 {
    bound - MISS_ONE_IN_A_MILLION * (bound * (1.0 - bound) / STUDIES as f64).sqrt()
}

fn assert_covers(found: f64, at_least: f64, case: &str) {
    assert!(
        found >= lower_limit(at_least),
        "{case}: coverage {found}, at least {at_least} expected"
    );
}

#[test]
fn correlated_gaussian_members_are_covered() {
    for (replicates, correlation) in [(5, 0.0), (5, 0.5), (5, 0.95), (100, 0.3)] {
        let found = coverage(0.0, MetricKind::Real, 10, |dice| {
            correlated_gaussian(dice, replicates, 10, correlation)
        });
        let case = format!("{replicates} replicates, correlation {correlation}");
        assert_covers(found, 0.95, &case);
        // t is exact here; its skewness, of which there is none, widens the interval by no more than this.
        assert!(found <= 0.975, "{case}: coverage {found} is too high");
    }
}

/// Members that are a function of correlated standard normal numbers.
fn transformed(dice: &mut Dice, replicates: usize, correlation: f64, value: fn(f64) -> f64) -> Vec<f64> {
    let mut values = correlated_gaussian(dice, replicates, 6, correlation);
    values.iter_mut().for_each(|x| *x = value(*x));
    values
}

/// P(Z > z), never 0.
fn above(z: f64) -> f64 {
    0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
}

/// 0 in 70 % of cases, else one more than a Poisson number of mean 5, by its tail.
fn zero_inflated(z: f64) -> f64 {
    let mut tail = above(z) / 0.3;
    if tail > 1.0 {
        return 0.0;
    }
    let (mut count, mut term) = (0.0, (-5.0_f64).exp());
    while tail < 1.0 && term > 1e-14 {
        tail += term;
        count += 1.0;
        term *= 5.0 / count;
    }
    count
}

/// (what, its values, mean, (replicates, correlation, at least) …): skewed members whose mean t alone holds less often.
type SkewedCase = (&'static str, fn(f64) -> f64, f64, &'static [(usize, f64, f64)]);
const SKEWED: [SkewedCase; 3] = [
    (
        "exponential",
        |z| -above(z).ln(),
        1.0,
        &[(5, 0.5, 0.93), (12, 0.5, 0.945)],
    ),
    (
        "lognormal, σ = 1",
        f64::exp,
        1.648_721_270_700_128,
        &[(5, 0.5, 0.91), (12, 0.5, 0.92), (50, 0.5, 0.95)],
    ),
    (
        "counts with many zeros",
        zero_inflated,
        1.8,
        &[(5, 0.5, 0.925), (12, 0.5, 0.95)],
    ),
];

#[test]
fn skewed_means_are_covered_better_than_by_t_alone() {
    for (what, value, truth, cases) in SKEWED {
        for &(replicates, correlation, at_least) in cases {
            let (mut covered, mut by_t) = (0, 0);
            for study in 0..STUDIES {
                let values = transformed(&mut Dice::new(study), replicates, correlation, value);
                let summary = Summary::of_members(&values, 6, MetricKind::Real, CONFIDENCE);
                covered += u32::from(summary.interval_low <= truth && truth <= summary.interval_high);
                let half = student_critical(CONFIDENCE, (replicates - 1) as f64) * summary.standard_error;
                by_t += u32::from((summary.mean - truth).abs() <= half);
            }
            let [covered, by_t] = [covered, by_t].map(|hits| f64::from(hits) / STUDIES as f64);
            let case = format!("{what}, {replicates} replicates, correlation {correlation}");
            println!("{case}: {covered}, {by_t} by t");
            assert_covers(covered, at_least, &case);
            assert!(covered > by_t, "{case}: {covered} {by_t}");
        }
    }
}

/// P(value > v) = v⁻²: no variance. The mean's interval misses, the median's holds.
#[test]
fn medians_of_heavy_tails_are_covered() {
    let heavy = MetricColumn::new("ratio", MetricKind::Real, "1", "a ratio").heavy_tailed();
    let value = |z: f64| above(z).powf(-0.5);
    for (replicates, correlation) in [(5, 0.5), (12, 0.0), (12, 0.5), (50, 0.5)] {
        let found = coverage(2f64.sqrt(), heavy.measure(), 6, |dice| {
            transformed(dice, replicates, correlation, value)
        });
        println!("{replicates} replicates, correlation {correlation}: {found}");
        assert_covers(
            found,
            0.935,
            &format!("{replicates} replicates, correlation {correlation}"),
        );
    }
    let of_mean = coverage(2.0, MetricKind::Real, 6, |dice| transformed(dice, 12, 0.5, value));
    assert!(of_mean < 0.92, "coverage {of_mean}: the documentation warns of less");
}

#[test]
fn conditional_members_of_unequal_numbers_are_covered() {
    for (replicates, correlation) in [(5, 0.0), (5, 0.3), (20, 0.5), (100, 0.3)] {
        // Which members have a value is independent of the values, and very uneven between replicates.
        let found = coverage(0.0, MetricKind::Real, 10, |dice| {
            let mut values = correlated_gaussian(dice, replicates, 10, correlation);
            for (i, replicate) in values.chunks_mut(10).enumerate() {
                let present = if i % 4 == 0 { 1.0 } else { dice.uniform() };
                for value in replicate {
                    if dice.uniform() >= present {
                        *value = f64::NAN;
                    }
                }
            }
            values
        });
        assert_covers(
            found,
            0.94,
            &format!("{replicates} replicates, correlation {correlation}"),
        );
    }
}

/// Coverage of the proportion of beta-binomial members, 10 a replicate.
fn beta_binomial_coverage(replicates: usize, p: f64, correlation: f64) -> f64 {
    coverage(p, MetricKind::Flag, 10, |dice| {
        beta_binomial(dice, replicates, 10, p, correlation)
    })
}

fn assert_proportions_covered(cases: &[(usize, f64)], at_least: f64) {
    for &(replicates, p) in cases {
        for correlation in [0.02, 0.3, 0.5, 0.7] {
            assert_covers(
                beta_binomial_coverage(replicates, p, correlation),
                at_least,
                &format!("{replicates} replicates, p {p}, correlation {correlation}"),
            );
        }
    }
}

#[test]
fn beta_binomial_proportions_are_covered() {
    // At least five successes and five failures would be expected if all members of a replicate agreed.
    assert_proportions_covered(&[(10, 0.5), (20, 0.3), (50, 0.1), (100, 0.05), (100, 0.5)], 0.93);
    // So few replicates that the critical value of t makes up for it.
    assert_proportions_covered(&[(5, 0.05), (5, 0.3), (5, 0.9)], 0.93);
}

#[test]
fn rare_outcomes_of_correlated_members_are_covered_less() {
    // About one replicate is expected to have most of the successes: the worst of all cases that were simulated.
    assert_proportions_covered(&[(10, 0.1), (10, 0.9), (20, 0.05), (50, 0.02), (100, 0.02)], 0.875);
    let worst = beta_binomial_coverage(50, 0.02, 0.5);
    assert!(worst < 0.9, "coverage {worst}: the documentation warns of less");
}

#[test]
fn treating_members_as_independent_would_undercover() {
    let naive = |values: &[f64]| {
        // One member per replicate is how an analysis that forgets the replicates sees the data.
        Summary::of_members(values, 1, MetricKind::Real, CONFIDENCE)
    };
    let hits = (0..STUDIES)
        .filter(|&study| {
            let summary = naive(&correlated_gaussian(&mut Dice::new(study), 100, 10, 0.3));
            summary.interval_low <= 0.0 && 0.0 <= summary.interval_high
        })
        .count();
    // The variance is underestimated by 1 + 9·0.3 = 3.7: P(|Z| ≤ 1.96 / √3.7) = 0.692.
    let found = hits as f64 / STUDIES as f64;
    assert!(
        (found - 0.692).abs() < 0.692 - lower_limit(0.692),
        "naive coverage {found}"
    );
}

#[test]
fn fully_agreeing_members_are_covered_like_single_trials() {
    // Members that always agree: each replicate is one trial. With 20 of them the interval holds p = 0.05 for 0 to 3
    // successes, which by the binomial distribution (SciPy 1.17.1) has a probability of 0.9841.
    let found = coverage(0.05, MetricKind::Flag, 10, |dice| {
        (0..20).flat_map(|_| [f64::from(dice.uniform() < 0.05); 10]).collect()
    });
    assert_covers(found, 0.984, "full agreement");
    let none = Summary::of_members(&[0.0; 50], 10, MetricKind::Flag, CONFIDENCE);
    assert_eq!(none.method, IntervalMethod::WilsonReplicates);
}
