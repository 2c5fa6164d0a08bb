//! Conditioning and noise of the concentration.

use super::super::test_support::{ScalarNormal, signals, smell, whiffs};
use super::super::{BinarySensor, BinarySensorConfig, Channels, ConditioningConfig};
use crate::random::StreamSeed;

const DT: f64 = 0.04;

fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0);
    (mean, variance)
}

/// The scalar reference of everything at once: a delay of 2.75 steps, counting, saturation, adaptation, Gaussian noise.
#[test]
fn the_whole_chain_follows_its_scalar_reference() {
    let course = whiffs(300, 4);
    for (kind, agent) in [("subtractive", 2), ("divisive", 7)] {
        let background = if kind == "divisive" {
            r#", "background": 0.7"#
        } else {
            ""
        };
        let text = format!(
            r#"{{"kind": "concentration", "noise_sd": 0.2, "conditioning": {{"delay_s": 0.11, "counting_rate": 40,
                "saturation": {{"kind": "hyperbolic", "half": 5.0}},
                "adaptation": {{"kind": "{kind}", "time_s": 0.5{background}}}}}}}"#
        );
        let seed = StreamSeed(21);
        let found = signals(&text, seed, agent, DT, &course);
        let mut counter = seed.part("counting").generator(agent as u64);
        let mut noise = ScalarNormal::new(seed, agent as u64);
        let past = |step: usize, back: usize| if step < back { 0.0 } else { course[step - back] };
        let mut average = 0.0;
        for (step, found) in found.iter().enumerate() {
            let late = 0.25 * past(step, 2) + 0.75 * past(step, 3);
            let counted = counter.counts(40.0 * DT * late) / (40.0 * DT);
            let bound = counted / (1.0 + counted / 5.0);
            let adapted = match kind {
                "subtractive" => (bound - average).max(0.0),
                _ => bound / (1.0 + average / 0.7),
            };
            average += (1.0 - (-DT / 0.5f64).exp()) * (bound - average);
            let expected = (adapted + 0.2 * noise.next()).max(0.0);
            assert!(
                (found - expected).abs() < 1e-12,
                "{kind}, step {step}: {found} {expected}"
            );
        }
        assert!(found.iter().any(|signal| *signal > 1.0) && found.contains(&0.0));
    }
}

#[test]
fn readings_end_where_they_are_clipped() {
    let text = r#"{"kind": "concentration", "conditioning": {"saturation": {"kind": "clip", "highest": 2.0}}}"#;
    assert_eq!(
        signals(text, StreamSeed(1), 0, DT, &[0.0, 1.5, 2.0, 7.0, 1e30]),
        [0.0, 1.5, 2.0, 2.0, 2.0]
    );
}

/// c/(1 + c/K): weak odour reads as it is, K reads K/2, much odour K.
#[test]
fn binding_saturates_at_half() {
    let text = r#"{"kind": "concentration", "conditioning": {"saturation": {"kind": "hyperbolic", "half": 2.0}}}"#;
    let found = signals(text, StreamSeed(1), 0, DT, &[1e-9, 2.0, 1e12]);
    for (found, expected) in found.iter().zip([1e-9, 1.0, 2.0]) {
        assert!((found / expected - 1.0).abs() < 1e-8, "{found} {expected}");
    }
}

/// Lasting odour c is read in full at first; then c e^(−t/τ) (subtractive) or c/(1 + c (1 − e^(−t/τ))/a₀) (divisive),
/// at any step. In the end the latter is a₀ for all strong odours: steps up by the same ratio read alike (Weber's law).
#[test]
fn lasting_odour_fades_as_it_should() {
    for dt_s in [0.2, 0.02] {
        let steps = (6.0 / dt_s) as usize;
        let run = |adaptation: &str, course: &[f64]| {
            let text = format!(r#"{{"kind": "concentration", "conditioning": {{"adaptation": {adaptation}}}}}"#);
            signals(&text, StreamSeed(1), 3, dt_s, course)
        };
        let subtractive = run(r#"{"kind": "subtractive", "time_s": 1.5}"#, &vec![3.0; steps]);
        let divisive = run(
            r#"{"kind": "divisive", "time_s": 1.5, "background": 0.5}"#,
            &vec![3.0; steps],
        );
        for step in 0..steps {
            let decay = (-(step as f64) * dt_s / 1.5).exp();
            assert!((subtractive[step] - 3.0 * decay).abs() < 1e-12);
            assert!((divisive[step] - 3.0 / (1.0 + 3.0 * (1.0 - decay) / 0.5)).abs() < 1e-12);
        }
        let response = |background: f64| {
            let long = (60.0 / dt_s) as usize;
            let mut course = vec![background; long];
            course.push(1.3 * background);
            let found = run(r#"{"kind": "divisive", "time_s": 1.5, "background": 1e-3}"#, &course);
            found[long] / found[long - 1]
        };
        for background in [0.1, 10.0, 1e4] {
            assert!((response(background) - 1.3).abs() < 1e-9);
        }
    }
}

/// Counts in a second have mean c and variance c/(k · 1 s), whatever the step. 2000 seconds: bounds of 4.9 standard
/// errors raise a false alarm with probability 10⁻⁶ each (the variance of a near-normal sample has the error variance
/// √(2/n)).
#[test]
fn counting_noise_does_not_depend_on_the_step() {
    let (seconds, c, k) = (2000, 0.8, 30.0);
    for per_second in [5, 50] {
        let dt_s = 1.0 / f64::from(per_second);
        let text = format!(r#"{{"kind": "concentration", "conditioning": {{"counting_rate": {k}}}}}"#);
        let found = signals(&text, StreamSeed(8), 1, dt_s, &vec![c; (seconds * per_second) as usize]);
        let means: Vec<f64> = (found.chunks(per_second as usize))
            .map(|second| second.iter().sum::<f64>() * dt_s)
            .collect();
        let (mean, variance) = mean_and_variance(&means);
        let n = f64::from(seconds);
        assert!((mean - c).abs() < 4.9 * (c / k / n).sqrt(), "{mean}");
        assert!(
            (variance / (c / k) - 1.0).abs() < 4.9 * (2.0 / n).sqrt() + 1.0 / (k * c * n),
            "{variance}"
        );
    }
}

/// A binary sensor that needs 5 counts of 3 expected ones: the Poisson probability of at least 5. 8 · 5000 steps; 4.9
/// standard errors raise a false alarm with probability 10⁻⁶.
#[test]
fn detections_by_counts_follow_the_poisson_tail() {
    let per_step = 10.0;
    let config = BinarySensorConfig {
        threshold: 5.0 / per_step,
        release_fraction: 1.0,
        conditioning: ConditioningConfig {
            counting_rate: per_step / DT,
            ..ConditioningConfig::default()
        },
        ..BinarySensorConfig::default()
    };
    let mut sensor = BinarySensor::new(&config, StreamSeed(3), 1, DT);
    let steps = 5000;
    let found = smell(&mut sensor, Channels::DETECTION, DT, &vec![3.0 / per_step; steps]);
    let detected: f64 = found
        .iter()
        .map(|readings| readings.detected[0].0.iter().sum::<f64>())
        .sum();
    let probability = 1.0 - (-3.0f64).exp() * (1.0 + 3.0 + 4.5 + 4.5 + 3.375);
    let n = 8.0 * steps as f64;
    let error = (probability * (1.0 - probability) / n).sqrt();
    assert!(
        (detected / n - probability).abs() < 4.9 * error,
        "{} {probability}",
        detected / n
    );
}

/// Nothing but `negative_readings` makes a reading negative or infinite, in whatever combination.
#[test]
fn readings_are_never_negative() {
    let course: Vec<f64> = whiffs(200, 9).iter().map(|c| c * c * c).collect();
    let saturations = [
        r#"{"kind": "none"}"#,
        r#"{"kind": "clip", "highest": 3.0}"#,
        r#"{"kind": "hyperbolic", "half": 1e-9}"#,
    ];
    let adaptations = [
        r#"{"kind": "none"}"#,
        r#"{"kind": "subtractive", "time_s": 0.04}"#,
        r#"{"kind": "divisive", "time_s": 9.0, "background": 1e-9}"#,
    ];
    let mut cases = 0;
    for kind in ["concentration", "historical", "bilateral", "gradient", "binary"] {
        for saturation in saturations {
            for adaptation in adaptations {
                for (delay_s, counts) in [(0.0, 0.0), (0.33, 1e3), (0.05, 1e-3)] {
                    let conditioning = format!(
                        r#""conditioning": {{"delay_s": {delay_s}, "counting_rate": {counts}, "saturation": {saturation},
                            "adaptation": {adaptation}}}"#
                    );
                    let rest = if kind == "gradient" {
                        format!(r#""delay_s": {delay_s}"#)
                    } else {
                        conditioning
                    };
                    let text = format!(r#"{{"kind": "{kind}", "noise_sd": 2.0, {rest}}}"#);
                    let found = signals(&text, StreamSeed(5), 6, DT, &course);
                    assert!(
                        found.iter().all(|signal| *signal >= 0.0 && signal.is_finite()),
                        "{text}"
                    );
                    cases += 1;
                }
            }
        }
    }
    assert_eq!(cases, 135);
    let said = r#"{"kind": "concentration", "noise_sd": 2.0, "negative_readings": true}"#;
    assert!(
        signals(said, StreamSeed(5), 6, DT, &course)
            .iter()
            .any(|signal| *signal < 0.0)
    );
}
