//! Making a file or folder of a backend: whole, or not at all.

use super::hdf5::Hdf5;
use super::parquet::Parquet;
use super::sqlite::Sqlite;
use super::{RowsError, StoredRows};
use crate::file_kind::FileKind;
use crate::scenario::{Registry, RowBackend, RowSource};
use crate::store::{self, Reader};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversion {
    /// By which backend.
    pub backend: String,
    /// Where it is.
    pub place: PathBuf,
    /// Rows of all tables.
    pub rows: u64,
    /// Its size, bytes.
    pub bytes: u64,
    /// How long it took.
    pub time: Duration,
}

/// What is to be made of the rows of a results file.
pub struct Target {
    backend: Arc<dyn RowBackend>,
    place: PathBuf,
}

impl Target {
    /// What the backend `name` makes: beside the results, unless a `place` is given. `None` for the backend that makes nothing.
    ///
    /// # Errors
    /// If the program has no such backend.
    pub fn of(
        name: &str,
        registry: &Registry,
        results: &Path,
        place: Option<&Path>,
    ) -> Result<Option<Self>, RowsError> {
        let backend: Arc<dyn RowBackend> = match name {
            "none" => return Ok(None),
            "hdf5" => Arc::new(Hdf5),
            "parquet" => Arc::new(Parquet),
            "sqlite" => Arc::new(Sqlite),
            other => registry.backend(other).ok_or_else(|| RowsError::UnknownBackend {
                name: other.to_owned(),
                known: registry.backend_names().collect::<Vec<_>>().join(", "),
            })?,
        };
        let place = place.map_or_else(|| beside(results, backend.suffix()), Path::to_owned);
        Ok(Some(Self { backend, place }))
    }

    /// Refuses a place that is taken by what no backend has made: to be seen before anything is simulated.
    ///
    /// # Errors
    /// If there is something else, or it can't be looked at.
    pub fn check(&self) -> Result<(), RowsError> {
        refuse_others(self.backend.as_ref(), &self.place)
    }

    /// Where it is going to be.
    #[must_use]
    pub fn place(&self) -> &Path {
        &self.place
    }
}

/// `wind.rows.h5` beside `wind.h5`. Only this ending gives way: `a.1`, `a.2` and `a.hdf5` have files of their own.
fn beside(results: &Path, suffix: &str) -> PathBuf {
    let results = results.canonicalize().unwrap_or_else(|_| results.to_owned());
    if results.extension().is_some_and(|ending| ending == "h5") {
        return results.with_extension(suffix);
    }
    let mut name = results.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(suffix);
    results.with_file_name(name)
}

/// Refuses to put rows in the place of what isn't the backend's: results, pipes and devices, files and folders of other things.
fn refuse_others(backend: &dyn RowBackend, place: &Path) -> Result<(), RowsError> {
    let kind = FileKind::of(place).map_err(|source| RowsError::Io {
        action: "looking at",
        place: place.to_owned(),
        source,
    })?;
    let is_others = match kind {
        FileKind::Nothing => false,
        FileKind::Folder => !backend.may_replace(place),
        // An empty file is nobody's loss.
        FileKind::File if fs::metadata(place).is_ok_and(|there| there.len() == 0) => false,
        FileKind::File => store::is_ours(place)? || !backend.may_replace(place),
        _ => true,
    };
    match is_others {
        true => Err(RowsError::NotRows {
            place: place.to_owned(),
        }),
        false => Ok(()),
    }
}

/// What was made last of the rows of a results file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Marker {
    backend: String,
    place: PathBuf,
    /// Identity of the rows, hexadecimal.
    rows: String,
    bytes: u64,
}

impl Marker {
    fn path(results: &Path) -> PathBuf {
        store::rows_folder(results).join("made.json")
    }

    fn read(results: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(Self::path(results)).ok()?).ok()
    }
}

/// Whether the target has been made of just these rows, and is still there.
///
/// # Errors
/// If the results can't be read.
pub fn is_made(target: &Target, reader: &Reader, results: &Path) -> Result<bool, RowsError> {
    let Some(marker) = Marker::read(results) else {
        return Ok(false);
    };
    let bytes = size_of(&target.place).ok();
    Ok(marker.backend == target.backend.name()
        && marker.place == target.place
        && Some(marker.bytes) == bytes
        && marker.rows == reader.rows_identity()?.to_hex().to_string())
}

/// Makes the target, in place of what is there if `replace` says so. Whoever looks at its place finds all of it or nothing new.
///
/// # Errors
/// If the place is taken, the rows can't be read, or the disk refuses; nothing is left then.
pub fn convert(target: &Target, reader: &Reader, results: &Path, replace: bool) -> Result<Conversion, RowsError> {
    let place = &target.place;
    if !replace && fs::symlink_metadata(place).is_ok() {
        return Err(RowsError::Exists { place: place.clone() });
    }
    refuse_others(target.backend.as_ref(), place)?;
    let begin = Instant::now();
    let mut source = StoredRows::of(reader, results)?;
    // A run may commit more units meanwhile.
    let identity = reader.rows_identity()?;
    let mut rows = 0;
    for table in 0..source.description().tables.len() {
        let counts = source.counts(table);
        rows += counts.map_or(0, |counts| counts.iter().map(|(_, count)| count).sum::<u64>());
    }
    let making = Making::begin(place)?;
    let backend = target.backend.name().to_owned();
    target
        .backend
        .write(&mut source, &making.0)
        .map_err(|error| match source.interrupted() {
            true => RowsError::Interrupted { place: place.clone() },
            false => RowsError::Backend {
                backend: backend.clone(),
                place: place.clone(),
                source: error,
            },
        })?;
    let io = |action, source| RowsError::Io {
        action,
        place: place.clone(),
        source,
    };
    sync(&making.0).map_err(|error| io("syncing", error))?;
    let bytes = size_of(&making.0).map_err(|error| io("looking at", error))?;
    making.finish(place).map_err(|error| io("naming", error))?;
    let marker = Marker {
        backend: backend.clone(),
        place: place.clone(),
        rows: identity.to_hex().to_string(),
        bytes,
    };
    let text = serde_json::to_vec(&marker).expect("a marker is plain data");
    // A marker that is lost or torn costs a second conversion, and so does one of rows that were not all.
    if identity == reader.rows_identity()?
        && let Err(error) = fs::write(Marker::path(results), text)
    {
        tracing::debug!(%error, "no marker of the conversion");
    }
    Ok(Conversion {
        backend,
        place: place.clone(),
        rows,
        bytes,
        time: begin.elapsed(),
    })
}

/// A file or folder under a temporary name, which is removed when dropped.
struct Making(PathBuf);

impl Making {
    /// A name beside the place; what others left half-made there is removed.
    fn begin(place: &Path) -> Result<Self, RowsError> {
        let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let prefix = format!(".{name}.making-");
        let folder = match place.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let entries = fs::read_dir(&folder).map_err(|source| RowsError::Io {
            action: "reading the folder of",
            place: place.to_owned(),
            source,
        })?;
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                remove(&entry.path());
            }
        }
        Ok(Self(folder.join(format!("{prefix}{}", uuid::Uuid::now_v7()))))
    }

    /// Gives it its name. Of files in one step; a folder takes the place of another in two, which a kill in between leaves to be
    /// made again.
    fn finish(self, place: &Path) -> io::Result<()> {
        if place.is_dir() {
            // With the same beginning, so that the next one removes it if this one is killed.
            let mut old = self.0.clone().into_os_string();
            old.push(".old");
            let old = PathBuf::from(old);
            fs::rename(place, &old)?;
            fs::rename(&self.0, place).inspect_err(|_| {
                let _ = fs::rename(&old, place);
            })?;
            remove(&old);
        } else {
            fs::rename(&self.0, place)?;
        }
        match place.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => File::open(folder)?.sync_all(),
            None => File::open(".")?.sync_all(),
        }
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

/// Best effort: what can't be removed bears a name that says what it is.
fn remove(path: &Path) {
    let _ = match path.is_dir() {
        true => fs::remove_dir_all(path),
        false => fs::remove_file(path),
    };
}

/// Visits all files of a path that is one, or a folder of them.
fn visit(path: &Path, work: &mut dyn FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        for entry in fs::read_dir(path)? {
            visit(&entry?.path(), work)?;
        }
    }
    work(path)
}

fn sync(path: &Path) -> io::Result<()> {
    visit(path, &mut |path| File::open(path)?.sync_all())
}

fn size_of(path: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    visit(path, &mut |path| {
        let metadata = fs::metadata(path)?;
        bytes += if metadata.is_file() { metadata.len() } else { 0 };
        Ok(())
    })?;
    Ok(bytes)
}
