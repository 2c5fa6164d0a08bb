//! A search for a source that was drawn.

use super::searcher::{Ending, Observer, Searcher, Step};
use crate::random::Xoshiro256PlusPlus;
use crate::scenario::inference::belief::Cell;

/// What came of it.
pub(super) struct Episode {
    pub ending: Ending,
    pub source: Cell,
    /// Entropy of the belief when the source was found, or at the end, bits.
    pub final_entropy_bits: f64,
}

/// Draws a source from the belief after the first hit, and searches until it is found, `stuck_after` returns, or
/// `horizon` steps. One random number for the source, one for each step.
pub(super) fn search(
    searcher: &mut Searcher<'_>,
    horizon: u32,
    stuck_after: u32,
    source_random: &mut Xoshiro256PlusPlus,
    hit_random: &mut Xoshiro256PlusPlus,
    observer: &mut impl Observer,
) -> Episode {
    let source = searcher.belief.draw(source_random.uniform());
    let ending = loop {
        let step = searcher.advance();
        let cell = searcher.cell;
        if cell == source {
            observer.after_step(Step { step, cell, hits: None });
            break Ending::Found;
        }
        let hits = searcher.true_hits(source, hit_random.uniform()).unwrap_or(0);
        searcher.observe(hits);
        observer.after_step(Step {
            step,
            cell,
            hits: Some(hits),
        });
        if searcher.steps >= horizon {
            break Ending::TimedOut;
        }
        if stuck_after > 0 && searcher.returns() >= stuck_after {
            break Ending::Stuck;
        }
    };
    Episode {
        ending,
        source,
        final_entropy_bits: searcher.entropy_bits(),
    }
}
