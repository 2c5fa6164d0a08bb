//! Sampled axes from their table.

use super::distribution::{Distribution, MIN_MASS, Normal};
use super::error::Mistakes;
use super::key::Keys;
use super::parse::dotted_key;
use super::parse_sequence;
use super::sample::{MAX_DRAWS, Method, Sample};
use super::sobol::MAX_DIMENSIONS;
use super::table::{DottedKey, SampleMethod, SampleTable, SweptInteger, SweptNumber, VariableTable};

/// The draws of the table at `path`.
pub(super) fn sample(table: SampleTable, path: &str, mistakes: &mut Mistakes) -> Option<Sample> {
    let before = mistakes.count();
    let method = method(&table, path, mistakes);
    if matches!(method, Method::Sobol { .. }) && table.variables.len() > MAX_DIMENSIONS {
        mistakes.add(
            format!("{path}.variables"),
            format!(
                "has {} variables; the maximum of a Sobol sequence is {MAX_DIMENSIONS}",
                table.variables.len()
            ),
        );
    }
    let variables: Vec<(String, Distribution, String)> = (table.variables.into_iter().enumerate())
        .filter_map(|(number, table)| variable(table, format!("{path}.variables[{number}]"), mistakes))
        .collect();
    if mistakes.count() > before {
        return None;
    }
    let mut swept = Keys::default();
    for (own, _, path) in &variables {
        if swept.contain(own) {
            mistakes.add(format!("{path}.key"), format!("sweeps `{own}`, which is swept already"));
        } else if let Some(other) = swept.inside(own) {
            mistakes.add(
                format!("{path}.key"),
                format!("replaces `{own}` as a whole after `{other}` was set in it"),
            );
        }
        swept.add(own);
    }
    (mistakes.count() == before).then(|| Sample::new(method, table.count, table.seed.unwrap_or(0), variables))
}

fn method(table: &SampleTable, path: &str, mistakes: &mut Mistakes) -> Method {
    let (method, name) = match table.method {
        SampleMethod::Sobol => {
            return Method::Sobol {
                scramble: table.scramble.unwrap_or(true),
            };
        }
        SampleMethod::Random => (Method::Random, "random"),
        SampleMethod::LatinHypercube => (Method::LatinHypercube, "latin_hypercube"),
    };
    if table.scramble.is_some() {
        mistakes.add(
            format!("{path}.scramble"),
            format!("belongs to the method `sobol`, found beside `{name}`"),
        );
    }
    method
}

fn variable(table: VariableTable, path: String, mistakes: &mut Mistakes) -> Option<(String, Distribution, String)> {
    let (key, distribution) = distribution(table, &path, mistakes);
    let key = dotted_key(key, &path, mistakes);
    Some((key?, distribution?, path))
}

fn distribution(table: VariableTable, path: &str, mistakes: &mut Mistakes) -> (DottedKey, Option<Distribution>) {
    match table {
        VariableTable::Uniform { key, low, high } => (key, uniform(low.real(), high.real(), path, mistakes)),
        VariableTable::LogUniform { key, low, high } => (key, log_uniform(low.real(), high.real(), path, mistakes)),
        VariableTable::Normal {
            key,
            mean,
            sd,
            low,
            high,
        } => {
            let bounds = [low, high].map(|bound| bound.as_ref().map(SweptNumber::real));
            let normal = above_zero("sd", sd, path, mistakes).and_then(|()| normal(mean, sd, bounds, path, mistakes));
            (key, normal.map(Distribution::Normal))
        }
        VariableTable::LogNormal {
            key,
            median,
            geometric_sd,
            low,
            high,
        } => {
            let bounds = [low, high].map(|bound| bound.as_ref().map(SweptNumber::real));
            (key, log_normal(median, geometric_sd, bounds, path, mistakes))
        }
        VariableTable::Choice { key, values, labels } => {
            let sequence = parse_sequence::list(values, labels, true, path, mistakes);
            (key, sequence.map(Distribution::Choice))
        }
        VariableTable::Integer { key, low, high } => (key, integer(low, high, path, mistakes)),
        VariableTable::Boolean { key, probability } => (key, boolean(probability.unwrap_or(0.5), path, mistakes)),
    }
}

fn uniform(low: f64, high: f64, path: &str, mistakes: &mut Mistakes) -> Option<Distribution> {
    ordered(low, high, path, mistakes)?;
    if !(high - low).is_finite() {
        mistakes.add(format!("{path}.high"), "is too far from `low` for floating point");
        return None;
    }
    Some(Distribution::Uniform { low, high })
}

fn log_uniform(low: f64, high: f64, path: &str, mistakes: &mut Mistakes) -> Option<Distribution> {
    ordered(low, high, path, mistakes)?;
    above_zero("low", low, path, mistakes)?;
    Some(Distribution::LogUniform { low, high })
}

fn log_normal(
    median: f64,
    spread: f64,
    [low, high]: [Option<f64>; 2],
    path: &str,
    mistakes: &mut Mistakes,
) -> Option<Distribution> {
    above_zero("median", median, path, mistakes)?;
    if spread <= 1.0 {
        mistakes.add_with_hint(
            format!("{path}.geometric_sd"),
            format!("must be above 1, found {spread}"),
            "it is a factor: two thirds of the draws lie between median / factor and median × factor",
        );
        return None;
    }
    for (entry, bound) in [("low", low), ("high", high)] {
        if let Some(bound) = bound {
            above_zero(entry, bound, path, mistakes)?;
        }
    }
    let logarithms = [low, high].map(|bound| bound.map(libm::log));
    let logarithm = normal(libm::log(median), libm::log(spread), logarithms, path, mistakes)?;
    Some(Distribution::LogNormal {
        logarithm,
        low: low.unwrap_or(f64::MIN_POSITIVE),
        high: high.unwrap_or(f64::MAX),
    })
}

fn integer(
    SweptInteger(low): SweptInteger,
    SweptInteger(high): SweptInteger,
    path: &str,
    mistakes: &mut Mistakes,
) -> Option<Distribution> {
    if high.abs_diff(low) > MAX_DRAWS || low >= high {
        mistakes.add(
            format!("{path}.high"),
            format!("must be above `low` = {low} by at most {MAX_DRAWS}, found {high}"),
        );
        return None;
    }
    Some(Distribution::Integer { low, high })
}

fn boolean(probability: f64, path: &str, mistakes: &mut Mistakes) -> Option<Distribution> {
    if !(0.0..=1.0).contains(&probability) {
        mistakes.add(
            format!("{path}.probability"),
            format!("must be from 0 to 1, found {probability}"),
        );
        return None;
    }
    Some(Distribution::Boolean { probability })
}

fn ordered(low: f64, high: f64, path: &str, mistakes: &mut Mistakes) -> Option<()> {
    if low < high {
        return Some(());
    }
    mistakes.add(
        format!("{path}.high"),
        format!("must be above `low` = {low}, found {high}"),
    );
    None
}

fn above_zero(entry: &str, value: f64, path: &str, mistakes: &mut Mistakes) -> Option<()> {
    if value > 0.0 {
        return Some(());
    }
    mistakes.add(format!("{path}.{entry}"), format!("must be above 0, found {value}"));
    None
}

fn normal(mean: f64, sd: f64, [low, high]: [Option<f64>; 2], path: &str, mistakes: &mut Mistakes) -> Option<Normal> {
    if let (Some(low), Some(high)) = (low, high)
        && low >= high
    {
        mistakes.add(format!("{path}.high"), "must be above `low`");
        return None;
    }
    let normal = Normal::new(
        mean,
        sd,
        low.unwrap_or(f64::NEG_INFINITY),
        high.unwrap_or(f64::INFINITY),
    );
    if normal.mass() < MIN_MASS {
        mistakes.add(
            path,
            format!("keeps less than {MIN_MASS:e} of the probability between its bounds"),
        );
        return None;
    }
    Some(normal)
}
