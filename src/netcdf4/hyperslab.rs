//! A box of an array.

/// A box of an array: where it starts and how long it is along every axis (`[rank]` each).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slab {
    /// First index along every axis.
    pub start: Vec<u64>,
    /// Length along every axis.
    pub count: Vec<u64>,
}

impl Slab {
    /// The whole of an array.
    #[must_use]
    pub fn whole(shape: &[u64]) -> Self {
        Self {
            start: vec![0; shape.len()],
            count: shape.to_vec(),
        }
    }

    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.count.iter().product()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
