//! Files made from the results, beside them, and what the results file says of them.

use super::columns::Table;
use super::failures::{fixed_text, text};
use super::{NewFile, StoreError};
use crate::scenario::Product;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// What is known of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductRecord {
    /// Name of the file in the folder of products.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// BLAKE3 of its content, hexadecimal.
    pub blake3: String,
}

/// Bytes of the list of products as JSON, at most.
pub(super) fn list_bytes(products: &[Product]) -> u64 {
    let name_apart = r#"{"name":"","bytes":18446744073709551615,"blake3":""},"#.len() + 64;
    products
        .iter()
        .map(|product| (product.name.len() + name_apart) as u64)
        .sum::<u64>()
        + 2
}

/// The folder of the products of a results file.
fn folder_of(results: &Path) -> PathBuf {
    let results = results.canonicalize().unwrap_or_else(|_| results.to_owned());
    let mut name = results.file_name().map_or_else(OsString::new, ToOwned::to_owned);
    name.push(".products");
    results.with_file_name(name)
}

/// Makes a product beside the results, whole or not at all, in place of the one before. `make` writes it; its error is in
/// words.
pub(super) fn make(
    results: &Path,
    name: &str,
    make: impl FnOnce(&mut dyn Write) -> Result<(), String>,
) -> Result<ProductRecord, StoreError> {
    let folder = folder_of(results);
    fs::create_dir_all(&folder).map_err(|error| StoreError::io("make", &folder, error))?;
    let path = folder.join(name);
    let new = NewFile::begin(&path)?;
    let mut writer = HashingWriter {
        hasher: blake3::Hasher::new(),
        bytes: 0,
        file: BufWriter::new(new.file()),
    };
    make(&mut writer).map_err(|reason| StoreError::Product {
        path: path.clone(),
        reason,
    })?;
    (writer.flush()).map_err(|error| StoreError::io("write to", &path, error))?;
    let record = ProductRecord {
        name: name.to_owned(),
        bytes: writer.bytes,
        blake3: writer.hasher.finalize().to_hex().to_string(),
    };
    drop(writer);
    new.finish(true)?;
    Ok(record)
}

struct HashingWriter<'a> {
    hasher: blake3::Hasher,
    bytes: u64,
    file: BufWriter<&'a File>,
}

impl Write for HashingWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Keeps the list of products.
pub(super) fn record(table: &Table, records: &[ProductRecord]) -> Result<(), StoreError> {
    let Some(extent) = &table.products else { return Ok(()) };
    let list = serde_json::to_string(records).expect("records are plain data");
    let bytes = fixed_text(&list, extent.element_bytes as usize);
    table.values.write("recording the products in", extent, 0, &bytes)
}

/// The products that the file knows; none before they are made.
pub(super) fn read(table: &Table) -> Result<Vec<ProductRecord>, StoreError> {
    let Some(extent) = &table.products else {
        return Ok(Vec::new());
    };
    let list = text(&table.values.read("reading", extent, extent.all())?);
    if list.is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_str(&list).map_err(|error| StoreError::Damaged {
        path: table.values.path().to_owned(),
        object: extent.object.clone(),
        found: error.to_string(),
        expected: "a list of products as JSON".to_owned(),
    })
}

/// What is wrong with the products of a finished file, in words.
pub(super) fn mistakes(table: &Table) -> Result<Vec<String>, StoreError> {
    let declared = &table.layout.shape().features.products;
    let records = match read(table) {
        Ok(records) => records,
        Err(StoreError::Damaged { found, .. }) => return Ok(vec![format!("the list isn't readable: {found}")]),
        Err(error) => return Err(error),
    };
    let folder = folder_of(table.values.path());
    Ok((declared.iter())
        .filter_map(|product| {
            let name = &product.name;
            let Some(record) = records.iter().find(|record| record.name == *name) else {
                return Some(format!("{name} isn't in the list"));
            };
            match hash_of(&folder.join(name)) {
                Ok((bytes, blake3)) if (bytes, &blake3) == (record.bytes, &record.blake3) => None,
                Ok((bytes, _)) => Some(format!(
                    "{name} isn't as it was made (it has {bytes} of {} bytes)",
                    record.bytes
                )),
                Err(error) => Some(format!("{name} can't be read: {error}")),
            }
        })
        .collect())
}

fn hash_of(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let mut hasher = blake3::Hasher::new();
    let mut block = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok((bytes, hasher.finalize().to_hex().to_string()));
        }
        hasher.update(&block[..read]);
        bytes += read as u64;
    }
}
