//! Who is near whom.

use super::cells::Cells;
use super::intended::Way;
use super::space::{Place, Space};

/// The agents of a crowd by slot.
#[derive(Clone, Debug)]
struct Slots {
    /// Where each is, m; nowhere once it has left the domain.
    places: Vec<Place>,
    /// Where its way leads, until it has moved; then how much of it it has made.
    ways: Vec<Way>,
    /// Its index.
    agents: Vec<u32>,
    /// Its cell: the bucket, and the colour in the lowest two bits.
    cells: Vec<u32>,
}

impl Slots {
    #[inline(always)]
    fn swap(&mut self, a: usize, b: usize) {
        self.places.swap(a, b);
        self.agents.swap(a, b);
        self.cells.swap(a, b);
    }
}

/// The agents that take part in a step, in the order of their cells: those who are near are near in memory, too.
///
/// They are sorted anew in each step, which takes time linear in their number. Since hardly any agent changes its cell in a
/// step, they are moved a little only. As discs don't overlap, whoever is near is found among a few.
#[derive(Clone, Debug)]
pub(super) struct Neighbours {
    cells: Cells,
    /// Where the slots of each bucket begin. While agents are counted and put in, one and two places later.
    begins: Vec<u32>,
    slots: Slots,
    /// Where agents are sorted into.
    other: Slots,
    /// Slots that are taken.
    count: usize,
}

impl Neighbours {
    /// Agents at `places`.
    pub fn new(space: &Space, places: Vec<Place>) -> Self {
        let count = places.len();
        let slots = Slots {
            ways: vec![Way::GONE; count],
            agents: (0..count as u32).collect(),
            cells: vec![0; count],
            places,
        };
        Self {
            cells: Cells::new(space, 1.0, count),
            begins: Vec::new(),
            other: slots.clone(),
            slots,
            count,
        }
    }

    /// Leaves out those who are gone, by the ways by index.
    pub fn drop_gone(&mut self, ways: &[Way]) {
        let slots = &mut self.slots;
        let mut count = 0;
        for slot in 0..self.count {
            let agent = slots.agents[slot];
            (slots.places[count], slots.agents[count]) = (slots.places[slot], agent);
            count += usize::from(!ways[agent as usize].is_gone());
        }
        self.count = count;
    }

    /// Begins a step, in which agents go their `ways`, by index: sorts them into cells in which everyone within `reach_m`
    /// can be found.
    pub fn sort(&mut self, space: &Space, reach_m: f64, ways: &[Way]) {
        self.cells = Cells::new(space, reach_m, self.count);
        self.begins.clear();
        self.begins.resize(self.cells.buckets() + 2, 0);
        let (slots, other) = (&mut self.slots, &mut self.other);
        for (place, cell) in slots.places[..self.count].iter().zip(&mut slots.cells) {
            let (bucket, colour) = self.cells.bucket_and_colour(*place);
            self.begins[bucket + 2] += 1;
            *cell = (bucket as u32) << 2 | colour;
        }
        let mut before = 0;
        for begin in &mut self.begins {
            before += *begin;
            *begin = before;
        }
        let all = slots.places.iter().zip(&slots.agents).zip(&slots.cells);
        for ((place, agent), cell) in all.take(self.count) {
            let next = &mut self.begins[(*cell >> 2) as usize + 1];
            let slot = *next as usize;
            *next += 1;
            other.places[slot] = *place;
            other.agents[slot] = *agent;
            other.cells[slot] = *cell;
        }
        std::mem::swap(slots, other);
        self.order_buckets();
        // By itself, as many fetches from everywhere are then under way at the same time.
        for (way, agent) in self.slots.ways.iter_mut().zip(&self.slots.agents[..self.count]) {
            *way = ways[*agent as usize];
        }
    }

    /// Puts the agents of each bucket into the order of their indices. They hardly ever aren't.
    fn order_buckets(&mut self) {
        let slots = &mut self.slots;
        for slot in 1..self.count {
            let mut slot = slot;
            while slot > 0
                && (slots.cells[slot] >> 2 == slots.cells[slot - 1] >> 2)
                    & (slots.agents[slot] < slots.agents[slot - 1])
            {
                slots.swap(slot, slot - 1);
                slot -= 1;
            }
        }
    }

    /// Where everyone who takes part in the step is, by slot.
    #[inline(always)]
    pub fn places(&self) -> &[Place] {
        &self.slots.places[..self.count]
    }

    /// Where their ways lead, or how much of them they have made, by slot.
    #[inline(always)]
    pub fn ways(&self) -> &[Way] {
        &self.slots.ways[..self.count]
    }

    /// Their indices, by slot.
    #[inline(always)]
    pub fn agents(&self) -> &[u32] {
        &self.slots.agents[..self.count]
    }

    /// The one in `slot` has moved.
    #[inline(always)]
    pub fn set(&mut self, slot: usize, place: Place, made: Way) {
        self.slots.places[slot] = place;
        self.slots.ways[slot] = made;
    }

    /// Runs of buckets that hold all agents in cells of each colour.
    pub fn runs(&self, colours: [u32; 4]) -> impl Iterator<Item = ((usize, usize), u32)> + use<> {
        self.cells.runs(colours)
    }

    /// Finds the slots of a run in cells of a colour, puts them into `found`, and says how many they are.
    #[inline(always)]
    pub fn of_colour(&self, run: (usize, usize), colour: u32, found: &mut Vec<u32>) -> usize {
        let slots = self.begins[run.0] as usize..self.begins[run.1] as usize;
        if found.len() < slots.len() {
            found.resize(slots.len(), 0);
        }
        let mut end = 0;
        for (slot, cell) in slots.clone().zip(&self.slots.cells[slots]) {
            // Written in any case, and counted if it has the colour: a branch would be a coin toss.
            found[end] = slot as u32;
            end += usize::from(*cell & 3 == colour);
        }
        end
    }

    /// Finds the slots of all but the one in `slot`, who hasn't moved, that are within `reach_m` of it now, and puts them
    /// into `found`. Whoever has moved is found if it was within the reach of the cells before. Some may come twice. Says
    /// how many they are.
    #[inline(always)]
    pub fn find(&self, space: &Space, slot: usize, reach_m: f64, found: &mut Vec<u32>) -> usize {
        let (place, reach2) = (self.slots.places[slot], reach_m * reach_m);
        let mut end = 0;
        self.cells.around(place, |first, last| {
            let slots = self.begins[first] as usize..self.begins[last + 1] as usize;
            if found.len() < end + slots.len() {
                found.resize(end + slots.len(), 0);
            }
            for (other, at) in slots.clone().zip(&self.slots.places[slots]) {
                // Written in any case, and counted if it's near: a branch would be a coin toss.
                found[end] = other as u32;
                let is_near = space.distance2(place, *at) <= reach2;
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
