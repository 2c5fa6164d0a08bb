//! How reading of gridded files went.

use super::PlumeConfig;
use super::collision::CollisionConfig;
use crate::grids::Inputs;
use crate::scenario::{Counter, CounterValue, Times};
use std::collections::BTreeSet;

/// All files of this rank together; nothing where none was read.
pub(super) fn counters(inputs: &Inputs) -> Vec<Counter> {
    let files = inputs.statistics();
    let retrieved = files.iter().any(|file| file.retrievals.count() > 0);
    if !retrieved {
        return Vec::new();
    }
    let sum = |of: fn(&crate::grids::CacheStatistics) -> u64| files.iter().map(of).sum::<u64>();
    let mut retrievals = Times::default();
    for file in &files {
        retrievals.merge(&file.retrievals);
    }
    let counter = |name: &str, long_name: &str, value| Counter {
        name: name.to_owned(),
        long_name: long_name.to_owned(),
        value,
    };
    let amount = |value: u64, unit: &str| CounterValue::Sum {
        value: value as f64,
        unit: unit.to_owned(),
    };
    vec![
        counter(
            "frame_cache_hits",
            "cache hits",
            CounterValue::Share {
                part: sum(|file| file.hits),
                whole: sum(|file| file.hits + file.waits + file.misses),
            },
        ),
        counter("frame_retrieval", "frame retrieval", CounterValue::Times(retrievals)),
        counter(
            "frames_decoded",
            "frames decoded",
            amount(sum(|file| file.frames_decoded), "1"),
        ),
        counter(
            "frame_bytes_read",
            "read from gridded files",
            amount(sum(|file| file.bytes_read), "byte"),
        ),
    ]
}

/// Bytes that wind and plume of `config` may take, for all threads of a rank.
pub(super) fn memory_bytes(config: &PlumeConfig, inputs: &Inputs) -> u64 {
    let both = [config.wind.memory(inputs), config.plume.memory(inputs)];
    let shared_mib: BTreeSet<u64> = (both.iter())
        .filter_map(|memory| memory.shared_cache_mib.map(u64::from))
        .collect();
    let bytes: u64 = both.iter().map(|memory| memory.bytes).sum();
    bytes + (shared_mib.iter().sum::<u64>() << 20)
}

/// About how many bytes an agent takes while its unit is simulated: state, perception, streams, memory and metrics.
pub(super) fn memory_bytes_per_agent(config: &PlumeConfig) -> u64 {
    const ALONE: u64 = 640;
    /// Its way and what it made of it, its slot in two orders, and the cells' share.
    const DISC: u64 = 200;
    /// What it perceives and commands once more, among those of its strategy.
    const STRATEGY: u64 = 100;
    let disc = match config.collision {
        CollisionConfig::None {} => 0,
        CollisionConfig::Discs(_) => DISC,
    };
    let is_mixed = config.navigator.strategies_of_agents(1).is_some();
    let strategy = if is_mixed { STRATEGY } else { 0 };
    ALONE + disc + strategy
}
