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
use super::super::configuration::chosen_level;
use super::super::sources::{OtherSourceConfig, PathConfig, ScheduleConfig, Sources, check_sources};
use super::super::{Plume, PlumeModel, SourcePlace, SourcePosition};
use super::PuffBounds;
use super::check::check_unit;
use super::configuration::{RegionConfig, Vertical, WhenFull};
use super::plume::{Motion, PuffPlume, PuffSettings};
use crate::grids::Inputs;
use crate::lanes::{F64x8, Random8, SimdLevel, normal_pair};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Puffs released at random, carried by the wind, spread and growing (Farrell et al. 2002).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct FilamentConfig {
    /// Source position along x, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_x_m: f64,
    /// Source position along y, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_y_m: f64,
    /// Source height above the ground, m.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub source_z_m: f64,
    /// When the source releases.
    pub source_schedule: ScheduleConfig,
    /// Where the source moves.
    pub source_path: PathConfig,
    /// Further sources.
    #[schemars(length(max = 1000))]
    pub other_sources: Vec<OtherSourceConfig>,
    /// Mean number of puffs that the source releases in a second, 1/s.
    #[schemars(range(min = 0.0, max = 1e5))]
    pub release_rate_per_s: f64,
    /// Amount of odour in a puff: in the plume's unit times m³.
    #[schemars(range(min = 0.0, max = 1e30))]
    pub puff_amount: f64,
    /// Unit of the concentration (UDUNITS), that of `puff_amount` per m³.
    pub concentration_unit: String,
    /// Size of a new puff, r: the standard deviation of its odour about its centre, m.
    #[schemars(range(min = 1e-4, max = 1e3))]
    pub puff_radius_m: f64,
    /// How fast r² grows, m²/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub growth_m2_s: f64,
    /// How puffs move at random besides being carried by the wind.
    pub dispersion: DispersionConfig,
    /// How puffs move upwards and downwards.
    pub vertical: Vertical,
    /// The rectangle that puffs live in.
    pub region: RegionConfig,
    /// There are never more puffs than this.
    #[schemars(range(min = 1, max = 100_000))]
    pub puffs_max: u32,
    /// Puffs at the source when the spin-up begins.
    #[schemars(range(min = 0, max = 100_000))]
    pub puffs_at_start: u32,
    /// What happens when a puff is due but there are `puffs_max`.
    pub when_full: WhenFull,
    /// A puff counts as nothing further away than this many times its size.
    #[schemars(range(min = 3.0, max = 37.0))]
    pub cutoff_radii: f64,
    /// How long the plume runs before agents are released, s.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub spin_up_s: f64,
    /// The plume's own time step, s.
    #[schemars(range(min = 1e-5, max = 10.0))]
    pub dt_s: f64,
}

impl Default for FilamentConfig {
    fn default() -> Self {
        Self {
            source_x_m: 2.0,
            source_y_m: 0.0,
            source_z_m: 1.0,
            source_schedule: ScheduleConfig::default(),
            source_path: PathConfig::default(),
            other_sources: Vec::new(),
            release_rate_per_s: 10.0,
            puff_amount: 1e-7,
            concentration_unit: "kg m-3".to_owned(),
            puff_radius_m: 0.031_622_776_6,
            growth_m2_s: 1e-3,
            dispersion: DispersionConfig::default(),
            vertical: Vertical::default(),
            region: RegionConfig::default(),
            puffs_max: 4000,
            puffs_at_start: 10,
            when_full: WhenFull::default(),
            cutoff_radii: 7.5,
            spin_up_s: 60.0,
            dt_s: 0.02,
        }
    }
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
        Ok(Box::new(self.at_level(wind, seed, chosen_level()?)?))
    }

    fn sources(&self, _: &Inputs) -> Vec<SourcePosition> {
        self.moving_sources().positions(0.0)
    }

    fn source_places(&self, _: &Inputs) -> Vec<SourcePlace> {
        PuffBounds::from(self.settings()).source_places()
    }

    fn spin_up_s(&self) -> f64 {
        self.spin_up_s
    }

    /// In the middle of a new puff.
    fn typical_concentration(&self, _: Context<'_>) -> Option<f64> {
        Some(self.puff_amount / (std::f64::consts::TAU.powf(1.5) * self.puff_radius_m.powi(3)))
    }

    fn concentration_unit(&self, _: &Inputs) -> Result<String, UnitFailure> {
        Ok(self.concentration_unit.clone())
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = check_sources(&self.source_schedule, &self.source_path, &self.other_sources);
        check_unit(&self.concentration_unit, &mut found);
        let bounds = PuffBounds::from(self.settings());
        bounds.check_ground(self.vertical, &mut found);
        found.extend(bounds.check(context));
        found
    }
}

impl FilamentConfig {
    fn moving_sources(&self) -> Sources {
        let first = SourcePosition {
            x_m: self.source_x_m,
            y_m: self.source_y_m,
            z_m: self.source_z_m,
        };
        Sources::new(first, &self.source_schedule, &self.source_path, &self.other_sources)
    }

    /// The plume at time 0; `wind` stands at the beginning of the spin-up and is moved along. `level` chooses the
    /// instructions, not the results.
    ///
    /// # Errors
    /// If there are too many puffs, one is nowhere, or the wind fails.
    pub(super) fn at_level(
        &self,
        wind: &mut dyn Wind,
        seed: StreamSeed,
        level: SimdLevel,
    ) -> Result<PuffPlume<Diffusion>, UnitFailure> {
        let motion = Diffusion {
            step_sd_m: self.dispersion.step_sd_m(self.dt_s),
            dt_s: self.dt_s,
            level: self.vertical == Vertical::Level,
        };
        PuffPlume::new(self.settings(), motion, wind, seed, level)
    }

    /// What it has in common with other plumes of puffs.
    fn settings(&self) -> PuffSettings {
        PuffSettings {
            sources: self.moving_sources(),
            region: self.region.clone(),
            release_rate_per_s: self.release_rate_per_s,
            puff_amount: self.puff_amount,
            puff_radius_m: self.puff_radius_m,
            growth_m2_s: self.growth_m2_s,
            vertical: self.vertical,
            puffs_max: self.puffs_max,
            puffs_at_start: self.puffs_at_start,
            when_full: self.when_full,
            cutoff_radii: self.cutoff_radii,
            spin_up_s: self.spin_up_s,
            dt_s: self.dt_s,
        }
    }
}

/// Carried by the wind, and diffusing.
pub(in super::super) struct Diffusion {
    step_sd_m: f64,
    dt_s: f64,
    /// Not upwards and downwards.
    level: bool,
}

impl Motion for Diffusion {
    fn release(&mut self, _place: usize, _random: &mut Random8) {}

    #[inline(always)]
    fn step(&mut self, _block: usize, wind_m_s: [F64x8; 2], random: &mut Random8) -> [F64x8; 3] {
        let (sd, dt) = (F64x8::splat(self.step_sd_m), F64x8::splat(self.dt_s));
        let (n_x, n_y) = normal_pair(random);
        let dz = if self.level {
            F64x8::ZERO
        } else {
            // The other number of this pair isn't used.
            sd * normal_pair(random).0
        };
        [wind_m_s[0] * dt + sd * n_x, wind_m_s[1] * dt + sd * n_y, dz]
    }
}
