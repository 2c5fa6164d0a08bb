//! What doesn't go together between sensors and navigators, and sensors and the number of agents.

use super::super::PlumeConfig;
use super::super::component::defaults_of;
use super::super::sensor::{SensorModel, SuiteConfig};
use crate::lanes::{F64x8, blocks_for};
use crate::scenario::{Problem, Problems};

/// What the sensors of a unit remember may take this many bytes.
const MAX_MEMORY_BYTES: f64 = (1u64 << 30) as f64;

/// Everything that is wrong with sensors because of others, and with others because of them.
pub(super) fn check(config: &PlumeConfig) -> Problems {
    memory(config).into_iter().chain(channels(config)).collect()
}

/// Whether a unit has room for what its sensors remember.
fn memory(config: &PlumeConfig) -> Option<Problem> {
    let (count, dt_s) = (config.agents.count, config.episode.dt_s);
    let bytes_for_each = (blocks_for(count as usize) * size_of::<F64x8>()) as f64;
    let bytes = config.sensor.numbers_remembered(dt_s) * bytes_for_each;
    (bytes > MAX_MEMORY_BYTES).then(|| {
        Problem::new(
            "sensor",
            format!(
                "delays and windows of {count} agents in steps of {dt_s} s take {:.1} GiB per unit, more than 1",
                bytes / MAX_MEMORY_BYTES
            ),
            "use shorter delays and windows, longer steps or fewer agents; memory.kind = \"exponential\" takes no space",
        )
    })
}

/// Whether the navigator gets what it requires.
fn channels(config: &PlumeConfig) -> Option<Problem> {
    let (provided, required) = (config.sensor.provides(), config.navigator.requires());
    if required.iter().any(|set| provided.contain(*set)) {
        return None;
    }
    let kinds: Vec<String> = (defaults_of::<dyn SensorModel>().iter())
        .filter(|sensor| !sensor.as_any().is::<SuiteConfig>())
        .filter(|sensor| required.iter().any(|set| sensor.provides().contain(*set)))
        .map(|sensor| format!("\"{}\"", sensor.kind()))
        .collect();
    let kinds = match kinds.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => kinds.concat(),
    };
    Some(Problem::new(
        "navigator.kind",
        format!(
            "\"{}\" needs a sensor that provides {}, and sensor.kind = \"{}\" doesn't",
            config.navigator.kind(),
            required
                .iter()
                .map(|set| set.describe())
                .collect::<Vec<_>>()
                .join(", or "),
            config.sensor.kind()
        ),
        format!("use sensor.kind = {kinds}, alone or in a suite"),
    ))
}
