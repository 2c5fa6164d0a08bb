//! What of a dataset in an HDF5 file was never written. A program that is stopped leaves it out of the file, and readers
//! give the fill value for it: 0, mostly, as if it were data.

use hdf5_reader::btree_v1::{BTreeV1Key, collect_btree_v1_leaves_storage};
use hdf5_reader::chunk_index::collect_v2_chunk_entries_storage;
use hdf5_reader::error::Error;
use hdf5_reader::extensible_array::collect_extensible_array_chunk_entries_storage;
use hdf5_reader::fixed_array::collect_fixed_array_chunk_entries_storage;
use hdf5_reader::io::Cursor;
use hdf5_reader::messages::HdfMessage;
use hdf5_reader::messages::layout::{ChunkIndexing, DataLayout};
use hdf5_reader::{Dataset, Hdf5File, Storage};

/// Datasets of more chunks aren't looked through. Trees list those that are there, arrays all.
const MAX_CHUNKS: u64 = 1 << 24;
const MAX_CHUNKS_OF_ARRAY: u64 = 1 << 18;

/// What was never written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unwritten {
    /// The first value of the first chunk that isn't there.
    pub first: Vec<u64>,
    /// Indices along the wanted dimension at which something isn't there.
    pub count: u64,
}

/// What of `dataset` was never written, counted along the dimension at `place`; `None` if all of it was.
pub(super) fn unwritten(file: &Hdf5File, dataset: &Dataset, place: usize) -> Result<Option<Unwritten>, Error> {
    let header = file.get_or_parse_header(dataset.address())?;
    let layout = header.messages.iter().find_map(|message| match message {
        HdfMessage::DataLayout(message) => Some(&message.layout),
        _ => None,
    });
    let (shape, offsets) = (dataset.shape(), file.superblock().offset_size);
    let nothing_there = || {
        Some(Unwritten {
            first: vec![0; shape.len()],
            count: shape[place],
        })
    };
    let (address, indexing) = match layout {
        Some(DataLayout::Contiguous { address, .. }) => {
            return Ok(nothing_there().filter(|_| Cursor::is_undefined_offset(*address, offsets)));
        }
        Some(DataLayout::Chunked {
            address,
            chunk_indexing,
            ..
        }) => (*address, chunk_indexing.as_ref()),
        _ => return Ok(None),
    };
    if Cursor::is_undefined_offset(address, offsets) {
        return Ok(nothing_there());
    }
    // In the layout's message, the size of a value follows.
    let chunk = dataset.chunks().unwrap_or_default();
    let is_array = matches!(
        indexing,
        Some(ChunkIndexing::FixedArray { .. } | ChunkIndexing::ExtensibleArray { .. })
    );
    let Some(grid) = Grid::of(shape, &chunk).filter(|grid| !is_array || grid.all <= MAX_CHUNKS_OF_ARRAY) else {
        return Ok(None);
    };
    let root = file.root_group()?;
    let there = match chunks(root.storage(), file, dataset, (address, &chunk, indexing))? {
        Some(there) => grid.sorted(&there),
        None => return Ok(None),
    };
    Ok(grid.lacking(&there, place))
}

/// Offsets of the chunks that are there; `None` if all are.
fn chunks(
    storage: &dyn Storage,
    file: &Hdf5File,
    dataset: &Dataset,
    (address, chunk, indexing): (u64, &[u32], Option<&ChunkIndexing>),
) -> Result<Option<Vec<Vec<u64>>>, Error> {
    let superblock = file.superblock();
    let (offsets, lengths) = (superblock.offset_size, superblock.length_size);
    let (shape, rank) = (dataset.shape(), dataset.ndim() as u32);
    let entries = match indexing {
        None => {
            let leaves = collect_btree_v1_leaves_storage(storage, address, offsets, lengths, Some(rank), chunk, None)?;
            let places = leaves.into_iter().filter_map(|(key, _)| match key {
                BTreeV1Key::RawData { offsets, .. } => Some(offsets),
                BTreeV1Key::Group { .. } => None,
            });
            return Ok(Some(places.collect()));
        }
        // One that is there, or all in a row.
        Some(ChunkIndexing::SingleChunk { .. } | ChunkIndexing::Implicit) => return Ok(None),
        Some(ChunkIndexing::BTreeV2) => {
            collect_v2_chunk_entries_storage(storage, address, offsets, lengths, rank, chunk, None)?
        }
        Some(ChunkIndexing::FixedArray { .. }) => {
            collect_fixed_array_chunk_entries_storage(storage, address, offsets, lengths, shape, chunk, None)?
        }
        Some(ChunkIndexing::ExtensibleArray { .. }) => collect_extensible_array_chunk_entries_storage(
            storage,
            address,
            offsets,
            lengths,
            shape,
            dataset.max_dims(),
            chunk,
            None,
        )?,
    };
    Ok(Some(entries.into_iter().map(|entry| entry.offsets).collect()))
}

/// The chunks of a dataset, counted along each dimension.
#[derive(Clone, Debug)]
struct Grid {
    shape: Vec<u64>,
    chunk: Vec<u64>,
    counts: Vec<u64>,
    all: u64,
}

impl Grid {
    /// `None` for what has too many chunks, or chunks of no size.
    fn of(shape: &[u64], chunk: &[u32]) -> Option<Self> {
        let chunk: Vec<u64> = chunk.iter().take(shape.len()).map(|&length| length.into()).collect();
        if chunk.len() != shape.len() || chunk.contains(&0) {
            return None;
        }
        let counts: Vec<u64> = shape
            .iter()
            .zip(&chunk)
            .map(|(length, chunk)| length.div_ceil(*chunk))
            .collect();
        let all = counts.iter().try_fold(1_u64, |all, &count| all.checked_mul(count))?;
        (all <= MAX_CHUNKS).then(|| Self {
            shape: shape.to_vec(),
            chunk,
            counts,
            all,
        })
    }

    /// Numbers of the chunks with these offsets, ascending, each once. Those beyond the shape are left from a larger one.
    fn sorted(&self, offsets: &[Vec<u64>]) -> Vec<u64> {
        let number = |offsets: &Vec<u64>| {
            let places = offsets.iter().zip(&self.chunk).zip(&self.counts);
            places
                .take(self.shape.len())
                .try_fold(0, |number, ((offset, chunk), &count)| {
                    let place = offset / chunk;
                    (place < count).then(|| number * count + place)
                })
        };
        let mut numbers: Vec<u64> = offsets.iter().filter_map(number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// What isn't among the chunks with these numbers.
    fn lacking(&self, there: &[u64], place: usize) -> Option<Unwritten> {
        if there.len() as u64 == self.all {
            return None;
        }
        let gap = (there.iter().zip(0..)).find(|(number, index)| **number != *index);
        let gap = gap.map_or(there.len() as u64, |(_, index)| index);
        // Along the wanted dimension all chunks but those of the others are of one index.
        let behind: u64 = self.counts[place + 1..].iter().product();
        let index_of = |number: u64| number / behind % self.counts[place];
        let mut found = vec![0_u64; self.counts[place] as usize];
        for &number in there {
            found[index_of(number) as usize] += 1;
        }
        let whole = self.all / self.counts[place];
        let lengths = (0..self.counts[place]).map(|index| {
            let begin = index * self.chunk[place];
            (begin + self.chunk[place]).min(self.shape[place]) - begin
        });
        let count = (lengths.zip(&found))
            .filter(|(_, found)| **found < whole)
            .map(|(length, _)| length)
            .sum();
        let mut first = vec![0; self.shape.len()];
        let mut rest = gap;
        for place in (0..self.shape.len()).rev() {
            first[place] = rest % self.counts[place] * self.chunk[place];
            rest /= self.counts[place];
        }
        Some(Unwritten { first, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_found_along_any_dimension() {
        // 7 × 4 values in chunks of 2 × 3: 4 × 2 of them, the last row and column of chunks cut.
        let grid = Grid::of(&[7, 4], &[2, 3, 8]).unwrap();
        let all: Vec<Vec<u64>> = (0..4)
            .flat_map(|i| (0..2).map(move |j| vec![2 * i, 3 * j, 0]))
            .collect();
        assert_eq!(grid.lacking(&grid.sorted(&all), 0), None);
        let without = |gone: &[usize]| {
            let mut there: Vec<Vec<u64>> = (all.iter().enumerate())
                .filter(|(index, _)| !gone.contains(index))
                .map(|(_, offsets)| offsets.clone())
                .collect();
            // Twice, in another order, and what lies beyond.
            there.reverse();
            there.push(there[0].clone());
            there.push(vec![8, 0, 0]);
            [0, 1].map(|place| grid.lacking(&grid.sorted(&there), place).unwrap())
        };
        let unwritten = |first: [u64; 2], count| Unwritten {
            first: first.to_vec(),
            count,
        };
        assert_eq!(without(&[3, 7]), [unwritten([2, 3], 3), unwritten([2, 3], 1)]);
        assert_eq!(without(&[0]), [unwritten([0, 0], 2), unwritten([0, 0], 3)]);
        assert_eq!(grid.lacking(&[], 0), Some(unwritten([0, 0], 7)));
        for chunk in [&[2][..], &[2, 0], &[]] {
            assert!(Grid::of(&[7, 4], chunk).is_none());
        }
        assert!(Grid::of(&[u64::MAX, 4], &[1, 1]).is_none());
    }
}
