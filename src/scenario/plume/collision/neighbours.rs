//! Who is near whom.

use super::cells::Cells;
use super::space::{NOWHERE, Place, Space};

/// An agent in the middle of a step. Half a cache line: all that is moved about in memory when a crowd is sorted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mover {
    /// Where it is, m; nowhere once it has left the domain.
    at: Place,
    /// Until it has moved, the end of its way; then what it made of it.
    way: [f64; 2],
}

impl Mover {
    /// An agent at a place that has yet to move; `to` is the end of its way if nobody stops it, nowhere if the way isn't
    /// straight.
    #[inline(always)]
    pub fn waiting(at: Place, to: Place) -> Self {
        Self { at, way: to }
    }

    /// An agent that has made a fraction of its way.
    #[inline(always)]
    pub fn moved(at: Place, fraction: f64) -> Self {
        Self {
            at,
            way: [fraction, 0.0],
        }
    }

    #[inline(always)]
    pub fn at(&self) -> Place {
        self.at
    }

    /// The end of its way, if it hasn't moved yet.
    #[inline(always)]
    pub fn to(&self) -> Place {
        self.way
    }

    /// The fraction of its way, if it has moved.
    #[inline(always)]
    pub fn fraction(&self) -> f64 {
        self.way[0]
    }
}

/// The agents that take part in a step, in the order of their cells: those who are near are near in memory, too.
///
/// They are sorted anew in each step, which takes time linear in the number of agents. As discs don't overlap, whoever
/// is near is found among a few.
#[derive(Clone, Debug)]
pub(super) struct Neighbours {
    cells: Cells,
    /// Where the slots of each bucket begin. While agents are counted and put in, one place later.
    begins: Vec<u32>,
    /// By slot.
    movers: Vec<Mover>,
}

impl Neighbours {
    /// Room for a number of agents.
    pub fn new(space: &Space, agents: usize) -> Self {
        let cells = Cells::new(space, 1.0, agents);
        Self {
            begins: vec![0; cells.buckets() + 2],
            cells,
            movers: Vec::with_capacity(agents),
        }
    }

    /// Begins anew, with cells in which everyone within `reach_m` can be found. All agents have to be counted before
    /// they are put in.
    pub fn clear(&mut self, space: &Space, reach_m: f64, agents: usize) {
        self.cells = Cells::new(space, reach_m, agents);
        self.begins.clear();
        self.begins.resize(self.cells.buckets() + 2, 0);
    }

    /// Counts an agent, and says which bucket it will be in.
    #[inline(always)]
    pub fn count(&mut self, place: Place) -> u32 {
        let bucket = self.cells.bucket(place);
        self.begins[bucket + 2] += 1;
        bucket as u32
    }

    /// All are counted.
    pub fn counted(&mut self) {
        let mut before = 0;
        for begin in &mut self.begins {
            before += *begin;
            *begin = before;
        }
        self.movers.resize(before as usize, Mover::waiting(NOWHERE, NOWHERE));
    }

    /// Puts an agent into a slot of its bucket.
    #[inline(always)]
    pub fn put(&mut self, bucket: u32, mover: Mover) -> u32 {
        let next = &mut self.begins[bucket as usize + 1];
        let slot = *next;
        *next += 1;
        self.movers[slot as usize] = mover;
        slot
    }

    /// Everyone, by slot.
    #[inline(always)]
    pub fn movers(&self) -> &[Mover] {
        &self.movers
    }

    /// The one in `slot` has moved.
    #[inline(always)]
    pub fn set(&mut self, slot: usize, mover: Mover) {
        self.movers[slot] = mover;
    }

    /// Finds the slots of all but the one in `slot`, who hasn't moved, that are within `reach_m` of it now, and puts them
    /// into `found` from `begin` on. Whoever has moved is found if it was within the reach of the cells before. Some may
    /// come twice. Says where they end.
    #[inline(always)]
    pub fn find(&self, space: &Space, slot: usize, reach_m: f64, found: &mut Vec<u32>, begin: usize) -> usize {
        let (place, reach2) = (self.movers[slot].at, reach_m * reach_m);
        let mut end = begin;
        self.cells.around(place, |first, last| {
            let slots = self.begins[first] as usize..self.begins[last + 1] as usize;
            if found.len() < end + slots.len() {
                found.resize(end + slots.len(), 0);
            }
            for (other, mover) in slots.clone().zip(&self.movers[slots]) {
                // Written in any case, and counted if it's near: a branch would be a coin toss.
                found[end] = other as u32;
                let is_near = space.distance2(place, mover.at) <= reach2;
                end += usize::from(is_near & (other != slot));
            }
        });
        end
    }
}

#[cfg(test)]
impl Neighbours {
    /// How many are looked at to find who is near a place.
    pub fn looked_at(&self, place: Place) -> usize {
        let mut count = 0;
        (self.cells).around(place, |first, last| {
            count += (self.begins[last + 1] - self.begins[first]) as usize
        });
        count
    }
}

/// How near others have to be to matter to agents who go `step_m` at most, as they do, and whose centres keep a
/// distance, m. A domain that wraps around has to be twice as wide.
pub(in super::super) fn reach_m(contact_m: f64, step_m: f64) -> f64 {
    contact_m + 2.0 * step_m
}
