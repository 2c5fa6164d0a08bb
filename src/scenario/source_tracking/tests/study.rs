//! The shipped study fits the scenario and shows what it is meant to show.

use super::super::SourceTrackingConfig;
use super::super::tracking::SourceTracking;
use super::fixture::{column, mean_and_error, run};
use crate::scenario::Scenario;
use std::path::Path;
use toml::{Table, Value};

fn read(file: &str) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("conf").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    text.parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A design point: dimensions, L, I, policy.
fn point(study: &Table, values: [&Value; 3], policy: &str) -> SourceTrackingConfig {
    let mut tables = Table::new();
    for name in study["defaults"].as_array().unwrap() {
        tables.extend(read(&format!("{}.toml", name.as_str().unwrap())));
    }
    tables.extend(read(&format!("{policy}.toml")));
    tables.insert("search".to_owned(), study["search"].clone());
    let medium = tables.get_mut("medium").unwrap().as_table_mut().unwrap();
    for (key, value) in ["dimensions", "dispersion_length", "source_intensity"]
        .iter()
        .zip(values)
    {
        medium.insert((*key).to_owned(), value.clone());
    }
    tables.try_into().unwrap()
}

fn axes(study: &Table) -> [Vec<Value>; 4] {
    let axes = study["sweep"]["axes"].as_array().unwrap();
    let keys = [
        "medium.dimensions",
        "medium.dispersion_length",
        "medium.source_intensity",
        "policy",
    ];
    assert_eq!(axes.len(), keys.len());
    [0, 1, 2, 3].map(|axis| {
        assert_eq!(axes[axis]["key"].as_str(), Some(keys[axis]));
        axes[axis]["values"].as_array().unwrap().clone()
    })
}

#[test]
fn every_point_goes_together() {
    let study = read("studies/source_tracking.toml");
    let [dimensions, lengths, intensities, policies] = axes(&study);
    for n in &dimensions {
        for length in &lengths {
            for intensity in &intensities {
                for policy in &policies {
                    let config = point(&study, [n, length, intensity], policy.as_str().unwrap());
                    assert_eq!(SourceTracking::default().check(&config), [], "{config:?}");
                }
            }
        }
    }
}

/// In one dimension, L = 1, I = 2: greedy searches often fail, the others hardly ever; space-aware infotaxis is faster than
/// infotaxis and voting. Differences are asked to exceed 4.5 standard errors.
#[test]
fn searches_differ_as_the_literature_says() {
    let study = read("studies/source_tracking.toml");
    let [dimensions, lengths, intensities, policies] = axes(&study);
    let results: Vec<[(f64, f64); 2]> = policies
        .iter()
        .map(|policy| {
            let values = [&dimensions[0], &lengths[0], &intensities[1]];
            let mut config = point(&study, values, policy.as_str().unwrap());
            config.search.searches = 400;
            let values = run(&SourceTracking::default(), &config, 1);
            ["probability_not_found", "searching_time_steps"].map(|name| mean_and_error(column(&config, &values, name)))
        })
        .collect();
    println!("{results:?}");
    let exceeds = |a: (f64, f64), b: (f64, f64)| a.0 - b.0 > 4.5 * (a.1 * a.1 + b.1 * b.1).sqrt();
    let [infotaxis, space_aware, greedy, voting] = results[..] else {
        panic!("four policies");
    };
    for other in [infotaxis, space_aware, voting] {
        assert!(exceeds(greedy[0], other[0]), "{results:?}");
    }
    assert!(infotaxis[0].0 < 1e-6 && space_aware[0].0 < 1e-6, "{results:?}");
    for other in [infotaxis, voting] {
        assert!(exceeds(other[1], space_aware[1]), "{results:?}");
    }
}
