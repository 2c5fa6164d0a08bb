//! What the tests of the scenario share.

use super::super::SourceTrackingConfig;
use super::super::metrics;
use super::super::tracking::SourceTracking;
use crate::lanes::SimdLevel;
use crate::random::{PointKey, Streams, StudySeed, Xoshiro256PlusPlus};
use crate::scenario::inference::belief::{Belief, Cell, Grid, LikelihoodTables};
use crate::scenario::{Scenario, Unit, UnitOutput};
use crate::sweep::{PointIndex, Replicate, UnitIndex};

/// A unit with its own random numbers.
pub fn unit(seed: u64) -> Unit {
    Unit {
        index: UnitIndex(0),
        point: PointIndex(0),
        replicate: Replicate(0),
        streams: Streams::new(StudySeed(seed), PointKey::COMMON, Replicate(0)),
    }
}

/// A configuration from JSON; what isn't given has its default.
pub fn config(text: &str) -> SourceTrackingConfig {
    let config = serde_json::from_str(text).unwrap();
    assert_eq!(SourceTracking::default().check(&config), [], "{text}");
    config
}

/// The defaults with some of the shipped presets, merged in this order.
pub fn presets(names: &[&str]) -> SourceTrackingConfig {
    let conf = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("conf");
    let mut tables = toml::Table::new();
    for name in names {
        let text = std::fs::read_to_string(conf.join(format!("{name}.toml"))).unwrap();
        tables.extend(text.parse::<toml::Table>().unwrap());
    }
    let config = tables.try_into().unwrap();
    assert_eq!(SourceTracking::default().check(&config), [], "{names:?}");
    config
}

/// Simulates into `[metrics][members]`.
pub fn run(scenario: &SourceTracking, config: &SourceTrackingConfig, seed: u64) -> Vec<Vec<f64>> {
    let members = config.search.searches as usize;
    let mut values = vec![0.0; metrics::columns(config.search.evaluation).len() * members];
    let mut output = UnitOutput::new(&mut values, members);
    scenario.simulate(config, &unit(seed), &mut output).unwrap();
    values.chunks(members).map(<[f64]>::to_vec).collect()
}

/// The column called `name` of what [`run`] gives.
pub fn column<'a>(config: &SourceTrackingConfig, values: &'a [Vec<f64>], name: &str) -> &'a [f64] {
    let columns = metrics::columns(config.search.evaluation);
    let place = columns.iter().position(|column| column.name == name);
    &values[place.unwrap_or_else(|| panic!("no column {name}"))]
}

/// Mean and standard error.
pub fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (mean, (variance / count).sqrt())
}

/// Tables of `observations` random likelihoods, and a belief after `updates` random observations at random cells.
pub fn random_case(sides: &[u32], observations: usize, updates: usize, seed: u64) -> (LikelihoodTables, Belief, Cell) {
    let grid = Grid::new(sides);
    let mut random = Xoshiro256PlusPlus::from_seed_and_member(seed, 0);
    let tables = LikelihoodTables::new(&grid, observations, |_, likelihoods| {
        likelihoods.fill_with(|| random.uniform() + 0.01);
        let sum: f64 = likelihoods.iter().sum();
        likelihoods.iter_mut().for_each(|likelihood| *likelihood /= sum);
    });
    let any_cell = |random: &mut Xoshiro256PlusPlus| grid.cell_at((random.uniform() * grid.cells() as f64) as usize);
    let mut cell = any_cell(&mut random);
    let mut belief = Belief::uniform_except(&grid, cell);
    for _ in 0..updates {
        cell = any_cell(&mut random);
        let observation = (random.uniform() * observations as f64) as usize;
        belief.observe(SimdLevel::Sse2, &tables, cell, observation);
    }
    (tables, belief, cell)
}
