//! What all plumes of puffs are told: what is released, and in what limits it lives.

use super::super::super::component::Context;
use super::super::sources::{OtherSourceConfig, PathConfig, ScheduleConfig, Sources, check_sources};
use super::super::{SourcePlace, SourcePosition};
use super::PuffBounds;
use super::check::check_unit;
use super::configuration::{RegionConfig, Vertical, WhenFull};
use crate::scenario::Problems;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Sources, and the puffs as they leave them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct ReleaseConfig {
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
}

/// How far, how many and how long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct LimitsConfig {
    /// How puffs move upwards and downwards.
    pub vertical: Vertical,
    /// The rectangle that puffs live in.
    pub region: RegionConfig,
    /// Largest number of puffs.
    #[schemars(range(min = 1, max = 100_000))]
    pub puffs_max: u32,
    /// Puffs at the source when the spin-up begins.
    #[schemars(range(min = 0, max = 100_000))]
    pub puffs_at_start: u32,
    /// What happens when a puff is due but there are `puffs_max`.
    pub when_full: WhenFull,
    /// A puff contributes nothing beyond this many times its size.
    #[schemars(range(min = 3.0, max = 37.0))]
    pub cutoff_radii: f64,
    /// How long the plume runs before agents are released, s.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub spin_up_s: f64,
    /// The plume's own time step, s.
    #[schemars(range(min = 1e-5, max = 10.0))]
    pub dt_s: f64,
}

impl Default for ReleaseConfig {
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
        }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
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

/// Release and limits of one plume, with its sources as they move.
#[derive(Clone, Debug)]
pub(in super::super) struct PuffSettings {
    pub sources: Sources,
    pub release: ReleaseConfig,
    pub limits: LimitsConfig,
}

impl PuffSettings {
    pub fn new(release: &ReleaseConfig, limits: &LimitsConfig) -> Self {
        Self {
            sources: release.sources(),
            release: release.clone(),
            limits: limits.clone(),
        }
    }
}

impl ReleaseConfig {
    /// Concentration in the middle of a new puff, Q/((2π)^(3/2) r³): amount Q, radius r.
    pub(super) fn peak_of_new_puff(&self) -> f64 {
        self.puff_amount / (std::f64::consts::TAU.powf(1.5) * self.puff_radius_m.powi(3))
    }

    fn sources(&self) -> Sources {
        let first = SourcePosition {
            x_m: self.source_x_m,
            y_m: self.source_y_m,
            z_m: self.source_z_m,
        };
        Sources::new(first, &self.source_schedule, &self.source_path, &self.other_sources)
    }

    /// Where the sources are at time 0.
    pub(super) fn positions(&self) -> Vec<SourcePosition> {
        self.sources().positions(0.0)
    }

    /// All places that sources ever come to.
    pub(super) fn source_places(&self, limits: &LimitsConfig) -> Vec<SourcePlace> {
        self.bounds(limits).source_places()
    }

    /// What is wrong with them.
    pub(super) fn problems(&self, limits: &LimitsConfig, context: Context<'_>) -> Problems {
        let mut found = check_sources(&self.source_schedule, &self.source_path, &self.other_sources);
        check_unit(&self.concentration_unit, &mut found);
        let bounds = self.bounds(limits);
        bounds.check_ground(limits.vertical, &mut found);
        found.extend(bounds.check(context));
        found
    }

    fn bounds(&self, limits: &LimitsConfig) -> PuffBounds {
        PuffBounds {
            sources: self.sources(),
            region: limits.region.clone(),
            puffs_max: limits.puffs_max,
            puffs_at_start: limits.puffs_at_start,
            puffs_per_step: self.release_rate_per_s * limits.dt_s,
            rate_key: "plume.release_rate_per_s",
            spin_up_s: limits.spin_up_s,
            dt_s: limits.dt_s,
        }
    }
}
