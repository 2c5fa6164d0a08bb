//! Searches in wind.

use super::super::SearchModel;
use super::super::tracking::SourceTracking;
use super::fixture::{column, config, run};
use crate::lanes::SimdLevel;
use crate::scenario::inference::belief::Belief;

const WINDY: &str = r#"{"medium": {"wind": 0.6, "dispersion_length": 4.0},
    "grid": {"kind": "box", "sides": [41, 21], "start": [30, 10]},
    "policy": {"kind": "space_aware_infotaxis"}, "search": {"searches": 20, "evaluation": "episodes"}}"#;

/// The wind blows to larger coordinates of the first axis, so a hit says that the source is at smaller ones, and the
/// picture is its own mirror image across the wind.
#[test]
fn a_hit_points_upwind() {
    let model = SearchModel::new(&config(WINDY));
    assert!((model.first_hits().iter().sum::<f64>() - 1.0).abs() < 1e-14);
    assert_eq!(model.first_hits()[0], 0.0);
    let grid = model.grid();
    let mut belief = Belief::uniform_except(grid, model.start());
    belief.observe(SimdLevel::detect(), model.tables(), model.start(), 1);
    let mut upwind = 0.0;
    for (cell, probability) in belief.cells() {
        let [x, y] = grid.coordinates(&cell) else {
            unreachable!("two dimensions")
        };
        upwind += if *x < 30 { probability } else { 0.0 };
        let mirrored = belief.probability(grid.cell(&[*x, 20 - y]));
        assert!((probability - mirrored).abs() < 1e-15);
    }
    assert!(upwind > 0.8, "{upwind}");

    // Mean hits from x cells upwind and from x cells downwind differ by the factor e^(V x); P(0) = e^(−μ).
    let mean = |x: u32| {
        let source = grid.cell(&[x, 10]);
        -model.tables().likelihood(0, model.start(), source).ln()
    };
    for steps in 1..=5 {
        let ratio = mean(30 - steps) / mean(30 + steps);
        let expected = (0.6 * f64::from(steps)).exp();
        assert!((ratio / expected - 1.0).abs() < 1e-12, "{steps}: {ratio}");
    }
}

#[test]
fn searches_in_wind_find_the_source() {
    let config = config(WINDY);
    let values = run(&SourceTracking::default(), &config, 1);
    let found: f64 = column(&config, &values, "success").iter().sum();
    assert!(found >= 18.0, "{found} of 20");
}
