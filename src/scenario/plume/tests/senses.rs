//! Sensors and the navigators that live by them, in whole units.

use super::fixture::{config, run};
use crate::lanes::SimdLevel;
use crate::scenario::Scenario;
use crate::scenario::plume::{PlumeNavigation, metrics};

fn column(name: &str) -> usize {
    metrics::columns("kg m-3")
        .iter()
        .position(|column| column.name == name)
        .unwrap()
}

fn simulate(text: &str) -> Vec<Vec<f64>> {
    let config = config(text);
    assert_eq!(
        super::fixture::errors(PlumeNavigation::default().check(&config)),
        [],
        "{text}"
    );
    run(&config, SimdLevel::detect(), config.agents.count as usize, &mut ()).unwrap()
}

fn bits(values: &[Vec<f64>]) -> Vec<Vec<u64>> {
    values
        .iter()
        .map(|column| column.iter().map(|value| value.to_bits()).collect())
        .collect()
}

/// Senses that change nothing change no bit, although they go another way through the program.
#[test]
fn neutral_senses_change_no_bit() {
    let rest = r#""agents": {"count": 21}, "episode": {"duration_s": 20},
        "wind": {"kind": "ornstein_uhlenbeck"}, "plume": {"kind": "filament", "spin_up_s": 10}"#;
    let plain = simulate(&format!(r#"{{"sensor": {{"kind": "binary"}}, {rest}}}"#));
    for sensor in [
        r#"{"kind": "binary", "conditioning": {"saturation": {"kind": "clip", "highest": 1e30}}}"#,
        r#"{"kind": "suite", "sensors": [{"kind": "binary"}]}"#,
        r#"{"kind": "suite", "sensors": [{"kind": "binary"}, {"kind": "gradient"},
            {"kind": "wind", "direction_noise_sd_rad": 0.0}]}"#,
    ] {
        let mut found = simulate(&format!(r#"{{"sensor": {sensor}, {rest}}}"#));
        if sensor.contains("gradient") {
            // The last reading is that of another sensor.
            let last = column("final_signal");
            found[last].clone_from(&plain[last]);
        }
        assert!(bits(&found) == bits(&plain), "{sensor}");
    }
}

/// Agents steer by the wind that they feel, and metrics go by the true one: surges of agents who feel nonsense go any
/// way.
#[test]
fn agents_steer_by_the_wind_that_they_feel() {
    let upwind = |sd: f64| {
        let values = simulate(&format!(
            r#"{{"sensor": {{"kind": "suite", "sensors": [{{"kind": "concentration", "threshold": 0.0}},
                    {{"kind": "wind", "direction_noise_sd_rad": {sd}}}]}},
                "agents": {{"count": 64, "turn_rate_max_rad_s": 1e4}},
                "episode": {{"duration_s": 10, "end_at_source": false}}, "boundary": {{"kind": "wrap"}}}}"#
        ));
        values[column("fraction_upwind")].iter().sum::<f64>() / 64.0
    };
    let (exact, wrong) = (upwind(0.0), upwind(50.0));
    assert!(exact > 0.9, "{exact}");
    // 64 · 480 independent directions: 4.9 standard errors are 0.014.
    assert!((wrong - 0.5).abs() < 0.03, "{wrong}");
}

/// Those who follow slopes gather about the middle of a round cloud, others don't. Of 400 agents each a mean distance
/// has a standard error of some 0.2 m; the bound, 0.6 of the distance of agents that smell nothing, is more than 2 m
/// off.
#[test]
fn chemotaxis_gathers_in_the_middle_of_a_cloud() {
    let distance_m = |senses: &str| {
        let values = simulate(&format!(
            r#"{{{senses}, "plume": {{"kind": "gaussian_isotropic", "source_x_m": 12.0, "sigma_m": 4.0}},
                "wind": {{"kind": "constant", "speed_m_s": 1.0}}, "agents": {{"count": 400}},
                "episode": {{"dt_s": 0.05, "duration_s": 120, "end_at_source": false}},
                "boundary": {{"kind": "reflect"}}}}"#
        ));
        values[column("final_distance_m")].iter().sum::<f64>() / 400.0
    };
    let blind = distance_m(r#""navigator": {"kind": "correlated_random_walk"}"#);
    let found = [
        r#""navigator": {"kind": "chemotaxis"}, "sensor": {"kind": "bilateral"}"#,
        r#""navigator": {"kind": "chemotaxis"}, "sensor": {"kind": "gradient"}"#,
        r#""navigator": {"kind": "run_and_tumble"}, "sensor": {"kind": "concentration"}"#,
    ]
    .map(distance_m);
    println!("blind {blind:.2} m, bilateral, gradient, run and tumble {found:.2?} m");
    assert!(
        found.iter().all(|distance| *distance < 0.6 * blind),
        "{blind} {found:?}"
    );
}

#[test]
fn each_problem_is_blamed_on_its_key() {
    for (text, key) in [
        (r#"{"navigator": {"kind": "chemotaxis"}}"#, "navigator.kind"),
        (r#"{"navigator": {"kind": "run_and_tumble"}}"#, "navigator.kind"),
        (r#"{"sensor": {"kind": "wind"}}"#, "navigator.kind"),
        (
            r#"{"sensor": {"kind": "suite", "sensors": [{"kind": "concentration"}, {"kind": "binary"}]}}"#,
            "sensor.sensors[1].kind",
        ),
        (
            r#"{"sensor": {"kind": "suite", "sensors": [{"kind": "binary"}, {"kind": "wind"}, {"kind": "wind"}]}}"#,
            "sensor.sensors[2].kind",
        ),
        (
            r#"{"sensor": {"kind": "binary", "conditioning": {"saturation": {"kind": "clip", "highest": 1e-8}}}}"#,
            "sensor.threshold",
        ),
        (
            r#"{"sensor": {"kind": "suite", "sensors": [{"kind": "wind"}, {"kind": "concentration",
                "conditioning": {"adaptation": {"kind": "divisive", "time_s": 0.001}}}]}}"#,
            "sensor.sensors[1].conditioning.adaptation.time_s",
        ),
        (
            r#"{"sensor": {"kind": "historical", "memory": {"kind": "mean", "window_s": 0.001}}}"#,
            "sensor.memory.window_s",
        ),
        (
            r#"{"sensor": {"kind": "historical", "memory": {"kind": "exponential", "time_s": 0.001}}}"#,
            "sensor.memory.time_s",
        ),
        (
            r#"{"sensor": {"kind": "gradient", "method": "analytic"}, "plume": {"kind": "small_puff"}}"#,
            "sensor.method",
        ),
        (
            r#"{"sensor": {"kind": "suite", "sensors": [{"kind": "binary"}, {"kind": "wind", "smoothing_s": 0.001}]}}"#,
            "sensor.sensors[1].smoothing_s",
        ),
        (
            r#"{"sensor": {"kind": "binary", "conditioning": {"delay_s": 1e4}}, "agents": {"count": 100000}}"#,
            "sensor",
        ),
        (
            r#"{"sensor": {"kind": "bilateral"}, "navigator": {"kind": "chemotaxis", "turn_rate_highest_rad_s": 60.0,
                "turn_gain_rad_s": 1e3, "rotational_diffusivity_rad2_s": 0.0}}"#,
            "navigator.turn_rate_highest_rad_s",
        ),
        (
            r#"{"sensor": {"kind": "bilateral"}, "navigator": {"kind": "chemotaxis"},
                "agents": {"turn_rate_max_rad_s": 12.0}}"#,
            "agents.turn_rate_max_rad_s",
        ),
        (
            r#"{"sensor": {"kind": "concentration"}, "navigator": {"kind": "run_and_tumble", "tumbles_per_s": 6.0}}"#,
            "navigator.tumbles_highest_per_s",
        ),
        (
            r#"{"sensor": {"kind": "concentration"}, "navigator": {"kind": "run_and_tumble", "tumbles_per_s": 0.05}}"#,
            "navigator.tumbles_lowest_per_s",
        ),
        (
            r#"{"sensor": {"kind": "concentration"}, "navigator": {"kind": "run_and_tumble",
                "tumbles_highest_per_s": 30.0}}"#,
            "navigator.tumbles_highest_per_s",
        ),
        (
            r#"{"sensor": {"kind": "concentration"}, "navigator": {"kind": "run_and_tumble", "memory_s": 0.01}}"#,
            "navigator.memory_s",
        ),
    ] {
        let problems = super::fixture::errors(PlumeNavigation::default().check(&config(text)));
        let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
        assert_eq!(keys, [key], "{text}: {problems:?}");
        for problem in &problems {
            assert!(!problem.message.is_empty() && !problem.hint.is_empty());
            assert!(!problem.message.ends_with('.'), "{}", problem.message);
        }
    }
}

#[test]
fn a_mismatch_names_the_sensors_that_would_do() {
    let problems =
        super::fixture::errors(PlumeNavigation::default().check(&config(r#"{"navigator": {"kind": "chemotaxis"}}"#)));
    let [problem] = &problems[..] else {
        panic!("{problems:?}")
    };
    assert_eq!(
        problem.message,
        "\"chemotaxis\" needs a sensor that provides the odour at two antennae, or the slope of the odour, and \
         sensor.kind = \"binary\" doesn't"
    );
    assert_eq!(
        problem.hint,
        "use sensor.kind = \"gradient\" or \"bilateral\", alone or in a suite"
    );
}
