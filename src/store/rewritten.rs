//! Results files that another program has written anew: `h5repack`, for one, with other places, pieces and compression.
//!
//! Their seal lies in them as one text among others. It no longer says where what is, but its hashes are of values, which are
//! the same wherever they lie. So all numbers and the configuration still hold or don't; only attributes, and texts of axes,
//! which a seal knows by their places, are as that program left them.

use super::extent::Extent;
use super::reader::read_text;
use super::seal::{self, BLOCK_BYTES, Depth};
use super::{Reader, StoreError, gate, objects};
use crate::netcdf4::StoredType;

/// Name of the seal of the results that were packed, in a packed file.
pub(super) const ORIGINAL: &str = "original_seal";

/// The text of a seal in a file that has hashes of values: a packed file's own is of its bytes.
pub(super) fn seal_of_values(reader: &Reader) -> Option<String> {
    [seal::NAME, ORIGINAL].into_iter().find_map(|name| {
        let text = read_text(reader.file(), &reader.table().values, name).ok()?;
        let seal = seal::read(&text)?;
        (!seal.is_of_packed()).then_some(text)
    })
}

/// Holds the values of a file that never change against the seal in it.
///
/// # Errors
/// If it has no seal, or they aren't what it says.
pub(super) fn check(reader: &Reader, depth: Depth) -> Result<(), StoreError> {
    let (file, values) = (reader.file(), &reader.table().values);
    let path = values.path();
    let Some(seal) = seal_of_values(reader).and_then(|text| seal::read(&text)) else {
        return Err(gate::unsealed(path));
    };
    let mut broken = Vec::new();
    if seal.configuration_hash() != reader.configuration_hash() {
        broken.push(format!("/provenance/{}", seal::NAME));
    }
    let hashes = seal.values();
    for group in reader.layout().groups() {
        for variable in &group.variables {
            let object = format!("/{}/{}", group.name, variable.name);
            let Some((_, expected)) = hashes.iter().find(|(path, _)| *path == object) else {
                continue;
            };
            let is_quick = depth == Depth::Whole || group.name == "provenance";
            if variable.stored == StoredType::Text || !is_quick {
                continue;
            }
            let (extent, _) = objects::find(file, values, group, &variable.name)?;
            if !holds(reader, &extent, expected)? {
                broken.push(object);
            }
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    Err(StoreError::Corrupt {
        path: path.to_owned(),
        reason: format!(
            "another program has written it anew, and it isn't what it was: {}",
            broken.join(", ")
        ),
        parts: broken,
    })
}

/// Whether the bytes of a dataset have these hashes, piece by piece.
fn holds(reader: &Reader, extent: &Extent, expected: &[seal::PieceHash]) -> Result<bool, StoreError> {
    let mut pieces = expected.iter();
    let mut rest = Vec::new();
    // Elements needn't end where pieces do.
    let step = (16 * BLOCK_BYTES / extent.element_bytes).max(1);
    for start in extent.all().step_by(step as usize) {
        let end = (start + step).min(extent.len());
        rest.extend(reader.table().values.read("reading", extent, start..end)?);
        let whole = match end == extent.len() {
            true => rest.len(),
            false => rest.len() / BLOCK_BYTES as usize * BLOCK_BYTES as usize,
        };
        for piece in rest[..whole].chunks(BLOCK_BYTES as usize) {
            if pieces.next().is_none_or(|hash| *hash != seal::hash_of_piece(piece)) {
                return Ok(false);
            }
        }
        rest.drain(..whole);
    }
    Ok(pieces.next().is_none())
}
