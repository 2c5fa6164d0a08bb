//! Numbers that the reference programs computed, all of plumes and winds in one place, through whole worlds.

use super::fixture::config;
use super::validation::ensemble::{Sensors, world};
use crate::lanes::{F64x8, SimdLevel};
use crate::scenario::plume::wind::WindSample;

/// Isotropic Gaussian, σ = 12, peak 1: at distances 10, 20, 40, to 10⁻⁷.
#[test]
fn isotropic_gaussian() {
    let config = config(
        r#"{"plume": {"kind": "gaussian_isotropic", "peak_kg_m3": 1.0, "sigma_m": 12.0, "source_x_m": 0.0, "source_y_m": 0.0}}"#,
    );
    let mut sensors = Sensors::new(&[(10.0, 0.0), (0.0, -20.0), (24.0, 32.0)], 0.0);
    let found: Vec<f64> = sensors.sample(&world(&config, 0)).collect();
    for (found, expected) in found.into_iter().zip([0.706_648_29, 0.249_352_22, 0.003_865_92]) {
        assert!((found - expected).abs() < 1e-7, "{found} {expected}");
    }
}

/// One filament of r² = 0.5 m² and amount 8.3·10⁸: in its centre and 1 m off, to 10⁻⁹.
#[test]
fn filament() {
    let config = config(
        r#"{"plume": {"kind": "filament", "source_x_m": 10.0, "source_y_m": 0.0, "source_z_m": 1.0, "puff_amount": 8.3e8,
             "puff_radius_m": 0.707106781186547524, "growth_m2_s": 0.0, "release_rate_per_s": 0.0, "puffs_at_start": 1,
             "spin_up_s": 0.0}, "wind": {"kind": "constant", "speed_m_s": 0.0}}"#,
    );
    for (point, z_m, expected) in [
        ((10.0, 0.0), 1.0, 149_057_311.4),
        ((11.0, 0.0), 1.0, 54_835_120.41),
        ((10.0, -1.0), 1.0, 54_835_120.41),
        ((10.0, 0.0), 2.0, 54_835_120.41),
    ] {
        let found = Sensors::new(&[point], z_m).sample(&world(&config, 0)).next().unwrap();
        assert!((found / expected - 1.0).abs() < 1e-9, "{point:?}: {found} {expected}");
    }
}

/// Farrell's wind without noise stays exactly (1, 0).
#[test]
fn wind_without_noise() {
    let config = config(r#"{"wind": {"kind": "farrell", "noise_gain": 0.0, "spin_up_s": 5.0}}"#);
    let mut world = world(&config, 0);
    world.advance(5.0).unwrap();
    let mut sample = WindSample::new(1);
    let (x, y) = (
        F64x8([0.0, 3.3, 25.0, 50.0, 99.9, 100.0, 7.7, 61.0]),
        F64x8::splat(-12.34),
    );
    world.wind().sample(SimdLevel::detect(), &[0], &[x], &[y], &mut sample);
    assert_eq!((sample.x_m_s[0], sample.y_m_s[0]), (F64x8::ONE, F64x8::ZERO));
}
