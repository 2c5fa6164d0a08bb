//! Puffs with a turbulent velocity of their own: a Lagrangian model.
//!
//! A puff's velocity is that of the wind at its centre plus a fluctuation u' of its own, an Ornstein–Uhlenbeck process:
//! du' = −u'/T_L dt + σ √(2/T_L) dW in each direction, with the Lagrangian time scale T_L (s) and the standard deviation
//! σ (m/s): σ_u along the mean wind, σ_v across, σ_w upwards. Its autocorrelation is e^{−t/T_L}. A step is split: the
//! puff is carried by x += (u + u') dt, then its fluctuation moves on by the exact solution u' ← ρ u' + σ √(1 − ρ²) N,
//! ρ = e^{−dt/T_L}, and its size grows by r² += γ dt. A new puff's fluctuation is drawn from the stationary distribution.
//! In uniform wind puffs of age t are spread by Taylor's σ_y² = 2 σ_v² T_L² (t/T_L − 1 + e^{−t/T_L}) (G. I. Taylor,
//! *Proc. London Math. Soc.* 20 (1921) 196–212), but for an error of second order in dt/T_L. Concentration, release, order
//! of events and random streams are those of [`PuffPlume`].

use super::super::super::component::{Component, Context};
use super::super::super::wind::{MeanWind, Wind};
use super::super::configuration::chosen_simd;
use super::super::{Plume, PlumeModel, SourcePlace, SourcePosition};
use super::configuration::Vertical;
use super::plume::{Motion, PuffPlume};
use super::release::{LimitsConfig, PuffSettings, ReleaseConfig};
use crate::grids::Inputs;
use crate::lanes::{F64x8, LANES, Mask8, NormalStream, Random8, SimdLevel, blocks_for, normal_pair, set_lane};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Steps have to be at most this fraction of the time scale.
const STEP_PER_TIME_SCALE: f64 = 0.5;

/// Puffs with a turbulent velocity of their own besides that of the wind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct TurbulentConfig {
    /// What is released.
    #[serde(flatten)]
    pub release: ReleaseConfig,
    /// Lagrangian time scale T_L: how long a puff keeps its velocity relative to the wind, s.
    #[schemars(range(min = 1e-3, max = 1e4))]
    pub time_scale_s: f64,
    /// Standard deviation of a puff's velocity relative to the wind, along the mean wind, m/s.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub sd_along_m_s: f64,
    /// Standard deviation of a puff's velocity relative to the wind, horizontally across the mean wind, m/s.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub sd_across_m_s: f64,
    /// Standard deviation of a puff's velocity relative to the wind, upwards, m/s.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub sd_up_m_s: f64,
    /// In what limits it lives.
    #[serde(flatten)]
    pub limits: LimitsConfig,
}

impl Default for TurbulentConfig {
    fn default() -> Self {
        Self {
            release: ReleaseConfig::default(),
            time_scale_s: 1.0,
            sd_along_m_s: 0.2,
            sd_across_m_s: 0.15,
            sd_up_m_s: 0.1,
            limits: LimitsConfig::default(),
        }
    }
}

impl Component for TurbulentConfig {
    const KIND: &'static str = "turbulent";
}

impl PlumeModel for TurbulentConfig {
    fn realise(&self, wind: &mut dyn Wind, seed: StreamSeed, _: &Inputs) -> Result<Box<dyn Plume>, UnitFailure> {
        Ok(Box::new(self.with_simd(wind, seed, chosen_simd()?)?))
    }

    fn sources(&self, _: &Inputs) -> Vec<SourcePosition> {
        self.release.positions()
    }

    fn source_places(&self, _: &Inputs) -> Vec<SourcePlace> {
        self.release.source_places(&self.limits)
    }

    fn spin_up_s(&self) -> f64 {
        self.limits.spin_up_s
    }

    fn typical_concentration(&self, _: Context<'_>) -> Option<f64> {
        Some(self.release.peak_of_new_puff())
    }

    fn concentration_unit(&self, _: &Inputs) -> Result<String, UnitFailure> {
        Ok(self.release.concentration_unit.clone())
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = self.release.problems(&self.limits, context);
        if self.limits.dt_s > STEP_PER_TIME_SCALE * self.time_scale_s {
            found.add(
                "plume.dt_s",
                format!(
                    "{} s is more than half of time_scale_s = {} s",
                    self.limits.dt_s, self.time_scale_s
                ),
                "use a shorter step, or plume.kind = \"filament\" with the diffusivity σ² T_L",
            );
        }
        found
    }
}

impl TurbulentConfig {
    /// The plume at time 0; `wind` stands at the beginning of the spin-up and is moved along. `level` chooses the
    /// instructions, not the results.
    ///
    /// # Errors
    /// If there are too many puffs, one is nowhere, or the wind fails.
    pub(super) fn with_simd(
        &self,
        wind: &mut dyn Wind,
        seed: StreamSeed,
        simd: SimdLevel,
    ) -> Result<PuffPlume<Fluctuation>, UnitFailure> {
        let motion = Fluctuation::new(self);
        PuffPlume::new(PuffSettings::new(&self.release, &self.limits), motion, wind, seed, simd)
    }
}

/// Carried by the wind, with an Ornstein–Uhlenbeck fluctuation.
pub(in super::super) struct Fluctuation {
    /// u' of each place: along the mean wind, across it, upwards, m/s.
    pub velocity_m_s: [Vec<F64x8>; 3],
    /// σ in the same order.
    sd_m_s: [f64; 3],
    /// ρ = e^{−dt/T_L}.
    kept: f64,
    /// √(1 − ρ²).
    renewed: f64,
    dt_s: f64,
    /// Cosine and sine of the mean wind's direction.
    along: [f64; 2],
    /// Not upwards and downwards.
    is_level: bool,
}

impl Fluctuation {
    fn new(config: &TurbulentConfig) -> Self {
        let zero = vec![F64x8::ZERO; blocks_for(config.limits.puffs_max as usize)];
        let steps = config.limits.dt_s / config.time_scale_s;
        Self {
            velocity_m_s: [zero.clone(), zero.clone(), zero],
            sd_m_s: [config.sd_along_m_s, config.sd_across_m_s, config.sd_up_m_s],
            kept: libm::exp(-steps),
            renewed: (-libm::expm1(-2.0 * steps)).sqrt(),
            dt_s: config.limits.dt_s,
            along: [1.0, 0.0],
            is_level: config.limits.vertical == Vertical::Level,
        }
    }

    /// The velocities of the puffs of `block` after one more step.
    #[inline(always)]
    fn fluctuate(&mut self, block: usize, random: &mut Random8) {
        let kept = F64x8::splat(self.kept);
        let (n_along, n_across) = normal_pair(random);
        let mut noise = [n_along, n_across, F64x8::ZERO];
        if !self.is_level {
            // The other number of this pair isn't used.
            noise[2] = normal_pair(random).0;
        }
        for ((velocities, sd_m_s), noise) in self.velocity_m_s.iter_mut().zip(self.sd_m_s).zip(noise) {
            let velocity = &mut velocities[block];
            *velocity = kept * *velocity + F64x8::splat(sd_m_s * self.renewed) * noise;
        }
    }
}

impl Motion for Fluctuation {
    /// A stationary start.
    fn release(&mut self, place: usize, random: &mut Random8) {
        let (block, lane) = (place / LANES, place % LANES);
        let only = Mask8(std::array::from_fn(|i| i == lane));
        let (n_along, n_across) = NormalStream::pair_where(random, only);
        let (n_up, _) = NormalStream::pair_where(random, only);
        for (axis, n) in [n_along, n_across, n_up].into_iter().enumerate() {
            set_lane(
                &mut self.velocity_m_s[axis],
                block * LANES + lane,
                self.sd_m_s[axis] * n.0[lane],
            );
        }
    }

    fn begin_step(&mut self, mean: MeanWind) {
        let (sine, cosine) = F64x8::splat(mean.direction_rad).sin_cos();
        self.along = [cosine.0[0], sine.0[0]];
    }

    #[inline(always)]
    fn step(&mut self, block: usize, wind_m_s: [F64x8; 2], random: &mut Random8) -> [F64x8; 3] {
        let dt = F64x8::splat(self.dt_s);
        let [along, across, up] = std::array::from_fn(|axis| self.velocity_m_s[axis][block]);
        let (cosine, sine) = (F64x8::splat(self.along[0]), F64x8::splat(self.along[1]));
        let x_m_s = wind_m_s[0] + (along * cosine - across * sine);
        let y_m_s = wind_m_s[1] + (along * sine + across * cosine);
        self.fluctuate(block, random);
        [x_m_s * dt, y_m_s * dt, up * dt]
    }

    /// What went down goes up.
    #[inline(always)]
    fn reflect(&mut self, block: usize, mask: Mask8) {
        let up = &mut self.velocity_m_s[2][block];
        *up = mask.select(-*up, *up);
    }
}
