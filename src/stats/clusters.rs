//! Replicates as clusters of members: the pooled mean and how uncertain it is.
//!
//! Members of one replicate share a realisation of everything random around them, so they are not independent and the
//! replicate is the unit of inference. The pooled mean is a ratio of sums over replicates,
//! m = Σ s_r / Σ n_r (s_r: sum of the n_r values of replicate r), which is linearised around m:
//! e_r = s_r − m·n_r are independent up to the estimation of m, so that
//!
//! ```text
//! Var(m) = (1/N²) Σ e_r² / (1 − h_r),   N = Σ n_r,   h_r = n_r / N.
//! ```
//!
//! Dividing by 1 − h_r (the bias-reduced linearisation CR2 of Bell & McCaffrey, Survey Methodology 28, 2002) makes the
//! estimate unbiased for independent members, also when conditional metrics leave replicates of very different
//! sizes; for equal sizes it is the familiar factor R/(R−1). The degrees of freedom are Satterthwaite's for the same
//! working model,
//!
//! ```text
//! ν = 1 / (Σ h_r² + (Σ q_r)² − Σ q_r²),   q_r = h_r² / (1 − h_r),
//! ```
//!
//! which is R − 1 for equal sizes and less for unequal ones (1 ≤ ν ≤ R − 1).

use super::sum::{CompensatedSum, Mean};

/// One replicate: its size and its sum of deviations from the pooled mean.
#[derive(Clone, Copy, Debug)]
struct Cluster {
    size: f64,
    residual: f64,
}

/// The replicates that have values, seen from their pooled mean.
#[derive(Debug)]
pub(super) struct Clusters {
    mean: f64,
    count: u64,
    largest: u64,
    squares_within: f64,
    clusters: Vec<Cluster>,
}

impl Clusters {
    /// Replicates without values don't count. `mean` is the pooled mean as a pair; each replicate is
    /// `(size, sum of deviations from the mean)`; `squares` is the sum of squared deviations over all members.
    pub(super) fn new(mean: Mean, squares: f64, replicates: impl Iterator<Item = (u64, f64)>) -> Self {
        let (mut count, mut largest) = (0, 0);
        let clusters = replicates
            .filter(|&(size, _)| size > 0)
            .map(|(size, residual)| {
                count += size;
                largest = largest.max(size);
                Cluster {
                    size: size as f64,
                    residual,
                }
            })
            .collect();
        Self {
            mean: mean.value(),
            count,
            largest,
            squares_within: squares,
            clusters,
        }
    }

    /// Pooled mean.
    pub(super) fn mean(&self) -> f64 {
        self.mean
    }

    /// Values in all replicates together, N.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Replicates with at least one value, R.
    pub(super) fn replicates(&self) -> usize {
        self.clusters.len()
    }

    /// Values in the largest replicate.
    pub(super) fn largest(&self) -> u64 {
        self.largest
    }

    /// Pooled standard deviation with divisor N − 1; NaN with fewer than two values.
    pub(super) fn sd(&self) -> f64 {
        if self.count < 2 {
            f64::NAN
        } else {
            (self.squares_within / (self.count - 1) as f64).sqrt()
        }
    }

    /// Estimated variance of the pooled mean; NaN with fewer than two replicates.
    pub(super) fn variance_of_mean(&self) -> f64 {
        if self.clusters.len() < 2 {
            return f64::NAN;
        }
        let count = self.count as f64;
        let mut sum = CompensatedSum::default();
        for cluster in &self.clusters {
            let relative = cluster.residual / count;
            // 1 − h as (N − n)/N: exact where one replicate has almost all the values.
            sum.add(relative * relative * count / (count - cluster.size));
        }
        let variance = sum.value();
        // Replicates whose means are equal but for rounding: a mean has no more digits than this.
        let rounding = 4.0 * f64::EPSILON * self.mean.abs();
        if variance.sqrt() <= rounding { 0.0 } else { variance }
    }

    /// Estimated third central moment of the pooled mean over its variance to the power 3/2: the skewness of its sampling
    /// distribution, γ/√R for equal sizes. 0 without a spread.
    pub(super) fn skewness_of_mean(&self) -> f64 {
        let error = self.variance_of_mean().sqrt();
        if error.is_nan() || error == 0.0 {
            return 0.0;
        }
        let count = self.count as f64;
        let mut sum = CompensatedSum::default();
        for cluster in &self.clusters {
            let share = cluster.residual / count / ((count - cluster.size) / count).sqrt() / error;
            sum.add(share * share * share);
        }
        sum.value()
    }

    /// Degrees of freedom of [`Self::variance_of_mean`]; only for two or more replicates.
    pub(super) fn degrees_of_freedom(&self) -> f64 {
        let most = (self.clusters.len() - 1) as f64;
        let first = self.clusters[0].size;
        if self.clusters.iter().all(|cluster| cluster.size == first) {
            return most;
        }
        let count = self.count as f64;
        let [mut shares, mut linear, mut squares] = [CompensatedSum::default(); 3];
        for cluster in &self.clusters {
            let share = cluster.size / count;
            let q = share * cluster.size / (count - cluster.size);
            shares.add(share * share);
            linear.add(q);
            squares.add(q * q);
        }
        let total = linear.value();
        (1.0 / (shares.value() + (total * total - squares.value()))).clamp(1.0, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clusters(sizes: &[u64]) -> Clusters {
        let mut sum = CompensatedSum::default();
        sum.add(0.0);
        Clusters::new(sum.mean(1.0), 0.0, sizes.iter().map(|&size| (size, 1.0)))
    }

    #[test]
    fn degrees_of_freedom_of_equal_and_unequal_sizes() {
        assert_eq!(clusters(&[10; 5]).degrees_of_freedom(), 4.0);
        // The general formula has the equal case as a limit.
        let nearly = clusters(&[1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_001]);
        assert!((nearly.degrees_of_freedom() - 4.0).abs() < 1e-5);
        // Two replicates have one degree of freedom whatever their sizes.
        assert!((clusters(&[1, 999]).degrees_of_freedom() - 1.0).abs() < 1e-12);
        // By hand for sizes 1, 1, 2: h = ¼, ¼, ½; q = 1/12, 1/12, 1/2; ν = 1/(3/8 + 4/9 − 19/72) = 9/5.
        assert!((clusters(&[1, 1, 2]).degrees_of_freedom() - 1.8).abs() < 1e-12);
    }
}
