//! Sampled axes from their table.

use super::distribution::{Distribution, MIN_MASS, Normal};
use super::error::Problems;
use super::key::Keys;
use super::parse::dotted_key;
use super::parse_sequence;
use super::sample::{MAX_DRAWS, Method, Sample};
use super::sobol::MAX_DIMENSIONS;
use super::table::{DottedKey, SampleMethod, SampleTable, SweptInteger, SweptNumber, VariableTable};

/// The draws of the table at `path`.
pub(super) fn sample(table: SampleTable, path: &str, problems: &mut Problems) -> Option<Sample> {
    let before = problems.count();
    let method = method(&table, path, problems);
    if matches!(method, Method::Sobol { .. }) && table.variables.len() > MAX_DIMENSIONS {
        problems.add(
            format!("{path}.variables"),
            format!(
                "has {} variables; the maximum of a Sobol sequence is {MAX_DIMENSIONS}",
                table.variables.len()
            ),
        );
    }
    let variables: Vec<(String, Distribution, String)> = (table.variables.into_iter().enumerate())
        .filter_map(|(number, table)| variable(table, format!("{path}.variables[{number}]"), problems))
        .collect();
    if problems.count() > before {
        return None;
    }
    let mut swept = Keys::default();
    for (own, _, path) in &variables {
        if swept.contain(own) {
            problems.add(format!("{path}.key"), format!("sweeps `{own}`, which is swept already"));
        } else if let Some(other) = swept.inside(own) {
            problems.add(
                format!("{path}.key"),
                format!("replaces `{own}` as a whole after `{other}` was set in it"),
            );
        }
        swept.add(own);
    }
    (problems.count() == before).then(|| Sample::new(method, table.count, table.seed.unwrap_or(0), variables))
}

fn method(table: &SampleTable, path: &str, problems: &mut Problems) -> Method {
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
        problems.add(
            format!("{path}.scramble"),
            format!("belongs to the method `sobol`, found beside `{name}`"),
        );
    }
    method
}

fn variable(table: VariableTable, path: String, problems: &mut Problems) -> Option<(String, Distribution, String)> {
    let (key, distribution) = distribution(table, &path, problems);
    let key = dotted_key(key, &path, problems);
    Some((key?, distribution?, path))
}

fn distribution(table: VariableTable, path: &str, problems: &mut Problems) -> (DottedKey, Option<Distribution>) {
    match table {
        VariableTable::Uniform { key, low, high } => (key, uniform(low.real(), high.real(), path, problems)),
        VariableTable::LogUniform { key, low, high } => (key, log_uniform(low.real(), high.real(), path, problems)),
        VariableTable::Normal {
            key,
            mean,
            sd,
            low,
            high,
        } => {
            let bounds = [low, high].map(|bound| bound.as_ref().map(SweptNumber::real));
            let normal = above_zero("sd", sd, path, problems).and_then(|()| normal(mean, sd, bounds, path, problems));
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
            (key, log_normal(median, geometric_sd, bounds, path, problems))
        }
        VariableTable::Choice { key, values, labels } => {
            let sequence = parse_sequence::list(values, labels, true, path, problems);
            (key, sequence.map(Distribution::Choice))
        }
        VariableTable::Integer { key, low, high } => (key, integer(low, high, path, problems)),
        VariableTable::Boolean { key, probability } => (key, boolean(probability.unwrap_or(0.5), path, problems)),
    }
}

fn uniform(low: f64, high: f64, path: &str, problems: &mut Problems) -> Option<Distribution> {
    ordered(low, high, path, problems)?;
    if !(high - low).is_finite() {
        problems.add(format!("{path}.high"), "is too far from `low` for floating point");
        return None;
    }
    Some(Distribution::Uniform { low, high })
}

fn log_uniform(low: f64, high: f64, path: &str, problems: &mut Problems) -> Option<Distribution> {
    ordered(low, high, path, problems)?;
    above_zero("low", low, path, problems)?;
    Some(Distribution::LogUniform { low, high })
}

fn log_normal(
    median: f64,
    spread: f64,
    [low, high]: [Option<f64>; 2],
    path: &str,
    problems: &mut Problems,
) -> Option<Distribution> {
    above_zero("median", median, path, problems)?;
    if spread <= 1.0 {
        problems.add_with_hint(
            format!("{path}.geometric_sd"),
            format!("must be above 1, found {spread}"),
            "it is a factor: two thirds of the draws lie between median / factor and median × factor",
        );
        return None;
    }
    for (entry, bound) in [("low", low), ("high", high)] {
        if let Some(bound) = bound {
            above_zero(entry, bound, path, problems)?;
        }
    }
    let logarithms = [low, high].map(|bound| bound.map(libm::log));
    let logarithm = normal(libm::log(median), libm::log(spread), logarithms, path, problems)?;
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
    problems: &mut Problems,
) -> Option<Distribution> {
    if high.abs_diff(low) > MAX_DRAWS || low >= high {
        problems.add(
            format!("{path}.high"),
            format!("must be above `low` = {low} by at most {MAX_DRAWS}, found {high}"),
        );
        return None;
    }
    Some(Distribution::Integer { low, high })
}

fn boolean(probability: f64, path: &str, problems: &mut Problems) -> Option<Distribution> {
    if !(0.0..=1.0).contains(&probability) {
        problems.add(
            format!("{path}.probability"),
            format!("must be from 0 to 1, found {probability}"),
        );
        return None;
    }
    Some(Distribution::Boolean { probability })
}

fn ordered(low: f64, high: f64, path: &str, problems: &mut Problems) -> Option<()> {
    if low < high {
        return Some(());
    }
    problems.add(
        format!("{path}.high"),
        format!("must be above `low` = {low}, found {high}"),
    );
    None
}

fn above_zero(entry: &str, value: f64, path: &str, problems: &mut Problems) -> Option<()> {
    if value > 0.0 {
        return Some(());
    }
    problems.add(format!("{path}.{entry}"), format!("must be above 0, found {value}"));
    None
}

fn normal(mean: f64, sd: f64, [low, high]: [Option<f64>; 2], path: &str, problems: &mut Problems) -> Option<Normal> {
    if let (Some(low), Some(high)) = (low, high)
        && low >= high
    {
        problems.add(format!("{path}.high"), "must be above `low`");
        return None;
    }
    let normal = Normal::new(
        mean,
        sd,
        low.unwrap_or(f64::NEG_INFINITY),
        high.unwrap_or(f64::INFINITY),
    );
    if normal.mass() < MIN_MASS {
        problems.add(
            path,
            format!("keeps less than {MIN_MASS:e} of the probability between its bounds"),
        );
        return None;
    }
    Some(normal)
}
