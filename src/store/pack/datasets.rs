//! Datasets in pieces: how long these are, and their elements block by block.

use super::{Compression, PackOptions};
use crate::netcdf4::ZSTD;
use hdf5::types::TypeDescriptor;
use hdf5::{Dataset, Group};
use std::ops::Range;

/// Most bytes of a piece.
const CHUNK_BYTES: u64 = 512 << 10;

/// Datasets of no more bytes are one piece, not compressed: what says where the pieces are takes half as much.
const SMALL_BYTES: u64 = 8192;

/// How a dataset is cut: whole along its last axes, `step` indices at a time along `axis`, one along those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cut {
    axis: usize,
    step: u64,
}

impl Cut {
    fn of(shape: &[u64], element_bytes: u64) -> Option<Self> {
        let mut bytes = element_bytes;
        if shape.iter().product::<u64>().saturating_mul(element_bytes) <= SMALL_BYTES {
            return None;
        }
        for axis in (0..shape.len()).rev() {
            let step = (CHUNK_BYTES / bytes).max(1).min(shape[axis]);
            if step < shape[axis] || axis == 0 {
                return Some(Self { axis, step });
            }
            bytes *= shape[axis];
        }
        None
    }
}

/// Runs of elements of an array of elements of so many bytes, which follow each other, each of one piece of it.
pub(super) fn runs(shape: &[u64], element_bytes: u64) -> Box<dyn Iterator<Item = Range<u64>>> {
    let elements: u64 = shape.iter().product();
    let Some(Cut { axis, step }) = Cut::of(shape, element_bytes) else {
        return Box::new(std::iter::once(0..elements));
    };
    let inner: u64 = shape[axis + 1..].iter().product();
    let outer: u64 = shape[..axis].iter().product();
    let length = shape[axis];
    Box::new((0..outer).flat_map(move |row| {
        (0..length).step_by(step as usize).map(move |start| {
            let first = row * length;
            (first + start) * inner..(first + (start + step).min(length)) * inner
        })
    }))
}

/// The end of the last whole piece of an array of one axis that ends no later than `end`.
pub(super) fn whole_until(length: u64, element_bytes: u64, end: u64) -> u64 {
    let step = Cut::of(&[length], element_bytes).map_or(length, |cut| cut.step);
    if end == length { end } else { end / step.max(1) * step }
}

/// Makes a dataset in pieces, compressed. `characters` are those of an element that is an array of them.
pub(super) fn create(
    group: &Group,
    name: &str,
    (datatype, element_bytes): (&TypeDescriptor, u64),
    shape: &[u64],
    characters: Option<u64>,
    options: &PackOptions,
) -> hdf5::Result<Dataset> {
    let chunk = Cut::of(shape, element_bytes).map(|Cut { axis, step }| {
        let before = (0..axis).map(|_| 1);
        let after = shape[axis + 1..].iter().copied().chain(characters);
        (before.chain([step]).chain(after))
            .map(|length| length as usize)
            .collect::<Vec<_>>()
    });
    let lengths: Vec<usize> = (shape.iter().copied().chain(characters))
        .map(|length| length as usize)
        .collect();
    let builder = group.new_dataset_builder().with_dcpl(|creation| {
        creation.obj_track_times(false);
        if chunk.is_some() {
            creation.shuffle();
            match options.compression {
                Compression::Deflate => creation.deflate(options.level),
                Compression::Zstd => creation.add_filter(ZSTD, &[u32::from(options.level)]),
            };
        }
        creation
    });
    // Said to the builder, not to the properties: it would replace theirs by a guess of its own.
    let builder = match chunk {
        Some(chunk) => builder.chunk(chunk),
        None => builder,
    };
    builder.empty_as(datatype).shape(lengths).create(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netcdf4::Slab;

    #[test]
    fn every_run_is_one_box_and_one_piece() {
        for (shape, element_bytes) in [
            (vec![3, 5, 7], 8),
            (vec![300, 5, 70_000], 8),
            (vec![2_000_000], 4),
            (vec![1000, 1000], 1),
            (vec![64], 4096),
            (vec![7, 100_001], 8),
        ] {
            let mut next = 0;
            for run in runs(&shape, element_bytes) {
                assert_eq!(run.start, next);
                assert!(
                    (run.end - run.start) * element_bytes <= CHUNK_BYTES.max(element_bytes),
                    "{run:?}"
                );
                assert_eq!(Slab::of_run(&shape, run.clone()).len(), 1, "{shape:?} {run:?}");
                next = run.end;
            }
            assert_eq!(next, shape.iter().product::<u64>());
        }
        assert_eq!(Cut::of(&[], 8), None);
        assert_eq!(Cut::of(&[2, 3, 4], 8), None);
        assert_eq!(Cut::of(&[10, 1000, 100], 8), Some(Cut { axis: 1, step: 655 }));
        assert_eq!(Cut::of(&[1000, 100], 8), Some(Cut { axis: 0, step: 655 }));
    }
}
