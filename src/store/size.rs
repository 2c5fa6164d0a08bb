//! Predicted size of a results file.
//!
//! Raw data is known to the byte. All of HDF5's metadata goes into one block at the start of the file, whose length
//! is chosen here, from above, and asked for at creation: so it need not be known exactly, only never exceed the
//! block. Texts of any length live in HDF5's global heap, which grows in collections of 4096 bytes.

use super::Layout;
use super::variable::{Group, StoredType, Variable};

const SUPERBLOCK_BYTES: u64 = 96;
const HEAP_COLLECTION_BYTES: u64 = 4096;
/// Attributes of one object may fill 64 KiB; a scale with more users than this goes without the list of them.
pub(super) const MAX_SCALE_USES: usize = 4000;

fn padded(bytes: u64) -> u64 {
    bytes.next_multiple_of(8)
}

/// Bytes of one object of the global heap.
pub(super) fn heap_bytes(payload: u64) -> u64 {
    16 + padded(payload)
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
    SUPERBLOCK_BYTES + metadata_block_bytes(layout) + raw + heap_total_bytes(layout)
}

/// Bytes of a dataset.
fn variable_bytes(group: &Group, variable: &Variable) -> u64 {
    group.shape_of(variable).iter().product::<u64>() * variable.stored.bytes()
}

/// Bytes in heap collections: texts, and the references that tie variables to their scales.
fn heap_total_bytes(layout: &Layout) -> u64 {
    let texts_per_group = layout.shape().axes.iter().flat_map(|axis| {
        let copies = axis.coordinates.iter().map(|coordinate| (axis.length, coordinate));
        copies.filter(|(_, coordinate)| coordinate.text_bytes > 0)
    });
    let points = layout.shape().points();
    let texts: u64 = texts_per_group
        .map(|(length, coordinate)| {
            let in_points = u128::from(coordinate.text_bytes) * u128::from(points) / u128::from(length.max(1));
            3 * coordinate.text_bytes + u64::try_from(in_points).unwrap_or(u64::MAX / 4)
        })
        .sum();
    let references: u64 = (layout.groups().iter())
        .flat_map(|group| {
            let labelled = group.variables.iter().filter(|variable| !group.is_scale(variable));
            labelled.map(|variable| variable.axes.len() as u64 * heap_bytes(24))
        })
        .sum();
    // A collection has a header of 16 bytes and a free object of at least 16.
    (texts + references).div_ceil(HEAP_COLLECTION_BYTES - 32) * HEAP_COLLECTION_BYTES
}

/// Length of the block that holds all metadata: more than it needs.
pub(super) fn metadata_block_bytes(layout: &Layout) -> u64 {
    let mut bytes = 8192;
    for group in layout.groups() {
        // Symbol table: B-tree nodes, leaves of 8 names that may be half full, and a heap of names that doubles.
        let names: u64 = group
            .variables
            .iter()
            .map(|variable| padded(variable.name.len() as u64 + 1))
            .sum();
        let count = group.variables.len() as u64;
        bytes += 1024 + count.div_ceil(4) * 328 + count.div_ceil(32) * 544 + 3 * names;
        for variable in &group.variables {
            bytes += header_bytes(group, variable);
        }
    }
    bytes.next_multiple_of(4096)
}

/// Bound on the object header of a dataset with its attributes.
fn header_bytes(group: &Group, variable: &Variable) -> u64 {
    const FIXED: u64 = 272;
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
    } else if !variable.axes.is_empty() {
        bytes += attribute_bytes("DIMENSION_LIST", 16 * variable.axes.len() as u64) + 24;
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
