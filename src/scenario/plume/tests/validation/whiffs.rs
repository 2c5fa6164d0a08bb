//! How long whiffs and blanks last. Celani, Villermaux & Vergassola, *Phys. Rev. X* 4 (2014) 041015: their durations
//! have densities ∝ t^(−3/2) between the correlation time of the velocity and the time of the large scales.

use super::ensemble::{Sensors, world};
use crate::scenario::plume::PlumeConfig;
use crate::stats::{Runs, fit_power_law};
use rayon::prelude::*;

const DT_S: f64 = 0.01;

/// A continuous thin plume that a wind with a short memory bends: the wind turns by 0.35 rad with a correlation time of
/// 0.02 s. 20 m downwind, the plume's centre wanders as a random walk of D = U² 0.35² 0.02 s = 0.00245 m²/s for up to
/// x/U = 20 s.
const MEANDERING: &str = r#"{
    "plume": {"kind": "filament", "source_x_m": 0.0, "source_y_m": 0.0, "source_z_m": 0.0, "release_rate_per_s": 50.0,
        "puff_amount": 1.0, "concentration_unit": "1", "puff_radius_m": 0.2, "growth_m2_s": 0.0,
        "dispersion": {"kind": "diffusivity", "m2_s": 0.0}, "vertical": "level", "puffs_max": 5000, "puffs_at_start": 0,
        "region": {"x_min_m": -1.0, "x_max_m": 21.5, "y_min_m": -8.0, "y_max_m": 8.0}, "spin_up_s": 30.0, "dt_s": 0.01},
    "wind": {"kind": "ornstein_uhlenbeck", "speed_m_s": 1.0, "speed_sd_m_s": 0.0, "direction_sd_rad": 0.35,
        "direction_time_s": 0.02, "dt_s": 0.01}}"#;

/// c on the axis of a straight line of puffs, Q n/(2π r²) with n puffs per metre.
const AXIS: f64 = 50.0 / (std::f64::consts::TAU * 0.04);

/// Durations of whiffs and blanks at eight sensors across the plume over `duration_s`, s.
fn durations(config: &PlumeConfig, replicate: u32, duration_s: f64, threshold: f64) -> (Vec<f64>, Vec<f64>) {
    let points: Vec<(f64, f64)> = (0..8).map(|i| (20.0, 0.2 * f64::from(i) - 0.7)).collect();
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

/// Slopes of one decade, 0.3 s to 3 s: 15 correlation times of the wind to a seventh of the way's time.
#[test]
fn durations_fall_with_the_power_of_minus_three_halves() {
    let config: PlumeConfig = serde_json::from_str(MEANDERING).unwrap();
    // The edge is where the axis passes at 1.5 r = 0.3 m.
    let threshold = AXIS * (-0.5f64 * 1.5 * 1.5).exp();
    let found: Vec<_> = (0..4_u32)
        .into_par_iter()
        .map(|replicate| durations(&config, replicate, 100.0, threshold))
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
        let fit = fit_power_law(&values, 0.3 - 0.5 * DT_S, 3.0 - 0.5 * DT_S).unwrap();
        println!("{name}: {} in all, {fit:?}", values.len());
        assert!((fit.exponent - 1.5).abs() < 0.25, "{name}: {fit:?}");
    }
}
