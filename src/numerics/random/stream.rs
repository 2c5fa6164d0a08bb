//! Derivation of random streams.
//!
//! A stream is named by (study seed, purpose, point key, replicate, member). Rank, thread, schedule and draw order of
//! other streams never enter, so a unit draws the same numbers wherever and whenever it runs.

use super::Xoshiro256PlusPlus;
use crate::ids::Replicate;
use rand_core::Rng;
use serde::{Deserialize, Serialize};

/// The seed of a whole study, from `study.seed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StudySeed(pub u64);

/// Identity of a design point for seeding: a hash of its assignments (not its index, so that adding values to an
/// axis leaves the random numbers of the other points alone). All points share [`PointKey::COMMON`] when
/// `study.common_random_numbers = true`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PointKey(pub [u8; 16]);

impl PointKey {
    /// The key that all design points share under common random numbers.
    pub const COMMON: Self = Self([0; 16]);
}

/// The seed of one named stream of a unit: 64 bits, recorded in the results so that a unit can be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamSeed(pub u64);

/// All random streams of one work unit.
///
/// ```
/// use plume_nav_sim::random::{PointKey, Streams, StudySeed};
/// use plume_nav_sim::sweep::Replicate;
///
/// let streams = Streams::new(StudySeed(1), PointKey::COMMON, Replicate(7));
/// let first = streams.generator("noise", 0).uniform();
/// // The same name has the same numbers, whatever was drawn before.
/// assert_eq!(streams.generator("noise", 0).uniform(), first);
/// assert_ne!(streams.generator("noise", 1).uniform(), first);
/// // For what draws at every step, and may go on from a saved state.
/// let step = streams.seed("gust").at_step(1000);
/// assert!((0.0..1.0).contains(&step.generator(0).uniform()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    study: StudySeed,
    point: PointKey,
    replicate: Replicate,
}

impl Streams {
    /// Streams of the unit that is `replicate` of the point with key `point`.
    #[must_use]
    pub fn new(study: StudySeed, point: PointKey, replicate: Replicate) -> Self {
        Self {
            study,
            point,
            replicate,
        }
    }

    /// The seed of the stream for `purpose` (a short, stable, unique word: renaming it changes results).
    #[must_use]
    pub fn seed(&self, purpose: &str) -> StreamSeed {
        derive(self.study, purpose, &self.point.0, self.replicate)
    }

    /// Like [`Self::seed`], but keyed by `key` instead of the design point: for things that several points share,
    /// such as one realisation of a random field.
    #[must_use]
    pub fn seed_keyed(&self, purpose: &str, key: &[u8; 16]) -> StreamSeed {
        derive(self.study, purpose, key, self.replicate)
    }

    /// The generator of `member` (an agent, a cell, …) for the stream `purpose`.
    #[must_use]
    pub fn generator(&self, purpose: &str, member: u64) -> Xoshiro256PlusPlus {
        self.seed(purpose).generator(member)
    }
}

impl StreamSeed {
    /// The generator of `member` within this stream. Cheap: no hashing beyond SplitMix64.
    #[must_use]
    pub fn generator(self, member: u64) -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::from_seed_and_member(self.0, member)
    }

    /// The seed of one step of this stream: for a thing that draws at every step of a unit, and must draw the same whether
    /// the unit is simulated in one go or goes on from a saved state. Cheap, as [`Self::generator`].
    #[must_use]
    pub fn at_step(self, step: u64) -> Self {
        /// Keeps steps apart from members.
        const STEPS: u64 = 0x5DEE_CE66_D1CE_5EED;
        Self(Xoshiro256PlusPlus::from_seed_and_member(self.0 ^ STEPS, step).next_u64())
    }

    /// The seed of the part `name` (short, stable, unique) of this stream: for a thing that draws several numbers which
    /// must not depend on each other's presence.
    #[must_use]
    pub fn part(self, name: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("plume-nav-sim 2026 part of a random stream v1");
        hasher.update(&self.0.to_le_bytes());
        hasher.update(name.as_bytes());
        first_word(&hasher)
    }
}

fn first_word(hasher: &blake3::Hasher) -> StreamSeed {
    let mut bytes = [0; 8];
    hasher.finalize_xof().fill(&mut bytes);
    StreamSeed(u64::from_le_bytes(bytes))
}

fn derive(study: StudySeed, purpose: &str, key: &[u8; 16], replicate: Replicate) -> StreamSeed {
    let mut hasher = blake3::Hasher::new_derive_key("plume-nav-sim 2026 random stream v1");
    hasher.update(&study.0.to_le_bytes());
    hasher.update(&(purpose.len() as u64).to_le_bytes());
    hasher.update(purpose.as_bytes());
    hasher.update(key);
    hasher.update(&replicate.0.to_le_bytes());
    first_word(&hasher)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_a_stream_are_streams_of_their_own() {
        let seed = StreamSeed(3);
        assert_eq!(seed.at_step(7), StreamSeed(3).at_step(7));
        let mut words: Vec<u64> = (0..1000)
            .flat_map(|step| {
                let of_step = seed.at_step(step);
                [
                    of_step.0,
                    of_step.generator(0).next_u64(),
                    of_step.generator(1).next_u64(),
                ]
            })
            .chain((0..1000).map(|member| seed.generator(member).next_u64()))
            .chain((0..1000).map(|step| StreamSeed(4).at_step(step).0))
            .collect();
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }

    #[test]
    fn parts_of_a_stream_are_streams_of_their_own() {
        let seed = StreamSeed(3);
        assert_eq!(seed.part("left"), StreamSeed(3).part("left"));
        let seeds = [
            seed,
            seed.part("left"),
            seed.part("right"),
            StreamSeed(4).part("left"),
            seed.part(""),
        ];
        for (i, first) in seeds.iter().enumerate() {
            assert!(seeds[i + 1..].iter().all(|second| first != second), "case {i}");
        }
    }

    #[test]
    fn every_part_of_the_name_changes_the_seed() {
        let key = PointKey([1; 16]);
        let base = Streams::new(StudySeed(1), key, Replicate(0)).seed("agent");
        let others = [
            Streams::new(StudySeed(2), key, Replicate(0)).seed("agent"),
            Streams::new(StudySeed(1), PointKey([2; 16]), Replicate(0)).seed("agent"),
            Streams::new(StudySeed(1), key, Replicate(1)).seed("agent"),
            Streams::new(StudySeed(1), key, Replicate(0)).seed("agents"),
        ];
        for (i, other) in others.iter().enumerate() {
            assert_ne!(base, *other, "case {i}");
        }
        assert_eq!(
            base,
            Streams::new(StudySeed(1), PointKey([9; 16]), Replicate(0)).seed_keyed("agent", &key.0)
        );
    }
}
