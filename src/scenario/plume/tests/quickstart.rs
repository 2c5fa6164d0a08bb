//! The shipped first study shows what it is meant to show.

use super::fixture::unit;
use crate::lanes::SimdLevel;
use crate::scenario::UnitOutput;
use crate::scenario::plume::episode::simulate;
use crate::scenario::plume::{PlumeConfig, metrics};

/// The study's settings apart from the swept ones.
fn point(navigator: &str, speed_m_s: f64, rate_kg_s: f64) -> PlumeConfig {
    super::fixture::config(&format!(
        r#"{{"plume": {{"kind": "gaussian", "source_rate_kg_s": {rate_kg_s:e}}},
            "wind": {{"kind": "constant", "speed_m_s": {speed_m_s}}},
            "sensor": {{"kind": "binary", "release_fraction": 0.6, "noise_sd_kg_m3": 2e-8}},
            "navigator": {{"kind": "{navigator}"}}, "boundary": {{"kind": "terminate"}},
            "episode": {{"dt_s": 0.05, "duration_s": 60.0}}}}"#
    ))
}

fn success_rate(config: &PlumeConfig) -> f64 {
    let mut found = 0.0;
    for seed in 0..12 {
        let mut values = vec![0.0; metrics::columns().len() * 10];
        let mut output = UnitOutput::new(&mut values, 10);
        simulate(config, &unit(seed), SimdLevel::detect(), &mut (), &mut output).unwrap();
        found += output.column_mut(0).iter().sum::<f64>();
    }
    found / 120.0
}

#[test]
fn strategy_and_source_strength_matter() {
    let rates = [3e-7, 4.762e-7, 7.560e-7, 1.2e-6];
    for speed_m_s in [0.5, 1.0, 2.0] {
        let surge_cast = rates.map(|rate| success_rate(&point("surge_cast", speed_m_s, rate)));
        let walk = rates.map(|rate| success_rate(&point("correlated_random_walk", speed_m_s, rate)));
        println!("{speed_m_s}: {surge_cast:?} {walk:?}");
        // Differences of 0.3 between proportions of 120 agents are beyond four standard errors.
        assert!(surge_cast[3] > walk[3] + 0.3, "{surge_cast:?} {walk:?}");
        assert!(surge_cast[3] > surge_cast[0] + 0.3, "{surge_cast:?}");
    }
}
