//! Metropolis dynamics: attempts to copy the label of a random neighbour into a random site.
//!
//! [`Algorithm::Plain`] makes one attempt after the other, as the model is written down. Most of them do nothing, since both
//! sites are of one cell. [`Algorithm::Boundary`] draws how many attempts go by until the next one at a site that has a foreign
//! neighbour, and makes that one: the same random process, of which what happens in vain isn't played.

use super::energies::ONE;
use super::tissue::Tissue;
use super::waiting::{PARTS, Waiting, minus_log};
use crate::random::Xoshiro256PlusPlus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Attempts that are looked ahead, so that what they read is on its way.
const AHEAD: usize = 16;

/// Places of a lattice that doesn't fit into the caches near a core.
const LARGE: usize = 1 << 17;

/// Changes of energy whose probability is looked up.
const TABLE: usize = 2048;

/// How attempts are played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Algorithm {
    /// Only those at sites with foreign neighbours, with random waits in between.
    #[default]
    Boundary,
    /// One by one. Slower; for comparison.
    Plain,
}

/// Which changes are accepted, at one temperature.
#[derive(Clone, Debug)]
pub struct Acceptance {
    temperature: f64,
    /// exp(−i / T).
    table: Vec<f64>,
}

impl Acceptance {
    /// At a temperature, 0 included.
    #[must_use]
    pub fn new(temperature: f64) -> Self {
        let entry = |index: usize| match index {
            0 => 1.0,
            _ if temperature <= 0.0 => 0.0,
            _ => libm::exp(-(index as f64) / temperature),
        };
        Self {
            temperature,
            table: (0..=TABLE).map(entry).collect(),
        }
    }

    /// The probability of accepting a change, in parts: 1 for what costs nothing, exp(−ΔH / T) otherwise. At T = 0 half of the
    /// changes by nothing are accepted.
    #[must_use]
    pub fn probability(&self, change: i64) -> f64 {
        if change < 0 {
            1.0
        } else if self.temperature <= 0.0 {
            if change == 0 { 0.5 } else { 0.0 }
        } else {
            libm::exp(-(change as f64) / (ONE as f64 * self.temperature))
        }
    }

    /// Draws whether a change is accepted. What `u < exp(−ΔH / T)` says is mostly known without the exponential.
    #[inline(always)]
    fn draw(&self, change: i64, random: &mut Xoshiro256PlusPlus) -> bool {
        if change < 0 {
            return true;
        }
        if change == 0 {
            return self.temperature > 0.0 || random.uniform() < 0.5;
        }
        let u = random.uniform();
        let whole = (change >> 16) as usize;
        if whole >= TABLE {
            return u < self.probability(change);
        }
        if change & 0xFFFF == 0 || u >= self.table[whole] {
            return u < self.table[whole];
        }
        u < self.table[whole + 1] || u < self.probability(change)
    }
}

/// What attempts came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Attempts, those in vain included.
    pub attempts: u64,
    /// Copies that were accepted.
    pub accepted: u64,
}

/// Makes `attempts` attempts.
pub fn advance(
    algorithm: Algorithm,
    tissue: &mut Tissue,
    acceptance: &Acceptance,
    attempts: u64,
    random: &mut Xoshiro256PlusPlus,
) -> Counts {
    let accepted = match (algorithm, tissue.lattice().neighbourhood.count()) {
        (Algorithm::Plain, 8) => plain::<8>(tissue, acceptance, attempts, random),
        (Algorithm::Plain, _) => plain::<4>(tissue, acceptance, attempts, random),
        (Algorithm::Boundary, 8) => boundary::<8>(tissue, acceptance, attempts, random),
        (Algorithm::Boundary, _) => boundary::<4>(tissue, acceptance, attempts, random),
    };
    Counts { attempts, accepted }
}

/// A number below `count` from the upper 61 bits of a word.
#[inline]
fn below(word: u64, count: usize) -> usize {
    ((u128::from(word >> 3) * count as u128) >> 61) as usize
}

fn plain<const Z: usize>(
    tissue: &mut Tissue,
    acceptance: &Acceptance,
    attempts: u64,
    random: &mut Xoshiro256PlusPlus,
) -> u64 {
    let lattice = *tissue.lattice();
    let mut accepted = 0;
    for _ in 0..attempts {
        let word = random.next_bits();
        let site = below(word, lattice.sites());
        let place = lattice.place(site % lattice.width, site / lattice.width);
        accepted += attempt::<Z>(tissue, acceptance, place, word, random);
    }
    accepted
}

/// One attempt at `place`, with the direction in the lowest bits of `word`. Returns 1 if a label was copied.
#[inline(always)]
fn attempt<const Z: usize>(
    tissue: &mut Tissue,
    acceptance: &Acceptance,
    place: usize,
    word: u64,
    random: &mut Xoshiro256PlusPlus,
) -> u64 {
    let direction = (word % Z as u64) as usize;
    if tissue.foreign(place) >> direction & 1 == 0 {
        return 0;
    }
    let Some(change) = tissue.change::<Z>(place, direction) else {
        return 0;
    };
    if !acceptance.draw(change.energy + change.cost, random) {
        return 0;
    }
    tissue.make(place, &change);
    1
}

fn boundary<const Z: usize>(
    tissue: &mut Tissue,
    acceptance: &Acceptance,
    attempts: u64,
    random: &mut Xoshiro256PlusPlus,
) -> u64 {
    let lattice = *tissue.lattice();
    let is_large = lattice.places() > LARGE;
    let parts = &*PARTS;
    let mut waiting = Waiting::new(lattice.sites());
    let (mut accepted, mut left) = (0, attempts);
    loop {
        let mut words = [0u64; AHEAD];
        let mut waits = [0f64; AHEAD];
        for (word, wait) in words.iter_mut().zip(&mut waits) {
            *word = random.next_bits();
            *wait = minus_log(parts, random.next_bits());
        }
        if is_large {
            touch(tissue, &words);
        }
        for (word, wait) in words.into_iter().zip(waits) {
            let count = tissue.boundary().len();
            if count == 0 {
                return accepted;
            }
            let bound = waiting.bound(count);
            let skipped = waiting.skipped(wait);
            if skipped >= left {
                return accepted;
            }
            left -= skipped + 1;
            if let Some(place) = tissue.boundary().get(below(word, bound)) {
                accepted += attempt::<Z>(tissue, acceptance, *place as usize, word, random);
            }
        }
        if left == 0 {
            return accepted;
        }
    }
}

/// Reads what the next attempts will probably need, all at once: on large lattices it comes from far away.
#[inline]
fn touch(tissue: &Tissue, words: &[u64; AHEAD]) {
    let count = tissue.boundary().len();
    if count == 0 {
        return;
    }
    let stride = tissue.lattice().stride();
    let places = words.map(|word| tissue.boundary()[below(word, count)] as usize);
    let sum = (places.iter()).fold(0u32, |sum, &place| {
        sum ^ u32::from(tissue.foreign(place))
            ^ tissue.label_at(place - stride)
            ^ tissue.label_at(place)
            ^ tissue.label_at(place + stride)
    });
    std::hint::black_box(sum);
}
