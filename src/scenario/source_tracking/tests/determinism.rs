//! Results depend on nothing but the unit.

use super::super::tracking::SourceTracking;
use super::fixture::{config, run};
use crate::lanes::SimdLevel;

/// Every policy, grid and evaluation at least once.
const CASES: [&str; 10] = [
    r#"{"medium": {"dispersion_length": 1.0}, "search": {"searches": 3}}"#,
    r#"{"medium": {"dimensions": 1}, "policy": {"kind": "infotaxis", "steps_ahead": 2},
        "search": {"searches": 2, "evaluation": "episodes"}}"#,
    r#"{"medium": {"dispersion_length": 1.0}, "policy": {"kind": "space_aware_infotaxis"}, "search": {"searches": 3}}"#,
    r#"{"medium": {"dimensions": 3, "dispersion_length": 1.0}, "grid": {"kind": "box", "sides": [9]},
        "policy": {"kind": "voting"}, "search": {"searches": 3, "horizon_steps": 50}}"#,
    r#"{"medium": {"wind": 0.5}, "grid": {"kind": "box", "sides": [25, 13], "start": [20, 6]},
        "policy": {"kind": "greedy"}, "search": {"searches": 3, "evaluation": "episodes", "horizon_steps": 100}}"#,
    r#"{"medium": {"dimensions": 1}, "policy": {"kind": "mean_distance"}, "search": {"searches": 3}}"#,
    r#"{"medium": {"dimensions": 1}, "policy": {"kind": "most_likely_state"}, "search": {"searches": 3}}"#,
    r#"{"medium": {"dimensions": 1}, "policy": {"kind": "probability_over_distance"}, "search": {"searches": 3}}"#,
    r#"{"medium": {"dimensions": 1}, "policy": {"kind": "random_walk"},
        "search": {"searches": 3, "evaluation": "episodes", "first_hit": 2}}"#,
    r#"{"policy": {"kind": "tabular", "file": "conf/controllers/surge_and_cast.csv"},
        "search": {"searches": 3, "evaluation": "episodes", "horizon_steps": 200}}"#,
];

fn bits(values: &[Vec<f64>]) -> Vec<Vec<u64>> {
    values
        .iter()
        .map(|column| column.iter().map(|value| value.to_bits()).collect())
        .collect()
}

#[test]
fn the_same_bits_at_every_simd_level() {
    for text in CASES {
        let config = config(text);
        let lowest = run(&SourceTracking::with_simd(SimdLevel::Sse2), &config, 1);
        for simd in SimdLevel::available() {
            let found = run(&SourceTracking::with_simd(simd), &config, 1);
            assert_eq!(bits(&found), bits(&lowest), "{simd:?}: {text}");
        }
    }
}

/// A search is the same whether alone or among others, and whatever the scenario has simulated before.
#[test]
fn searches_share_nothing_that_shows() {
    let used = SourceTracking::default();
    for text in CASES {
        let mut config = config(text);
        let many = run(&used, &config, 7);
        config.search.searches = 1;
        let alone = run(&SourceTracking::default(), &config, 7);
        for (many, alone) in bits(&many).iter().zip(bits(&alone)) {
            assert_eq!(many[0], alone[0], "{text}");
        }
    }
}

#[test]
fn threads_that_share_the_scenario_agree() {
    let scenario = SourceTracking::default();
    let configs = CASES.map(config);
    let all = || -> Vec<_> { configs.iter().map(|config| bits(&run(&scenario, config, 3))).collect() };
    let found: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(all)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(found.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn the_seed_decides() {
    let config = config(CASES[0]);
    let scenario = SourceTracking::default();
    assert_eq!(bits(&run(&scenario, &config, 1)), bits(&run(&scenario, &config, 1)));
    assert_ne!(bits(&run(&scenario, &config, 1)), bits(&run(&scenario, &config, 2)));
}
