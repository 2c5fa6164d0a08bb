//! How long whiffs and blanks last. Celani, Villermaux & Vergassola, *Phys. Rev. X* 4 (2014) 041015: their durations
//! have densities ∝ t^(−3/2) between the correlation time of the velocity and the time of the large scales.

use super::ensemble::{Sensors, world};
use crate::scenario::plume::PlumeConfig;
use crate::stats::{Runs, fit_power_law};
use rayon::prelude::*;

const DT_S: f64 = 0.02;

/// A continuous thin plume (25 overlapping puffs of r = 0.2 m in a metre) that a wind with a short memory bends: its
/// direction has a standard deviation of 0.12 rad and a correlation time of 0.02 s. 80 m downwind the plume's centre
/// wanders as a random walk of D = U² 0.12² 0.02 s = 0.0046 m²/s, between the time r/U = 0.05 s over which a puff passes
/// and the time of the way, x/U = 20 s.
const MEANDERING: &str = r#"{
    "plume": {"kind": "filament", "source_x_m": 0.0, "source_y_m": 0.0, "source_z_m": 0.0, "release_rate_per_s": 100.0,
        "puff_amount": 1.0, "concentration_unit": "1", "puff_radius_m": 0.2, "growth_m2_s": 0.0,
        "dispersion": {"kind": "diffusivity", "diffusivity_m2_s": 0.0}, "vertical": "level", "puffs_max": 5000, "puffs_at_start": 0,
        "region": {"x_min_m": -5.0, "x_max_m": 82.0, "y_min_m": -12.5, "y_max_m": 12.5}, "spin_up_s": 25.0,
        "dt_s": 0.02},
    "wind": {"kind": "ornstein_uhlenbeck", "speed_m_s": 4.0, "speed_sd_m_s": 0.0, "direction_sd_rad": 0.12,
        "direction_time_s": 0.02, "dt_s": 0.02}}"#;

/// c on the axis of a straight line of puffs, Q n/(2π r²) with n puffs per metre.
const AXIS: f64 = 25.0 / (std::f64::consts::TAU * 0.04);

/// Durations of whiffs and blanks at eight sensors across the plume over `duration_s`, s.
fn durations(config: &PlumeConfig, replicate: u32, duration_s: f64, threshold: f64) -> (Vec<f64>, Vec<f64>) {
    let points: Vec<(f64, f64)> = (0..8).map(|i| (80.0, 0.3 * f64::from(i) - 1.0)).collect();
    let mut sensors = Sensors::new(&points, 0.0);
    let mut world = world(config, replicate);
    let mut runs = vec![Runs::default(); points.len()];
    for step in 0..(duration_s / DT_S) as u32 {
        world.advance(f64::from(step) * DT_S).unwrap();
        for (c, runs) in sensors.sample(&world).zip(&mut runs) {
            runs.push(c >= threshold);
        }
    }
    let seconds = |lengths: &[u64]| lengths.iter().map(|&length| length as f64 * DT_S).collect::<Vec<_>>();
    (
        runs.iter().flat_map(|runs| seconds(&runs.on)).collect(),
        runs.iter().flat_map(|runs| seconds(&runs.off)).collect(),
    )
}

/// Slopes of one decade, 0.5 s to 5 s: ten times r/U to a quarter of x/U. Some 600 durations have a standard error of
/// 0.07, more as neighbouring sensors see the same excursions; the bound is about 3 of them. Durations without memory (an
/// exponential density of the same mean) would have a slope that is far outside: it is computed, too.
#[test]
fn durations_fall_with_the_power_of_minus_three_halves() {
    let config: PlumeConfig = serde_json::from_str(MEANDERING).unwrap();
    // The edge is where the axis passes at 3 r = 0.6 m.
    let threshold = AXIS * (-0.5f64 * 3.0 * 3.0).exp();
    let found: Vec<_> = (0..8_u32)
        .into_par_iter()
        .map(|replicate| durations(&config, replicate, 200.0, threshold))
        .collect();
    for (name, values) in [
        (
            "whiffs",
            found
                .iter()
                .flat_map(|(whiffs, _)| whiffs.clone())
                .collect::<Vec<f64>>(),
        ),
        ("blanks", found.iter().flat_map(|(_, blanks)| blanks.clone()).collect()),
    ] {
        // Durations are multiples of the step: half a step keeps those on the edge on one side.
        let slope = |values: &[f64]| fit_power_law(values, 0.5 - 0.5 * DT_S, 5.0 - 0.5 * DT_S).unwrap();
        let fit = slope(&values);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let forgetful: Vec<f64> = (0..1000)
            .map(|i| -mean * (1.0 - (f64::from(i) + 0.5) / 1000.0).ln())
            .collect();
        let other = slope(&forgetful);
        println!(
            "{name}: {} in all, mean {mean} s, {fit:?}; exponential: {other:?}",
            values.len()
        );
        assert!((fit.exponent - 1.5).abs() < 0.25, "{name}: {fit:?}");
        assert!((other.exponent - 1.5).abs() > 0.5, "{name}: {other:?}");
    }
}
