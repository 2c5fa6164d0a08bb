//! Confidence intervals of a mean or proportion whose unit of inference is the replicate.

use super::clusters::Clusters;
use super::critical::{normal_critical, student_critical};
use crate::results::MetricKind;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How an interval was made; stored beside it. Code 0, what a file holds before anything is written, is no method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i8)]
pub enum IntervalMethod {
    /// Fewer than two replicates have a value, so nothing is known about their spread: no interval.
    None = 1,
    /// Cluster-robust Student t over replicates: mean ± t(ν)·SE, with the linearised standard error of a ratio of sums
    /// (Bell & McCaffrey's bias-reduced form) and Satterthwaite's degrees of freedom ν. With replicates of equal size
    /// it is the plain t interval of the replicates' means, ν = replicates − 1. In files of earlier versions.
    ClusterT = 2,
    /// Wilson's score interval of a proportion (1927) with one independent trial per replicate.
    Wilson = 3,
    /// Wilson's score interval with the effective number of trials, p(1−p)/SE², at most the real number, and
    /// Student's t with the degrees of freedom of SE in the place of z (Korn & Graubard's adjustment, 1998, carried
    /// over to Wilson's interval). Simulated with beta-binomial members (10 a replicate; intraclass correlation 0.02,
    /// 0.1, 0.3, 0.5, 0.7 and 0.9; p 0.02, 0.05, 0.1, 0.3, 0.5 and 0.9; 5, 10, 20, 50 and 100 replicates; 4000 studies
    /// each) the 95 % interval covers 0.878 to 0.995. With R·min(p, 1−p) ≥ 5 it is 0.933 at least; the lowest figures
    /// are those of rare outcomes of strongly correlated members, R·min(p, 1−p) around 1: 0.878 at R = 50, p = 0.02,
    /// correlation 0.5.
    WilsonEffective = 4,
    /// Wilson's score interval with one trial per replicate, where all members of all replicates agree. Their
    /// correlation can't be estimated then; members that always agree are the worst case of it.
    WilsonReplicates = 5,
    /// [`IntervalMethod::ClusterT`] joined with the interval of Hall's transformation of t (1992), which corrects for the
    /// skewness of the mean, and cut at the bounds of what is possible. `docs/explanation/statistics.md` has its coverage.
    SkewedT = 6,
    /// Of the median, not the mean: the quantiles of the values at the bounds of Wilson's interval of the proportion ½
    /// with the effective number of trials (Woodruff 1952).
    Median = 7,
}

impl IntervalMethod {
    /// All methods, in order of their codes.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::ClusterT,
        Self::Wilson,
        Self::WilsonEffective,
        Self::WilsonReplicates,
        Self::SkewedT,
        Self::Median,
    ];

    /// The name in tables and flag meanings: one word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClusterT => "cluster_t",
            Self::Wilson => "wilson",
            Self::WilsonEffective => "wilson_effective",
            Self::WilsonReplicates => "wilson_replicates",
            Self::SkewedT => "skewed_t",
            Self::Median => "median",
        }
    }

    /// One line for people.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::None => "no interval: fewer than two replicates have a value",
            Self::ClusterT => "cluster-robust Student t over replicates",
            Self::Wilson => "Wilson score, one trial per replicate",
            Self::WilsonEffective => "Wilson score with the effective number of trials over replicates",
            Self::WilsonReplicates => "Wilson score, one trial per replicate because all members agree",
            Self::SkewedT => "cluster-robust Student t over replicates, widened for skewness",
            Self::Median => "of the median: quantiles at the bounds of a proportion over replicates",
        }
    }

    /// The code in the results file.
    #[must_use]
    pub fn code(self) -> i8 {
        self as i8
    }

    /// The method with this code.
    #[must_use]
    pub fn from_code(code: i8) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.code() == code)
    }
}

impl fmt::Display for IntervalMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An interval and how it was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Interval {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) method: IntervalMethod,
}

impl Interval {
    /// The interval of the mean of `clusters` at a level of `confidence`.
    pub(super) fn of(clusters: &Clusters, kind: MetricKind, confidence: f64) -> Self {
        let none = Self {
            low: f64::NAN,
            high: f64::NAN,
            method: IntervalMethod::None,
        };
        if clusters.replicates() < 2 {
            return none;
        }
        match kind {
            // They have no mean that means anything.
            MetricKind::Code => none,
            MetricKind::Real | MetricKind::Count => Self::skewed_t(clusters, confidence),
            MetricKind::Flag => Self::proportion(clusters, confidence),
        }
    }

    /// The values of the mean that t or its transformation doesn't reject. Each alone misses some: t where the mean is
    /// skewed, the transformation where its skewness is itself badly known.
    fn skewed_t(clusters: &Clusters, confidence: f64) -> Self {
        let mean = clusters.mean();
        let error = clusters.variance_of_mean().sqrt();
        if error == 0.0 {
            return Self {
                low: mean,
                high: mean,
                method: IntervalMethod::SkewedT,
            };
        }
        let critical = student_critical(confidence, clusters.degrees_of_freedom());
        let skewness = clusters.skewness_of_mean();
        let below = critical.max(hall_inverse(critical, skewness));
        let above = critical.max(-hall_inverse(-critical, skewness));
        Self {
            low: mean - below * error,
            high: mean + above * error,
            method: IntervalMethod::SkewedT,
        }
    }

    fn proportion(clusters: &Clusters, confidence: f64) -> Self {
        let proportion = clusters.mean();
        let replicates = clusters.replicates() as f64;
        let all_agree = proportion == 0.0 || proportion == 1.0;
        if clusters.largest() == 1 {
            let z = normal_critical(confidence);
            wilson(proportion, replicates, z, IntervalMethod::Wilson)
        } else if all_agree {
            let z = normal_critical(confidence);
            wilson(proportion, replicates, z, IntervalMethod::WilsonReplicates)
        } else {
            let (trials, t) = effective_trials(clusters, proportion, confidence);
            wilson(proportion, trials, t, IntervalMethod::WilsonEffective)
        }
    }

    /// The proportions below the median that are within chance, if `clusters` are what is below the estimated one: an
    /// interval around ½, whose quantiles hold the true median (Woodruff 1952).
    pub(super) fn of_half(clusters: &Clusters, confidence: f64) -> Self {
        let (trials, critical) = if clusters.largest() == 1 {
            (clusters.replicates() as f64, normal_critical(confidence))
        } else {
            effective_trials(clusters, 0.5, confidence)
        };
        wilson(0.5, trials, critical, IntervalMethod::Median)
    }
}

/// The number of independent trials that would make `proportion` as uncertain as it is, and the critical value for it.
///
/// A variance below that of independent members is chance, or replicates that balance themselves; relying on it with few
/// replicates would undercover, so the real number of trials is the limit. It also covers replicates whose proportions
/// are all the same.
fn effective_trials(clusters: &Clusters, proportion: f64, confidence: f64) -> (f64, f64) {
    let independent = proportion * (1.0 - proportion);
    let trials = (independent / clusters.variance_of_mean()).min(clusters.count() as f64);
    (trials, student_critical(confidence, clusters.degrees_of_freedom()))
}

/// The studentised mean T with g(T) = y for Hall's transformation (1992)
/// g(T) = T + a T²/3 + a² T³/27 + a/6, where a is the skewness of the mean; g grows with T and is nearly normal.
fn hall_inverse(y: f64, skewness: f64) -> f64 {
    let shifted = y - skewness / 6.0;
    // 3/a (∛(1 + a y') − 1), without the division by an a near 0.
    let root = libm::cbrt(1.0 + skewness * shifted);
    3.0 * shifted / (root * root + root + 1.0)
}

/// Wilson's score interval: the proportions that a test with critical value `critical` doesn't reject.
fn wilson(proportion: f64, trials: f64, critical: f64, method: IntervalMethod) -> Interval {
    let shrink = critical * critical / trials;
    let centre = (proportion + shrink / 2.0) / (1.0 + shrink);
    let spread = proportion * (1.0 - proportion) / trials + shrink / (4.0 * trials);
    let half = critical * spread.sqrt() / (1.0 + shrink);
    // The exact bounds hold the estimate and stay in [0, 1]; rounding may not.
    Interval {
        low: (centre - half).clamp(0.0, proportion),
        high: (centre + half).clamp(proportion, 1.0),
        method,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_agrees_with_scipy() {
        // SciPy 1.17.1: scipy.stats.binomtest(k, n).proportion_ci(0.95, method="wilson").
        for (successes, trials, low, high) in WILSON {
            let z = normal_critical(0.95);
            let found = wilson(successes / trials, trials, z, IntervalMethod::Wilson);
            assert!((found.low - low).abs() < 1e-12, "{successes}/{trials}: {found:?}");
            assert!((found.high - high).abs() < 1e-12, "{successes}/{trials}: {found:?}");
        }
    }

    const WILSON: [(f64, f64, f64, f64); 4] = [
        (0.0, 10.0, 0.0, 0.27753279986288926),
        (3.0, 10.0, 0.10779126740630102, 0.6032218525388546),
        (10.0, 10.0, 0.7224672001371109, 1.0),
        (57.0, 100.0, 0.47215389549212305, 0.6626670147588988),
    ];

    #[test]
    fn halls_transformation_comes_back() {
        for skewness in [-1.2, -0.3, -1e-12, 0.0, 1e-9, 0.05, 0.7, 1.5] {
            let mut last = f64::NEG_INFINITY;
            for y in [-12.7, -2.2, -0.1, 0.0, 0.4, 1.96, 4.3] {
                let t = hall_inverse(y, skewness);
                let back = t + skewness * t * t / 3.0 + skewness * skewness * t * t * t / 27.0 + skewness / 6.0;
                assert!(
                    (back - y).abs() < 1e-11 * (1.0 + t.abs().powi(3)),
                    "{skewness} {y}: {t} {back}"
                );
                assert!(t > last, "it grows");
                last = t;
            }
        }
    }

    #[test]
    fn codes_and_names_are_unique_and_come_back() {
        for (i, method) in IntervalMethod::ALL.into_iter().enumerate() {
            assert_eq!(IntervalMethod::from_code(method.code()), Some(method));
            assert!(
                IntervalMethod::ALL[..i]
                    .iter()
                    .all(|other| other.name() != method.name())
            );
        }
        assert_eq!(IntervalMethod::from_code(0), None);
    }
}
