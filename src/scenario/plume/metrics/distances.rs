//! Squared distances of agents from the nearest source: on their way in a step, and at one place.

use super::super::agents::Agents;
use super::super::field::SourcePosition;
use crate::lanes::F64x8;

/// Writes the smallest squared distance of each agent of `blocks` from a source on the way of its last step, m².
///
/// One pass per source, and apart from the rest of the record stage: in a longer loop body the compiler takes the eight
/// lanes apart.
#[inline(always)]
pub(super) fn nearest_on_way(
    blocks: &[usize],
    agents: &Agents,
    sources: &[SourcePosition],
    distances_m2: &mut [F64x8],
) {
    for (i, source) in sources.iter().enumerate() {
        let (source_x, source_y) = (F64x8::splat(source.x_m), F64x8::splat(source.y_m));
        for (&block, distance_m2) in blocks.iter().zip(distances_m2.iter_mut()) {
            // A way that met an edge isn't straight: of that step only the end counts.
            let straight = F64x8::ONE - agents.boundary_hit[block];
            let moved = (agents.moved_x_m[block] * straight, agents.moved_y_m[block] * straight);
            let end = (agents.x_m[block] - source_x, agents.y_m[block] - source_y);
            let nearest_m2 = on_way(end, moved);
            *distance_m2 = if i == 0 {
                nearest_m2
            } else {
                nearest_m2.min(*distance_m2)
            };
        }
    }
}

/// Smallest squared distance from the source on the straight way `moved` that ends at `end` from the source, m².
#[inline(always)]
fn on_way(end: (F64x8, F64x8), moved: (F64x8, F64x8)) -> F64x8 {
    // The fraction of the way back from its end to its nearest point; of no way at all any fraction is right.
    let length2 = (moved.0 * moved.0 + moved.1 * moved.1).max(F64x8::splat(f64::MIN_POSITIVE));
    let back = (end.0 * moved.0 + end.1 * moved.1) / length2;
    let back = F64x8::ONE.min(F64x8::ZERO.max(back));
    let (x, y) = (end.0 - back * moved.0, end.1 - back * moved.1);
    x * x + y * y
}

/// Squared distances of places from the nearest source, m².
#[inline(always)]
pub(super) fn nearest(x_m: F64x8, y_m: F64x8, sources: &[SourcePosition]) -> F64x8 {
    let mut distance_m2 = F64x8::splat(f64::INFINITY);
    for source in sources {
        let (to_x, to_y) = (x_m - F64x8::splat(source.x_m), y_m - F64x8::splat(source.y_m));
        distance_m2 = (to_x * to_x + to_y * to_y).min(distance_m2);
    }
    distance_m2
}
