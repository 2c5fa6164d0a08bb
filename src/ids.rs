//! Typed indices of the work: they can't be mixed up, and they print as what they are.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! index {
    ($(#[$doc:meta])* $name:ident($inner:ty), $label:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($label, " {}"), self.0)
            }
        }
    };
}

index!(
    /// One design point: one combination of swept values. Dense, in expansion order, from 0.
    PointIndex(u64), "point"
);
index!(
    /// One replicate (one seed) of a design point, from 0.
    Replicate(u32), "replicate"
);
index!(
    /// One work unit: one replicate of one design point. `unit = point * replicates + replicate`.
    UnitIndex(u64), "unit"
);
