//! What all searches of a design point share: grid, likelihoods, first hits, horizon.

use super::configuration::{GridConfig, SourceTrackingConfig};
use super::horizon::automatic_horizon;
use super::observation::{MediumConfig, automatic_side, first_hit_mixture};
use crate::scenario::inference::belief::{Cell, Grid, LikelihoodTables};
use crate::scenario::inference::observation::{automatic_levels, level_probabilities};

/// Levels of hits of a design point.
pub(super) fn hit_levels(config: &SourceTrackingConfig) -> u32 {
    match config.search.hit_levels {
        0 => automatic_levels(config.medium.mean_hits_next_to_source()),
        given => given,
    }
}

/// Cells along each axis.
pub(super) fn sides(config: &SourceTrackingConfig) -> Vec<u32> {
    let dimensions = config.medium.dimensions as usize;
    match &config.grid {
        GridConfig::Automatic(automatic) => {
            vec![automatic_side(&config.medium, hit_levels(config), automatic.leak); dimensions]
        }
        GridConfig::Box(given) => match given.sides.as_slice() {
            [side] => vec![*side; dimensions],
            sides => sides.to_vec(),
        },
    }
}

/// Steps after which a search has failed, on a grid with these sides.
pub(super) fn horizon(config: &SourceTrackingConfig, sides: &[u32]) -> u32 {
    match config.search.horizon_steps {
        0 => automatic_horizon(&config.medium, sides.iter().copied().max().unwrap_or(1)) as u32,
        given => given,
    }
}

/// Bytes of the tables of a design point.
pub(super) fn bytes(config: &SourceTrackingConfig) -> f64 {
    LikelihoodTables::bytes(&sides(config), hit_levels(config))
}

/// What all searches of a design point share. It depends on the tables `[medium]` and `[grid]` and on
/// `search.hit_levels` only, and draws no random numbers.
#[derive(Clone, Debug)]
pub struct SearchModel {
    tables: LikelihoodTables,
    start: Cell,
    first_hits: Vec<f64>,
}

impl SearchModel {
    /// The model of a configuration that was checked.
    #[must_use]
    pub fn new(config: &SourceTrackingConfig) -> Self {
        let levels = hit_levels(config);
        let sides = sides(config);
        let grid = Grid::new(&sides);
        let start = match &config.grid {
            GridConfig::Box(given) if !given.start.is_empty() => grid.cell(&given.start),
            _ => grid.centre(),
        };
        let tables = tables(&config.medium, &grid, levels);
        let first_hits = if config.medium.wind > 0.0 {
            first_hits_in_wind(&tables, start)
        } else {
            first_hit_mixture(&config.medium, levels)
        };
        Self {
            tables,
            start,
            first_hits,
        }
    }

    /// Likelihoods of hits by offset.
    #[must_use]
    pub fn tables(&self) -> &LikelihoodTables {
        &self.tables
    }

    /// The grid.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        self.tables.grid()
    }

    /// Where searches start.
    #[must_use]
    pub fn start(&self) -> Cell {
        self.start
    }

    /// Probability of each level to be the first hit.
    #[must_use]
    pub fn first_hits(&self) -> &[f64] {
        &self.first_hits
    }

    /// Bytes of its tables.
    #[must_use]
    pub fn bytes(&self) -> f64 {
        LikelihoodTables::bytes(self.grid().sides(), self.tables.observations() as u32)
    }
}

/// Likelihoods of hits. The mean is worked out once for each distance and each distance downwind; there are far
/// fewer of them than offsets.
fn tables(medium: &MediumConfig, grid: &Grid, levels: u32) -> LikelihoodTables {
    let first_axis = 3 - grid.dimensions();
    let mut known: std::collections::HashMap<(i64, i32), Vec<f64>> = std::collections::HashMap::new();
    LikelihoodTables::new(grid, levels as usize, |offset, likelihoods| {
        // A side may have 100 001 cells: the square of an offset doesn't fit in 32 bits.
        let square: i64 = offset.iter().map(|&steps| i64::from(steps).pow(2)).sum();
        // The offset leads from the searcher to the source; the wind blows from the source to +x.
        let downwind = if medium.wind > 0.0 { -offset[first_axis] } else { 0 };
        let found = known.entry((square, downwind)).or_insert_with(|| {
            let mut probabilities = vec![0.0; levels as usize];
            let mean = medium.mean_hits((square as f64).sqrt(), f64::from(downwind));
            level_probabilities(mean, &mut probabilities);
            probabilities
        });
        likelihoods.copy_from_slice(found);
    })
}

/// In wind the grid is part of the problem: the first hit is one at the start, from a source anywhere on the grid.
fn first_hits_in_wind(tables: &LikelihoodTables, start: Cell) -> Vec<f64> {
    let grid = tables.grid();
    let sum_of = |observation: usize| -> f64 {
        let likelihood = |index| tables.likelihood(observation, start, grid.cell_at(index));
        (0..grid.cells()).map(likelihood).sum()
    };
    let mut first_hits: Vec<f64> = (0..tables.observations())
        .map(|level| if level == 0 { 0.0 } else { sum_of(level) })
        .collect();
    let total: f64 = first_hits.iter().sum();
    first_hits.iter_mut().for_each(|probability| *probability /= total);
    first_hits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offsets whose square takes more than 32 bits.
    #[test]
    fn far_offsets_have_likelihoods() {
        for (dimensions, sides) in [(1, "[50001]"), (2, "[3, 60001]")] {
            let text = format!(
                r#"{{"medium": {{"dimensions": {dimensions}, "dispersion_length": 200.0}},
                    "grid": {{"kind": "box", "sides": {sides}, "start": []}}, "search": {{"hit_levels": 2}}}}"#
            );
            let config: SourceTrackingConfig = serde_json::from_str(&text).unwrap();
            let model = SearchModel::new(&config);
            let (begin, end) = (model.grid().cell_at(0), model.grid().cell_at(model.grid().cells() - 1));
            for (searcher, source) in [(begin, end), (end, begin), (begin, model.start())] {
                let mean = config.medium.mean_hits(model.grid().distance(searcher, source), 0.0);
                let [none, some] = [0, 1].map(|hits| model.tables().likelihood(hits, searcher, source));
                assert!(mean < 1e-30 && none == 1.0, "{sides}: {none}");
                assert!((some - mean).abs() <= 1e-12 * mean, "{sides}: {some} {mean}");
            }
        }
    }
}
