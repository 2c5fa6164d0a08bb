//! Files made from the results, beside them, and what the results file says of them.

use super::StoreError;
use super::beside;
use super::columns::Table;
use super::failures::fixed_text;
use crate::netcdf4::{NewFile, hdf};
use crate::results::Product;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
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
    let longest = |product: &Product| ProductRecord {
        name: product.name.clone(),
        bytes: u64::MAX,
        blake3: "0".repeat(64),
    };
    list_of(&products.iter().map(longest).collect::<Vec<_>>()).len() as u64
}

fn list_of(records: &[ProductRecord]) -> String {
    serde_json::to_string(records).expect("records are plain data")
}

/// The folder of the products of a results file.
pub(super) fn folder_of(results: &Path) -> PathBuf {
    beside::folder(results, "products")
}

/// Refuses a folder with products of results that aren't there: they would be lost.
pub(super) fn check_free(results: &Path, products: &[Product]) -> Result<(), StoreError> {
    let folder = folder_of(results);
    let taken = (products.iter()).any(|product| fs::symlink_metadata(folder.join(&product.name)).is_ok());
    match taken {
        true => Err(StoreError::ProductsLeft { folder }),
        false => Ok(()),
    }
}

/// Removes the products of results that were replaced, and their folder if nothing else is in it.
pub(super) fn remove(results: &Path, products: &[Product]) -> Result<(), StoreError> {
    let folder = folder_of(results);
    for product in products {
        let path = folder.join(&product.name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError::io("remove", path, error));
            }
            _ => {}
        }
    }
    // It isn't there, or holds what isn't ours.
    let _ = fs::remove_dir(&folder);
    Ok(())
}

/// Makes a product beside the results, whole or not at all, in place of the one before. `make` writes it; its error is in
/// words. `None` if the job ends first, which writes hear of.
pub(super) fn make(
    results: &Path,
    name: &str,
    job_ends: &dyn Fn() -> bool,
    make: impl FnOnce(&mut dyn Write) -> Result<(), String>,
) -> Result<Option<ProductRecord>, StoreError> {
    let folder = folder_of(results);
    make_folder(&folder)?;
    let path = folder.join(name);
    let new = NewFile::begin(&path)?;
    let mut writer = ProductWriter {
        hasher: blake3::Hasher::new(),
        bytes: 0,
        file: BufWriter::new(new.file()),
        failed: None,
        job_ends,
        ended: false,
    };
    let made = make(&mut writer).map(|()| writer.flush());
    if writer.ended {
        return Ok(None);
    }
    // What a scenario didn't look at counts all the same.
    if let Some(error) = writer.failed.take() {
        return Err(StoreError::io("write to", path, error));
    }
    made.map_err(|reason| StoreError::Product {
        path: path.clone(),
        reason,
    })?
    .map_err(|error| StoreError::io("write to", &path, error))?;
    let record = ProductRecord {
        name: name.to_owned(),
        bytes: writer.bytes,
        blake3: writer.hasher.finalize().to_hex().to_string(),
    };
    drop(writer);
    new.finish(true)?;
    Ok(Some(record))
}

fn make_folder(folder: &Path) -> Result<(), StoreError> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        made => made.map_err(|error| StoreError::io("make", folder, error))?,
    }
    // Without this a power failure could forget its name.
    let around = folder.parent().unwrap_or(folder);
    (File::open(around).and_then(|folder| folder.sync_all())).map_err(|error| StoreError::io("sync", around, error))
}

/// A product on its way to the disk.
struct ProductWriter<'a> {
    hasher: blake3::Hasher,
    bytes: u64,
    file: BufWriter<&'a File>,
    /// The first error of a write, after which nothing is written.
    failed: Option<io::Error>,
    job_ends: &'a dyn Fn() -> bool,
    ended: bool,
}

impl ProductWriter<'_> {
    fn check(&mut self) -> io::Result<()> {
        if let Some(error) = &self.failed {
            return Err(io::Error::new(error.kind(), error.to_string()));
        }
        self.ended = self.ended || (self.job_ends)();
        match self.ended {
            true => Err(io::Error::other("the job ends")),
            false => Ok(()),
        }
    }

    fn heed<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        done.map_err(|error| {
            let told = io::Error::new(error.kind(), error.to_string());
            if error.kind() != io::ErrorKind::Interrupted {
                self.failed = Some(error);
            }
            told
        })
    }
}

impl Write for ProductWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.check()?;
        let written = self.file.write(bytes);
        let written = self.heed(written)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.check()?;
        let flushed = self.file.flush();
        self.heed(flushed)
    }
}

/// Keeps the list of products.
pub(super) fn record(table: &Table, records: &[ProductRecord]) -> Result<(), StoreError> {
    let Some(extent) = &table.products else { return Ok(()) };
    let bytes = fixed_text(&list_of(records), extent.element_bytes as usize);
    table.values.write("recording the products in", extent, 0, &bytes)
}

/// The list of products, if it is as it was written.
fn list(table: &Table) -> Result<Option<Vec<ProductRecord>>, StoreError> {
    let Some(extent) = &table.products else {
        return Ok(Some(Vec::new()));
    };
    let bytes = table.values.read("reading", extent, extent.all())?;
    let records: Option<Vec<ProductRecord>> = serde_json::from_str(&hdf::fixed_text(&bytes)).ok();
    let declared = &table.layout.shape().features.products;
    Ok(records.filter(|records| {
        let names = records.iter().map(|record| &record.name);
        fixed_text(&list_of(records), bytes.len()) == bytes && names.eq(declared.iter().map(|product| &product.name))
    }))
}

/// The products of a finished file; none before they are made.
pub(super) fn read(table: &Table) -> Result<Vec<ProductRecord>, StoreError> {
    match table.flag(&table.finished)? {
        true => Ok(list(table)?.unwrap_or_default()),
        false => Ok(Vec::new()),
    }
}

/// What is wrong with the products of a finished file, in words.
pub(super) fn problems(table: &Table) -> Result<Vec<String>, StoreError> {
    let Some(records) = list(table)? else {
        return Ok(vec!["the list has changed since it was written".to_owned()]);
    };
    let folder = folder_of(table.values.path());
    Ok((records.iter())
        .filter_map(|record| {
            let name = &record.name;
            match hash_of(&folder.join(name)) {
                Ok((bytes, blake3)) if (bytes, &blake3) == (record.bytes, &record.blake3) => None,
                Ok((bytes, _)) => Some(format!(
                    "{name} has changed since it was made ({bytes} bytes; it had {})",
                    record.bytes
                )),
                Err(error) => Some(format!("{name} can't be read: {error}")),
            }
        })
        .collect())
}

fn hash_of(path: &Path) -> io::Result<(u64, String)> {
    // A pipe in its place would be waited for.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut hasher = blake3::Hasher::new();
    let bytes = io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok((bytes, hasher.finalize().to_hex().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    const ON: &dyn Fn() -> bool = &|| false;

    fn bench() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let results = folder.path().join("r.h5");
        (folder, results)
    }

    fn left(results: &Path) -> Vec<String> {
        let mut names: Vec<String> = (fs::read_dir(folder_of(results)).unwrap().flatten())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_product_is_whole_and_takes_the_place_of_the_one_before() {
        let (_folder, results) = bench();
        for text in ["first", "the second"] {
            let write = |file: &mut dyn Write| file.write_all(text.as_bytes()).map_err(|error| error.to_string());
            let record = make(&results, "a.txt", ON, write).unwrap().expect("made");
            assert_eq!(record.bytes, text.len() as u64);
            assert_eq!(record.blake3, blake3::hash(text.as_bytes()).to_hex().as_str());
            assert_eq!(fs::read_to_string(folder_of(&results).join("a.txt")).unwrap(), text);
        }
        assert_eq!(left(&results), ["a.txt"]);
    }

    #[test]
    fn what_fails_leaves_the_one_before() {
        let (_folder, results) = bench();
        make(&results, "a.txt", ON, |file| {
            file.write_all(b"good").map_err(|error| error.to_string())
        })
        .unwrap();
        let refused = make(&results, "a.txt", ON, |file| {
            file.write_all(b"half").map_err(|error| error.to_string())?;
            Err("no colony is left".to_owned())
        })
        .unwrap_err();
        assert!(refused.to_string().contains("no colony is left"), "{refused}");
        assert_eq!(fs::read_to_string(folder_of(&results).join("a.txt")).unwrap(), "good");
        assert_eq!(left(&results), ["a.txt"]);
    }

    #[test]
    fn the_end_of_the_job_is_heard_of_even_by_who_doesn_t_listen() {
        let (_folder, results) = bench();
        let writes = Cell::new(0);
        let ends = || writes.get() >= 3;
        let made = make(&results, "a.txt", &ends, |file| {
            for _ in 0..10 {
                writes.set(writes.get() + 1);
                let _ = file.write_all(b"row\n");
            }
            Ok(())
        });
        assert_eq!(made.unwrap(), None);
        assert!(left(&results).is_empty());
    }

    #[test]
    fn a_failed_write_counts_even_if_nobody_looked() {
        let (_folder, results) = bench();
        fs::create_dir(folder_of(&results)).unwrap();
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut writer = ProductWriter {
            hasher: blake3::Hasher::new(),
            bytes: 0,
            file: BufWriter::new(&full),
            failed: None,
            job_ends: ON,
            ended: false,
        };
        let block = vec![7; 1 << 16];
        assert!(writer.write_all(&block).and_then(|()| writer.flush()).is_err());
        assert_eq!(
            writer.failed.as_ref().map(io::Error::kind),
            Some(io::ErrorKind::StorageFull)
        );
        assert_eq!(
            writer.write_all(b"more").unwrap_err().kind(),
            io::ErrorKind::StorageFull
        );
    }

    #[test]
    fn products_of_other_results_are_kept() {
        let (_folder, results) = bench();
        let products = [Product::new("a.txt", "for a test")];
        check_free(&results, &products).unwrap();
        make(&results, "a.txt", ON, |_| Ok(())).unwrap();
        assert!(matches!(
            check_free(&results, &products),
            Err(StoreError::ProductsLeft { .. })
        ));
        remove(&results, &products).unwrap();
        assert!(!folder_of(&results).exists());
        remove(&results, &products).unwrap();
    }
}
