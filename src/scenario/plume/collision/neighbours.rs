//! Who is near whom: lists that hold for several steps.

use super::cells::Cells;
use super::space::{Place, Space};

/// Most that a list's margin is wider than it must be, in steps, and in disc diameters.
const MARGIN_STEPS: f64 = 8.0;
const MARGIN_DIAMETERS: f64 = 2.0;
/// Least margin of a list, in disc diameters.
const MARGIN_DIAMETERS_LEAST: f64 = 0.5;

/// For each agent all others that it could touch before the lists are made anew (Verlet 1967).
///
/// A list holds everyone closer than the contact distance plus a margin m. Two agents that have gone at most w each
/// since then can't have come into contact unless they are in each other's list, as long as 2 w ≤ m. Making the lists
/// takes time linear in the number of agents; as discs don't overlap, a list's length is bounded by (reach/diameter)².
#[derive(Clone, Debug)]
pub(super) struct Neighbours {
    cells: Cells,
    agents: usize,
    contact_m: f64,
    margin_m: f64,
    /// What is left of the margin, m; negative before the first list.
    left_m: f64,
    /// Where each agent's list begins and ends.
    spans: Vec<(u32, u32)>,
    lists: Vec<u32>,
    /// Bucket of each agent, beginnings of the buckets, and agents and places sorted by bucket.
    buckets: Vec<u32>,
    begins: Vec<u32>,
    sorted: Vec<(u32, Place)>,
}

impl Neighbours {
    /// Nobody's yet, for `agents` agents that touch at `contact_m` and go about `step_m` in a step.
    pub fn new(space: &Space, agents: usize, contact_m: f64, step_m: f64) -> Self {
        let margin_m = margin(contact_m, step_m);
        let cells = Cells::new(space, contact_m + margin_m, agents);
        Self {
            begins: vec![0; cells.buckets() + 1],
            cells,
            agents,
            contact_m,
            margin_m,
            left_m: -1.0,
            spans: vec![(0, 0); agents],
            lists: Vec::new(),
            buckets: vec![0; agents],
            sorted: Vec::with_capacity(agents),
        }
    }

    /// Everyone that `agent` could touch.
    #[inline(always)]
    pub fn of(&self, agent: usize) -> &[u32] {
        let (first, end) = self.spans[agent];
        &self.lists[first as usize..end as usize]
    }

    /// Most agents that are looked at for one list.
    #[cfg(test)]
    pub fn longest_search(&self) -> usize {
        let searched = |place: &Place| -> usize {
            (self.cells.around(*place).iter())
                .map(|(first, last)| (self.begins[last + 1] - self.begins[first]) as usize)
                .sum()
        };
        self.sorted.iter().map(|(_, place)| searched(place)).max().unwrap_or(0)
    }

    /// Makes the lists hold for a step in which nobody goes farther than `step_m` from `places`.
    pub fn provide(&mut self, space: &Space, places: &[Place], step_m: f64) {
        self.left_m -= 2.0 * step_m;
        if self.left_m >= 0.0 {
            return;
        }
        if self.margin_m < 2.0 * step_m {
            self.margin_m = margin(self.contact_m, step_m);
            self.cells = Cells::new(space, self.contact_m + self.margin_m, self.agents);
        }
        self.sort(places);
        self.list(space);
        self.left_m = self.margin_m - 2.0 * step_m;
    }

    /// A counting sort by bucket; within a bucket agents stay in order.
    fn sort(&mut self, places: &[Place]) {
        self.begins.fill(0);
        for (place, bucket) in places.iter().zip(&mut self.buckets) {
            if !place[0].is_nan() {
                *bucket = self.cells.bucket(*place) as u32;
                self.begins[*bucket as usize] += 1;
            }
        }
        let mut before = 0;
        for begin in &mut self.begins {
            (*begin, before) = (before, *begin + before);
        }
        self.sorted.clear();
        self.sorted.resize(before as usize, (0, [0.0; 2]));
        for (agent, (place, bucket)) in places.iter().zip(&self.buckets).enumerate() {
            if !place[0].is_nan() {
                let begin = &mut self.begins[*bucket as usize];
                self.sorted[*begin as usize] = (agent as u32, *place);
                *begin += 1;
            }
        }
        // Each entry has moved to its bucket's end, which is the beginning of the next.
        let last = self.begins.len() - 1;
        self.begins.copy_within(..last, 1);
        self.begins[0] = 0;
    }

    fn list(&mut self, space: &Space) {
        let reach_m = self.contact_m + self.margin_m;
        let reach2 = reach_m * reach_m;
        self.lists.clear();
        for &(agent, place) in &self.sorted {
            let first = self.lists.len() as u32;
            for (first, last) in self.cells.around(place).iter() {
                let (begin, end) = (self.begins[first] as usize, self.begins[last + 1] as usize);
                for &(other, other_place) in &self.sorted[begin..end] {
                    if space.distance2(place, other_place) <= reach2 && other != agent {
                        self.lists.push(other);
                    }
                }
            }
            self.spans[agent as usize] = (first, self.lists.len() as u32);
        }
    }
}

/// A margin that holds for a few steps of `step_m`, yet keeps the lists short.
fn margin(contact_m: f64, step_m: f64) -> f64 {
    let wanted = (MARGIN_STEPS * step_m).clamp(MARGIN_DIAMETERS_LEAST * contact_m, MARGIN_DIAMETERS * contact_m);
    wanted.max(2.001 * step_m)
}

/// The farthest at which neighbours are looked for, m: a domain that wraps around has to be twice as wide.
pub(in super::super) fn reach_m(contact_m: f64, step_m: f64) -> f64 {
    contact_m + margin(contact_m, step_m)
}
