//! `[wind]` of kind `farrell`, and the limits of its time step.

use super::super::uniform::UniformVelocity;
use super::corner_noise::NoiseLaw;
use super::field::Grid;
use super::initial::{InitialFieldConfig, InitialNoiseConfig};
use crate::quantity::{at_most, number};
use crate::scenario::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The step is checked against winds of the mean plus this many standard deviations.
const DEVIATIONS: f64 = 5.0;
/// The noise turns by at most this in a step, rad.
const MAX_TURN_RAD: f64 = 0.5;
/// With `noise_form = "farrell"`, the step's share of the damping: the variance is then at most a third too large.
const DAMPING_SHARE: f64 = 0.5;
/// Steps of a spin-up.
const MAX_SPIN_UP_STEPS: f64 = 1e7;

/// How the random numbers of the corners' noise scale with the time step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum NoiseForm {
    /// As √dt, the form of a stochastic differential equation: the noise doesn't depend on the step.
    #[default]
    Sde,
    /// As dt, as in Farrell et al. (2002): the noise's standard deviation grows as √dt.
    Farrell,
}

/// Gusts and meander on a grid, driven by noise at its corners (Farrell et al. 2002).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct FarrellWindConfig {
    /// Mean wind speed, m/s.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub speed_m_s: f64,
    /// Direction that the mean wind blows to, counter-clockwise from +x, rad.
    #[schemars(range(min = -std::f64::consts::TAU, max = std::f64::consts::TAU))]
    pub direction_rad: f64,
    /// West edge of the grid, m. Outside the grid the wind is that of the nearest point of its edge.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub x_min_m: f64,
    /// East edge of the grid, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub x_max_m: f64,
    /// South edge of the grid, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub y_min_m: f64,
    /// North edge of the grid, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub y_max_m: f64,
    /// Nodes along x, those on both edges included.
    #[schemars(range(min = 4, max = 512))]
    pub n_x: u32,
    /// Nodes along y, those on both edges included.
    #[schemars(range(min = 4, max = 512))]
    pub n_y: u32,
    /// Diffusivity of the wind along x (half of it multiplies the second derivative), m²/s.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub k_x_m2_s: f64,
    /// Diffusivity of the wind along y (half of it multiplies the second derivative), m²/s.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub k_y_m2_s: f64,
    /// Whether the corners' noise is scaled by √dt (`sde`) or by dt (`farrell`).
    pub noise_form: NoiseForm,
    /// Gain G of the corners' noise: m/s·√s for `sde` and m/s for `farrell`; 0 for no noise.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub noise_gain: f64,
    /// Damping ratio ζ of the corners' noise: below 1 it oscillates.
    #[schemars(range(min = 1e-3, max = 2.0))]
    pub noise_damping: f64,
    /// Bandwidth ω of the corners' noise, rad/s.
    #[schemars(range(min = 1e-4, max = 100.0))]
    pub noise_bandwidth_rad_s: f64,
    /// The wind's own time step, s.
    #[schemars(range(min = 1e-5, max = 10.0))]
    pub dt_s: f64,
    /// How long the wind blows before anything else begins, s. The noise itself needs no spin-up.
    #[schemars(range(min = 0.0, max = 1e5))]
    pub spin_up_s: f64,
    /// The corners' noise at the beginning of the spin-up.
    pub initial_noise: InitialNoiseConfig,
    /// The wind inside the grid at the beginning of the spin-up.
    pub initial_field: InitialFieldConfig,
}

impl Default for FarrellWindConfig {
    fn default() -> Self {
        Self {
            speed_m_s: 1.0,
            direction_rad: 0.0,
            x_min_m: 0.0,
            x_max_m: 100.0,
            y_min_m: -50.0,
            y_max_m: 50.0,
            n_x: 21,
            n_y: 21,
            k_x_m2_s: 20.0,
            k_y_m2_s: 20.0,
            noise_form: NoiseForm::Sde,
            noise_gain: 2.0,
            noise_damping: 0.1,
            noise_bandwidth_rad_s: 0.2,
            dt_s: 0.01,
            spin_up_s: 100.0,
            initial_noise: InitialNoiseConfig::default(),
            initial_field: InitialFieldConfig::default(),
        }
    }
}

impl FarrellWindConfig {
    /// This table without what has no effect on results.
    pub(super) fn for_key(&self) -> Self {
        let mut config = self.clone();
        if let InitialFieldConfig::Gridded(file) = &mut config.initial_field {
            *file = file.for_key();
        }
        config
    }

    /// Whether it differs from its mean anywhere at any time.
    pub(super) fn fluctuates(&self) -> bool {
        !self.has_no_noise()
            || !matches!(
                self.initial_field,
                InitialFieldConfig::Corners(_) | InitialFieldConfig::Mean(_)
            )
    }

    pub(super) fn mean(&self) -> UniformVelocity {
        UniformVelocity::new(self.speed_m_s, self.direction_rad)
    }

    pub(super) fn grid(&self) -> Grid {
        let mean = self.mean();
        Grid {
            n_x: self.n_x as usize,
            n_y: self.n_y as usize,
            dx_m: (self.x_max_m - self.x_min_m) / f64::from(self.n_x - 1),
            dy_m: (self.y_max_m - self.y_min_m) / f64::from(self.n_y - 1),
            k_x_m2_s: self.k_x_m2_s,
            k_y_m2_s: self.k_y_m2_s,
            mean_x_m_s: mean.x_m_s(),
            mean_y_m_s: mean.y_m_s(),
        }
    }

    /// Whether the corners stay at the mean wind.
    fn has_no_noise(&self) -> bool {
        self.noise_gain == 0.0 && matches!(self.initial_noise, InitialNoiseConfig::Stationary(_))
    }

    pub(super) fn noise(&self) -> NoiseLaw {
        if self.has_no_noise() {
            return NoiseLaw::still();
        }
        NoiseLaw::new(
            self.noise_form,
            self.noise_gain,
            self.noise_damping,
            self.noise_bandwidth_rad_s,
            self.dt_s,
        )
    }

    /// What is wrong with it, whatever it is part of.
    pub(super) fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.region_problems(&mut problems);
        if problems.is_empty() {
            self.step_problems(&mut problems);
        }
        problems
    }

    fn region_problems(&self, problems: &mut Vec<Problem>) {
        for (axis, low, high) in [("x", self.x_min_m, self.x_max_m), ("y", self.y_min_m, self.y_max_m)] {
            if low >= high {
                problems.push(problem(
                    &format!("{axis}_max_m"),
                    format!("{high} m isn't above {axis}_min_m = {low} m"),
                    "give the grid an extent in both directions".to_owned(),
                ));
            }
        }
    }

    /// Blames the step once, with the tightest of its limits.
    fn step_problems(&self, problems: &mut Vec<Problem>) {
        let (dt_s, grid) = (self.dt_s, self.grid());
        let mut limits = vec![(
            grid.diffusion_limit_s(),
            format!(
                "diffusion between nodes ({}, {}) m apart is unstable",
                number(grid.dx_m),
                number(grid.dy_m)
            ),
            "fewer nodes",
        )];
        let noise_s = self.noise_limit_s();
        if dt_s > noise_s {
            // The noise's standard deviation has no meaning then.
            let reason = format!(
                "the noise with a bandwidth of {} rad/s isn't resolved",
                self.noise_bandwidth_rad_s
            );
            limits.push((noise_s, reason, "less bandwidth"));
        } else {
            let spread_m_s = DEVIATIONS * self.noise().sd();
            let swing_m_s = self.initial_noise.swing_m_s(self.noise_bandwidth_rad_s);
            let first_m_s = self.initial_field.fastest_m_s();
            let fastest = |mean_m_s: f64, swing_m_s: f64, first_m_s: f64| {
                (mean_m_s.abs() + spread_m_s + swing_m_s).max(first_m_s)
            };
            let x_m_s = fastest(grid.mean_x_m_s, swing_m_s.0, first_m_s.0);
            let y_m_s = fastest(grid.mean_y_m_s, swing_m_s.1, first_m_s.1);
            let of_start = if swing_m_s == (0.0, 0.0) && first_m_s == (0.0, 0.0) {
                ""
            } else {
                " and what it begins with"
            };
            let reason = format!(
                "a wind of ({}, {}) m/s, the mean plus {DEVIATIONS} standard deviations of the noise{of_start}, is unstable",
                number(x_m_s),
                number(y_m_s)
            );
            limits.push((
                grid.advection_limit_s(x_m_s, y_m_s),
                reason,
                "more diffusivity, or less noise_gain",
            ));
        }
        let tightest = limits.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((limit_s, reason, remedy)) = tightest
            && dt_s > limit_s
        {
            problems.push(problem(
                "dt_s",
                format!("with {dt_s} s, {reason}: at most {} s", at_most(limit_s)),
                format!("use dt_s of at most {}, or {remedy}", at_most(limit_s)),
            ));
        }
        if self.spin_up_s / dt_s > MAX_SPIN_UP_STEPS {
            problems.push(problem(
                "spin_up_s",
                format!(
                    "{} s in steps of {dt_s} s are over {MAX_SPIN_UP_STEPS} steps",
                    self.spin_up_s
                ),
                "use longer steps or a shorter spin-up".to_owned(),
            ));
        }
    }

    /// The longest step that resolves the corners' noise, s.
    fn noise_limit_s(&self) -> f64 {
        if self.has_no_noise() {
            return f64::INFINITY;
        }
        let turn_s = MAX_TURN_RAD / self.noise_bandwidth_rad_s;
        match self.noise_form {
            NoiseForm::Sde => turn_s,
            NoiseForm::Farrell => turn_s.min(DAMPING_SHARE * self.noise_damping / self.noise_bandwidth_rad_s),
        }
    }
}

fn problem(key: &str, message: String, hint: String) -> Problem {
    Problem::new(format!("wind.{key}"), message, hint)
}
