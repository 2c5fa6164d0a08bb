//! How long whiffs and blanks of the intermittent plumes last, against the power −3/2 of Celani, Villermaux &
//! Vergassola, *Phys. Rev. X* 4 (2014) 041015. Writes the densities as CSV and a picture of them:
//!
//! `cargo run --release --example whiff-durations -- docs/reference/models [seconds of each run]`

mod figure;
mod setups;

use plume_nav_sim::grids::Inputs;
use plume_nav_sim::ids::Replicate;
use plume_nav_sim::lanes::{F64x8, LANES, SimdLevel};
use plume_nav_sim::random::{PointKey, Streams, StudySeed};
use plume_nav_sim::scenario::UnitFailure;
use plume_nav_sim::scenario::plume::{PlumeConfig, World};
use plume_nav_sim::stats::{DensityBin, Runs, fit_power_law, log_binned_density, student_critical};
use rayon::prelude::*;
use setups::{SETUPS, Setup};
use std::error::Error;
use std::path::PathBuf;

const RUNS: u32 = 12;
const BINS_PER_DECADE: u32 = 6;

/// Durations of one kind in each run, s.
struct Durations(Vec<Vec<f64>>);

/// What the figure shows of one set-up.
pub struct Course {
    name: &'static str,
    whiffs: Vec<DensityBin>,
    blanks: Vec<DensityBin>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned()));
    let duration_s: f64 = arguments.next().map_or(Ok(2000.0), |text| text.parse())?;
    let mut table = csv::Writer::from_path(folder.join("whiff_durations.csv"))?;
    table.write_record(["setup", "kind", "low_s", "high_s", "count", "density_per_s"])?;
    let mut courses = Vec::new();
    println!("setup, kind, range (s), exponent, 95 % interval, durations in range");
    for setup in &SETUPS {
        let config: PlumeConfig = serde_json::from_str(setup.config)?;
        let runs: Result<Vec<_>, UnitFailure> = (0..RUNS)
            .into_par_iter()
            .map(|replicate| observe(setup, &config, replicate, duration_s))
            .collect();
        let (whiffs, blanks) = runs?.into_iter().unzip();
        let mut densities = Vec::new();
        for (kind, durations, range) in [
            ("whiff", Durations(whiffs), setup.whiff_range_s),
            ("blank", Durations(blanks), setup.blank_range_s),
        ] {
            let bins = durations.density(setup.dt_s, duration_s);
            for bin in &bins {
                table.write_record([
                    setup.name.to_owned(),
                    kind.to_owned(),
                    format!("{:.5}", bin.low),
                    format!("{:.5}", bin.high),
                    bin.count.to_string(),
                    format!("{:.6e}", bin.density),
                ])?;
            }
            let (low, high) = range;
            match durations.exponent(setup.dt_s, range) {
                Some((exponent, half_width, count)) => println!(
                    "{}, {kind}, {low} to {high}, {exponent:.3}, {:.3} to {:.3}, {count}",
                    setup.name,
                    exponent - half_width,
                    exponent + half_width
                ),
                None => println!("{}, {kind}, {low} to {high}: too few", setup.name),
            }
            densities.push(bins);
        }
        let [whiffs, blanks] = densities.try_into().expect("two kinds");
        courses.push(Course {
            name: setup.name,
            whiffs,
            blanks,
        });
    }
    table.flush()?;
    figure::draw(&folder.join("whiff_durations.svg"), &courses)?;
    Ok(())
}

/// Durations of whiffs and of blanks at the eight sensors of `setup` in one realisation, s.
fn observe(
    setup: &Setup,
    config: &PlumeConfig,
    replicate: u32,
    duration_s: f64,
) -> Result<(Vec<f64>, Vec<f64>), UnitFailure> {
    let streams = Streams::new(StudySeed(2014), PointKey::COMMON, Replicate(replicate));
    let mut world = World::realise(config, &streams, &Inputs::default())?;
    let (x, y) = ([F64x8::splat(setup.x_m)], [F64x8(setup.y_m)]);
    let mut concentration = [F64x8::ZERO];
    let mut runs = vec![Runs::default(); LANES];
    for step in 0..(duration_s / setup.dt_s).round() as u64 {
        world.advance(step as f64 * setup.dt_s)?;
        world
            .plume()
            .sample(SimdLevel::detect(), &[0], &x, &y, setup.z_m, &mut concentration);
        for (runs, c) in runs.iter_mut().zip(concentration[0].0) {
            runs.push(c >= setup.threshold);
        }
    }
    let seconds = |lengths: &[u64]| lengths.iter().map(|&n| n as f64 * setup.dt_s).collect::<Vec<_>>();
    Ok((
        runs.iter().flat_map(|runs| seconds(&runs.on)).collect(),
        runs.iter().flat_map(|runs| seconds(&runs.off)).collect(),
    ))
}

impl Durations {
    /// Durations are multiples of `dt_s`, so bins begin half a step below one of them.
    fn density(&self, dt_s: f64, longest_s: f64) -> Vec<DensityBin> {
        let all: Vec<f64> = self.0.concat();
        let mut bins = log_binned_density(&all, 0.5 * dt_s, longest_s, BINS_PER_DECADE);
        bins.retain(|bin| bin.count >= 10);
        bins
    }

    /// The exponent in `range`, half the width of its 95 % interval, and the number of durations it rests on. The
    /// interval comes from leaving out one run after the other (jackknife): sensors in one plume aren't independent.
    fn exponent(&self, dt_s: f64, (low, high): (f64, f64)) -> Option<(f64, f64, usize)> {
        let fit = |values: &[f64]| fit_power_law(values, low - 0.5 * dt_s, high - 0.5 * dt_s);
        let whole = fit(&self.0.concat())?;
        let without: Option<Vec<f64>> = (0..self.0.len())
            .map(|left_out| {
                let kept = self.0.iter().enumerate().filter(|(run, _)| *run != left_out);
                fit(&kept.flat_map(|(_, values)| values.clone()).collect::<Vec<_>>()).map(|fit| fit.exponent)
            })
            .collect();
        let without = without?;
        let runs = without.len() as f64;
        let mean = without.iter().sum::<f64>() / runs;
        let squares: f64 = without.iter().map(|exponent| (exponent - mean).powi(2)).sum();
        let error = ((runs - 1.0) / runs * squares).sqrt();
        Some((whole.exponent, error * student_critical(0.95, runs - 1.0), whole.count))
    }
}
