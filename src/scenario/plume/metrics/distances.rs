//! Squared distances of agents from the nearest source: on their way in a step, and at its end.

use super::super::agents::Agents;
use super::super::field::SourcePosition;
use crate::lanes::F64x8;

/// Squared distances of all agents from their nearest source, m².
#[derive(Clone, Debug)]
pub(super) struct Distances {
    /// The smallest on the way of the step.
    pub nearest_m2: Vec<F64x8>,
    /// At the end of the step.
    pub end_m2: Vec<F64x8>,
}

impl Distances {
    /// Room for `blocks` blocks.
    pub fn new(blocks: usize) -> Self {
        Self {
            nearest_m2: vec![F64x8::ZERO; blocks],
            end_m2: vec![F64x8::ZERO; blocks],
        }
    }

    /// Measures the step that the agents have just made. One pass per source, and apart from the rest of the record
    /// stage: in a longer loop body the compiler takes the eight lanes apart.
    #[inline(always)]
    pub fn measure(&mut self, blocks: &[usize], agents: &Agents, sources: &[SourcePosition]) {
        for (i, source) in sources.iter().enumerate() {
            let (source_x, source_y) = (F64x8::splat(source.x_m), F64x8::splat(source.y_m));
            for &block in blocks {
                // A way that met an edge isn't straight: of that step only the end counts.
                let straight = F64x8::ONE - agents.boundary_hit[block];
                let moved = (agents.moved_x_m[block] * straight, agents.moved_y_m[block] * straight);
                let end = (agents.x_m[block] - source_x, agents.y_m[block] - source_y);
                let (nearest_m2, end_m2) = (nearest2(end, moved), end.0 * end.0 + end.1 * end.1);
                if i == 0 {
                    (self.nearest_m2[block], self.end_m2[block]) = (nearest_m2, end_m2);
                } else {
                    self.nearest_m2[block] = nearest_m2.min(self.nearest_m2[block]);
                    self.end_m2[block] = end_m2.min(self.end_m2[block]);
                }
            }
        }
    }
}

/// Smallest squared distance from the source on the straight way `moved` that ends at `end` from the source, m².
#[inline(always)]
fn nearest2(end: (F64x8, F64x8), moved: (F64x8, F64x8)) -> F64x8 {
    // The fraction of the way back from its end to its nearest point; of no way at all any fraction is right.
    let length2 = (moved.0 * moved.0 + moved.1 * moved.1).max(F64x8::splat(f64::MIN_POSITIVE));
    let back = (end.0 * moved.0 + end.1 * moved.1) / length2;
    let back = F64x8::ONE.min(F64x8::ZERO.max(back));
    let (x, y) = (end.0 - back * moved.0, end.1 - back * moved.1);
    x * x + y * y
}
