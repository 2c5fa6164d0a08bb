//! The sense of the wind.

use super::super::Readings;
use super::super::test_support::{Formula, Moment, ScalarNormal, built, config, sense};
use crate::lanes::F64x8;
use crate::random::StreamSeed;

const DT: f64 = 0.05;

fn feel(text: &str, wind_m_s: impl Fn(usize) -> (f64, f64), steps: usize) -> Vec<Readings> {
    let config = config(text);
    let moments: Vec<Moment> = (0..steps)
        .map(|step| {
            let (x, y) = wind_m_s(step);
            Moment {
                wind_m_s: (F64x8::splat(x), F64x8::splat(y)),
                ..Moment::default()
            }
        })
        .collect();
    let mut sensor = built(&config, StreamSeed(31), DT);
    sense(sensor.as_mut(), config.provides(), &Formula(|_, _| 1.0), DT, &moments)
}

/// The scalar reference of everything at once: a delay of 1.5 steps, smoothing, a turn, noise.
#[test]
fn the_felt_wind_follows_its_scalar_reference() {
    let wind = |step: usize| ((step as f64 * 0.3).cos() * 2.0, (step as f64 * 0.17).sin());
    let text = r#"{"kind": "wind", "noise_sd_m_s": 0.3, "direction_noise_sd_rad": 0.4, "delay_s": 0.075,
        "smoothing_s": 0.2}"#;
    let found = feel(text, wind, 120);
    let (agent, seed) = (4, StreamSeed(31));
    let mut normals = ["wind_direction", "wind_x", "wind_y"].map(|part| ScalarNormal::new(seed.part(part), agent));
    let past = |step: usize, back: usize| wind(step.saturating_sub(back));
    let gain = 1.0 - (-DT / 0.2f64).exp();
    let mut smooth = wind(0);
    for (step, readings) in found.iter().enumerate() {
        let (now, before) = (past(step, 1), past(step, 2));
        let late = (0.5 * (now.0 + before.0), 0.5 * (now.1 + before.1));
        smooth.0 += gain * (late.0 - smooth.0);
        smooth.1 += gain * (late.1 - smooth.1);
        let [turn, along_x, along_y] = &mut normals;
        let (sine, cosine) = (0.4 * turn.next()).sin_cos();
        let x = smooth.0 * cosine - smooth.1 * sine + 0.3 * along_x.next();
        let y = smooth.0 * sine + smooth.1 * cosine + 0.3 * along_y.next();
        let felt = readings.wind.as_ref().unwrap();
        let lane = agent as usize;
        assert!((felt.x_m_s[0].0[lane] - x).abs() < 1e-12 && (felt.y_m_s[0].0[lane] - y).abs() < 1e-12);
        assert!((felt.direction_rad[0].0[lane] - y.atan2(x)).abs() < 1e-12);
        assert_eq!((readings.signal[0].0[lane], readings.detected[0].0[lane]), (0.0, 0.0));
    }
}

/// Errors of the direction leave the speed alone and have the standard deviation asked for. 8 · 1000 numbers; 4.9
/// standard errors raise a false alarm with probability 10⁻⁶ each.
#[test]
fn errors_of_the_direction_are_as_asked_for() {
    let text = r#"{"kind": "wind", "direction_noise_sd_rad": 0.2}"#;
    let (mut sum, mut squares) = (0.0, 0.0);
    for readings in feel(text, |_| (0.6, 0.8), 1000) {
        let felt = readings.wind.unwrap();
        for i in 0..8 {
            let (x, y) = (felt.x_m_s[0].0[i], felt.y_m_s[0].0[i]);
            assert!((x * x + y * y - 1.0).abs() < 1e-13);
            let error = felt.direction_rad[0].0[i] - 0.8f64.atan2(0.6);
            sum += error;
            squares += error * error;
        }
    }
    assert!((sum / 8000.0).abs() < 4.9 * 0.2 / 8000f64.sqrt(), "{sum}");
    assert!(
        (squares / 8000.0 / 0.04 - 1.0).abs() < 4.9 * (2.0f64 / 8000.0).sqrt(),
        "{squares}"
    );
}

/// A wind that doesn't change is felt as it is, delayed and smoothed or not.
#[test]
fn steady_wind_is_felt_as_it_is() {
    for text in [
        r#"{"kind": "wind", "direction_noise_sd_rad": 0}"#,
        r#"{"kind": "wind", "direction_noise_sd_rad": 0, "delay_s": 0.31, "smoothing_s": 3.0}"#,
    ] {
        for readings in feel(text, |_| (-1.5, 0.25), 30) {
            let felt = readings.wind.unwrap();
            assert!((felt.x_m_s[0].0[0] + 1.5).abs() < 1e-15 && (felt.y_m_s[0].0[0] - 0.25).abs() < 1e-15);
        }
    }
}
