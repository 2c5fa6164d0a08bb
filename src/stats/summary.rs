//! Everything the results say about one metric at one design point.

use super::clusters::Clusters;
use super::interval::{Interval, IntervalMethod};
use super::median;
use super::quantile::Quartiles;
use super::sum::{CompensatedSum, scale_for};
use super::unit_statistics::{Extent, UnitStatistics, present};
use crate::results::{Centre, Measure, MetricKind};
use serde::Serialize;

/// Statistics of one metric over the replicates and members of one design point, in the metric's unit.
///
/// A statistic that the values don't determine is NaN: everything without a value, the spread with one value, the
/// standard error and interval with one replicate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Values present, over all replicates and members (n).
    pub count: u64,
    /// Replicates that contribute at least one value.
    pub replicates: u32,
    /// Mean over all values (a ratio of sums: replicates with more values weigh more).
    pub mean: f64,
    /// Standard deviation over all values, divisor n − 1.
    pub sd: f64,
    /// Standard error of the mean with replicates as the independent units.
    pub standard_error: f64,
    /// Lower end of the confidence interval of the mean, or of the median with [`IntervalMethod::Median`].
    pub interval_low: f64,
    /// Upper end of the confidence interval of the mean, or of the median with [`IntervalMethod::Median`].
    pub interval_high: f64,
    /// Median over all values (of the replicates' means where only unit statistics are kept); type 7 of Hyndman & Fan.
    pub median: f64,
    /// 25 % quantile, as the median.
    pub lower_quartile: f64,
    /// 75 % quantile, as the median.
    pub upper_quartile: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// How the interval was made.
    pub method: IntervalMethod,
}

impl Summary {
    /// No replicate has a value.
    pub const MISSING: Self = Self {
        count: 0,
        replicates: 0,
        mean: f64::NAN,
        sd: f64::NAN,
        standard_error: f64::NAN,
        interval_low: f64::NAN,
        interval_high: f64::NAN,
        median: f64::NAN,
        lower_quartile: f64::NAN,
        upper_quartile: f64::NAN,
        min: f64::NAN,
        max: f64::NAN,
        method: IntervalMethod::None,
    };

    /// Summary of `values`, `[replicates, members]` row-major with NaN where missing; `confidence` is the level of
    /// the interval (0.95). Values of a flag are 0 or 1. Infinite values make the mean and spread NaN or infinite.
    ///
    /// # Panics
    /// If `values` isn't a whole number of replicates, `confidence` not strictly between 0 and 1, or a flag anything
    /// but 0 or 1.
    #[must_use]
    pub fn of_members(values: &[f64], members: usize, measure: impl Into<Measure>, confidence: f64) -> Self {
        let measure = measure.into();
        assert!(
            members > 0 && values.len().is_multiple_of(members),
            "replicates must be whole: {} values, {members} members",
            values.len()
        );
        let Some(extent) = Extent::of(values) else {
            return Self::MISSING;
        };
        assert_flag(measure.kind, extent);
        let scale = scale_for(extent.magnitude());
        let mut sum = CompensatedSum::default();
        for value in present(values) {
            sum.add(value * scale);
        }
        let mean = sum.mean(extent.count as f64);
        let mut squares = CompensatedSum::default();
        let residuals: Vec<(u64, f64)> = values
            .chunks_exact(members)
            .map(|replicate| {
                let (mut size, mut residual) = (0, CompensatedSum::default());
                for value in present(replicate) {
                    let deviation = mean.deviation(value * scale);
                    size += 1;
                    residual.add(deviation);
                    squares.add(deviation * deviation);
                }
                (size, residual.value())
            })
            .collect();
        let clusters = Clusters::new(mean, squares.value(), residuals.into_iter());
        let mut pooled: Vec<f64> = present(values).collect();
        let summary = Self::assemble(
            &clusters,
            scale,
            extent,
            Quartiles::of(&mut pooled),
            measure,
            confidence,
        );
        summary.with_centre(measure, || {
            median::interval(values, members, summary.median, confidence)
        })
    }

    /// Summary of a design point of which only statistics per replicate are kept, in replicate order. All but the
    /// quantiles, which are those of the replicates' means, equal those of [`Self::of_members`] up to rounding.
    ///
    /// # Panics
    /// If `confidence` isn't strictly between 0 and 1, or a flag lies outside of it.
    #[must_use]
    pub fn of_units(units: &[UnitStatistics], measure: impl Into<Measure>, confidence: f64) -> Self {
        let measure = measure.into();
        let filled = || units.iter().filter(|unit| unit.count > 0);
        let count: u64 = filled().map(|unit| u64::from(unit.count)).sum();
        let smallest = filled().map(|unit| unit.min).min_by(f64::total_cmp);
        let largest = filled().map(|unit| unit.max).max_by(f64::total_cmp);
        let (Some(min), Some(max)) = (smallest, largest) else {
            return Self::MISSING;
        };
        let extent = Extent { count, min, max };
        assert_flag(measure.kind, extent);
        let scale = scale_for(extent.magnitude());
        let mut sum = CompensatedSum::default();
        for unit in filled() {
            sum.add_product(unit.mean * scale, f64::from(unit.count));
        }
        let mean = sum.mean(count as f64);
        let mut squares = CompensatedSum::default();
        let mut residuals = Vec::with_capacity(units.len());
        for unit in filled() {
            let size = f64::from(unit.count);
            let deviation = mean.deviation(unit.mean * scale);
            squares.add(size * deviation * deviation);
            if unit.count > 1 {
                let sd = unit.sd * scale;
                squares.add((size - 1.0) * sd * sd);
            }
            residuals.push((u64::from(unit.count), size * deviation));
        }
        let clusters = Clusters::new(mean, squares.value(), residuals.into_iter());
        let mut means: Vec<f64> = filled().map(|unit| unit.mean).collect();
        let summary = Self::assemble(&clusters, scale, extent, Quartiles::of(&mut means), measure, confidence);
        summary.with_centre(measure, || median::interval(&means, 1, summary.median, confidence))
    }

    fn assemble(
        clusters: &Clusters,
        scale: f64,
        extent: Extent,
        quartiles: Quartiles,
        measure: Measure,
        confidence: f64,
    ) -> Self {
        let interval = Interval::of(clusters, measure.kind, confidence);
        let (lowest, highest) = measure.support.bounds();
        let mean = (clusters.mean() / scale).clamp(extent.min, extent.max);
        Self {
            count: extent.count,
            replicates: u32::try_from(clusters.replicates()).expect("replicates are numbered by u32"),
            mean,
            sd: clusters.sd() / scale,
            standard_error: clusters.variance_of_mean().sqrt() / scale,
            // `min` and `max` with a NaN would give the mean.
            interval_low: if interval.low.is_nan() {
                f64::NAN
            } else {
                (interval.low / scale).max(lowest).min(mean)
            },
            interval_high: if interval.high.is_nan() {
                f64::NAN
            } else {
                (interval.high / scale).min(highest).max(mean)
            },
            median: quartiles.median,
            lower_quartile: quartiles.lower,
            upper_quartile: quartiles.upper,
            min: extent.min,
            max: extent.max,
            method: interval.method,
        }
    }

    /// This summary with the interval of the median, if that is what tables show of the metric.
    fn with_centre(self, measure: Measure, interval: impl FnOnce() -> Option<Interval>) -> Self {
        if measure.centre == Centre::Mean || measure.kind == MetricKind::Flag {
            return self;
        }
        match interval() {
            None => self,
            Some(interval) => Self {
                interval_low: interval.low.min(self.median),
                interval_high: interval.high.max(self.median),
                method: interval.method,
                ..self
            },
        }
    }

    /// What the interval is of: the mean, or the median.
    #[must_use]
    pub fn centre(&self) -> f64 {
        match self.method {
            IntervalMethod::Median => self.median,
            _ => self.mean,
        }
    }
}

/// A proportion outside of [0, 1] has no interval, and means that the wrong values were read.
fn assert_flag(kind: MetricKind, extent: Extent) {
    assert!(
        kind != MetricKind::Flag || (extent.min >= 0.0 && extent.max <= 1.0),
        "values of a flag must be 0 or 1, found {} to {}",
        extent.min,
        extent.max
    );
}
