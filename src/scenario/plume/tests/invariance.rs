//! Statistics don't depend on where the wind blows to, nor on rounding; and limits of a unit.

use super::fixture::{Recorder, config, run};
use crate::lanes::SimdLevel;
use crate::scenario::plume::{PlumeConfig, metrics};
use std::f64::consts::PI;

fn column(name: &str) -> usize {
    metrics::columns("kg m-3")
        .iter()
        .position(|column| column.name == name)
        .unwrap()
}

/// Agents that smell nothing, far from all edges, in wind to `direction_rad`.
fn casting(direction_rad: f64, turn_rate_max_rad_s: f64) -> PlumeConfig {
    config(&format!(
        r#"{{"plume": {{"kind": "gaussian", "source_x_m": 0.0, "source_rate_kg_s": 0.0}},
            "wind": {{"kind": "constant", "direction_rad": {direction_rad}}},
            "agents": {{"count": 16, "turn_rate_max_rad_s": {turn_rate_max_rad_s},
                        "start": {{"kind": "point", "x_m": 50.0, "y_m": 50.0}}}},
            "episode": {{"dt_s": 0.02, "duration_s": 12.0,
                         "domain": {{"x_min_m": -100, "x_max_m": 100, "y_min_m": -100, "y_max_m": 100}}}}}}"#
    ))
}

const DIRECTIONS: [f64; 6] = [0.0, 1.0, 2.0, PI, -2.5, -PI / 2.0];

/// With a body that turns at once, no step of a cast straight across the wind is upwind, once it is on its course.
#[test]
fn casting_across_the_wind_is_never_upwind() {
    for direction in DIRECTIONS {
        let values = run(&casting(direction, 1e4), SimdLevel::detect(), 16, &mut ()).unwrap();
        for (fraction, steps) in values[column("fraction_upwind")].iter().zip(&values[column("steps")]) {
            // The first turn, from a random heading, may take two steps, with half a turn in the first.
            assert!(fraction * steps < 1.5, "direction {direction}: {fraction}");
        }
    }
}

/// A reversal turns through upwind in steps of δ = ω dt and gains v dt Σ sin(kδ) for kδ < π, whatever the wind's
/// direction.
#[test]
fn a_reversal_gains_the_same_way_against_any_wind() {
    let (speed, dt, rate) = (0.5, 0.02, 12.0);
    let gain: f64 = (1..)
        .map(|k| f64::from(k) * rate * dt)
        .take_while(|angle| *angle < PI)
        .map(|angle| speed * dt * angle.sin())
        .sum();
    for direction in DIRECTIONS {
        let mut recorder = Recorder::new(16);
        run(&casting(direction, rate), SimdLevel::detect(), 16, &mut recorder).unwrap();
        for way in &recorder.ways {
            let upwind = |time_s: f64| {
                let step = way[(time_s / dt) as usize];
                -(step.x * direction.cos() + step.y * direction.sin())
            };
            // Legs change at 1, 3 and 6 s.
            for (from, to, reversals) in [(0.9, 2.9, 1.0), (2.9, 5.9, 1.0), (0.9, 7.0, 3.0)] {
                let found = upwind(to) - upwind(from);
                assert!(
                    (found - reversals * gain).abs() < 1e-6,
                    "direction {direction}: {found}, {gain}"
                );
            }
        }
    }
}

/// The study turned by half a turn. The bound of 4.9 standard errors of a difference of two proportions of 8000 agents
/// raises a false alarm with probability 10⁻⁶.
#[test]
fn turning_the_world_by_half_a_turn_changes_no_statistics() {
    let count = 8000;
    let success = |sign: f64, direction: f64| {
        let corner = |a: f64, b: f64| (f64::min(sign * a, sign * b), f64::max(sign * a, sign * b));
        let (domain_low, domain_high) = corner(0.0, 25.0);
        let (low, high) = corner(12.0, 20.0);
        let config = config(&format!(
            r#"{{"plume": {{"kind": "gaussian", "source_x_m": {}}},
                "wind": {{"kind": "constant", "direction_rad": {direction}}}, "boundary": {{"kind": "terminate"}},
                "agents": {{"count": {count}, "turn_rate_max_rad_s": 6.0,
                    "start": {{"kind": "region", "x_min_m": {low}, "x_max_m": {high}}}}},
                "episode": {{"dt_s": 0.05, "domain": {{"x_min_m": {domain_low}, "x_max_m": {domain_high}}}}}}}"#,
            sign * 2.0
        ));
        let values = run(&config, SimdLevel::detect(), count, &mut ()).unwrap();
        values[column("success")].iter().sum::<f64>() / count as f64
    };
    let (before, after) = (success(1.0, 0.0), success(-1.0, PI));
    let error = (2.0 * 0.25 / count as f64).sqrt();
    assert!(before > 0.1 && before < 0.9, "{before}");
    assert!((before - after).abs() < 4.9 * error, "{before} {after}");
}

/// An agent that starts at the source has found it at once, and its episode ends with its first step.
#[test]
fn a_start_at_the_source_is_a_success_at_time_zero() {
    let config = config(r#"{"agents": {"count": 3, "start": {"kind": "point", "x_m": 2.1, "y_m": 0.1}}}"#);
    let values = run(&config, SimdLevel::detect(), 3, &mut ()).unwrap();
    for (name, expected) in [
        ("success", 1.0),
        ("time_to_source_s", 0.0),
        ("steps", 1.0),
        ("reward", 1.0),
    ] {
        assert_eq!(values[column(name)], [expected; 3], "{name}");
    }
}

#[test]
fn a_unit_of_ten_thousand_agents_runs() {
    let config = config(r#"{"agents": {"count": 10000}, "episode": {"duration_s": 1.0}}"#);
    let values = run(&config, SimdLevel::detect(), 10_000, &mut ()).unwrap();
    assert!(values[column("steps")].iter().all(|steps| (1.0..=50.0).contains(steps)));
    assert!(
        values[column("path_length_m")]
            .iter()
            .all(|way| (way - 0.5).abs() < 0.5)
    );
}
