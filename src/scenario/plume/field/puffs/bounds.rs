//! In what limits a plume of puffs lives.

use super::super::Sources;
use super::configuration::RegionConfig;

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
