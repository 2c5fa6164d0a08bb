//! The assumed plume against the formula elsewhere, and what searchers make of it.

use super::searcher::Searcher;
use super::{AssumedPlume, AssumedPlumeConfig, BeliefModel, BeliefSearchConfig};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::random::Xoshiro256PlusPlus;
use crate::scenario::inference::belief::{Belief, Cell, Move};
use crate::scenario::inference::observation::level_probabilities;
use crate::scenario::inference::policy::{Greedy, MeanDistance, Policy};
use crate::scenario::plume::navigator::Surroundings;
use crate::scenario::plume::space::Domain;
use crate::scenario::plume::wind::MeanWind;
use crate::scenario::source_tracking::observation::MediumConfig;

const DOMAIN: Domain = Domain {
    x_min_m: -2.0,
    x_max_m: 5.0,
    y_min_m: 1.0,
    y_max_m: 4.0,
};

fn model(text: &str, wind: MeanWind) -> BeliefModel {
    let config: BeliefSearchConfig = serde_json::from_str(text).unwrap();
    let inputs = Inputs::default();
    let surroundings = Surroundings {
        domain: &DOMAIN,
        dt_s: 0.1,
        wind,
        sources: &[],
        inputs: &inputs,
    };
    BeliefModel::new(&config, surroundings).unwrap()
}

fn wind(speed_m_s: f64, direction_rad: f64) -> MeanWind {
    MeanWind {
        speed_m_s,
        direction_rad,
    }
}

/// In cells of side Δx it is the formula of the scenario `source_tracking`, whose searchers have a radius of Δx/2.
#[test]
fn the_assumed_plume_is_that_of_source_tracking() {
    for (direction_rad, speed_m_s) in [(0.0, 0.0), (0.0, 0.7), (2.1, 0.4)] {
        let assumed = AssumedPlumeConfig {
            diffusivity_m2_s: 0.5,
            lifetime_s: 20.0,
            emission_rate_per_s: 3.0,
            searcher_radius_m: 0.25,
            background_rate_per_s: 0.0,
            ..AssumedPlumeConfig::default()
        };
        let (cell_m, step_s) = (0.5, 2.0);
        let medium = MediumConfig {
            dimensions: 2,
            odour_dimensions: 0,
            dispersion_length: (0.5f64 * 20.0).sqrt() / cell_m,
            source_intensity: 3.0 * step_s,
            wind: speed_m_s * cell_m / 0.5,
        };
        let plume = AssumedPlume::new(&assumed, wind(speed_m_s, direction_rad)).unwrap();
        for (x, y) in [(1.0, 0.0), (3.0, 2.0), (-2.0, 1.0), (-4.0, -7.0), (0.0, 1.0)] {
            let (x_m, y_m) = (x * cell_m, y * cell_m);
            let downwind = x * direction_rad.cos() + y * direction_rad.sin();
            let expected = medium.mean_hits(f64::hypot(x, y), downwind) / step_s;
            let found = plume.rate_per_s(x_m, y_m);
            assert!((found / expected - 1.0).abs() < 1e-12, "({x}, {y}): {found} {expected}");
        }
    }
}

/// Seen from every cell, for every place of the source, with cells that aren't square.
#[test]
fn likelihoods_are_those_of_the_assumed_plume() {
    let text = r#"{"cell_m": 0.9, "step_s": 1.5, "hit_levels": 3, "hits": {"kind": "encounters"},
        "assumed": {"wind": {"kind": "mean", "speed_factor": 0.5, "turn_rad": 0.3}}}"#;
    let model = model(text, wind(0.8, 1.1));
    assert_eq!(model.map().sides(), [8, 3]);
    let [x_side_m, y_side_m] = model.map().cell_m();
    assert_eq!((x_side_m, y_side_m), (7.0 / 8.0, 1.0));
    let plume = AssumedPlume::new(&AssumedPlumeConfig::default(), wind(0.4, 1.4)).unwrap();
    let (grid, mut expected) = (model.grid(), [0.0; 3]);
    for searcher in (0..grid.cells()).map(|index| grid.cell_at(index)) {
        for source in (0..grid.cells())
            .map(|index| grid.cell_at(index))
            .filter(|cell| *cell != searcher)
        {
            let (from, to) = (model.map().centre_m(grid, source), model.map().centre_m(grid, searcher));
            level_probabilities(1.5 * plume.rate_per_s(to.0 - from.0, to.1 - from.1), &mut expected);
            for (hits, expected) in expected.iter().enumerate() {
                let found = model.tables().likelihood(hits, searcher, source);
                assert!((found - expected).abs() <= 1e-12, "{found} {expected}");
            }
        }
    }
}

#[test]
fn every_position_has_a_cell() {
    let model = model("{}", wind(1.0, 0.0));
    let (map, grid) = (model.map(), model.grid());
    assert_eq!(map.sides(), [14, 6]);
    for index in 0..grid.cells() {
        let cell = grid.cell_at(index);
        let (x_m, y_m) = map.centre_m(grid, cell);
        assert!(DOMAIN.contains(x_m, y_m));
        for (x, y) in [(0.0, 0.0), (0.2499, -0.2499), (-0.2499, 0.2499)] {
            assert_eq!(map.cell_of(grid, x_m + x, y_m + y), cell);
        }
    }
    for (x_m, y_m, coordinates) in [(-2.0, 1.0, [0, 0]), (5.0, 4.0, [13, 5]), (-9.0, 99.0, [0, 5])] {
        assert_eq!(map.cell_of(grid, x_m, y_m), grid.cell(&coordinates));
    }
}

/// Hits at `cell`, drawn from `truth` for a source in `source`.
fn draw(truth: &BeliefModel, cell: Cell, source: Cell, random: &mut Xoshiro256PlusPlus) -> u64 {
    let uniform = random.uniform();
    let mut sum = 0.0;
    for hits in 0..truth.tables().observations() {
        sum += truth.tables().likelihood(hits, cell, source);
        if uniform < sum {
            return hits as u64;
        }
    }
    truth.tables().observations() as u64 - 1
}

/// Mean of `surprise_bits` over searches in a world that draws hits from `truth`, and its standard error.
fn surprise(assumed: &BeliefModel, truth: &BeliefModel) -> (f64, f64) {
    let grid = assumed.grid();
    let mut random = Xoshiro256PlusPlus::from_seed_and_member(17, 0);
    let mut values = Vec::new();
    for search in 0..600 {
        let any_cell =
            |random: &mut Xoshiro256PlusPlus| grid.cell_at((random.uniform() * grid.cells() as f64) as usize);
        let (mut cell, source) = (any_cell(&mut random), any_cell(&mut random));
        let mut searcher = Searcher::new(assumed, cell, Xoshiro256PlusPlus::from_seed_and_member(1, search));
        let mut policy = MeanDistance::default();
        for _ in 0..12 {
            if cell == source {
                break;
            }
            let hits = draw(truth, cell, source, &mut random);
            cell = searcher.decide(SimdLevel::detect(), assumed, &mut policy, cell, hits, 0.0);
        }
        // Weighed by the number of observations: each of them has expectation 0.
        let report = searcher.report(SimdLevel::detect());
        if report.observations > 0 {
            values.push(report.surprise_bits * f64::from(report.observations));
        }
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (mean, (variance / count).sqrt())
}

/// For sources drawn from the prior and hits from the model a belief foretells what happens: the surprise beyond
/// expectation is 0 on average. Five standard errors are exceeded by chance in 6 of ten million runs, and the seed is
/// fixed. Where hits are far more frequent than assumed, it is positive.
#[test]
fn observations_surprise_only_where_the_model_is_wrong() {
    let text = |rate: f64| {
        format!(
            r#"{{"hits": {{"kind": "encounters"}}, "hit_levels": 4, "assumed": {{"emission_rate_per_s": {rate}}}}}"#
        )
    };
    let (right, strong) = (model(&text(1.0), wind(0.5, 0.0)), model(&text(20.0), wind(0.5, 0.0)));
    let (mean, error) = surprise(&right, &right);
    assert!(mean.abs() < 5.0 * error, "{mean} ± {error}");
    let (mean, error) = surprise(&right, &strong);
    assert!(mean > 5.0 * error && mean > 1.0, "{mean} ± {error}");
}

/// 10⁶ observations that have nothing to do with any source: hits at random places, without a background that would
/// excuse them. The belief has to stay a distribution, whatever it is told.
#[test]
fn a_million_strange_observations_keep_the_belief_a_distribution() {
    let text = r#"{"cell_m": 0.8, "hits": {"kind": "encounters"}, "hit_levels": 3,
        "assumed": {"background_rate_per_s": 0.0, "emission_rate_per_s": 50.0, "diffusivity_m2_s": 0.02,
                    "searcher_radius_m": 0.01}}"#;
    let model = model(text, wind(1.0, 0.0));
    let (simd, grid) = (SimdLevel::detect(), model.grid());
    let highest = (grid.cells() as f64).log2() + 1e-9;
    let mut random = Xoshiro256PlusPlus::from_seed_and_member(23, 0);
    let mut cell = grid.centre();
    let mut belief = Belief::uniform_except(grid, cell);
    let mut resets = 0;
    for update in 0..1_000_000_u32 {
        let hits = (random.uniform() * 3.0) as usize;
        let mass = belief.observe(simd, model.tables(), cell, hits);
        assert!((0.0..=1.0 + 1e-12).contains(&mass), "update {update}: {mass}");
        resets += u32::from(mass <= 0.0);
        let entropy = belief.entropy_bits(simd);
        assert!((0.0..=highest).contains(&entropy), "update {update}: {entropy}");
        if update % 500 == 0 {
            let sum: f64 = belief.cells().map(|(_, p)| p).sum();
            assert!((sum - 1.0).abs() < 1e-13, "update {update}: {sum}");
            assert!(
                belief.cells().all(|(_, p)| (0.0..=1.0 + 1e-14).contains(&p)),
                "update {update}"
            );
        }
        let step = Move((random.uniform() * 4.0) as u8);
        cell = grid.after(cell, step).unwrap_or(cell);
    }
    assert!(resets > 1000, "{resets} impossible observations");
}

/// A searcher that holds what it meets impossible begins anew, and says so.
#[test]
fn an_impossible_hit_is_a_reset() {
    let text = r#"{"assumed": {"background_rate_per_s": 0.0, "diffusivity_m2_s": 0.02, "searcher_radius_m": 1e-4,
        "wind": {"kind": "given", "speed_m_s": 60.0}}}"#;
    let model = model(text, wind(1.0, 0.0));
    let first = model.grid().cell(&[0, 3]);
    let mut searcher = Searcher::new(&model, first, Xoshiro256PlusPlus::from_seed_and_member(1, 0));
    let mut policy: Box<dyn Policy> = Box::new(Greedy);
    // In a strong wind no source on the grid can be met from its upwind edge.
    searcher.decide(SimdLevel::detect(), &model, policy.as_mut(), first, 1, 0.25);
    let report = searcher.report(SimdLevel::detect());
    assert_eq!(
        (report.observations, report.resets, report.hits, report.model_hits),
        (1, 1, 1.0, 0.25)
    );
    assert!(report.surprise_bits.is_nan());
    assert!((report.entropy_bits - (model.grid().cells() as f64 - 1.0).log2()).abs() < 1e-12);
}
