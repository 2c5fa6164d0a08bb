//! Results depend on nothing but the unit.

use super::fixture::{config, run, unit};
use crate::lanes::SimdLevel;
use crate::scenario::plume::navigator::CorrelatedRandomWalkConfig;
use crate::scenario::plume::{PlumeConfig, PlumeNavigation, metrics};
use crate::scenario::{Scenario, UnitFailure, UnitOutput};

/// Every component at least once.
const CASES: &[&str] = &[
    r#"{"agents": {"count": 21}, "episode": {"duration_s": 20},
        "sensor": {"kind": "binary", "noise_sd": 3e-8}, "boundary": {"kind": "reflect"}}"#,
    r#"{"agents": {"count": 13}, "episode": {"duration_s": 20}, "navigator": {"kind": "correlated_random_walk"},
        "sensor": {"kind": "concentration", "noise_sd": 3e-8}, "boundary": {"kind": "wrap"}}"#,
    r#"{"agents": {"count": 8}, "episode": {"duration_s": 30}, "boundary": {"kind": "clip"},
        "plume": {"kind": "gaussian", "spread": {"kind": "power_law"}}, "wind": {"kind": "constant", "direction_rad": 0.2}}"#,
    r#"{"agents": {"count": 9, "start": {"kind": "line"}}, "episode": {"duration_s": 20}, "boundary": {"kind": "terminate"},
        "plume": {"kind": "gaussian", "spread": {"kind": "briggs", "stability": "F"}}}"#,
    r#"{"agents": {"count": 1, "start": {"kind": "point"}}, "episode": {"duration_s": 20},
        "plume": {"kind": "gaussian", "spread": {"kind": "briggs", "stability": "A", "terrain": "urban"}}}"#,
    r#"{"agents": {"count": 17}, "episode": {"duration_s": 20, "end_at_source": false},
        "plume": {"kind": "gaussian_isotropic"}}"#,
    r#"{"agents": {"count": 19}, "episode": {"duration_s": 5},
        "plume": {"kind": "filament", "spin_up_s": 15, "other_sources": [{"x_m": 5.0}]}}"#,
    r#"{"agents": {"count": 11}, "episode": {"duration_s": 5}, "sensor": {"kind": "concentration"},
        "plume": {"kind": "turbulent", "spin_up_s": 15, "vertical": "reflected"}}"#,
    r#"{"agents": {"count": 14}, "episode": {"duration_s": 5}, "sensor": {"kind": "concentration"},
        "plume": {"kind": "small_puff", "spin_up_s": 15, "other_sources": [{"x_m": 9.0}]}}"#,
    r#"{"agents": {"count": 10}, "episode": {"duration_s": 10}, "wind": {"kind": "time_varying", "time_s": [0, 9],
        "speed_m_s": [1, 2], "direction_rad": [0, 0.5]}, "plume": {"kind": "gaussian", "other_sources": [{"x_m": 5.0}]}}"#,
    r#"{"agents": {"count": 22, "motion": {"kind": "continuous", "acceleration_max_m_s2": 2}, "start": {"kind": "disc"}},
        "episode": {"duration_s": 20}, "boundary": {"kind": "per_edge", "west": "terminate", "north": "clip"}}"#,
    r#"{"agents": {"count": 16, "motion": {"kind": "grid"}, "start": {"kind": "around_source"}}, "episode": {"duration_s": 20},
        "boundary": {"kind": "per_edge", "south": "wrap", "north": "wrap", "east": "clip"}}"#,
    r#"{"agents": {"count": 12, "motion": {"kind": "grid", "directions": 4}, "start": {"kind": "in_plume", "threshold": 1e-6}},
        "episode": {"duration_s": 5}, "plume": {"kind": "filament", "spin_up_s": 15}}"#,
    r#"{"agents": {"count": 15, "motion": {"kind": "oriented"}, "start": {"kind": "across_wind"}, "start_heading":
        {"kind": "upwind", "spread_rad": 1}}, "episode": {"duration_s": 20}, "wind": {"kind": "constant", "direction_rad": 0.2}}"#,
    r#"{"agents": {"count": 18, "motion": {"kind": "run_tumble", "spontaneous_rate_per_s": 0.5}, "start": {"kind": "list",
        "x_m": [14, 15, 16], "y_m": [-1, 0, 1]}, "start_heading": {"kind": "fixed", "heading_rad": 3}}, "episode": {"duration_s": 20}}"#,
    r#"{"agents": {"count": 23, "motion": {"kind": "continuous", "acceleration_max_m_s2": 2}, "varied": {
        "speed_factor": {"kind": "log_normal"}, "speed_max_factor": {"kind": "normal"}, "turn_rate_max_factor":
        {"kind": "uniform"}, "acceleration_max_factor": {"kind": "normal"}}}, "episode": {"duration_s": 20}}"#,
    r#"{"agents": {"count": 12}, "episode": {"duration_s": 15}, "navigator": {"kind": "random_walk"}}"#,
    r#"{"agents": {"count": 15}, "episode": {"duration_s": 15}, "navigator": {"kind": "levy_walk", "exponent": 1.7}}"#,
    r#"{"agents": {"count": 10}, "episode": {"duration_s": 15}, "navigator": {"kind": "upwind"},
        "wind": {"kind": "constant", "direction_rad": 0.7}}"#,
    r#"{"agents": {"count": 18}, "episode": {"duration_s": 15}, "navigator": {"kind": "counterturning"},
        "sensor": {"kind": "binary", "noise_sd": 3e-8}}"#,
    r#"{"agents": {"count": 22, "turn_rate_max_rad_s": 10}, "episode": {"duration_s": 15}, "boundary": {"kind": "reflect"},
        "navigator": {"kind": "walking_fly", "speed_m_s": 0.3, "full_signal": 1e-6}, "sensor": {"kind": "concentration"}}"#,
    r#"{"agents": {"count": 20}, "episode": {"duration_s": 15, "dt_s": 0.05},
        "navigator": {"kind": "walking_fly", "form": "published", "speed_m_s": 0.3}}"#,
    r#"{"agents": {"count": 27}, "episode": {"duration_s": 20}, "navigator": {"kind": "mixed", "strategies": [
        {"share": 0.5, "navigator": {"kind": "surge_cast"}}, {"share": 0.2, "navigator": {"kind": "correlated_random_walk"}},
        {"share": 0.3, "navigator": {"kind": "surge_cast", "cast_leg_s": 0.4}}]}}"#,
    r#"{"agents": {"count": 11}, "episode": {"duration_s": 40, "dt_s": 0.1}, "navigator": {"kind": "infotaxis"}}"#,
    r#"{"agents": {"count": 9}, "episode": {"duration_s": 40, "dt_s": 0.1}, "sensor": {"kind": "concentration"},
        "navigator": {"kind": "space_aware_infotaxis", "hits": {"kind": "counts"}}}"#,
    r#"{"agents": {"count": 10}, "episode": {"duration_s": 20, "dt_s": 0.1}, "plume": {"kind": "filament", "spin_up_s": 15},
        "navigator": {"kind": "voting", "hits": {"kind": "encounters"}}}"#,
    r#"{"agents": {"count": 12}, "episode": {"duration_s": 40, "dt_s": 0.1},
        "navigator": {"kind": "tabular", "file": "conf/controllers/surge_and_cast.csv"}}"#,
    r#"{"agents": {"count": 12}, "episode": {"duration_s": 10}, "navigator": {"kind": "chemotaxis"},
        "sensor": {"kind": "bilateral", "noise_sd": 1e-8, "angle_rad": 0.7, "conditioning": {"delay_s": 0.09,
            "counting_rate": 1e9, "saturation": {"kind": "hyperbolic"}, "adaptation": {"kind": "divisive"}}}}"#,
    r#"{"agents": {"count": 23}, "episode": {"duration_s": 10}, "navigator": {"kind": "chemotaxis"},
        "sensor": {"kind": "gradient", "slope_noise_sd": 1e-8, "delay_s": 0.1}, "wind": {"kind": "ornstein_uhlenbeck"},
        "plume": {"kind": "filament", "spin_up_s": 15}}"#,
    r#"{"agents": {"count": 15}, "episode": {"duration_s": 5}, "navigator": {"kind": "chemotaxis"},
        "sensor": {"kind": "gradient", "step_m": 0.1}, "plume": {"kind": "small_puff", "spin_up_s": 15}}"#,
    r#"{"agents": {"count": 18, "turn_rate_max_rad_s": 12}, "episode": {"duration_s": 20},
        "navigator": {"kind": "run_and_tumble"}, "boundary": {"kind": "reflect"},
        "sensor": {"kind": "historical", "memory": {"kind": "mean", "window_s": 0.3}, "noise_sd": 1e-8,
            "conditioning": {"saturation": {"kind": "clip"}}}}"#,
    r#"{"agents": {"count": 16}, "episode": {"duration_s": 10}, "navigator": {"kind": "run_and_tumble"},
        "sensor": {"kind": "historical", "memory": {"kind": "maximum", "window_s": 0.5},
            "conditioning": {"counting_rate": 1e11, "adaptation": {"kind": "subtractive"}}}}"#,
    r#"{"agents": {"count": 20}, "episode": {"duration_s": 10}, "wind": {"kind": "ornstein_uhlenbeck"},
        "plume": {"kind": "turbulent", "spin_up_s": 15}, "sensor": {"kind": "suite", "sensors": [{"kind": "binary"},
            {"kind": "historical"}, {"kind": "wind", "noise_sd_m_s": 0.2, "delay_s": 0.05, "smoothing_s": 0.2}]}}"#,
];

/// Crowds whose agents get in each other's way: what one does depends on those before it.
const CROWDS: &[&str] = &[
    r#"{"agents": {"count": 61}, "episode": {"duration_s": 20}, "collision": {"kind": "discs", "radius_m": 0.3}}"#,
    r#"{"agents": {"count": 60}, "episode": {"duration_s": 20}, "collision": {"kind": "discs", "radius_m": 0.3},
        "boundary": {"kind": "wrap"}, "navigator": {"kind": "mixed", "strategies": [
        {"navigator": {"kind": "surge_cast"}}, {"navigator": {"kind": "correlated_random_walk"}}]}}"#,
    r#"{"agents": {"count": 37}, "episode": {"duration_s": 20}, "boundary": {"kind": "terminate"},
        "collision": {"kind": "discs", "radius_m": 0.3, "contact": "stay"}, "navigator": {"kind": "correlated_random_walk"}}"#,
    r#"{"agents": {"count": 50, "start": {"kind": "line"}}, "episode": {"duration_s": 20}, "boundary": {"kind": "clip"},
        "collision": {"kind": "discs", "radius_m": 0.05}}"#,
];

fn bits(values: &[Vec<f64>]) -> Vec<Vec<u64>> {
    values
        .iter()
        .map(|column| column.iter().map(|value| value.to_bits()).collect())
        .collect()
}

#[test]
fn the_same_bits_at_every_simd_level() {
    for text in CASES.iter().chain(CROWDS) {
        let config = config(text);
        let members = config.agents.count as usize;
        let lowest = run(&config, SimdLevel::Sse2, members, &mut ()).unwrap();
        for simd in SimdLevel::available() {
            let found = run(&config, simd, members, &mut ()).unwrap();
            assert_eq!(bits(&found), bits(&lowest), "{simd:?}: {text}");
        }
    }
}

/// Agent i does the same whether 10 or 104 agents run, and fewer agents than members leave the rest missing.
#[test]
fn agents_dont_notice_how_many_they_are() {
    for text in CASES {
        let few = PlumeConfig {
            agents: crate::scenario::plume::agents::AgentsConfig {
                count: 10,
                ..config(text).agents
            },
            ..config(text)
        };
        let mut many = few.clone();
        many.agents.count = 104;
        let simd = SimdLevel::detect();
        let few = run(&few, simd, 104, &mut ()).unwrap();
        let many = run(&many, simd, 104, &mut ()).unwrap();
        for (few, many) in bits(&few).iter().zip(bits(&many)) {
            assert_eq!(few[..10], many[..10]);
            assert!(few[10..].iter().all(|value| f64::from_bits(*value).is_nan()));
        }
    }
}

#[test]
fn the_seed_decides() {
    let config = config(CASES[0]);
    let scenario = PlumeNavigation::default();
    let simulate = |seed| {
        let mut values = vec![0.0; metrics::columns("kg m-3").len() * 21];
        scenario
            .simulate(&config, &unit(seed), &mut UnitOutput::new(&mut values, 21))
            .unwrap();
        bits(&[values])
    };
    assert_eq!(simulate(1), simulate(1));
    assert_ne!(simulate(1), simulate(2));
}

#[test]
fn what_is_not_a_number_is_named_with_its_step() {
    let mut config = config(CASES[1]);
    let walk = config.navigator.as_kind::<CorrelatedRandomWalkConfig>();
    config.navigator = CorrelatedRandomWalkConfig {
        speed_m_s: f64::NAN,
        ..walk.expect("the case has a random walk").clone()
    }
    .into();
    let failure = run(&config, SimdLevel::detect(), 13, &mut ()).unwrap_err();
    let UnitFailure::NotFinite {
        field, step, time_s, ..
    } = failure
    else {
        panic!("{failure}");
    };
    assert_eq!((field.as_str(), step, time_s), ("x_m of agent 0", 0, 0.0));
}

/// Whatever changes whether realisations are random is looked at, and what is left out of the study's identity changes
/// no key of a realisation.
#[test]
fn keys_of_randomness_and_keys_without_effect_are_those_that_matter() {
    use crate::scenario::Scenario;
    let scenario = PlumeNavigation::default();
    let random = |text: &str| scenario.shares_randomness(&config(text));
    assert!(!random("{}"));
    for text in [
        r#"{"wind": {"kind": "farrell"}}"#,
        r#"{"wind": {"kind": "gridded", "start": {"kind": "random"}}}"#,
        r#"{"plume": {"kind": "filament"}}"#,
        r#"{"plume": {"kind": "gridded", "start": {"kind": "random"}}}"#,
    ] {
        assert!(random(text), "{text}");
        for key in text.match_indices("\"kind\"").map(|(at, _)| &text[..at]) {
            let table = if key.starts_with(r#"{"wind""#) { "wind" } else { "plume" };
            let dotted = match key.contains("start") {
                true => format!("{table}.start.kind"),
                false => format!("{table}.kind"),
            };
            assert!(scenario.randomness_keys().contains(&dotted.as_str()), "{dotted}");
        }
    }
    assert!(!random(
        r#"{"plume": {"kind": "gridded"}, "wind": {"kind": "gridded"}}"#
    ));
    let cached = |cache: &str| {
        let config = config(&format!(
            r#"{{"plume": {{"kind": "gridded", "cache": {cache}}}, "wind": {{"kind": "gridded", "cache": {cache}}}}}"#
        ));
        (config.wind.key(), config.plume.key(&config.wind))
    };
    assert_eq!(scenario.keys_without_effect(), ["plume.cache", "wind.cache", "record"]);
    assert_eq!(cached(r#"{"kind": "none"}"#), cached(r#"{"kind": "preload"}"#));
}
