//! The filament plume in Farrell's wind against pompy 0.1.1, the reference program in Python.
//!
//! Settings: those of Farrell et al. (2002) in pompy's read-me. Farrell's forms of noise and dispersion depend on the
//! time step, 0.01 s here as there. The statistics of one run of 60 s, in 600 frames:
//! 0–5: ln of the mean concentration across the wind (100 points, y = −12.375 … 12.375 m) at 15.1, 20.1, … 40.1 m;
//! 6–8: square root of the share of the time above 10⁷ on the centre line (y = ±0.125 m) at 20.1, 30.1, 40.1 m;
//! 9–11: ln of standard deviation over mean, along these lines and over time.

use super::ensemble::{Sensors, Spread, world};
use crate::scenario::plume::PlumeConfig;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

const STATISTICS: usize = 12;
const RUNS: u32 = 16;
const FRAMES: u32 = 600;
const X_M: [f64; 6] = [15.125, 20.125, 25.125, 30.125, 35.125, 40.125];
const ACROSS: usize = 100;

/// Mean and standard deviation over runs of pompy with other seeds: 200 s of wind and 40 s of plume before the first
/// frame, evaluated by the formula at the points. Computed with pompy itself, its update of puffs rewritten over arrays
/// with the same random numbers in the same order; so rewritten it repeats the file's wind exactly.
const POMPY_RUNS: usize = 26;
const POMPY: [(f64, f64); STATISTICS] = [
    (19.0499, 0.1104),
    (18.7756, 0.1600),
    (18.5263, 0.2102),
    (18.2649, 0.2407),
    (18.0822, 0.3031),
    (17.8692, 0.4578),
    (0.2890, 0.0974),
    (0.2257, 0.1172),
    (0.2104, 0.1367),
    (2.2674, 0.1503),
    (2.2085, 0.1994),
    (2.2107, 0.2624),
];

/// The same statistics of `pompy_plume_concentration.nc`, one run: seed 20180517, 20 s of wind and 40.01 s of plume before
/// the first frame. Its 60 s hold 9 to 18 independent values of a mean (integral time scales of 3 to 7 s), which the
/// spread between runs of this length contains. pompy draws a puff into its pictures beside its place by up to half a
/// cell (0.125 m) and cuts it at 3 r; means over a line are right where r is above half a cell, from 20 m on.
const FILE: [f64; STATISTICS] = [
    19.0362, 18.6782, 18.5575, 18.4174, 18.0868, 17.2112, 0.0, 0.1826, 0.1258, 2.0429, 1.9907, 2.3027,
];

/// Bounds for an overall false alarm of 1 % over 2 × 12 comparisons (Bonferroni): Student's t of some 40 degrees of
/// freedom for the difference of two means, of 15 for one run among ours.
const MAX_DIFFERENCE: f64 = 3.9;
const MAX_SCORE: f64 = 4.5;

fn config(plume_changes: &str, wind_changes: &str) -> PlumeConfig {
    let text = format!(
        r#"{{"plume": {{"kind": "filament", "source_x_m": 5.0, "source_y_m": 0.0, "source_z_m": 0.0,
            "release_rate_per_s": 10.0, "puff_amount": 8.3e8, "concentration_unit": "molecules cm-3",
            "growth_m2_s": 0.001, "vertical": "free", "puffs_max": 1000, "puffs_at_start": 10, "when_full": "skip",
            "region": {{"x_min_m": 0.0, "x_max_m": 50.0, "y_min_m": -12.5, "y_max_m": 12.5}},
            "spin_up_s": 40.0, "dt_s": 0.01, {plume_changes}}},
          "wind": {{"kind": "farrell", "speed_m_s": 1.0, "k_x_m2_s": 10.0, "k_y_m2_s": 10.0, "noise_damping": 0.1,
            "noise_bandwidth_rad_s": 0.2, "noise_form": "farrell", "dt_s": 0.01, "spin_up_s": 60.0, {wind_changes}}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

/// The statistics of frames `[x][across]`, gathered one after the other.
struct Gathered {
    sums: [f64; X_M.len()],
    squares: [f64; X_M.len()],
    above: [f64; X_M.len()],
    frames: f64,
}

impl Gathered {
    fn new() -> Self {
        Self {
            sums: [0.0; X_M.len()],
            squares: [0.0; X_M.len()],
            above: [0.0; X_M.len()],
            frames: 0.0,
        }
    }

    fn add(&mut self, frame: impl Iterator<Item = f64>) {
        for (index, c) in frame.enumerate() {
            let (line, across) = (index / ACROSS, index % ACROSS);
            self.sums[line] += c;
            self.squares[line] += c * c;
            if (across == ACROSS / 2 - 1 || across == ACROSS / 2) && c > 1e7 {
                self.above[line] += 1.0;
            }
        }
        self.frames += 1.0;
    }

    fn statistics(&self) -> [f64; STATISTICS] {
        let count = self.frames * ACROSS as f64;
        let mut found = [0.0; STATISTICS];
        for (found, sum) in found.iter_mut().zip(&self.sums) {
            *found = (sum / count).ln();
        }
        for (place, line) in [1, 3, 5].into_iter().enumerate() {
            let mean = self.sums[line] / count;
            found[6 + place] = (self.above[line] / (2.0 * self.frames)).sqrt();
            found[9 + place] = ((self.squares[line] / count - mean * mean).sqrt() / mean).ln();
        }
        found
    }
}

/// The statistics of 60 s of realisation `replicate`.
fn run(config: &PlumeConfig, replicate: u32) -> [f64; STATISTICS] {
    let points: Vec<(f64, f64)> = X_M
        .into_iter()
        .flat_map(|x| (0..ACROSS).map(move |row| (x, -12.375 + 0.25 * row as f64)))
        .collect();
    let mut sensors = Sensors::new(&points, 0.0);
    let mut world = world(config, replicate);
    let mut gathered = Gathered::new();
    for frame in 0..FRAMES {
        world.advance(f64::from(frame) * 0.1).unwrap();
        gathered.add(sensors.sample(&world));
    }
    gathered.statistics()
}

fn ensemble(config: &PlumeConfig, runs: u32) -> [Spread; STATISTICS] {
    let found: Vec<_> = (0..runs)
        .into_par_iter()
        .map(|replicate| run(config, replicate))
        .collect();
    std::array::from_fn(|index| Spread::of(found.iter().map(|run| run[index])))
}

fn pompy(index: usize) -> Spread {
    let (mean, sd) = POMPY[index];
    Spread {
        mean,
        sd,
        runs: POMPY_RUNS,
    }
}

const LITERATURE: (&str, &str) = (
    r#""dispersion": {"kind": "farrell", "sd_m_s": 2.0}"#,
    r#""noise_gain": 20.0"#,
);

#[test]
fn its_statistics_are_those_of_the_reference_program() {
    let found = ensemble(&config(LITERATURE.0, LITERATURE.1), RUNS);
    for (index, ours) in found.into_iter().enumerate() {
        let (difference, score) = (ours.difference(pompy(index)), ours.score(FILE[index]));
        println!("{index:2} {ours:?} {:?} {difference:.2} {score:.2}", pompy(index));
        assert!(
            difference.abs() < MAX_DIFFERENCE,
            "statistic {index}: {ours:?}, {difference}"
        );
        assert!(
            score.abs() < MAX_SCORE,
            "statistic {index} of the file: {ours:?}, {score}"
        );
    }
}

/// The comparison notices what is wrong: without the wind's noise, or with dispersion of a quarter of the diffusivity.
#[test]
fn other_settings_are_told_apart() {
    for (dispersion, noise) in [
        (LITERATURE.0, r#""noise_gain": 0.0"#),
        (r#""dispersion": {"kind": "farrell", "sd_m_s": 1.0}"#, LITERATURE.1),
    ] {
        let found = ensemble(&config(dispersion, noise), 6);
        let worst = (found.into_iter().enumerate())
            .map(|(index, ours)| ours.difference(pompy(index)).abs())
            .fold(0.0, f64::max);
        println!("{dispersion}, {noise}: {worst:.1}");
        assert!(worst > 2.0 * MAX_DIFFERENCE, "{dispersion}, {noise}: {worst}");
    }
}

/// [`FILE`] is what the file gives, played as a gridded plume: the frames at their times and the points at its nodes.
#[test]
fn the_reference_statistics_are_those_of_the_file() {
    let folder = std::env::var_os("PLUME_NAV_SIM_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let file = folder.join("pompy_plume_concentration.nc");
    if !file.exists() {
        eprintln!("skipped: there is no {}", file.display());
        return;
    }
    let config = serde_json::json!({"plume": {"kind": "gridded", "file": file.to_str().unwrap(), "source_x_m": 5.0}});
    let found = run(&serde_json::from_value(config).unwrap(), 0);
    for (index, (found, expected)) in found.into_iter().zip(FILE).enumerate() {
        assert!((found - expected).abs() < 1e-4, "statistic {index}: {found} {expected}");
    }
}
