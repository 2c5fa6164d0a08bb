//! The filament plume of Farrell et al. (2002): puffs released at random, carried by the wind, spread and growing.
//!
//! A puff's centre moves by x += u(x, t) dt + s N with the wind u (m/s) at the beginning of the step, N standard normal
//! in each direction, and s = √(2 D dt) (diffusivity D, m²/s) or s = σ_d dt (Farrell's form, whose diffusivity σ_d² dt/2
//! depends on the time step). Its size r (m) grows by r² += γ dt. The concentration is c = Σ Q / ((8π³)^½ r³)
//! exp(−d²/2r²) with the amount Q of a puff and the distance d (m) from its centre. A source releases a Poisson number
//! of puffs in each step, of mean rate·dt. Farrell, Murlis, Long, Li & Cardé, *Environmental Fluid Mechanics* 2 (2002)
//! 143–169. The order of events and the random streams: see [`PuffPlume`].

use super::super::super::component::{Component, Context};
use super::super::super::wind::Wind;
use super::super::configuration::chosen_simd;
use super::super::{Plume, PlumeModel, SourcePlace, SourcePosition};
use super::configuration::Vertical;
use super::plume::{Motion, PuffPlume};
use super::release::{LimitsConfig, PuffSettings, ReleaseConfig};
use crate::grids::Inputs;
use crate::lanes::{F64x8, Random8, SimdLevel, normal_pair};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Puffs released at random, carried by the wind, spread and growing (Farrell et al. 2002).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct FilamentConfig {
    /// What is released.
    #[serde(flatten)]
    pub release: ReleaseConfig,
    /// How puffs move at random besides being carried by the wind.
    pub dispersion: DispersionConfig,
    /// In what limits it lives.
    #[serde(flatten)]
    pub limits: LimitsConfig,
}

/// `plume.dispersion`: how puffs move at random besides being carried by the wind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum DispersionConfig {
    /// Steps of standard deviation √(2 D dt): the same at every time step.
    Diffusivity(DiffusivityConfig),
    /// Steps of standard deviation σ dt, as in the literature: the diffusivity σ² dt/2 depends on the time step.
    Farrell(FarrellDispersionConfig),
}

/// `plume.dispersion` of kind `diffusivity`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct DiffusivityConfig {
    /// D, m²/s.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub diffusivity_m2_s: f64,
}

/// `plume.dispersion` of kind `farrell`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct FarrellDispersionConfig {
    /// σ of the random velocity that each step draws anew, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub sd_m_s: f64,
}

impl Default for DispersionConfig {
    fn default() -> Self {
        Self::Diffusivity(DiffusivityConfig::default())
    }
}

impl Default for DiffusivityConfig {
    /// Farrell's σ = 2 m/s at the time step of 0.01 s.
    fn default() -> Self {
        Self { diffusivity_m2_s: 0.02 }
    }
}

impl Default for FarrellDispersionConfig {
    fn default() -> Self {
        Self { sd_m_s: 2.0 }
    }
}

impl DispersionConfig {
    /// Standard deviation of the random part of a step of `dt_s`, m.
    #[must_use]
    pub fn step_sd_m(&self, dt_s: f64) -> f64 {
        match self {
            Self::Diffusivity(diffusivity) => (2.0 * diffusivity.diffusivity_m2_s * dt_s).sqrt(),
            Self::Farrell(farrell) => farrell.sd_m_s * dt_s,
        }
    }
}

impl Component for FilamentConfig {
    const KIND: &'static str = "filament";
}

impl PlumeModel for FilamentConfig {
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
        self.release.problems(&self.limits, context)
    }
}

impl FilamentConfig {
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
    ) -> Result<PuffPlume<Diffusion>, UnitFailure> {
        let motion = Diffusion {
            step_sd_m: self.dispersion.step_sd_m(self.limits.dt_s),
            dt_s: self.limits.dt_s,
            is_level: self.limits.vertical == Vertical::Level,
        };
        PuffPlume::new(PuffSettings::new(&self.release, &self.limits), motion, wind, seed, simd)
    }
}

/// Carried by the wind, and diffusing.
pub(in super::super) struct Diffusion {
    step_sd_m: f64,
    dt_s: f64,
    /// Not upwards and downwards.
    is_level: bool,
}

impl Motion for Diffusion {
    fn release(&mut self, _place: usize, _random: &mut Random8) {}

    #[inline(always)]
    fn step(&mut self, _block: usize, wind_m_s: [F64x8; 2], random: &mut Random8) -> [F64x8; 3] {
        let (sd, dt) = (F64x8::splat(self.step_sd_m), F64x8::splat(self.dt_s));
        let (n_x, n_y) = normal_pair(random);
        let dz = if self.is_level {
            F64x8::ZERO
        } else {
            // The other number of this pair isn't used.
            sd * normal_pair(random).0
        };
        [wind_m_s[0] * dt + sd * n_x, wind_m_s[1] * dt + sd * n_y, dz]
    }
}
