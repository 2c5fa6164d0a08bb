//! The wind as a whole.

use super::super::super::{Wind, WindSample};
use super::super::{FarrellWind, FarrellWindConfig};
use super::{bits, config};
use crate::grids::Inputs;
use crate::lanes::{F64x8, SimdLevel};
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;

fn wind(config: &FarrellWindConfig, begin_s: f64, simd: SimdLevel) -> FarrellWind {
    assert_eq!(config.check(), []);
    FarrellWind::new(config, begin_s, StreamSeed(11), simd, &Inputs::default()).unwrap()
}

const X_M: F64x8 = F64x8([0.0, 3.3, 17.9, 44.4, 61.0, 88.8, 100.0, 140.0]);
const Y_M: F64x8 = F64x8([-50.0, 12.3, -44.4, 0.0, 33.3, 49.0, 50.0, 70.0]);

fn sample(wind: &FarrellWind, simd: SimdLevel) -> [F64x8; 3] {
    let mut sample = WindSample::new(1);
    wind.sample(simd, &[0], &[X_M], &[Y_M], &mut sample);
    [sample.x_m_s[0], sample.y_m_s[0], sample.direction_rad[0]]
}

/// [golden] Without noise the wind stays exactly (1, 0).
#[test]
fn without_noise_it_stays_uniform_bit_for_bit() {
    for form in ["sde", "farrell"] {
        let text = format!(r#"{{"noise_gain": 0.0, "noise_form": "{form}", "spin_up_s": 3.0}}"#);
        let mut wind = wind(&config(&text), -1.0, SimdLevel::detect());
        for time_s in [-1.0, 0.0, 5.0] {
            wind.advance(time_s).unwrap();
            let [x, y, direction] = sample(&wind, SimdLevel::detect());
            assert_eq!(bits(x), bits(F64x8::ONE));
            assert_eq!(bits(y), bits(F64x8::ZERO));
            assert_eq!(bits(direction), bits(F64x8::ZERO));
        }
    }
    let turned = config(r#"{"noise_gain": 0.0, "speed_m_s": 2.0, "direction_rad": 2.5, "spin_up_s": 1.0}"#);
    let wind = wind(&turned, 0.0, SimdLevel::detect());
    let [x, y, direction] = sample(&wind, SimdLevel::detect());
    assert!((x.0[5] - 2.0 * f64::cos(2.5)).abs() < 1e-15 && (y.0[5] - 2.0 * f64::sin(2.5)).abs() < 1e-15);
    assert!((direction.0[5] - 2.5).abs() < 1e-15);
    assert!(x.0.iter().all(|lane| lane.to_bits() == x.0[0].to_bits()));
}

#[test]
fn who_asks_and_how_often_doesn_t_matter() {
    let config = config(r#"{"spin_up_s": 2.0, "dt_s": 0.05, "direction_rad": 0.4}"#);
    let mut often = wind(&config, -3.0, SimdLevel::detect());
    for i in 0..=200_u32 {
        often.advance(-3.0 + f64::from(i) * 0.041).unwrap();
    }
    let mut once = wind(&config, -3.0, SimdLevel::Sse2);
    once.advance(-3.0 + 200.0 * 0.041).unwrap();
    let (a, b) = (sample(&often, SimdLevel::detect()), sample(&once, SimdLevel::Sse2));
    assert_eq!(a.map(bits), b.map(bits));
    once.advance(5.23).unwrap();
    assert_eq!(
        sample(&once, SimdLevel::Sse2).map(bits),
        b.map(bits),
        "between its steps it stands still"
    );
    once.advance(5.25).unwrap();
    assert_ne!(sample(&once, SimdLevel::Sse2).map(bits), b.map(bits));
}

/// A longer spin-up is the same wind, further on.
#[test]
fn the_spin_up_is_time_that_passed() {
    let text = |spin_up_s: f64| format!(r#"{{"spin_up_s": {spin_up_s}, "dt_s": 0.05}}"#);
    let spun_up = wind(&config(&text(4.0)), 0.0, SimdLevel::detect());
    let mut later = wind(&config(&text(1.0)), -3.0, SimdLevel::detect());
    later.advance(0.0).unwrap();
    let simd = SimdLevel::detect();
    assert_eq!(sample(&spun_up, simd).map(bits), sample(&later, simd).map(bits));
}

#[test]
fn the_fluctuations_are_there_and_seeds_differ() {
    let config = config(r#"{"spin_up_s": 1.0}"#);
    let simd = SimdLevel::detect();
    let found = [1, 2].map(|seed| {
        sample(
            &FarrellWind::new(&config, 0.0, StreamSeed(seed), simd, &Inputs::default()).unwrap(),
            simd,
        )
    });
    assert_ne!(found[0].map(bits), found[1].map(bits));
    assert!(found[0][1].0.iter().all(|y| y.abs() > 1e-6 && y.abs() < 10.0));
    let mean = FarrellWind::new(&config, 0.0, StreamSeed(1), simd, &Inputs::default())
        .unwrap()
        .mean();
    assert_eq!((mean.speed_m_s, mean.direction_rad), (1.0, 0.0));
}

/// A step that the check refuses blows the field up: the unit fails with the place and time.
#[test]
fn a_wind_that_blows_up_fails_its_unit() {
    let config = config(r#"{"dt_s": 5.0, "k_x_m2_s": 500.0, "noise_bandwidth_rad_s": 0.01, "spin_up_s": 0.0}"#);
    assert!(!config.check().is_empty());
    let mut wind = FarrellWind::new(&config, 0.0, StreamSeed(1), SimdLevel::detect(), &Inputs::default()).unwrap();
    let failure = wind.advance(1e6).unwrap_err();
    let UnitFailure::NotFinite {
        field,
        value,
        step,
        time_s,
    } = failure
    else {
        panic!("{failure}")
    };
    assert!(field.contains("farrell") && !value.is_finite());
    assert!(step > 1 && step < 1000);
    assert_eq!(time_s, 5.0 * (step + 1) as f64);
}
