//! Impossible combinations are told, with key and hint.

use super::fixture::config;
use crate::scenario::plume::{PlumeConfig, PlumeNavigation};
use crate::scenario::{Scenario, Severity};

fn keys(text: &str) -> Vec<String> {
    let problems = super::fixture::errors(PlumeNavigation::default().check(&config(text)));
    for problem in &problems {
        assert!(!problem.message.is_empty() && !problem.hint.is_empty());
        assert!(!problem.message.ends_with('.'), "{}", problem.message);
    }
    problems.into_iter().map(|problem| problem.key).collect()
}

#[test]
fn the_defaults_go_together() {
    assert_eq!(PlumeNavigation::default().check(&PlumeConfig::default()), []);
}

#[test]
fn what_hardly_can_be_meant_is_a_warning() {
    for (text, key) in [
        (
            r#"{"plume": {"kind": "gaussian", "spread": {"kind": "briggs"}}}"#,
            "plume.spread.kind",
        ),
        (
            r#"{"sensor": {"kind": "binary", "threshold": 1e9}}"#,
            "sensor.threshold",
        ),
        (r#"{"episode": {"plume_threshold": 1e9}}"#, "episode.plume_threshold"),
        (
            r#"{"plume": {"kind": "gaussian_decaying"}, "sensor": {"kind": "binary", "threshold": 1e9}}"#,
            "sensor.threshold",
        ),
        (r#"{"episode": {"duration_s": 1.0}}"#, "episode.duration_s"),
    ] {
        let problems = PlumeNavigation::default().check(&config(text));
        let found: Vec<_> = (problems.iter())
            .map(|problem| (problem.severity, problem.key.as_str()))
            .collect();
        assert_eq!(found, [(Severity::Warning, key)], "{text}: {problems:?}");
    }
}

/// Configurations with one problem each, and the key that it is blamed on.
const MISTAKES: &[(&str, &str)] = &[
    (
        r#"{"plume": {"kind": "gaussian", "source_x_m": 26.0}}"#,
        "plume.source_x_m",
    ),
    (
        r#"{"plume": {"kind": "gaussian_isotropic", "source_y_m": -9.0}}"#,
        "plume.source_y_m",
    ),
    (
        r#"{"plume": {"kind": "gaussian", "other_sources": [{"x_m": 3.0}, {"y_m": 99.0}]}}"#,
        "plume.other_sources[1]",
    ),
    (
        r#"{"plume": {"kind": "small_puff", "lowest": 0.5, "highest": 0.1}}"#,
        "plume.lowest",
    ),
    (
        r#"{"plume": {"kind": "filament", "release_rate_per_s": 1e5, "other_sources": [{"relative_rate": 1e6}]}}"#,
        "plume.release_rate_per_s",
    ),
    (
        r#"{"plume": {"kind": "turbulent", "vertical": "reflected", "source_path":
            {"kind": "waypoints", "time_s": [0], "offset_x_m": [0], "offset_y_m": [0], "offset_z_m": [-9]}}}"#,
        "plume.source_z_m",
    ),
    (
        r#"{"plume": {"kind": "filament", "spin_up_s": 1e6}, "wind": {"kind": "ornstein_uhlenbeck", "dt_s": 1e-4}}"#,
        "wind.dt_s",
    ),
    (
        r#"{"navigator": {"kind": "random_walk", "leg_s": 0.01}}"#,
        "navigator.leg_s",
    ),
    (
        r#"{"navigator": {"kind": "levy_walk", "leg_min_m": 0.009}}"#,
        "navigator.leg_min_m",
    ),
    (
        r#"{"navigator": {"kind": "levy_walk", "leg_min_m": 2.0, "leg_max_m": 1.0}}"#,
        "navigator.leg_min_m",
    ),
    (
        r#"{"navigator": {"kind": "counterturning", "odour_leg_s": 0.01}}"#,
        "navigator.odour_leg_s",
    ),
    (
        r#"{"navigator": {"kind": "counterturning", "cast_leg_s": 0.01}}"#,
        "navigator.cast_leg_s",
    ),
    (
        r#"{"navigator": {"kind": "upwind"}, "plume": {"kind": "gaussian_isotropic"},
            "wind": {"kind": "constant", "speed_m_s": 0.0}}"#,
        "wind.speed_m_s",
    ),
    (
        r#"{"navigator": {"kind": "walking_fly", "off_fast_s": 0.02}}"#,
        "navigator.off_fast_s",
    ),
    (
        r#"{"navigator": {"kind": "walking_fly", "form": "published", "on_s": 0.1}, "episode": {"dt_s": 0.1}}"#,
        "navigator.on_s",
    ),
    (
        r#"{"navigator": {"kind": "walking_fly", "turns_per_s": 60.0}}"#,
        "navigator.turns_per_s",
    ),
    (
        r#"{"navigator": {"kind": "walking_fly", "upwind_rad_s": 60.0}}"#,
        "navigator.upwind_rad_s",
    ),
    (r#"{"episode": {"source_radius_m": 8.0}}"#, "episode.source_radius_m"),
    (
        r#"{"wind": {"kind": "constant", "speed_m_s": 0.001}}"#,
        "wind.speed_m_s",
    ),
    (
        r#"{"plume": {"kind": "gaussian_isotropic"}, "wind": {"kind": "constant", "speed_m_s": 0.0}}"#,
        "wind.speed_m_s",
    ),
    (
        r#"{"wind": {"kind": "time_varying", "time_s": [0, 9], "speed_m_s": [1, 0], "direction_rad": [0, 0]}}"#,
        "wind.speed_m_s",
    ),
    (
        r#"{"wind": {"kind": "time_varying", "file": "missing.csv"}}"#,
        "wind.file",
    ),
    (
        r#"{"plume": {"kind": "gaussian_isotropic"}, "wind": {"kind": "time_varying", "time_s": [0],
            "speed_m_s": [0], "direction_rad": [0]}}"#,
        "wind.speed_m_s",
    ),
    (
        r#"{"wind": {"kind": "ornstein_uhlenbeck", "speed_sd_m_s": 0.5}}"#,
        "wind.speed_sd_m_s",
    ),
    (r#"{"wind": {"kind": "farrell", "dt_s": 2.0}}"#, "wind.dt_s"),
    (r#"{"wind": {"kind": "farrell", "speed_m_s": 0.0}}"#, "wind.speed_m_s"),
    (
        r#"{"agents": {"start": {"kind": "point", "x_m": -1.0}}}"#,
        "agents.start",
    ),
    (
        r#"{"agents": {"start": {"kind": "line", "y_second_m": 9.0}}}"#,
        "agents.start",
    ),
    (
        r#"{"agents": {"start": {"kind": "region", "x_min_m": 21.0}}}"#,
        "agents.start.x_max_m",
    ),
    (r#"{"agents": {"start": {"kind": "disc", "y_m": 9.0}}}"#, "agents.start"),
    (
        r#"{"agents": {"start": {"kind": "around_source", "inner_m": 7.0}}}"#,
        "agents.start.outer_m",
    ),
    (
        r#"{"agents": {"start": {"kind": "around_source", "inner_m": 25.0, "outer_m": 26.0}}}"#,
        "agents.start.inner_m",
    ),
    (
        r#"{"agents": {"start": {"kind": "in_plume", "y_min_m": 9.0}}}"#,
        "agents.start",
    ),
    (
        r#"{"agents": {"start": {"kind": "in_plume", "y_min_m": 3.0, "y_max_m": 2.0}}}"#,
        "agents.start.y_max_m",
    ),
    (r#"{"agents": {"start": {"kind": "list"}}}"#, "agents.start.x_m"),
    (
        r#"{"agents": {"start": {"kind": "list", "x_m": [1, 2], "y_m": [1]}}}"#,
        "agents.start",
    ),
    (
        r#"{"agents": {"count": 1, "start": {"kind": "list", "x_m": [1, 2], "y_m": [1, 2]}}}"#,
        "agents.start.x_m",
    ),
    (
        r#"{"agents": {"start": {"kind": "list", "x_m": [1, 2], "y_m": [1, 9]}}}"#,
        "agents.start.x_m",
    ),
    (r#"{"agents": {"start": {"kind": "file"}}}"#, "agents.start.file"),
    (
        r#"{"agents": {"start": {"kind": "file", "file": "missing.csv"}}}"#,
        "agents.start.file",
    ),
    (
        r#"{"agents": {"start": {"kind": "across_wind"}}, "navigator": {"kind": "correlated_random_walk"},
            "plume": {"kind": "small_puff"}, "wind": {"kind": "constant", "speed_m_s": 0.0}}"#,
        "agents.start.kind",
    ),
    (
        r#"{"agents": {"start_heading": {"kind": "upwind"}}, "navigator": {"kind": "correlated_random_walk"},
            "plume": {"kind": "small_puff"}, "wind": {"kind": "constant", "speed_m_s": 0.0}}"#,
        "agents.start_heading.kind",
    ),
    (
        r#"{"agents": {"varied": {"speed_factor": {"kind": "uniform", "low": 2.0}}}}"#,
        "agents.varied.speed_factor.high",
    ),
    (
        r#"{"agents": {"varied": {"turn_rate_max_factor": {"kind": "normal", "sd": 1e-3, "low": 1.2}}}}"#,
        "agents.varied.turn_rate_max_factor.low",
    ),
    (
        r#"{"agents": {"varied": {"speed_factor": {"kind": "uniform", "high": 30.0},
            "speed_max_factor": {"kind": "uniform", "high": 30.0}}}}"#,
        "episode.dt_s",
    ),
    (
        r#"{"agents": {"motion": {"kind": "oriented"}, "varied": {"acceleration_max_factor": {"kind": "normal"}}}}"#,
        "agents.varied.acceleration_max_factor",
    ),
    (
        r#"{"agents": {"varied": {"turn_rate_max_factor": {"kind": "normal", "low": 0.2}}},
            "navigator": {"kind": "correlated_random_walk"}}"#,
        "agents.turn_rate_max_rad_s",
    ),
    (
        r#"{"agents": {"motion": {"kind": "grid", "directions": 6}}}"#,
        "agents.motion.directions",
    ),
    (
        r#"{"agents": {"motion": {"kind": "grid", "cell_m": 0.3}}}"#,
        "agents.motion.cell_m",
    ),
    (
        r#"{"agents": {"motion": {"kind": "grid", "cell_m": 1.0}}}"#,
        "agents.motion.cell_m",
    ),
    (
        r#"{"agents": {"motion": {"kind": "grid", "cell_m": 0.005}}}"#,
        "agents.motion.cell_m",
    ),
    (
        r#"{"agents": {"motion": {"kind": "oriented", "step_m": 0.3}}}"#,
        "agents.motion.step_m",
    ),
    (
        r#"{"agents": {"motion": {"kind": "oriented", "step_m": 0.005}}}"#,
        "agents.motion.step_m",
    ),
    (
        r#"{"agents": {"motion": {"kind": "run_tumble", "tumble_mean_s": 0.01}}}"#,
        "agents.motion.tumble_mean_s",
    ),
    (r#"{"boundary": {"kind": "per_edge", "west": "wrap"}}"#, "boundary.east"),
    (
        r#"{"boundary": {"kind": "per_edge", "north": "wrap", "south": "clip"}}"#,
        "boundary.south",
    ),
    (r#"{"episode": {"dt_s": 1.0}}"#, "episode.dt_s"),
    (r#"{"episode": {"dt_s": 0.41}}"#, "episode.dt_s"),
    (
        r#"{"agents": {"turn_rate_max_rad_s": 12.0}, "navigator": {"kind": "correlated_random_walk"}}"#,
        "agents.turn_rate_max_rad_s",
    ),
    (r#"{"episode": {"dt_s": 0.1, "duration_s": 0.05}}"#, "episode.dt_s"),
    (
        r#"{"episode": {"dt_s": 1e-6, "duration_s": 1e4}}"#,
        "episode.duration_s",
    ),
    (
        r#"{"navigator": {"kind": "surge_cast", "cast_leg_max_s": 0.5}}"#,
        "navigator.cast_leg_s",
    ),
    (
        r#"{"navigator": {"kind": "surge_cast", "cast_leg_s": 0.01}}"#,
        "navigator.cast_leg_s",
    ),
    (
        r#"{"plume": {"kind": "filament", "other_sources": [{"x_m": 3.0}, {"y_m": 11.0}]}}"#,
        "plume.other_sources[1]",
    ),
    // A step of 0.01 m against a disc of 0.008 m.
    (
        r#"{"collision": {"kind": "discs", "radius_m": 0.004}}"#,
        "collision.radius_m",
    ),
    // 1000 discs of 0.15 m² in 8.4 m × 8.4 m: 99 %.
    (
        r#"{"agents": {"count": 1000}, "collision": {"kind": "discs", "radius_m": 0.15}}"#,
        "collision.radius_m",
    ),
    (
        r#"{"agents": {"count": 30, "start": {"kind": "line"}}, "collision": {"kind": "discs", "radius_m": 0.1}}"#,
        "collision.radius_m",
    ),
    (
        r#"{"agents": {"start": {"kind": "point"}}, "collision": {"kind": "discs"}}"#,
        "agents.start",
    ),
    // Rows 0 and 2 are 0.05 m apart.
    (
        r#"{"agents": {"count": 3, "start": {"kind": "list", "x_m": [3, 9, 3.03], "y_m": [1, 1, 1.04]}},
            "collision": {"kind": "discs", "radius_m": 0.026}}"#,
        "agents.start",
    ),
    (
        r#"{"agents": {"count": 3, "start": {"kind": "list", "x_m": [3, 9], "y_m": [1, 1]}},
            "collision": {"kind": "discs", "radius_m": 0.02}}"#,
        "agents.start",
    ),
    // 16 m are fewer than twice a diameter and two steps.
    (
        r#"{"agents": {"count": 2}, "boundary": {"kind": "wrap"}, "collision": {"kind": "discs", "radius_m": 4.0}}"#,
        "collision.radius_m",
    ),
    (
        r#"{"navigator": {"kind": "mixed", "strategies": [{"share": 0, "navigator": {"kind": "surge_cast"}}]}}"#,
        "navigator.strategies",
    ),
    (
        r#"{"navigator": {"kind": "mixed", "strategies": [{"navigator": {"kind": "surge_cast"}}, {"navigator": {"kind": "mixed"}}]}}"#,
        "navigator.strategies[1].navigator",
    ),
    (
        r#"{"navigator": {"kind": "mixed", "strategies": [{"navigator": {"kind": "surge_cast"}}, {"navigator": {"kind": "surge_cast", "cast_leg_s": 0.01}}]}}"#,
        "navigator.strategies[1].navigator.cast_leg_s",
    ),
    // What isn't the strategy's own is told once, whichever strategies it concerns.
    (
        r#"{"navigator": {"kind": "mixed", "strategies": [{"navigator": {"kind": "surge_cast"}}, {"navigator": {"kind": "surge_cast"}}]}, "episode": {"source_radius_m": 8.0}}"#,
        "episode.source_radius_m",
    ),
    (
        r#"{"agents": {"turn_rate_max_rad_s": 12.0}, "navigator": {"kind": "mixed", "strategies":
            [{"navigator": {"kind": "surge_cast"}}, {"navigator": {"kind": "correlated_random_walk"}}]}}"#,
        "agents.turn_rate_max_rad_s",
    ),
    (
        r#"{"plume": {"kind": "filament", "source_path": {"kind": "waypoints", "time_s": [0.0, 1.0],
            "offset_x_m": [0.0, -3.0], "offset_y_m": [0.0, 0.0]}}}"#,
        "plume.source_path",
    ),
    (
        r#"{"plume": {"kind": "filament", "source_path": {"kind": "waypoints"}}}"#,
        "plume.source_path.time_s",
    ),
    (
        r#"{"plume": {"kind": "filament", "source_path": {"kind": "waypoints", "time_s": [0.0, 1.0],
            "offset_x_m": [0.0], "offset_y_m": [0.0, 0.0]}}}"#,
        "plume.source_path.offset_x_m",
    ),
    (
        r#"{"plume": {"kind": "turbulent", "other_sources": [{"path": {"kind": "waypoints", "time_s": [1.0, 1.0],
            "offset_x_m": [0.0, 0.0], "offset_y_m": [0.0, 0.0]}}]}}"#,
        "plume.other_sources[0].path.time_s",
    ),
    (
        r#"{"plume": {"kind": "filament", "source_schedule": {"kind": "pulses", "on_s": 11.0}}}"#,
        "plume.source_schedule.on_s",
    ),
    (
        r#"{"plume": {"kind": "filament", "source_schedule": {"kind": "windows", "from_s": [1.0]}}}"#,
        "plume.source_schedule.until_s",
    ),
    (
        r#"{"plume": {"kind": "filament", "source_schedule": {"kind": "windows", "from_s": [1.0], "until_s": [1.0]}}}"#,
        "plume.source_schedule.until_s",
    ),
    (
        r#"{"plume": {"kind": "turbulent", "source_schedule":
            {"kind": "windows", "from_s": [1.0, 1.5], "until_s": [2.0, 3.0]}}}"#,
        "plume.source_schedule.from_s",
    ),
    (
        r#"{"plume": {"kind": "turbulent", "region": {"x_min_m": 60.0}}}"#,
        "plume.region.x_max_m",
    ),
    (
        r#"{"plume": {"kind": "filament", "region": {"y_max_m": 7.0}}}"#,
        "plume.region",
    ),
    (
        r#"{"plume": {"kind": "filament", "puffs_at_start": 4001}}"#,
        "plume.puffs_at_start",
    ),
    (
        r#"{"plume": {"kind": "filament", "spin_up_s": 1e6, "dt_s": 1e-5}}"#,
        "plume.dt_s",
    ),
    (
        r#"{"plume": {"kind": "turbulent", "time_scale_s": 0.03}}"#,
        "plume.dt_s",
    ),
    (
        r#"{"plume": {"kind": "turbulent", "concentration_unit": ""}}"#,
        "plume.concentration_unit",
    ),
    (
        r#"{"plume": {"kind": "filament", "concentration_unit": "µg m-3"}}"#,
        "plume.concentration_unit",
    ),
];

#[test]
fn each_problem_is_blamed_on_its_key() {
    for (text, key) in MISTAKES.iter().copied() {
        assert_eq!(keys(text), [key], "{text}");
    }
    let upside_down = keys(r#"{"episode": {"domain": {"y_min_m": 5.0, "y_max_m": 5.0}}}"#);
    assert!(upside_down.contains(&"episode.domain.y_max_m".to_owned()));
}

#[test]
fn unknown_keys_and_kinds_are_refused() {
    for text in [
        r#"{"plumes": {}}"#,
        r#"{"plume": {"kind": "gaussian", "source_x": 1.0}}"#,
        r#"{"plume": {"kind": "gausian"}}"#,
        r#"{"boundary": {"kind": "clip", "x": 1}}"#,
        r#"{"agents": {"start": {"kind": "point", "z_m": 1.0}}}"#,
        r#"{"agents": {"motion": {"kind": "grid", "step_m": 1.0}}}"#,
        r#"{"agents": {"varied": {"speed_factor": {"kind": "same", "low": 1.0}}}}"#,
        r#"{"agents": {"varied": {"speed": {"kind": "same"}}}}"#,
        r#"{"boundary": {"kind": "per_edge", "west": "bounce"}}"#,
    ] {
        assert!(serde_json::from_str::<PlumeConfig>(text).is_err(), "{text}");
    }
}
