//! What bodies do where that is known: from the equations of motion, and from probabilities.

use super::super::fixture::config;
use super::{Trial, eight};
use crate::grids::Inputs;
use crate::lanes::{F64x8, LANES, lane};
use crate::scenario::plume::PlumeConfig;
use crate::scenario::plume::agents::{Commands, Place};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

fn with_motion(motion: &str) -> PlumeConfig {
    config(&format!(
        r#"{{"agents": {{"motion": {motion}, "turn_rate_max_rad_s": 10.0}}, "episode": {{"dt_s": 0.05}}}}"#
    ))
}

fn trial(motion: &str, places: &[Place]) -> Trial {
    Trial::new(&with_motion(motion), &Inputs::default(), places)
}

/// From rest with 0.5 m/s² to 0.4 m/s, and to rest again: after n steps v = n a dt, x = a dt² n (n + 1)/2.
#[test]
fn speeds_change_with_the_acceleration() {
    let mut trial = trial(
        r#"{"kind": "continuous", "acceleration_max_m_s2": 0.5}"#,
        &eight(1.0, 0.0, 0.0),
    );
    let change = 0.5 * 0.05;
    for n in 1..=16 {
        trial.steer(0.0, 0.4);
        let expected = 1.0 + change * 0.05 * f64::from(n * (n + 1)) / 2.0;
        assert!((lane(&trial.agents.x_m, 3) - expected).abs() < 1e-12, "{n}");
    }
    let at_speed = lane(&trial.agents.x_m, 3);
    trial.steer(0.0, 9.0);
    let faster = 0.4 + change;
    assert!((lane(&trial.agents.x_m, 3) - at_speed - faster * 0.05).abs() < 1e-12);
    let before = lane(&trial.agents.x_m, 3);
    for _ in 0..40 {
        trial.steer(0.0, 0.0);
    }
    // 0.425 m/s is 17 changes: Σ (0.425 − k·0.025) for k = 1 … 17.
    let braking = 0.05 * change * f64::from(16 * 17) / 2.0;
    assert!((lane(&trial.agents.x_m, 3) - before - braking).abs() < 1e-12);
    assert_eq!(lane(&trial.agents.moved_x_m, 3), 0.0);
}

/// An acceleration that reaches every speed in one step changes no bit.
#[test]
fn an_acceleration_that_limits_nothing_is_none() {
    let ways = [1e9, 20.0].map(|limit| {
        let motion = format!(r#"{{"kind": "continuous", "acceleration_max_m_s2": {limit}}}"#);
        let mut trial = trial(&motion, &eight(12.0, 0.0, 0.5));
        for step in 0..50 {
            trial.steer(0.1 * f64::from(step), f64::from(step % 7) * 0.3);
        }
        (trial.agents.x_m[0], trial.agents.y_m[0], trial.agents.heading_rad[0])
    });
    assert_eq!(ways[0], ways[1]);
}

/// 0.4 m/s for 20 s: 8 m are 16 cells of 0.5 m, or 11 diagonals of 0.707 m.
#[test]
fn hops_keep_the_commanded_speed() {
    for (course, hops) in [
        (0.3, (16.0, 0.0)),
        (-FRAC_PI_2, (0.0, -16.0)),
        (0.9, (11.0, 11.0)),
        (FRAC_PI_4 - PI, (-11.0, -11.0)),
    ] {
        let mut trial = trial(r#"{"kind": "grid"}"#, &eight(12.6, 0.1, 0.0));
        assert_eq!((lane(&trial.agents.x_m, 0), lane(&trial.agents.y_m, 0)), (12.75, 0.25));
        for _ in 0..400 {
            trial.steer(course, 0.4);
        }
        let found = (lane(&trial.agents.x_m, 0), lane(&trial.agents.y_m, 0));
        let expected = (12.75 + 0.5 * hops.0, 0.25 + 0.5 * hops.1);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(
            near(found.0, expected.0) && near(found.1, expected.1),
            "{course}: {found:?}"
        );
    }
}

/// A cell of 0.25 m takes 5 steps of 0.05 m. With v = l/dt and ω = α/dt every step is an action.
#[test]
fn actions_take_their_time() {
    let mut trial_on_grid = trial(r#"{"kind": "grid", "cell_m": 0.25}"#, &eight(2.0, 0.0, 0.0));
    let mut config = with_motion(&format!(
        r#"{{"kind": "oriented", "step_m": 0.05, "turn_rad": {FRAC_PI_2}}}"#
    ));
    config.agents.turn_rate_max_rad_s = FRAC_PI_2 / 0.05;
    config.agents.speed_max_m_s = 5.0;
    let mut oriented = Trial::new(&config, &Inputs::default(), &eight(2.0, 0.0, 0.0));
    for step in 0..40 {
        trial_on_grid.steer(0.0, 1.0);
        assert_eq!(lane(&trial_on_grid.agents.moved_x_m, 7) > 0.0, step % 5 == 4, "{step}");
        // Once round: left, forward, left, forward, …
        let turns = step % 2 == 0;
        oriented.steer(f64::from(step / 2 + 1) * FRAC_PI_2, 1.0);
        assert_eq!(lane(&oriented.agents.turned_rad, 7) > 0.0, turns, "{step}");
        let way = lane(&oriented.agents.moved_x_m, 7).abs() + lane(&oriented.agents.moved_y_m, 7).abs();
        assert!((way - if turns { 0.0 } else { 0.05 }).abs() < 1e-12, "{step}");
    }
    let end = (lane(&oriented.agents.x_m, 7), lane(&oriented.agents.y_m, 7));
    assert!((end.0 - 2.0).abs() < 1e-12 && end.1.abs() < 1e-12, "{end:?}");
}

/// Turns of 0.01 rad relative to the course aren't lost in actions of π/4: after 1 rad the body has turned.
#[test]
fn small_turns_add_up() {
    for motion in [
        r#"{"kind": "grid"}"#.to_owned(),
        format!(r#"{{"kind": "oriented", "turn_rad": {FRAC_PI_4}}}"#),
    ] {
        let mut trial = trial(&motion, &eight(12.0, 0.0, 0.0));
        for _ in 0..100 {
            let course = lane(trial.agents.course(), 2);
            trial.steer(course + 0.01, 0.4);
        }
        assert!((lane(trial.agents.course(), 2) - 1.0).abs() < 1e-12, "{motion}");
        let heading = lane(&trial.agents.heading_rad, 2);
        assert!((heading - FRAC_PI_4).abs() < 1e-12, "{motion}: {heading}");
    }
}

/// Tumbles without reason only. The steps between them are geometric, those of a tumble a rounded exponential, turns
/// ±(μ + s N). With the seeds fixed, each of five means is within 5 standard errors of the expected one: a false alarm
/// has probability 3·10⁻⁶.
#[test]
fn runs_and_tumbles_have_their_means() {
    let (dt, rate, tumble, mean, sd) = (0.05_f64, 2.0_f64, 0.12_f64, 1.0_f64, 0.5_f64);
    let motion = format!(
        r#"{{"kind": "run_tumble", "tolerance_rad": {PI}, "spontaneous_rate_per_s": {rate}, "tumble_mean_s": {tumble},
             "turn_mean_rad": {mean}, "turn_sd_rad": {sd}}}"#
    );
    let mut trial = trial(&motion, &[eight(12.0, 0.0, 0.0); 4].concat());
    let mut commands = Commands::new(4);
    commands.speed_m_s.fill(F64x8::splat(0.1));
    let (mut runs, mut stands, mut cosines, mut sines) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut since = [(0_u32, 0_u32); 4 * LANES];
    for _ in 0..6000 {
        trial.act(&commands);
        for (agent, (ran, stood)) in since.iter_mut().enumerate() {
            let way = lane(&trial.agents.moved_x_m, agent).abs() + lane(&trial.agents.moved_y_m, agent).abs();
            let turned = lane(&trial.agents.turned_rad, agent);
            if way > 0.0 {
                *ran += 1;
                continue;
            }
            *stood += 1;
            if turned != 0.0 {
                runs.push(f64::from(*ran));
                stands.push(f64::from(*stood));
                cosines.push(turned.cos());
                sines.push(turned.sin());
                (*ran, *stood) = (0, 0);
            }
        }
        trial.confine();
    }
    let p = 1.0 - f64::exp(-rate * dt);
    let step = f64::exp(-dt / tumble);
    let expected = [
        (&runs, (1.0 - p) / p),
        (&stands, 1.0 + f64::exp(-1.5 * dt / tumble) / (1.0 - step)),
        (&cosines, mean.cos() * f64::exp(-0.5 * sd * sd)),
        (&sines, 0.0),
    ];
    for (index, (values, expected)) in expected.into_iter().enumerate() {
        let n = values.len() as f64;
        assert!(n > 10_000.0, "{n}");
        let found = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - found).powi(2)).sum::<f64>() / n;
        assert!(
            (found - expected).abs() < 5.0 * (variance / n).sqrt(),
            "{index}: {found}, {expected}"
        );
    }
}

/// A tumbling agent ends up within the tolerance of the commanded course, and then runs straight on.
#[test]
fn tumbles_end_on_the_commanded_side() {
    let mut trial = trial(
        r#"{"kind": "run_tumble", "tolerance_rad": 0.8, "tumble_mean_s": 0.1}"#,
        &eight(12.0, 0.0, 3.0),
    );
    for _ in 0..600 {
        trial.steer(0.0, 0.001);
    }
    for agent in 0..LANES {
        assert!(lane(&trial.agents.heading_rad, agent).abs() <= 0.8);
        assert_eq!(lane(&trial.agents.turned_rad, agent), 0.0);
    }
}
