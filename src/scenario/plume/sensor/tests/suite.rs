//! Several sensors at once.

use super::super::test_support::{Formula, Moment, built, config, sense, whiffs};
use super::super::{Channels, Readings, SensorConfig};
use crate::lanes::F64x8;
use crate::random::StreamSeed;

fn read(text: &str, seed: StreamSeed) -> (SensorConfig, Vec<Readings>) {
    let config = config(text);
    let moments: Vec<Moment> = (whiffs(60, 3).iter())
        .map(|x| Moment {
            x_m: F64x8::splat(*x),
            heading_rad: F64x8([0.0, 0.4, 0.8, 1.2, 1.6, -0.4, -0.8, -1.2]),
            ..Moment::default()
        })
        .collect();
    let mut sensor = built(&config, seed, 0.1);
    let found = sense(
        sensor.as_mut(),
        config.provides(),
        &Formula(|x, y| x + 0.1 * y),
        0.1,
        &moments,
    );
    (config, found)
}

const BINARY: &str = r#"{"kind": "binary", "threshold": 5.0, "noise_sd": 1.0}"#;
const BILATERAL: &str = r#"{"kind": "bilateral", "separation_m": 0.3, "noise_sd": 0.2, "threshold": 1.0}"#;
const WIND: &str = r#"{"kind": "wind", "noise_sd_m_s": 0.3}"#;
const GRADIENT: &str = r#"{"kind": "gradient", "slope_noise_sd": 0.2}"#;

/// Each sensor of a suite reads as it does alone with the same seed, and the first that fills a channel counts.
#[test]
fn sensors_of_a_suite_read_as_they_do_alone() {
    let seed = StreamSeed(9);
    let (config, suite) = read(
        &format!(r#"{{"kind": "suite", "sensors": [{BINARY}, {BILATERAL}, {WIND}, {GRADIENT}]}}"#),
        seed,
    );
    assert_eq!(
        config.provides(),
        Channels {
            detection: true,
            concentration: true,
            sides: true,
            slope: true,
            wind: true
        }
    );
    let alone = |text: &str, kind: &str| read(text, seed.part(kind)).1;
    let (binary, bilateral) = (alone(BINARY, "binary"), alone(BILATERAL, "bilateral"));
    let (wind, gradient) = (alone(WIND, "wind"), alone(GRADIENT, "gradient"));
    for (step, found) in suite.iter().enumerate() {
        assert_eq!(found.detected, binary[step].detected);
        assert_eq!(found.signal, bilateral[step].signal);
        assert_eq!(
            (&found.left, &found.right),
            (&bilateral[step].left, &bilateral[step].right)
        );
        assert_eq!(found.slope_x_per_m, gradient[step].slope_x_per_m);
        assert_eq!(found.slope_y_per_m, gradient[step].slope_y_per_m);
        let (felt, alone) = (found.wind.as_ref().unwrap(), wind[step].wind.as_ref().unwrap());
        assert_eq!((&felt.x_m_s, &felt.y_m_s), (&alone.x_m_s, &alone.y_m_s));
        assert_eq!(felt.direction_rad, alone.direction_rad);
    }
    assert!(suite.iter().any(|found| found.detected[0] != F64x8::ZERO));
}

/// Where nothing reads concentrations the signal is the detection.
#[test]
fn a_suite_without_concentrations_tells_detections() {
    let (config, found) = read(
        &format!(r#"{{"kind": "suite", "sensors": [{WIND}, {BINARY}]}}"#),
        StreamSeed(2),
    );
    assert_eq!(config.provides(), Channels::DETECTION.and(Channels::WIND));
    assert!(found.iter().all(|readings| readings.signal == readings.detected));
    assert!(found[0].left.is_empty() && found[0].slope_x_per_m.is_empty());
}
