//! The two edges across one axis of the domain.

use super::EdgePolicy;
use crate::lanes::{F64x8, Mask8};

/// How coordinates beyond the edges come back, once agents that are done have been stopped.
#[derive(Clone, Copy, Debug)]
enum Fold {
    /// Neither edge reflects or wraps: there is nothing to fold.
    No,
    /// Both reflect: as often as needed.
    Both,
    /// Only the lower edge reflects: once.
    Low,
    /// Only the upper edge reflects: once.
    High,
    /// By whole widths.
    Wrap,
}

/// Two edges in lanes, with what happens at them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    low: F64x8,
    high: F64x8,
    fold: Fold,
    /// Beyond these a straight way ends, because an agent is done there.
    stops: (F64x8, F64x8),
    /// What is beyond these is cut off.
    cuts: (F64x8, F64x8),
}

/// A coordinate that is inside again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inside {
    pub value: F64x8,
    /// What counts of the movement along this axis.
    pub moved: F64x8,
    /// Where the heading is mirrored.
    pub mirrored: Mask8,
}

impl Axis {
    #[inline(always)]
    pub fn new((low, high): (f64, f64), policies: (EdgePolicy, EdgePolicy)) -> Self {
        use EdgePolicy::{Clip, Reflect, Terminate, Wrap};
        let fold = match policies {
            (Wrap, _) | (_, Wrap) => Fold::Wrap,
            (Reflect, Reflect) => Fold::Both,
            (Reflect, _) => Fold::Low,
            (_, Reflect) => Fold::High,
            _ => Fold::No,
        };
        // A terminating edge has an image behind a reflecting one.
        let stops = match policies {
            (Terminate, Terminate) => (low, high),
            (Terminate, Reflect) => (low, high + (high - low)),
            (Reflect, Terminate) => (low - (high - low), high),
            (Terminate, _) => (low, f64::INFINITY),
            (_, Terminate) => (f64::NEG_INFINITY, high),
            _ => (f64::NEG_INFINITY, f64::INFINITY),
        };
        let cuts = (
            if policies.0 == Clip { low } else { f64::NEG_INFINITY },
            if policies.1 == Clip { high } else { f64::INFINITY },
        );
        Self {
            low: F64x8::splat(low),
            high: F64x8::splat(high),
            fold,
            stops: (F64x8::splat(stops.0), F64x8::splat(stops.1)),
            cuts: (F64x8::splat(cuts.0), F64x8::splat(cuts.1)),
        }
    }

    /// Where `value` is beyond an edge.
    #[inline(always)]
    pub fn is_left(&self, value: F64x8) -> Mask8 {
        value.lt(self.low) | value.gt(self.high)
    }

    /// How far `value` is beyond a terminating edge.
    #[inline(always)]
    pub fn beyond_stop(&self, value: F64x8) -> F64x8 {
        value - clamp(value, self.stops)
    }

    /// Brings a coordinate back, after a movement of `moved` along this axis.
    #[inline(always)]
    pub fn confine(&self, value: F64x8, moved: F64x8) -> Inside {
        let edges = (self.low, self.high);
        let (folded, mirrored) = match self.fold {
            Fold::No => (value, Mask8::NONE),
            Fold::Both => self.reflect(value),
            Fold::Low => {
                let mirrored = value.lt(self.low);
                (mirrored.select(self.low + (self.low - value), value), mirrored)
            }
            Fold::High => {
                let mirrored = value.gt(self.high);
                (mirrored.select(self.high - (value - self.high), value), mirrored)
            }
            Fold::Wrap => {
                let extent = self.high - self.low;
                (value - ((value - self.low) / extent).floor() * extent, Mask8::NONE)
            }
        };
        let cut = folded - clamp(folded, self.cuts);
        Inside {
            // A value inside stays as it is to the last bit; the clamp cuts off and takes up rounding.
            value: self.is_left(value).select(clamp(folded, edges), value),
            moved: moved - mirrored.select(-cut, cut),
            mirrored,
        }
    }

    /// The mirrored coordinate, and whether edges were crossed an odd number of times.
    #[inline(always)]
    fn reflect(&self, value: F64x8) -> (F64x8, Mask8) {
        let extent = self.high - self.low;
        let beyond = value - self.low;
        let crossings = (beyond / extent).floor();
        let rest = beyond - crossings * extent;
        let parity = crossings - F64x8::splat(2.0) * (crossings * F64x8::splat(0.5)).floor();
        let odd = parity.gt(F64x8::splat(0.5));
        // A value exactly on the upper edge counts as one crossing, but hasn't left.
        (odd.select(self.high - rest, self.low + rest), odd & self.is_left(value))
    }
}

/// `value` moved onto the nearer end where it is outside; not-a-number passes through.
#[inline(always)]
fn clamp(value: F64x8, (low, high): (F64x8, F64x8)) -> F64x8 {
    high.min(low.max(value))
}
