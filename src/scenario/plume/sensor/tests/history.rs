//! The sensor of kind `historical`.

use super::super::test_support::{ScalarNormal, signals, whiffs};
use crate::random::StreamSeed;

const DT: f64 = 0.05;

/// The scalar reference: all remembered readings, one by one.
#[test]
fn memories_follow_their_scalar_reference() {
    let course = whiffs(260, 12);
    let (seed, agent) = (StreamSeed(4), 5);
    for memory in ["mean", "maximum", "exponential"] {
        let time = if memory == "exponential" {
            r#""time_s": 0.6"#
        } else {
            r#""window_s": 0.6"#
        };
        let text = format!(r#"{{"kind": "historical", "noise_sd": 0.5, "memory": {{"kind": "{memory}", {time}}}}}"#);
        let found = signals(&text, seed, agent, DT, &course);
        let mut noise = ScalarNormal::new(seed, agent as u64);
        let mut readings: Vec<f64> = Vec::new();
        let mut average = 0.0;
        for (step, c) in course.iter().enumerate() {
            readings.push((c + 0.5 * noise.next()).max(0.0));
            average += (1.0 - (-DT / 0.6f64).exp()) * (readings[step] - average);
            let window = &readings[(step + 1).saturating_sub(12)..];
            let expected = match memory {
                "mean" => window.iter().sum::<f64>() / 12.0,
                "maximum" => window.iter().copied().fold(0.0, f64::max),
                _ => average,
            };
            assert!((found[step] - expected).abs() < 1e-12, "{memory}, step {step}");
        }
    }
}

/// White noise of variance 1 averaged over n steps has variance 1/n; exponentially with gain g, g/(2 − g). 20 000 steps
/// of which one in 100 is taken, so that they are independent to e^(−8): 4.9 standard errors of 200 numbers, 49 %,
/// raise a false alarm with probability 10⁻⁶.
#[test]
fn averages_reduce_noise_as_they_should() {
    let gain = 1.0 - (-DT / 0.6f64).exp();
    for (memory, expected) in [
        (r#"{"kind": "mean", "window_s": 0.6}"#, 1.0 / 12.0),
        (r#"{"kind": "exponential", "time_s": 0.6}"#, gain / (2.0 - gain)),
    ] {
        let text =
            format!(r#"{{"kind": "historical", "noise_sd": 1.0, "negative_readings": true, "memory": {memory}}}"#);
        let found = signals(&text, StreamSeed(6), 0, DT, &vec![0.0; 20_000]);
        let squares: f64 = found.iter().skip(99).step_by(100).map(|signal| signal * signal).sum();
        assert!(
            (squares / 200.0 / expected - 1.0).abs() < 4.9 * (2.0f64 / 200.0).sqrt(),
            "{memory}"
        );
    }
}

/// What happened just now is remembered for the window and no longer.
#[test]
fn windows_end_when_they_should() {
    let mut course = vec![0.0; 60];
    course[20] = 3.0;
    let text = r#"{"kind": "historical", "threshold": 1.0, "memory": {"kind": "maximum", "window_s": 0.5}}"#;
    let found = signals(text, StreamSeed(1), 0, DT, &course);
    for (step, signal) in found.iter().enumerate() {
        assert_eq!(*signal, if (20..30).contains(&step) { 3.0 } else { 0.0 });
    }
}
