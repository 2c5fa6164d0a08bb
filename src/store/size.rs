//! Predicted size of a results file.
//!
//! Raw data is known to the byte. All of HDF5's metadata goes into one block at the start of the file, whose length
//! is chosen here, from above, and asked for at creation: so it need not be known exactly, only never exceed the
//! block. Texts of any length and references live in HDF5's global heap, whose growth is followed step by step.

use super::Layout;
use crate::netcdf4::{Group, StoredType, Variable};

const HEAP_COLLECTION_BYTES: u64 = 4096;
const HEAP_COLLECTION_LIMIT: u64 = 65536;
const HEAP_HEADER_BYTES: u64 = 16;
/// Attributes of one object may fill 64 KiB; a scale with more users than this goes without the list of them.
pub(super) const MAX_SCALE_USES: usize = 4000;

fn padded(bytes: u64) -> u64 {
    bytes.next_multiple_of(8)
}

/// Bytes of one object of the global heap; an empty one needs none.
pub(super) fn heap_bytes(payload: u64) -> u64 {
    if payload == 0 { 0 } else { 16 + padded(payload) }
}

/// Size of the whole file.
pub(super) fn file_bytes(layout: &Layout) -> u64 {
    let raw: u64 = (layout.groups().iter())
        .flat_map(|group| {
            group
                .variables
                .iter()
                .map(move |variable| variable_bytes(group, variable))
        })
        .sum();
    let before = metadata_block_bytes(layout) + raw + heap_total_bytes(layout);
    before + super::seal::predicted_bytes(before, layout)
}

/// Bytes of a dataset.
fn variable_bytes(group: &Group, variable: &Variable) -> u64 {
    group.shape_of(variable).iter().product::<u64>() * variable.stored.bytes()
}

/// Dimensions of a variable's dataset.
fn labels(variable: &Variable) -> u64 {
    variable.axes.len() as u64 + u64::from(variable.stored.characters().is_some())
}

/// Bytes in heap collections: the references that tie variables to their scales, and texts, in the order in which
/// creation writes them.
fn heap_total_bytes(layout: &Layout) -> u64 {
    let coordinates = || {
        layout
            .shape()
            .axes
            .iter()
            .flat_map(|axis| axis.coordinates.iter().map(move |c| (axis.length, c)))
    };
    let mut heap = Heap::default();
    for group in layout.groups() {
        heap.at_end = false;
        let labelled = group.variables.iter().filter(|variable| !group.is_scale(variable));
        let references = labelled.map(labels).sum();
        heap.insert(references, heap_bytes(8));
        for variable in group
            .variables
            .iter()
            .filter(|variable| variable.stored == StoredType::Text)
        {
            let coordinate = coordinates().find(|(_, coordinate)| coordinate.name == variable.name);
            let (length, text_bytes) =
                coordinate.map_or((1, 0), |(length, coordinate)| (length, coordinate.text_bytes));
            let count = group.shape_of(variable).iter().product();
            heap.insert(count, text_bytes.div_ceil(length.max(1)));
        }
    }
    heap.at_end = false;
    // Of the seal.
    heap.insert(u64::from(layout.version().has_characters()), heap_bytes(8));
    heap.collections.iter().map(|collection| collection.bytes).sum()
}

/// HDF5's global heap while a file is made: objects go where there is room; a collection at the end of the file
/// doubles up to a limit, otherwise a new one is begun.
#[derive(Default)]
struct Heap {
    collections: Vec<Collection>,
    /// Whether the last collection is the last thing in the file.
    at_end: bool,
}

struct Collection {
    bytes: u64,
    free: u64,
}

impl Heap {
    fn insert(&mut self, mut count: u64, object_bytes: u64) {
        if object_bytes == 0 {
            return;
        }
        for collection in &mut self.collections {
            let fitting = (collection.free / object_bytes).min(count);
            collection.free -= fitting * object_bytes;
            count -= fitting;
        }
        while count > 0 {
            match self.collections.last_mut() {
                Some(last) if self.at_end && 2 * last.bytes <= HEAP_COLLECTION_LIMIT => {
                    last.free += last.bytes;
                    last.bytes *= 2;
                }
                _ => {
                    let bytes = HEAP_COLLECTION_BYTES.max(object_bytes + HEAP_HEADER_BYTES);
                    self.collections.push(Collection {
                        bytes,
                        free: bytes - HEAP_HEADER_BYTES,
                    });
                    self.at_end = true;
                }
            }
            if let Some(last) = self.collections.last_mut() {
                let fitting = (last.free / object_bytes).min(count);
                last.free -= fitting * object_bytes;
                count -= fitting;
            }
        }
    }
}

/// Length of the block that holds all metadata: more than it needs.
pub(super) fn metadata_block_bytes(layout: &Layout) -> u64 {
    // The header of the seal among them, and that of its dimension.
    let mut bytes = 8192 + 512;
    if layout.version().has_characters() {
        bytes += 256 + dimension_bytes(1);
    }
    for group in layout.groups() {
        // Symbol table: B-tree nodes, leaves of 8 names that may be half full, and a heap of names that doubles.
        let names: u64 = group
            .variables
            .iter()
            .map(|variable| padded(variable.name.len() as u64 + 1))
            .sum();
        let lengths = group.text_lengths();
        let names = names + lengths.len() as u64 * MAX_CHARACTERS_NAME_BYTES;
        let count = (group.variables.len() + lengths.len()) as u64;
        bytes += 1024 + count.div_ceil(4) * 328 + count.div_ceil(32) * 544 + 3 * names;
        for variable in &group.variables {
            bytes += header_bytes(group, variable);
        }
        for length in &lengths {
            let texts = group
                .variables
                .iter()
                .filter(|other| other.stored.characters() == Some(*length));
            bytes += dimension_bytes(texts.count() as u64);
        }
    }
    bytes.next_multiple_of(4096)
}

/// Bound on the name of a dimension of characters.
const MAX_CHARACTERS_NAME_BYTES: u64 = 32;

/// Bound on the object header of a dataset without attributes.
const FIXED: u64 = 272;

/// Bound on the object header of a dimension without values, which so many variables have.
fn dimension_bytes(uses: u64) -> u64 {
    const NAME_BYTES: u64 = 80;
    let attributes = [
        ("CLASS", 16),
        ("NAME", NAME_BYTES),
        ("_Netcdf4Dimid", 4),
        ("REFERENCE_LIST", 16 * uses),
    ];
    (attributes.iter()).fold(FIXED + 64, |bytes, (name, value)| bytes + attribute_bytes(name, *value))
}

/// Bound on the object header of a dataset with its attributes.
fn header_bytes(group: &Group, variable: &Variable) -> u64 {
    let mut bytes = FIXED + 16 * variable.axes.len() as u64;
    for (name, value) in &variable.attributes {
        bytes += attribute_bytes(name, value.bytes());
    }
    if group.is_scale(variable) {
        let uses = group
            .variables
            .iter()
            .filter(|other| other.axes.contains(&variable.axes[0]))
            .count() as u64;
        bytes += attribute_bytes("CLASS", 16) + attribute_bytes("NAME", variable.name.len() as u64 + 1);
        bytes += attribute_bytes("_Netcdf4Dimid", 4) + attribute_bytes("REFERENCE_LIST", 16 * uses) + 64;
    } else if labels(variable) > 0 {
        bytes += attribute_bytes("DIMENSION_LIST", 16 * labels(variable)) + 24;
    }
    if variable.stored == StoredType::Text {
        bytes += 24;
    }
    bytes
}

/// Bound on an attribute's message: message header, name, type, space, value, and the gap that its chunk may leave.
fn attribute_bytes(name: &str, value: u64) -> u64 {
    8 + 8 + padded(name.len() as u64 + 1) + 24 + 24 + padded(value) + 24
}
