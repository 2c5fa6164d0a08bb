//! Starting places one by one, for agents whose first one is taken.

use super::StartConfig;
use crate::random::{StreamSeed, Xoshiro256PlusPlus};

/// Numbers that every agent draws from its stream for its start: along, across, heading.
pub const START_DRAWS: u32 = 3;

/// Further places to start at. Each takes two uniform numbers from the agent's own stream of the start, after those of
/// its first place and heading.
#[derive(Clone, Debug)]
pub struct OtherPlaces<'a> {
    start: &'a StartConfig,
    seed: StreamSeed,
    current: Option<(usize, Xoshiro256PlusPlus)>,
}

impl<'a> OtherPlaces<'a> {
    /// Places of `start` from the streams of `seed`, which has to be that of [`Agents::start`](super::Agents::start).
    #[must_use]
    pub fn new(start: &'a StartConfig, seed: StreamSeed) -> Self {
        Self {
            start,
            seed,
            current: None,
        }
    }

    /// The next place of `agent`, m; `None` if its start leaves no choice. Ask for all that one agent needs before the
    /// next agent: a stream begins anew when the agent changes.
    pub fn another(&mut self, agent: usize) -> Option<(f64, f64)> {
        if self.current.as_ref().is_none_or(|(current, _)| *current != agent) {
            let mut random = self.seed.generator(agent as u64);
            for _ in 0..START_DRAWS {
                random.uniform();
            }
            self.current = Some((agent, random));
        }
        let (_, random) = self.current.as_mut()?;
        let [(x_first, y_first), (x_second, y_second)] = self.start.extent_m();
        let (along, across) = (random.uniform(), random.uniform());
        let across = match self.start {
            StartConfig::Region(_) => across,
            StartConfig::Line(_) => along,
            StartConfig::Point(_) => return None,
        };
        Some((between(x_first, x_second, along), between(y_first, y_second, across)))
    }
}

/// The sum may round past the far end.
fn between(low: f64, high: f64, fraction: f64) -> f64 {
    (low + (high - low) * fraction).max(low.min(high)).min(low.max(high))
}
