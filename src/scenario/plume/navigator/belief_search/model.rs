//! What all searchers of a unit share: the grid of their beliefs, and the likelihoods of hits.

use super::super::super::space::Domain;
use super::super::{DecisionClock, HitsConfig, Surroundings};
use super::{AssumedPlume, BeliefSearchConfig};
use crate::scenario::inference::belief::{Cell, Grid, LikelihoodTables};
use crate::scenario::inference::observation::{automatic_levels, level_probabilities};

/// Hit levels chosen by the largest mean are at most this many.
const MAX_AUTOMATIC_LEVELS: u32 = 16;

/// Cells over a domain: axis 0 is x, axis 1 is y. They cover it exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct CellMap {
    origin_m: [f64; 2],
    cell_m: [f64; 2],
    sides: [u32; 2],
}

impl CellMap {
    /// Cells of a side near `cell_m`.
    #[must_use]
    pub fn new(domain: &Domain, cell_m: f64) -> Self {
        let extents = [domain.width_m(), domain.height_m()];
        let sides = extents.map(|extent| (extent / cell_m).round().clamp(1.0, 1e9) as u32);
        Self {
            origin_m: [domain.x_min_m, domain.y_min_m],
            cell_m: [0, 1].map(|axis| extents[axis] / f64::from(sides[axis])),
            sides,
        }
    }

    /// Cells along x and y.
    #[must_use]
    pub fn sides(&self) -> [u32; 2] {
        self.sides
    }

    /// Extent of a cell along x and y, m.
    #[must_use]
    pub fn cell_m(&self) -> [f64; 2] {
        self.cell_m
    }

    /// The cell of a position; of one outside the domain the nearest.
    pub(super) fn cell_of(&self, grid: &Grid, x_m: f64, y_m: f64) -> Cell {
        let place = |axis: usize, at_m: f64| {
            let cells = ((at_m - self.origin_m[axis]) / self.cell_m[axis]).floor();
            cells.clamp(0.0, f64::from(self.sides[axis] - 1)) as u32
        };
        grid.cell(&[place(0, x_m), place(1, y_m)])
    }

    /// The middle of a cell, m.
    pub(super) fn centre_m(&self, grid: &Grid, cell: Cell) -> (f64, f64) {
        let coordinates = grid.coordinates(&cell);
        let centre = |axis: usize| self.origin_m[axis] + (f64::from(coordinates[axis]) + 0.5) * self.cell_m[axis];
        (centre(0), centre(1))
    }
}

/// What all searchers of a unit share.
#[derive(Clone, Debug)]
pub struct BeliefModel {
    map: CellMap,
    tables: LikelihoodTables,
    plume: AssumedPlume,
    hits: HitsConfig,
    period_s: f64,
}

impl BeliefModel {
    /// The model of a configuration that was checked; `None` if the assumed plume has no meaning in the wind.
    #[must_use]
    pub fn new(config: &BeliefSearchConfig, surroundings: Surroundings<'_>) -> Option<Self> {
        let plume = AssumedPlume::new(&config.assumed, surroundings.wind)?;
        let map = CellMap::new(surroundings.domain, config.cell_m);
        let period_s = DecisionClock::new(config.step_s, surroundings.dt_s).period_s(surroundings.dt_s);
        let levels = hit_levels(config, &plume, &map, period_s);
        Some(Self {
            tables: tables(&plume, &map, period_s, levels),
            map,
            plume,
            hits: config.hits.clone(),
            period_s,
        })
    }

    /// The cells.
    #[must_use]
    pub fn map(&self) -> &CellMap {
        &self.map
    }

    /// The grid of beliefs.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        self.tables.grid()
    }

    /// Likelihoods of hits by offset.
    #[must_use]
    pub fn tables(&self) -> &LikelihoodTables {
        &self.tables
    }

    /// Hits that the model expects from decision to decision at `(x_m, y_m)` from the source.
    #[must_use]
    pub fn expected_hits(&self, x_m: f64, y_m: f64) -> f64 {
        self.hits.expected(self.plume.rate_per_s(x_m, y_m) * self.period_s)
    }
}

/// Hit counts that are told apart.
pub(super) fn hit_levels(config: &BeliefSearchConfig, plume: &AssumedPlume, map: &CellMap, period_s: f64) -> u32 {
    match (&config.hits, config.hit_levels) {
        (HitsConfig::Presence(_), _) => 2,
        (_, 0) => {
            // Of the neighbours one is the farthest downwind, whatever the wind.
            let [x_m, y_m] = map.cell_m();
            let rates = [(x_m, 0.0), (-x_m, 0.0), (0.0, y_m), (0.0, -y_m)].map(|(x, y)| plume.rate_per_s(x, y));
            let largest = rates.into_iter().fold(0.0, f64::max) * period_s;
            automatic_levels(largest.min(1e6)).clamp(2, MAX_AUTOMATIC_LEVELS)
        }
        (_, given) => given,
    }
}

/// Likelihoods of hits between the middles of cells.
fn tables(plume: &AssumedPlume, map: &CellMap, period_s: f64, levels: u32) -> LikelihoodTables {
    let sides = map.sides();
    let [x_side_m, y_side_m] = map.cell_m();
    let distance_m = |x: u32, y: u32| {
        let (x_m, y_m) = (f64::from(x) * x_side_m, f64::from(y) * y_side_m);
        (x_m * x_m + y_m * y_m).sqrt()
    };
    // Once per distance; the wind makes four different means of it.
    let bessel: Vec<f64> = (0..sides[0])
        .flat_map(|x| (0..sides[1]).map(move |y| (x, y)))
        .map(|(x, y)| plume.scaled_bessel(distance_m(x, y)))
        .collect();
    LikelihoodTables::new(&Grid::new(&sides), levels as usize, |offset, likelihoods| {
        let [_, x, y] = offset;
        let (columns, rows) = (x.unsigned_abs(), y.unsigned_abs());
        let scaled = bessel[columns as usize * sides[1] as usize + rows as usize];
        // The offset leads from the searcher to the source.
        let (x_m, y_m) = (-f64::from(x) * x_side_m, -f64::from(y) * y_side_m);
        let mean = plume.rate_at(distance_m(columns, rows), scaled, x_m, y_m) * period_s;
        level_probabilities(mean, likelihoods);
    })
}
