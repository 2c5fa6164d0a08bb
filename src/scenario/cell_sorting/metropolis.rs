//! Metropolis dynamics: attempts to copy the label of a random neighbour into a random site.
//!
//! [`Algorithm::Plain`] makes one attempt after the other, as the model is written down. Most of them do nothing, since both
//! sites are of one cell. [`Algorithm::Boundary`] draws which of the next attempts are at sites that have a foreign
//! neighbour, and plays those: the same random process, of which what happens in vain isn't played.

use super::energies::ONE;
use super::listed::Listed;
use super::tissue::Tissue;
use crate::random::Xoshiro256PlusPlus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Attempts that are looked ahead, so that what they read is on its way.
const AHEAD: usize = 16;

/// Places of a lattice that doesn't fit into the caches near a core.
const LARGE: usize = 1 << 17;

/// Changes of energy below this are looked up.
const TABLE: i64 = 2048;

/// How attempts are played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Algorithm {
    /// Only those at sites with foreign neighbours; which of all attempts these are is drawn beforehand.
    #[default]
    Boundary,
    /// One by one. Slower; for comparison.
    Plain,
}

/// Which changes are accepted, at one temperature.
#[derive(Clone, Debug)]
pub struct Acceptance {
    temperature: f64,
    /// Probabilities of changes by −1 or less, 0, 1, 2, …
    table: Vec<f64>,
}

impl Acceptance {
    /// At a temperature, 0 included.
    #[must_use]
    pub fn new(temperature: f64) -> Self {
        let mut acceptance = Self {
            temperature,
            table: Vec::new(),
        };
        acceptance.table = (-1..TABLE).map(|change| acceptance.probability(change * ONE)).collect();
        acceptance
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

    /// Draws whether a change is accepted. Whole numbers are looked up; of others it is mostly known without the exponential.
    #[inline(always)]
    fn draw(&self, change: i64, random: &mut Xoshiro256PlusPlus) -> bool {
        let u = random.uniform();
        let whole = (change >> 16).clamp(-1, TABLE - 1);
        let below = self.table[(whole + 1) as usize];
        if change & 0xFFFF == 0 && whole < TABLE - 1 {
            return u < below;
        }
        self.draw_between(change, below, u)
    }

    /// The same for changes that aren't in the table, of which the next smaller whole one is accepted with probability `below`.
    fn draw_between(&self, change: i64, below: f64, u: f64) -> bool {
        u < below && u < self.probability(change)
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
    let mut listed = Listed::new(lattice.sites());
    let (mut accepted, mut left) = (0, attempts);
    while left > 0 {
        if tissue.boundary().is_empty() {
            return accepted;
        }
        listed.follow(tissue.boundary().len());
        let block = left.min(64) as u32;
        // A bit for each of the next attempts: whether it is at a listed place.
        let hits = listed.draw(random) & (u64::MAX >> (64 - block));
        let mut played = u64::from(block);
        let mut words = [0u64; 64];
        let words = &mut words[..hits.count_ones() as usize];
        words.fill_with(|| random.next_bits());
        if is_large {
            touch(tissue, listed.bound, words);
        }
        for (index, word) in words.iter().enumerate() {
            if let Some(place) = tissue.boundary().get(below(*word, listed.bound)) {
                accepted += attempt::<Z>(tissue, acceptance, *place as usize, *word, random);
                if tissue.boundary().len() > listed.bound {
                    // The list has outgrown its bound: attempts after this one are drawn anew, as independent as ever.
                    played = position(hits, index as u32) + 1;
                    break;
                }
            }
        }
        left -= played;
    }
    accepted
}

/// The position of the set bit that has `index` others below it.
fn position(mut bits: u64, index: u32) -> u64 {
    for _ in 0..index {
        bits &= bits - 1;
    }
    bits.trailing_zeros().into()
}

/// Reads what the next attempts will probably need, all at once: on large lattices it comes from far away.
#[inline]
fn touch(tissue: &Tissue, bound: usize, words: &[u64]) {
    let stride = tissue.lattice().stride();
    let mut sum = 0;
    for some in words.chunks(AHEAD) {
        let mut places = [stride; AHEAD];
        for (place, word) in places.iter_mut().zip(some) {
            *place = tissue
                .boundary()
                .get(below(*word, bound))
                .map_or(stride, |place| *place as usize);
        }
        for place in places {
            sum ^= u32::from(tissue.foreign(place))
                ^ tissue.label_at(place - stride)
                ^ tissue.label_at(place)
                ^ tissue.label_at(place + stride);
        }
    }
    std::hint::black_box(sum);
}
