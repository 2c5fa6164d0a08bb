//! Sampled axes from their table.

use super::distribution::{Distribution, LEAST_MASS, Normal};
use super::error::Mistakes;
use super::key;
use super::parse::dotted_key;
use super::parse_sequence;
use super::reader::{Table, describe, nearest};
use super::sample::{MOST_DRAWS, Method, Sample};
use super::sobol::MOST_DIMENSIONS;
use serde_json::Value;

/// The distributions and the keys of their tables beside `key` and `distribution`.
const DISTRIBUTIONS: [(&str, &[&str]); 7] = [
    ("uniform", &["low", "high"]),
    ("log_uniform", &["low", "high"]),
    ("normal", &["mean", "sd", "low", "high"]),
    ("log_normal", &["median", "geometric_sd", "low", "high"]),
    ("choice", &["values", "labels"]),
    ("integer", &["low", "high"]),
    ("boolean", &["probability"]),
];

/// The draws at `sample` of an axis.
pub(super) fn sample(axis: &Table<'_>, mistakes: &mut Mistakes) -> Option<Sample> {
    let known = ["method", "count", "seed", "scramble", "variables"];
    let table = Table::open(axis.required("sample", mistakes)?, &axis.at("sample"), &known, mistakes)?;
    let before = mistakes.count();
    let method = method(&table, mistakes);
    let count = table.count("count", MOST_DRAWS, mistakes);
    let seed = match table.get("seed") {
        None => Some(0),
        Some(value) => {
            let seed = value.as_u64();
            if seed.is_none() {
                mistakes.add(
                    table.at("seed"),
                    format!("must be a whole number from 0, found {}", describe(value)),
                );
            }
            seed
        }
    };
    let entries = table.list("variables", mistakes)?;
    if matches!(method, Some(Method::Sobol { .. })) && entries.len() > MOST_DIMENSIONS {
        mistakes.add(
            table.at("variables"),
            format!(
                "has {} variables, a Sobol sequence the most {MOST_DIMENSIONS}",
                entries.len()
            ),
        );
    }
    let variables: Vec<(String, Distribution, String)> = entries
        .iter()
        .enumerate()
        .filter_map(|(number, entry)| variable(entry, &format!("{}[{number}]", table.at("variables")), mistakes))
        .collect();
    if mistakes.count() > before {
        return None;
    }
    for (position, (own, _, path)) in variables.iter().enumerate() {
        for (other, _, _) in &variables[..position] {
            if own == other {
                mistakes.add(format!("{path}.key"), format!("sweeps `{own}`, which is swept already"));
            } else if key::is_inside(other, own) {
                mistakes.add(
                    format!("{path}.key"),
                    format!("replaces `{own}` as a whole after `{other}` was set in it"),
                );
            }
        }
    }
    (mistakes.count() == before).then_some(Sample::new(method?, count?, seed?, variables))
}

fn method(table: &Table<'_>, mistakes: &mut Mistakes) -> Option<Method> {
    let scramble = match table.get("scramble") {
        None => None,
        Some(Value::Bool(scramble)) => Some(*scramble),
        Some(other) => {
            mistakes.add(
                table.at("scramble"),
                format!("must be true or false, found {}", describe(other)),
            );
            None
        }
    };
    let name = table.text("method", mistakes)?;
    let method = match name {
        "random" => Method::Random,
        "latin_hypercube" => Method::LatinHypercube,
        "sobol" => {
            return Some(Method::Sobol {
                scramble: scramble.unwrap_or(true),
            });
        }
        other => {
            let known = ["random", "latin_hypercube", "sobol"];
            unknown(&table.at("method"), "method", other, &known, mistakes);
            return None;
        }
    };
    if scramble.is_some() {
        mistakes.add(
            table.at("scramble"),
            format!("belongs to the method `sobol`, found beside `{name}`"),
        );
    }
    Some(method)
}

fn unknown(path: &str, what: &str, found: &str, known: &[&str], mistakes: &mut Mistakes) {
    let hint = nearest(found, known.iter().copied()).map_or_else(
        || format!("one of {}", known.join(", ")),
        |best| format!("did you mean `{best}`?"),
    );
    mistakes.add_with_hint(path, format!("is not a known {what}: \"{found}\""), hint);
}

fn variable(value: &Value, path: &str, mistakes: &mut Mistakes) -> Option<(String, Distribution, String)> {
    let names = DISTRIBUTIONS.map(|(name, _)| name);
    let given = value.get("distribution").and_then(Value::as_str);
    let own = given.and_then(|given| DISTRIBUTIONS.iter().find(|(name, _)| *name == given));
    // Without a known distribution every parameter passes, so that one mistake makes one message.
    let mut parameters: Vec<&str> = match own {
        Some((_, parameters)) => parameters.to_vec(),
        None => DISTRIBUTIONS
            .iter()
            .flat_map(|(_, parameters)| parameters.iter().copied())
            .collect(),
    };
    let mut seen = Vec::new();
    parameters.retain(|name| {
        let is_first = !seen.contains(name);
        seen.push(*name);
        is_first
    });
    let known = [&["key", "distribution"], &parameters[..]].concat();
    let table = Table::open(value, path, &known, mistakes)?;
    let key = dotted_key(&table, "key", mistakes);
    if !table.has("distribution") {
        mistakes.add_with_hint(
            path,
            "lacks `distribution`",
            "e.g. { key = \"wind.speed_m_s\", distribution = \"uniform\", low = 0.5, high = 2.0 }",
        );
        return None;
    }
    let name = table.text("distribution", mistakes)?;
    if own.is_none() {
        unknown(&table.at("distribution"), "distribution", name, &names, mistakes);
        return None;
    }
    let distribution = distribution(name, &table, mistakes);
    Some((key?, distribution?, path.to_owned()))
}

fn distribution(name: &str, table: &Table<'_>, mistakes: &mut Mistakes) -> Option<Distribution> {
    match name {
        "uniform" | "log_uniform" => {
            let low = table.real("low", mistakes);
            let high = table.real("high", mistakes);
            let (low, high) = (low?, high?);
            ordered(low, high, table, mistakes)?;
            if name == "uniform" {
                if !(high - low).is_finite() {
                    mistakes.add(table.at("high"), "is too far from `low` for floating point");
                    return None;
                }
                return Some(Distribution::Uniform { low, high });
            }
            above_zero("low", low, table, mistakes)?;
            Some(Distribution::LogUniform { low, high })
        }
        "normal" => {
            let mean = table.real("mean", mistakes);
            let sd = table.real("sd", mistakes);
            let low = table.optional_real("low", mistakes);
            let high = table.optional_real("high", mistakes);
            let (mean, sd) = (mean?, sd?);
            above_zero("sd", sd, table, mistakes)?;
            normal(mean, sd, [low?, high?], table, mistakes).map(Distribution::Normal)
        }
        "log_normal" => {
            let median = table.real("median", mistakes);
            let spread = table.real("geometric_sd", mistakes);
            let low = table.optional_real("low", mistakes);
            let high = table.optional_real("high", mistakes);
            let (median, spread, low, high) = (median?, spread?, low?, high?);
            above_zero("median", median, table, mistakes)?;
            if spread <= 1.0 {
                mistakes.add_with_hint(
                    table.at("geometric_sd"),
                    format!("must be above 1, found {spread}"),
                    "it is a factor: two thirds of the draws lie between median / factor and median × factor",
                );
                return None;
            }
            for (entry, bound) in [("low", low), ("high", high)] {
                if let Some(bound) = bound {
                    above_zero(entry, bound, table, mistakes)?;
                }
            }
            let logarithms = [low, high].map(|bound| bound.map(libm::log));
            let logarithm = normal(libm::log(median), libm::log(spread), logarithms, table, mistakes)?;
            Some(Distribution::LogNormal {
                logarithm,
                low: low.unwrap_or(f64::MIN_POSITIVE),
                high: high.unwrap_or(f64::MAX),
            })
        }
        "choice" => parse_sequence::list(table, true, mistakes).map(Distribution::Choice),
        "integer" => {
            let low = table.integer("low", mistakes);
            let high = table.integer("high", mistakes);
            let (low, high) = (low?, high?);
            if high.abs_diff(low) > MOST_DRAWS || low >= high {
                mistakes.add(
                    table.at("high"),
                    format!("must be above `low` = {low} by at most {MOST_DRAWS}, found {high}"),
                );
                return None;
            }
            Some(Distribution::Integer { low, high })
        }
        _ => {
            let probability = table.optional_real("probability", mistakes)?.unwrap_or(0.5);
            if !(0.0..=1.0).contains(&probability) {
                mistakes.add(
                    table.at("probability"),
                    format!("must be from 0 to 1, found {probability}"),
                );
                return None;
            }
            Some(Distribution::Boolean { probability })
        }
    }
}

fn ordered(low: f64, high: f64, table: &Table<'_>, mistakes: &mut Mistakes) -> Option<()> {
    if low < high {
        return Some(());
    }
    mistakes.add(table.at("high"), format!("must be above `low` = {low}, found {high}"));
    None
}

fn above_zero(entry: &str, value: f64, table: &Table<'_>, mistakes: &mut Mistakes) -> Option<()> {
    if value > 0.0 {
        return Some(());
    }
    mistakes.add(table.at(entry), format!("must be above 0, found {value}"));
    None
}

fn normal(
    mean: f64,
    sd: f64,
    [low, high]: [Option<f64>; 2],
    table: &Table<'_>,
    mistakes: &mut Mistakes,
) -> Option<Normal> {
    if let (Some(low), Some(high)) = (low, high)
        && low >= high
    {
        mistakes.add(table.at("high"), "must be above `low`");
        return None;
    }
    let normal = Normal::new(
        mean,
        sd,
        low.unwrap_or(f64::NEG_INFINITY),
        high.unwrap_or(f64::INFINITY),
    );
    if normal.mass() < LEAST_MASS {
        mistakes.add(
            table.path(),
            format!("keeps less than {LEAST_MASS:e} of the probability between its bounds"),
        );
        return None;
    }
    Some(normal)
}
