//! `[plume]` of kind `small_puff`.

use super::super::super::component::{Component, Context};
use super::super::super::wind::Wind;
use super::super::configuration::chosen_simd;
use super::super::puffs::{PuffBounds, RegionConfig, WhenFull};
use super::super::sources::{OtherSourceConfig, PathConfig, ScheduleConfig, check_sources};
use super::super::{Plume, PlumeModel, SourcePlace, SourcePosition, Sources};
use super::SmallPuffPlume;
use crate::grids::Inputs;
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Many small square puffs (Singh et al. 2023).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct SmallPuffConfig {
    /// Source position along x, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_x_m: f64,
    /// Source position along y, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_y_m: f64,
    /// When the source releases.
    pub source_schedule: ScheduleConfig,
    /// Where the source moves.
    pub source_path: PathConfig,
    /// Sources beside the first.
    #[schemars(length(max = 1000))]
    pub other_sources: Vec<OtherSourceConfig>,
    /// Puffs released in a step of `dt_s`, on average (the published form: the rate per second follows the step).
    #[schemars(range(min = 0.0, max = 1e3))]
    pub puffs_per_step: f64,
    /// Half the side of a puff's square when it is released, m.
    #[schemars(range(min = 1e-6, max = 1e3))]
    pub initial_radius_m: f64,
    /// How fast that half side grows, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub growth_m_s: f64,
    /// How puffs spread across the wind.
    pub dispersion: SmallPuffDispersion,
    /// Concentrations below this become 0.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub lowest: f64,
    /// Concentrations above this become this.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub highest: f64,
    /// Where puffs live.
    pub region: RegionConfig,
    /// Largest number of puffs.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub puffs_max: u32,
    /// What happens when another puff is due.
    pub when_full: WhenFull,
    /// The plume's own time step, s.
    #[schemars(range(min = 1e-5, max = 10.0))]
    pub dt_s: f64,
    /// The plume runs this long before agents are released, s.
    #[schemars(range(min = 0.0, max = 1e5))]
    pub spin_up_s: f64,
}

impl Default for SmallPuffConfig {
    fn default() -> Self {
        Self {
            source_x_m: 2.0,
            source_y_m: 0.0,
            source_schedule: ScheduleConfig::default(),
            source_path: PathConfig::default(),
            other_sources: Vec::new(),
            puffs_per_step: 1.0,
            initial_radius_m: 0.01,
            growth_m_s: 0.01,
            dispersion: SmallPuffDispersion::default(),
            lowest: 1e-4,
            highest: 1.0,
            region: RegionConfig {
                x_min_m: 0.0,
                x_max_m: 25.0,
                y_min_m: -8.0,
                y_max_m: 8.0,
            },
            puffs_max: 20_000,
            when_full: WhenFull::default(),
            dt_s: 0.01,
            spin_up_s: 60.0,
        }
    }
}

/// `plume.dispersion` of small puffs: how they move at random across the wind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum SmallPuffDispersion {
    /// Steps of standard deviation √(2 D dt): the same width at every time step.
    Diffusivity(CrosswindDiffusion),
    /// Steps of standard deviation s dt, as published: the diffusivity s² dt/2 depends on the time step.
    Singh(CrosswindNoise),
}

impl Default for SmallPuffDispersion {
    fn default() -> Self {
        Self::Diffusivity(CrosswindDiffusion::default())
    }
}

/// `plume.dispersion` of kind `diffusivity`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct CrosswindDiffusion {
    /// D across the wind, m²/s.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub diffusivity_m2_s: f64,
}

impl Default for CrosswindDiffusion {
    /// The published noise of 0.5 m/s at its time step of 0.01 s.
    fn default() -> Self {
        Self {
            diffusivity_m2_s: 0.00125,
        }
    }
}

/// `plume.dispersion` of kind `singh`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct CrosswindNoise {
    /// s of the random velocity across the wind that each step draws anew, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub sd_m_s: f64,
}

impl Default for CrosswindNoise {
    fn default() -> Self {
        Self { sd_m_s: 0.5 }
    }
}

impl Component for SmallPuffConfig {
    const KIND: &'static str = "small_puff";
}

impl PlumeModel for SmallPuffConfig {
    fn realise(&self, wind: &mut dyn Wind, seed: StreamSeed, _: &Inputs) -> Result<Box<dyn Plume>, UnitFailure> {
        Ok(Box::new(SmallPuffPlume::new(self, wind, seed, chosen_simd()?)?))
    }

    fn sources(&self, _: &Inputs) -> Vec<SourcePosition> {
        self.moving_sources().positions(0.0)
    }

    fn source_places(&self, _: &Inputs) -> Vec<SourcePlace> {
        self.bounds().source_places()
    }

    fn spin_up_s(&self) -> f64 {
        self.spin_up_s
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = check_sources(&self.source_schedule, &self.source_path, &self.other_sources);
        if self.lowest > self.highest {
            found.add(
                "plume.lowest",
                format!("{} is above plume.highest = {}", self.lowest, self.highest),
                "swap the two",
            );
        }
        found.extend(self.bounds().check(context));
        found
    }
}

impl SmallPuffConfig {
    /// Sources with their schedules and paths.
    pub(super) fn moving_sources(&self) -> Sources {
        let first = SourcePosition {
            x_m: self.source_x_m,
            y_m: self.source_y_m,
            z_m: 0.0,
        };
        Sources::new(first, &self.source_schedule, &self.source_path, &self.other_sources)
    }

    /// In what limits its puffs live.
    fn bounds(&self) -> PuffBounds {
        PuffBounds {
            sources: self.moving_sources(),
            region: self.region.clone(),
            puffs_max: self.puffs_max,
            puffs_at_start: 0,
            puffs_per_step: self.puffs_per_step,
            rate_key: "plume.puffs_per_step",
            spin_up_s: self.spin_up_s,
            dt_s: self.dt_s,
        }
    }

    /// Standard deviation of a puff's random displacement across the wind in one step, m.
    pub(super) fn step_sd_m(&self) -> f64 {
        match &self.dispersion {
            SmallPuffDispersion::Diffusivity(diffusion) => (2.0 * diffusion.diffusivity_m2_s * self.dt_s).sqrt(),
            SmallPuffDispersion::Singh(noise) => noise.sd_m_s * self.dt_s,
        }
    }
}
