//! What the results keep of a summary: one column per statistic.

use super::{IntervalMethod, Summary};

/// The unit of a statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatisticUnit {
    /// The unit of the metric.
    Metric,
    /// `1`.
    Dimensionless,
}

/// How a statistic is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatisticStorage {
    /// f64, missing is NaN.
    Real,
    /// i64, never missing.
    Integer,
    /// i8 flag: [`IntervalMethod::code`] with [`IntervalMethod::name`] as its meaning.
    Method,
}

/// One statistic of one summary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StatisticValue {
    /// A number in the metric's unit.
    Real(f64),
    /// A whole number.
    Integer(i64),
    /// A method.
    Method(IntervalMethod),
}

/// One column that the results have for every metric: dataset `<metric>_<suffix>`.
#[derive(Clone, Copy, Debug)]
pub struct StatisticColumn {
    /// End of the dataset's name.
    pub suffix: &'static str,
    /// One line for people, with `{metric}` where the metric's long name goes.
    pub long_name: &'static str,
    /// Unit.
    pub unit: StatisticUnit,
    /// Storage.
    pub storage: StatisticStorage,
    /// Takes the statistic out of a summary.
    pub get: fn(&Summary) -> StatisticValue,
    /// Puts the statistic into a summary; a value of another storage leaves it alone.
    pub set: fn(&mut Summary, StatisticValue),
}

impl StatisticColumn {
    /// The long name for one metric.
    #[must_use]
    pub fn long_name_of(&self, metric_long_name: &str) -> String {
        self.long_name.replace("{metric}", metric_long_name)
    }

    /// The unit for a metric with unit `metric_unit`.
    #[must_use]
    pub fn unit_of<'a>(&self, metric_unit: &'a str) -> &'a str {
        match self.unit {
            StatisticUnit::Metric => metric_unit,
            StatisticUnit::Dimensionless => "1",
        }
    }
}

macro_rules! real {
    ($suffix:literal, $field:ident, $long_name:literal) => {
        StatisticColumn {
            suffix: $suffix,
            long_name: $long_name,
            unit: StatisticUnit::Metric,
            storage: StatisticStorage::Real,
            get: |summary| StatisticValue::Real(summary.$field),
            set: |summary, value| {
                if let StatisticValue::Real(value) = value {
                    summary.$field = value;
                }
            },
        }
    };
}

macro_rules! integer {
    ($suffix:literal, $field:ident, $long_name:literal) => {
        StatisticColumn {
            suffix: $suffix,
            long_name: $long_name,
            unit: StatisticUnit::Dimensionless,
            storage: StatisticStorage::Integer,
            get: |summary| StatisticValue::Integer(i64::try_from(summary.$field).unwrap_or(i64::MAX)),
            set: |summary, value| {
                if let StatisticValue::Integer(value) = value {
                    summary.$field = value.try_into().unwrap_or_default();
                }
            },
        }
    };
}

/// The statistics of every metric, in the order of the results file.
pub const STATISTICS: &[StatisticColumn] = &[
    integer!("count", count, "number of values of {metric}"),
    integer!(
        "replicates",
        replicates,
        "number of replicates with a value of {metric}"
    ),
    real!("mean", mean, "mean of {metric}"),
    real!("sd", sd, "standard deviation of {metric}"),
    real!(
        "standard_error",
        standard_error,
        "standard error of the mean of {metric}"
    ),
    real!(
        "interval_low",
        interval_low,
        "lower end of the confidence interval of {metric}: of the mean, or of the median if that is the method"
    ),
    real!(
        "interval_high",
        interval_high,
        "upper end of the confidence interval of {metric}: of the mean, or of the median if that is the method"
    ),
    real!("median", median, "median of {metric}"),
    real!("lower_quartile", lower_quartile, "25 % quantile of {metric}"),
    real!("upper_quartile", upper_quartile, "75 % quantile of {metric}"),
    real!("min", min, "smallest {metric}"),
    real!("max", max, "largest {metric}"),
    StatisticColumn {
        suffix: "interval_method",
        long_name: "method of the confidence interval of {metric}",
        unit: StatisticUnit::Dimensionless,
        storage: StatisticStorage::Method,
        get: |summary| StatisticValue::Method(summary.method),
        set: |summary, value| {
            if let StatisticValue::Method(value) = value {
                summary.method = value;
            }
        },
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::MetricKind;

    #[test]
    fn a_summary_survives_its_columns() {
        let summary = Summary::of_members(&[1.0, 2.0, 4.0, 9.0, 3.0, 2.5], 2, MetricKind::Real, 0.95);
        let mut copy = Summary::MISSING;
        for column in STATISTICS {
            (column.set)(&mut copy, (column.get)(&summary));
        }
        assert_eq!(copy, summary);
    }

    #[test]
    fn every_column_has_its_own_suffix_and_names_the_metric() {
        for (i, column) in STATISTICS.iter().enumerate() {
            assert!(
                STATISTICS[..i].iter().all(|other| other.suffix != column.suffix),
                "{}",
                column.suffix
            );
            assert!(
                column.long_name_of("path length").contains("path length"),
                "{}",
                column.suffix
            );
        }
        assert_eq!((STATISTICS[0].unit_of("m"), STATISTICS[2].unit_of("m")), ("1", "m"));
    }
}
