//! A search that stands for all places of the source at once.
//!
//! The belief after the first hit is the distribution that a source would be drawn from. So no source needs to be drawn:
//! at every step the source is in the new cell with the probability p_end that the belief gives to it, and hits are
//! drawn from what the belief predicts, given that it isn't there. Followed that way until the source is all but
//! certain to have been found, one trajectory stands for all sources that agree with its hits. With S₀ = 1 and
//! S_t = S_{t−1} (1 − p_end(t)) the source is found at step t with probability S_{t−1} p_end(t).

use super::searcher::{Ending, Observer, Searcher, Step};
use crate::random::Xoshiro256PlusPlus;

/// The source is certain to be where the belief puts more than 1 minus this.
const CERTAIN: f64 = 1e-10;

/// What came of it.
pub(super) struct Trajectory {
    pub ending: Ending,
    /// S at the end: probability that the source isn't found.
    pub not_found: f64,
    /// Σ t S_{t−1} p_end(t).
    pub partial_arrival_time: f64,
    /// Σ S_{t−1}: mean number of steps until the source is found or the search ends.
    pub searching_time: f64,
    /// Entropy of the belief at the end, given that the source wasn't found, bits.
    pub final_entropy_bits: f64,
}

/// Searches until the source is left unfound with a probability below `stop_probability`, `stuck_after` returns, or
/// `horizon` steps. One random number for each step.
pub(super) fn search(
    searcher: &mut Searcher<'_>,
    horizon: u32,
    stuck_after: u32,
    stop_probability: f64,
    hit_random: &mut Xoshiro256PlusPlus,
    observer: &mut impl Observer,
) -> Trajectory {
    let mut survival = 1.0;
    let mut partial_arrival_time = 0.0;
    let mut searching_time = 0.0;
    let ending = loop {
        let step = searcher.advance();
        let cell = searcher.cell;
        let found = searcher.belief.probability(cell);
        searching_time += survival;
        partial_arrival_time += f64::from(searcher.steps) * survival * found;
        survival *= (1.0 - found).max(0.0);
        let is_over = survival < stop_probability || found > 1.0 - CERTAIN;
        let hits = if is_over {
            None
        } else {
            searcher.predicted_hits(hit_random.uniform())
        };
        observer.after_step(Step { step, cell, hits });
        let Some(hits) = hits else {
            break Ending::Found;
        };
        searcher.observe(hits);
        if searcher.steps >= horizon {
            break Ending::TimedOut;
        }
        if stuck_after > 0 && searcher.returns() >= stuck_after {
            break Ending::Stuck;
        }
    };
    Trajectory {
        ending,
        not_found: survival,
        partial_arrival_time,
        searching_time,
        final_entropy_bits: searcher.entropy_bits(),
    }
}
