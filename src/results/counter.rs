//! What a scenario has to tell about how a run went: never a result.

use crate::numerics::Times;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing to tell, counted on one rank since the program started, or merged over ranks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counter {
    /// Lower-case words joined by `_`.
    pub name: String,
    /// A few words for people, before the value: `cache hits`.
    pub long_name: String,
    /// The value, and with it how ranks are merged.
    pub value: CounterValue,
}

/// The value of a counter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CounterValue {
    /// An amount; ranks add up.
    Sum {
        /// The amount.
        value: f64,
        /// UDUNITS string.
        unit: String,
    },
    /// A peak; the largest of all ranks.
    Max {
        /// The peak.
        value: f64,
        /// UDUNITS string.
        unit: String,
    },
    /// `part` of `whole`; each adds up over ranks, so that the share is that of all ranks together.
    Share {
        /// How many, of
        part: u64,
        /// how many.
        whole: u64,
    },
    /// Durations; the histograms of all ranks are merged, so that quantiles are those of all ranks together.
    Times(Times),
}

impl Counter {
    /// Adds another rank's; one of another form, which a scenario shouldn't give, is left out.
    fn merge(&mut self, other: &CounterValue) {
        match (&mut self.value, other) {
            (CounterValue::Sum { value, .. }, CounterValue::Sum { value: more, .. }) => *value += more,
            (CounterValue::Max { value, .. }, CounterValue::Max { value: other, .. }) => *value = value.max(*other),
            (CounterValue::Share { part, whole }, CounterValue::Share { part: p, whole: w }) => {
                *part += p;
                *whole += w;
            }
            (CounterValue::Times(times), CounterValue::Times(more)) => times.merge(more),
            _ => {}
        }
    }

    /// Merges the counters of ranks, in the order of the ranks; the first that has a counter settles its place.
    #[must_use]
    pub fn merge_ranks(ranks: impl IntoIterator<Item = Vec<Self>>) -> Vec<Self> {
        let mut merged: Vec<Self> = Vec::new();
        for counter in ranks.into_iter().flatten() {
            match merged.iter_mut().find(|known| known.name == counter.name) {
                Some(known) => known.merge(&counter.value),
                None => merged.push(counter),
            }
        }
        merged
    }

    /// What is kept and shown of it.
    #[must_use]
    pub fn summary(&self) -> CounterSummary {
        let value = match &self.value {
            CounterValue::Sum { value, unit } | CounterValue::Max { value, unit } => CounterNumbers::Amount {
                value: *value,
                unit: unit.clone(),
            },
            CounterValue::Share { part, whole } => CounterNumbers::Share {
                share: (*whole > 0).then(|| *part as f64 / *whole as f64),
                part: *part,
                whole: *whole,
            },
            CounterValue::Times(times) => CounterNumbers::Times {
                count: times.count(),
                mean_s: times.mean_s(),
                p99_s: times.quantile_s(0.99),
                max_s: times.max_s(),
            },
        };
        CounterSummary {
            name: self.name.clone(),
            long_name: self.long_name.clone(),
            value,
        }
    }
}

/// A counter at the end of a run, in a few numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CounterSummary {
    /// See [`Counter::name`].
    pub name: String,
    /// See [`Counter::long_name`].
    pub long_name: String,
    /// The numbers.
    #[serde(flatten)]
    pub value: CounterNumbers,
}

/// The numbers of a counter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CounterNumbers {
    /// A part of a whole.
    Share {
        /// The quotient; none of nothing.
        share: Option<f64>,
        /// How many, of
        part: u64,
        /// how many.
        whole: u64,
    },
    /// Durations.
    Times {
        /// How many.
        count: u64,
        /// Mean, s.
        mean_s: f64,
        /// 99 % are at most this long, s; at most 25 % too high.
        p99_s: f64,
        /// The longest, s.
        max_s: f64,
    },
    /// An amount or a peak.
    Amount {
        /// The value.
        value: f64,
        /// UDUNITS string.
        unit: String,
    },
}

impl fmt::Display for CounterSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use crate::quantity::{bytes, count, short_time};
        write!(f, "{} ", self.long_name)?;
        match &self.value {
            CounterNumbers::Share { share, part, whole } => {
                if let Some(share) = share {
                    write!(f, "{:.1} % ", 100.0 * share)?;
                }
                write!(f, "({} of {})", count(*part), count(*whole))
            }
            CounterNumbers::Times { count: 0, .. } => f.write_str("none"),
            CounterNumbers::Times {
                mean_s, p99_s, max_s, ..
            } => write!(
                f,
                "{} on average, 99 % within {}, at most {}",
                short_time(*mean_s),
                short_time(*p99_s),
                short_time(*max_s)
            ),
            CounterNumbers::Amount { value, unit } if unit == "byte" => f.write_str(&bytes(value.max(0.0) as u64)),
            CounterNumbers::Amount { value, unit } => {
                if value.fract() == 0.0 && (0.0..9e15).contains(value) {
                    f.write_str(&count(*value as u64))?;
                } else {
                    write!(f, "{value:.4}")?;
                }
                if unit == "1" { Ok(()) } else { write!(f, " {unit}") }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counter(name: &str, value: CounterValue) -> Counter {
        Counter {
            name: name.to_owned(),
            long_name: name.replace('_', " "),
            value,
        }
    }

    fn of_rank(hits: u64, peak: f64, seconds: f64) -> Vec<Counter> {
        let mut times = Times::default();
        times.record(seconds);
        let unit = || "byte".to_owned();
        vec![
            counter("hits", CounterValue::Share { part: hits, whole: 10 }),
            counter(
                "peak",
                CounterValue::Max {
                    value: peak,
                    unit: unit(),
                },
            ),
            counter(
                "read",
                CounterValue::Sum {
                    value: 512.0,
                    unit: unit(),
                },
            ),
            counter("wait", CounterValue::Times(times)),
        ]
    }

    #[test]
    fn the_share_of_all_ranks_is_that_of_the_sums() {
        let merged = Counter::merge_ranks([of_rank(10, 100.0, 1e-3), of_rank(5, 300.0, 3e-3), Vec::new()]);
        let told: Vec<String> = merged.iter().map(|counter| counter.summary().to_string()).collect();
        assert_eq!(
            told,
            [
                "hits 75.0 % (15 of 20)",
                "peak 300 B",
                "read 1.0 KiB",
                "wait 2.00 ms on average, 99 % within 3.00 ms, at most 3.00 ms",
            ]
        );
    }

    #[test]
    fn nothing_counted_is_told_as_nothing() {
        let none = [
            counter("hits", CounterValue::Share { part: 0, whole: 0 }),
            counter("wait", CounterValue::Times(Times::default())),
        ];
        let told: Vec<String> = none.iter().map(|counter| counter.summary().to_string()).collect();
        assert_eq!(told, ["hits (0 of 0)", "wait none"]);
    }

    #[test]
    fn a_summary_survives_its_text() {
        for counter in of_rank(3, 7.5, 0.25) {
            let summary = counter.summary();
            let text = serde_json::to_string(&summary).unwrap();
            assert_eq!(
                serde_json::from_str::<CounterSummary>(&text).unwrap(),
                summary,
                "{text}"
            );
        }
    }
}
