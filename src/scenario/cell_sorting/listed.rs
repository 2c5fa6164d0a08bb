//! Which attempts are at sites of the boundary.

use crate::random::Xoshiro256PlusPlus;

/// Bits of a probability.
const BITS: u32 = 60;

/// Draws which attempts are at one of M sites that have a place in the list of the boundary. Its B entries are the first of M ≥ B
/// places; the other places stand for any other sites. So the probability M / N need not follow each change of B: M may change
/// before any attempt, since attempts are independent.
pub(super) struct Listed {
    sites: usize,
    /// M.
    pub bound: usize,
    /// B below which M is too large.
    low: usize,
    /// M / N, in 2⁻⁶⁰.
    probability: u64,
}

impl Listed {
    pub(super) fn new(sites: usize) -> Self {
        Self {
            sites,
            bound: 0,
            low: 0,
            probability: 0,
        }
    }

    /// Sees to it that M is right for a boundary of `count` sites.
    #[inline]
    pub(super) fn follow(&mut self, count: usize) {
        if count + self.slack(count) / 2 <= self.bound && count >= self.low {
            return;
        }
        let slack = self.slack(count);
        self.bound = (count + slack).min(self.sites);
        self.low = count.saturating_sub(slack);
        self.probability = ((self.bound as u128) << BITS).div_euclid(self.sites as u128) as u64;
    }

    /// On a small lattice less, or it would be all of it.
    fn slack(&self, count: usize) -> usize {
        (count / 64 + 8).min((self.sites / 8).max(1)).min(self.sites - count)
    }

    /// A bit for each of 64 attempts: whether it is at one of the M sites. Each is a uniform number, bit by bit, of which no
    /// more is drawn than it takes to know on which side of the probability it is.
    #[inline]
    pub(super) fn draw(&self, random: &mut Xoshiro256PlusPlus) -> u64 {
        if self.bound == self.sites {
            return u64::MAX;
        }
        let (mut below, mut open) = (0, u64::MAX);
        for bit in (0..BITS).rev() {
            let word = random.next_bits();
            if self.probability >> bit & 1 == 1 {
                below |= open & !word;
                open &= word;
            } else {
                open &= !word;
            }
            if open == 0 {
                break;
            }
        }
        below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of set bits is M / N within 4.5 standard errors, at every position.
    #[test]
    fn bits_have_their_probability() {
        let mut random = Xoshiro256PlusPlus::from_seed_and_member(3, 0);
        for (sites, count) in [(100, 1), (1000, 490), (73_441, 30_000), (9, 8)] {
            let mut listed = Listed::new(sites);
            listed.follow(count);
            assert!(listed.bound >= count && listed.bound <= sites);
            let probability = listed.bound as f64 / sites as f64;
            let draws = 4000;
            let mut counts = [0u32; 64];
            for _ in 0..draws {
                let bits = listed.draw(&mut random);
                (0..64).for_each(|bit| counts[bit] += (bits >> bit & 1) as u32);
            }
            let n = f64::from(draws);
            let error = |n: f64| 4.5 * (probability * (1.0 - probability) / n).sqrt() + 1e-12;
            let sum: u32 = counts.iter().sum();
            assert!(
                (f64::from(sum) / n / 64.0 - probability).abs() <= error(64.0 * n),
                "{sites} {count}"
            );
            assert!(
                counts
                    .iter()
                    .all(|count| (f64::from(*count) / n - probability).abs() <= error(n))
            );
        }
    }

    #[test]
    fn the_bound_follows_the_boundary_in_leaps() {
        let mut listed = Listed::new(10_000);
        listed.follow(640);
        assert_eq!(listed.bound, 658);
        for count in [641, 640, 622, 648] {
            listed.follow(count);
            assert_eq!(listed.bound, 658, "{count}");
        }
        listed.follow(653);
        assert_eq!(listed.bound, 671);
        listed.follow(100);
        assert_eq!(listed.bound, 109);
        listed.follow(9_999);
        assert_eq!(listed.bound, 10_000);
        assert_eq!(
            listed.draw(&mut Xoshiro256PlusPlus::from_seed_and_member(3, 0)),
            u64::MAX
        );
    }
}
