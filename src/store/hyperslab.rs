//! A contiguous run of linear indices as boxes of an array.

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

    /// The same box with all of one more axis, of length `count`, at the end.
    #[must_use]
    pub fn with_whole_axis(mut self, count: u64) -> Self {
        self.start.push(0);
        self.count.push(count);
        self
    }

    /// Cuts the box into boxes of at most `longest` elements (and at least one) that follow each other in row-major
    /// order.
    #[must_use]
    pub fn split(&self, longest: u64) -> Vec<Self> {
        let longest = longest.max(1);
        let Some(axis) = self.count.iter().position(|&count| count > 1) else {
            return vec![self.clone()];
        };
        if self.len() <= longest {
            return vec![self.clone()];
        }
        let inner: u64 = self.count[axis + 1..].iter().product();
        let step = (longest / inner).max(1);
        let (start, end) = (self.start[axis], self.start[axis] + self.count[axis]);
        let mut parts = Vec::new();
        let mut next = start;
        while next < end {
            let mut part = self.clone();
            part.start[axis] = next;
            part.count[axis] = step.min(end - next);
            next += part.count[axis];
            parts.extend(part.split(longest));
        }
        parts
    }
}

/// Cuts the run `range` of row-major linear indices of an array with lengths `shape` into boxes.
///
/// The boxes are disjoint, in rising order and together exactly the run, so that consecutive elements of the run are
/// consecutive elements of the boxes. There are at most `2 * rank - 1` of them.
///
/// # Panics
/// If the run leaves the array.
#[must_use]
pub fn decompose(shape: &[u64], range: Range<u64>) -> Vec<Slab> {
    let total: u64 = shape.iter().product();
    assert!(range.end <= total, "run {range:?} leaves an array of {total} elements");
    let mut slabs = Vec::new();
    let mut next = range.start;
    while next < range.end {
        // The coarsest axis at which a step from `next` is aligned and fits: climbing to it takes at most rank - 1
        // boxes, descending from it at most rank - 1, and one box spans it.
        let mut axis = shape.len();
        let mut step = 1;
        while axis > 0 && next.is_multiple_of(step * shape[axis - 1]) && next + step * shape[axis - 1] <= range.end {
            step *= shape[axis - 1];
            axis -= 1;
        }
        let mut start = vec![0; shape.len()];
        let mut rest = next;
        for (index, length) in start.iter_mut().zip(shape).rev() {
            *index = rest % length;
            rest /= length;
        }
        let mut count = vec![1; shape.len()];
        count[axis..].copy_from_slice(&shape[axis..]);
        let mut length = step;
        if axis > 0 {
            let room = shape[axis - 1] - start[axis - 1];
            let steps = room.min((range.end - next) / step);
            count[axis - 1] = steps;
            length = steps * step;
        }
        slabs.push(Slab { start, count });
        next += length;
    }
    slabs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn linear_indices(shape: &[u64], slab: &Slab) -> Vec<u64> {
        let mut indices = vec![0];
        for (axis, length) in shape.iter().enumerate() {
            let along = slab.start[axis]..slab.start[axis] + slab.count[axis];
            indices = indices
                .iter()
                .flat_map(|base| along.clone().map(move |index| base * length + index))
                .collect();
        }
        indices
    }

    #[test]
    fn a_run_over_a_corner_needs_all_its_boxes() {
        // 3-d: rest of a row, rest of a plane, whole planes, whole rows, start of a row.
        let slabs = decompose(&[4, 3, 5], 7..52);
        assert_eq!(slabs.len(), 5);
        assert_eq!(
            slabs[0],
            Slab {
                start: vec![0, 1, 2],
                count: vec![1, 1, 3]
            }
        );
        assert_eq!(
            slabs[2],
            Slab {
                start: vec![1, 0, 0],
                count: vec![2, 3, 5]
            }
        );
    }

    #[test]
    fn a_whole_array_is_one_box() {
        assert_eq!(decompose(&[2, 3, 4], 0..24), [Slab::whole(&[2, 3, 4])]);
        assert_eq!(decompose(&[], 0..1), [Slab::whole(&[])]);
        assert!(decompose(&[2, 3], 4..4).is_empty());
    }

    proptest! {
        #[test]
        fn parts_of_a_box_are_the_box_in_order_and_short(
            axes in prop::collection::vec((0_u64..3, 1_u64..5), 0..5),
            longest in 1_u64..70,
        ) {
            let shape: Vec<u64> = axes.iter().map(|(start, count)| start + count).collect();
            let (start, count) = axes.into_iter().unzip();
            let slab = Slab { start, count };
            let parts = slab.split(longest);
            prop_assert!(parts.iter().all(|part| part.len() <= longest));
            let covered: Vec<u64> = parts.iter().flat_map(|part| linear_indices(&shape, part)).collect();
            prop_assert_eq!(covered, linear_indices(&shape, &slab));
        }

        #[test]
        fn boxes_are_the_run_in_order_and_few(
            shape in prop::collection::vec(1_u64..6, 1..5),
            ends in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        ) {
            let total: u64 = shape.iter().product();
            let (a, b) = (ends.0.index(total as usize + 1) as u64, ends.1.index(total as usize + 1) as u64);
            let range = a.min(b)..a.max(b);
            let slabs = decompose(&shape, range.clone());
            prop_assert!(slabs.len() < 2 * shape.len());
            let covered: Vec<u64> = slabs.iter().flat_map(|slab| linear_indices(&shape, slab)).collect();
            prop_assert_eq!(covered, range.collect::<Vec<_>>());
        }
    }
}
