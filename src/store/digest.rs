//! One number for all results: equal if and only if every dataset is equal, byte for byte.

use super::columns::{open_checked, read_slabs};
use super::hyperslab::decompose;
use super::variable::{Group, StoredType, Variable};
use super::{Reader, StoreError};
use blake3::{Hash, Hasher};
use hdf5::types::VarLenUnicode;
use std::path::Path;

/// The digest of one dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatasetDigest {
    /// Path in the file.
    pub path: String,
    /// BLAKE3 over path, type, shape and values.
    pub hash: Hash,
}

/// The digest of a results file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Every dataset but those of `/provenance`, by path.
    pub datasets: Vec<DatasetDigest>,
    /// BLAKE3 over all of them.
    pub total: Hash,
}

/// Bytes that are read at once.
const BLOCK_BYTES: u64 = 16 << 20;

/// Computes the digest of a results file, in bounded memory (texts of one dataset excepted).
///
/// Left out are `/provenance`, which says who ran the study when, where and with what, and all attributes, which are the
/// same for all files of one program version or repeat what is in provenance.
///
/// # Errors
/// If the file can't be opened or read.
pub fn digest(path: &Path) -> Result<Digest, StoreError> {
    let reader = Reader::open(path)?;
    let groups = reader.table().layout.groups();
    let mut datasets = Vec::new();
    for group in groups.iter().filter(|group| group.name != "provenance") {
        for variable in &group.variables {
            let path = format!("/{}/{}", group.name, variable.name);
            datasets.push(DatasetDigest {
                hash: of_dataset(&reader, group, variable, &path)?,
                path,
            });
        }
    }
    datasets.sort_by(|a, b| a.path.cmp(&b.path));
    let mut total = Hasher::new_derive_key("plume-nav-sim 2026 results digest v1");
    for dataset in &datasets {
        total.update(dataset.hash.as_bytes());
    }
    Ok(Digest {
        datasets,
        total: total.finalize(),
    })
}

fn of_dataset(reader: &Reader, group: &Group, variable: &Variable, path: &str) -> Result<Hash, StoreError> {
    let table = reader.table();
    let raw = open_checked(&table.file, &table.path, group, &variable.name)?;
    let mut hasher = Hasher::new();
    let mut text = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    text(path);
    text(&format!("{:?} {:?}", variable.stored, raw.shape()));
    if variable.stored == StoredType::Text {
        // The dataset itself has only addresses of the texts.
        for value in table.guard("reading", raw.dataset().read_raw::<VarLenUnicode>())? {
            text(value.as_str());
        }
        return Ok(hasher.finalize());
    }
    let elements: u64 = raw.shape().iter().product();
    let block = (BLOCK_BYTES / raw.element_bytes() as u64).max(1);
    let mut first = 0;
    while first < elements {
        let end = elements.min(first + block);
        hasher.update(&table.guard("reading", read_slabs(&raw, &decompose(raw.shape(), first..end)))?);
        first = end;
    }
    Ok(hasher.finalize())
}
