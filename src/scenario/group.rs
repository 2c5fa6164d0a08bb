//! Units that share what is costly to simulate: one realisation of a plume for many crowds.

use super::{PreparedPoint, Unit, UnitFailure, UnitOutput};
use crate::sweep::Replicate;

/// The name of what units share: those with one key are of one group. Which of them are simulated together, if any, may
/// change no result.
///
/// ```
/// use plume_nav_sim::scenario::GroupKey;
/// use plume_nav_sim::sweep::Replicate;
///
/// // Units whose tables of the weather are equal share it in the same replicate.
/// let weather = [7; 16];
/// let key = GroupKey::of_replicate(&weather, Replicate(3));
/// assert_eq!(key, GroupKey::of_replicate(&weather, Replicate(3)));
/// assert_ne!(key, GroupKey::of_replicate(&weather, Replicate(4)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKey(pub [u8; 16]);

impl GroupKey {
    /// Of what is drawn once for a replicate of all design points that have `shared` in common, as
    /// [`Streams::seed_keyed`](crate::random::Streams::seed_keyed) draws it.
    #[must_use]
    pub fn of_replicate(shared: &[u8; 16], replicate: Replicate) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("plume-nav-sim 2026 group of units v1");
        hasher.update(shared);
        hasher.update(&replicate.0.to_le_bytes());
        let mut key = [0; 16];
        hasher.finalize_xof().fill(&mut key);
        Self(key)
    }
}

/// A unit of a group under way: which it is, the tables of its design point, and where it leaves what it gives.
#[derive(Debug)]
pub struct GroupMember<'a, 'o, C> {
    /// The unit.
    pub unit: &'a Unit,
    /// The scenario's tables at its design point.
    pub config: &'a C,
    /// Its own output.
    pub output: &'a mut UnitOutput<'o>,
}

/// [`GroupMember`] with its configuration behind its design point.
pub struct PointMember<'a, 'o> {
    /// The unit.
    pub unit: &'a Unit,
    /// Its design point.
    pub point: &'a dyn PreparedPoint,
    /// Its own output.
    pub output: &'a mut UnitOutput<'o>,
}

/// How each unit of a group ended, in the order of the group.
pub type GroupResults = Vec<Result<(), UnitFailure>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_what_is_shared_and_the_replicate() {
        let key = GroupKey::of_replicate(&[1; 16], Replicate(3));
        assert_eq!(key, GroupKey::of_replicate(&[1; 16], Replicate(3)));
        assert_ne!(key, GroupKey::of_replicate(&[1; 16], Replicate(4)));
        assert_ne!(key, GroupKey::of_replicate(&[2; 16], Replicate(3)));
    }
}
