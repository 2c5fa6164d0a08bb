//! In what limits a plume of puffs lives.

use super::super::Sources;
use super::configuration::RegionConfig;
use super::plume::PuffSettings;

/// Where, how many and for how long puffs can be: the same for every plume of puffs, whatever its puffs are like.
#[derive(Clone, Debug)]
pub(in super::super::super) struct PuffBounds {
    pub sources: Sources,
    pub region: RegionConfig,
    pub puffs_max: u32,
    pub puffs_at_start: u32,
    /// Mean number of puffs that a source of relative rate 1 releases in a step.
    pub puffs_per_step: f64,
    /// The key that sets it.
    pub rate_key: &'static str,
    pub spin_up_s: f64,
    pub dt_s: f64,
}

impl From<PuffSettings> for PuffBounds {
    fn from(settings: PuffSettings) -> Self {
        Self {
            sources: settings.sources,
            region: settings.region,
            puffs_max: settings.puffs_max,
            puffs_at_start: settings.puffs_at_start,
            puffs_per_step: settings.release_rate_per_s * settings.dt_s,
            rate_key: "plume.release_rate_per_s",
            spin_up_s: settings.spin_up_s,
            dt_s: settings.dt_s,
        }
    }
}
