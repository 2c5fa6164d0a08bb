//! The wind itself: noise, field and spline, step by step.

use super::super::super::own_clock::OwnClock;
use super::super::{GriddedWind, GriddedWindConfig, MeanWind, Wind, WindSample};
use super::corner_noise::CornerNoise;
use super::field::{Field, Grid};
use super::spline::{Place, Spline};
use super::{FarrellWindConfig, InitialFieldConfig};
use crate::grids::Inputs;
use crate::lanes::{F64x8, LANES, SimdLevel};
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;

/// A wind with gusts and meander (Farrell, Murlis, Long, Li & Cardé 2002, *Environmental Fluid Mechanics* 2, 143–169).
///
/// u_t = −(u u_x + v u_y) + ½ k_x u_xx + ½ k_y u_yy for the velocity (u, v) in m/s, the same for v; k_x, k_y are
/// diffusivities (m²/s). It is solved on n_x × n_y nodes with central differences and explicit Euler in the wind's own
/// step dt. A ring of nodes around the grid holds the mean wind plus noise: two components at each of the four corners,
/// linear along the edges. Between nodes the velocity is a bicubic spline, outside the grid that of its edge. The
/// noise of a channel is a damped oscillator driven by white noise, with gain G, damping ratio ζ and bandwidth ω.
///
/// It starts with noise in its stationary distribution and a field that is bilinear between the corners, unless something
/// else is given, and runs for
/// `spin_up_s` (rounded up to whole steps) before the time it is realised at. Without noise it is the mean wind, bit for
/// bit. First order in dt, second order in the nodes' spacing.
///
/// Stream: channel i (0 to 3 the x component at the corners, 4 to 7 the y component) draws from generator i.
#[derive(Clone, Debug)]
pub struct FarrellWind {
    mean: MeanWind,
    place: Place,
    simd: SimdLevel,
    dt_s: f64,
    clock: OwnClock,
    /// Steps before the clock began.
    spin_up_steps: u64,
    noise: CornerNoise,
    field: Field,
    spline: Spline,
}

impl FarrellWind {
    /// One realisation at `begin_s`, spun up.
    ///
    /// # Errors
    /// [`UnitFailure::NotFinite`] if the wind stops being finite, and if a file that it begins with can't be used.
    pub fn new(
        config: &FarrellWindConfig,
        begin_s: f64,
        seed: StreamSeed,
        simd: SimdLevel,
        inputs: &Inputs,
    ) -> Result<Self, UnitFailure> {
        let (mean, grid) = (config.mean(), config.grid());
        let mut noise = CornerNoise::new(config.noise(), seed);
        config.initial_noise.apply(&mut noise, config.noise_bandwidth_rad_s);
        let nodes = match &config.initial_field {
            InitialFieldConfig::Gridded(file) => nodes(file, config, grid, seed, simd, inputs)?,
            _ => Vec::new(),
        };
        let mut wind = Self {
            mean: mean.wind(),
            place: Place {
                x_min_m: config.x_min_m,
                y_min_m: config.y_min_m,
                dx_m: grid.dx_m,
                dy_m: grid.dy_m,
                mean_x_m_s: mean.x_m_s(),
                mean_y_m_s: mean.y_m_s(),
            },
            simd,
            dt_s: config.dt_s,
            clock: OwnClock::new(begin_s, config.dt_s),
            spin_up_steps: (config.spin_up_s / config.dt_s - 1e-9).ceil().max(0.0) as u64,
            field: config.initial_field.field(grid, noise.value_m_s(), &nodes),
            spline: Spline::new(grid.n_x, grid.n_y),
            noise,
        };
        for step in 0..wind.spin_up_steps {
            let before = (wind.spin_up_steps - step - 1) as f64;
            wind.step(step, begin_s - before * config.dt_s)?;
        }
        wind.spline.fit(simd, &wind.field);
        Ok(wind)
    }

    /// Makes the own step number `step`, which ends at `time_s`.
    fn step(&mut self, step: u64, time_s: f64) -> Result<(), UnitFailure> {
        self.noise.step(self.simd);
        if self.field.step(self.simd, self.dt_s, self.noise.value_m_s()) {
            return Ok(());
        }
        let value = self.field.not_finite().unwrap_or(f64::NAN);
        Err(UnitFailure::NotFinite {
            field: "the velocity of the farrell wind (at a step of its own)".to_owned(),
            value,
            step,
            time_s,
        })
    }
}

/// Velocities of a file at the inner nodes, row by row from the south.
fn nodes(
    file: &GriddedWindConfig,
    config: &FarrellWindConfig,
    grid: Grid,
    seed: StreamSeed,
    simd: SimdLevel,
    inputs: &Inputs,
) -> Result<Vec<(f64, f64)>, UnitFailure> {
    let wind = GriddedWind::new(file, 0.0, seed, inputs)?;
    let mut nodes = Vec::with_capacity(grid.n_x * grid.n_y);
    let mut sample = WindSample::velocities(1);
    for j in 0..grid.n_y {
        let y_m = F64x8::splat(config.y_min_m + j as f64 * grid.dy_m);
        for first in (0..grid.n_x).step_by(LANES) {
            let mut x_m = F64x8::ZERO;
            for (lane, x_m) in x_m.0.iter_mut().enumerate() {
                *x_m = config.x_min_m + (first + lane) as f64 * grid.dx_m;
            }
            wind.sample(simd, &[0], &[x_m], &[y_m], &mut sample);
            let lanes = sample.x_m_s[0].0.into_iter().zip(sample.y_m_s[0].0);
            nodes.extend(lanes.take(grid.n_x - first));
        }
    }
    Ok(nodes)
}

impl Wind for FarrellWind {
    fn mean(&self) -> MeanWind {
        self.mean
    }

    fn advance(&mut self, time_s: f64) -> Result<(), UnitFailure> {
        let before = self.clock.steps_done();
        while self.clock.is_due(time_s) {
            self.clock.step();
            self.step(self.spin_up_steps + self.clock.steps_done() - 1, self.clock.now_s())?;
        }
        if self.clock.steps_done() > before {
            self.spline.fit(self.simd, &self.field);
        }
        Ok(())
    }

    fn sample(&self, simd: SimdLevel, blocks: &[usize], x_m: &[F64x8], y_m: &[F64x8], wind: &mut WindSample) {
        self.spline.sample(simd, self.place, blocks, x_m, y_m, wind);
    }
}
