//! A box of an array.

use std::ops::Range;

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

    /// The boxes of an array that follow each other as a run of its elements does, row by row.
    ///
    /// # Panics
    /// If the run leaves the array.
    #[must_use]
    pub fn of_run(shape: &[u64], run: Range<u64>) -> Vec<Self> {
        let elements: u64 = shape.iter().product();
        assert!(run.start <= run.end && run.end <= elements, "{run:?} leaves {shape:?}");
        let mut boxes = Vec::new();
        if run.start < run.end {
            add_boxes(shape, &mut Vec::new(), run, &mut boxes);
        }
        boxes
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

/// Adds the boxes of a run that isn't empty, in the part of the array at `indices` of its first axes; `shape` has the others.
fn add_boxes(shape: &[u64], indices: &mut Vec<u64>, run: Range<u64>, boxes: &mut Vec<Slab>) {
    let of = |indices: &[u64], first: &[u64], count: &[u64], rest: &[u64]| Slab {
        start: (indices.iter().chain(first).copied().chain(rest.iter().map(|_| 0))).collect(),
        count: (indices.iter().map(|_| 1).chain(count.iter().chain(rest).copied())).collect(),
    };
    let Some((_, rest)) = shape.split_first() else {
        boxes.push(of(indices, &[], &[], &[]));
        return;
    };
    let row: u64 = rest.iter().product();
    let (mut next, end) = (run.start, run.end);
    while next < end {
        let (index, within) = (next / row, next % row);
        let whole = (end - next) / row;
        if within == 0 && whole > 0 {
            boxes.push(of(indices, &[index], &[whole], rest));
            next += whole * row;
            continue;
        }
        let stop = end.min((index + 1) * row);
        indices.push(index);
        add_boxes(rest, indices, within..within + (stop - next), boxes);
        indices.pop();
        next = stop;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_run_is_few_boxes() {
        assert_eq!(Slab::of_run(&[], 0..1), [Slab::whole(&[])]);
        assert_eq!(Slab::of_run(&[4, 5, 6], 0..120), [Slab::whole(&[4, 5, 6])]);
        assert_eq!(
            Slab::of_run(&[7], 2..5),
            [Slab {
                start: vec![2],
                count: vec![3]
            }]
        );
        assert_eq!(Slab::of_run(&[7], 5..5), []);
        // The end of a row, rows, a plane, a row, the start of a row.
        assert_eq!(Slab::of_run(&[4, 5, 6], 4..67).len(), 5);
    }

    proptest! {
        #[test]
        fn boxes_have_the_elements_of_the_run_in_order(
            shape in prop::collection::vec(1_u64..5, 0..4), a in 0_u64..1000, b in 0_u64..1000,
        ) {
            let elements: u64 = shape.iter().product();
            let run = (a % (elements + 1)).min(b % (elements + 1))..(a % (elements + 1)).max(b % (elements + 1));
            let mut found = Vec::new();
            for slab in Slab::of_run(&shape, run.clone()) {
                // Element by element, the last axis fastest.
                let mut indices = slab.start.clone();
                for _ in 0..slab.len() {
                    found.push(indices.iter().zip(&shape).fold(0, |all, (index, length)| all * length + index));
                    for axis in (0..shape.len()).rev() {
                        indices[axis] += 1;
                        if indices[axis] < slab.start[axis] + slab.count[axis] {
                            break;
                        }
                        indices[axis] = slab.start[axis];
                    }
                }
            }
            prop_assert_eq!(found, run.collect::<Vec<_>>());
        }
    }
}
