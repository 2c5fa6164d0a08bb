//! Making a results file: under a temporary name, whole, and only then under its own.

use super::contents::Contents;
use super::layout::Layout;
use super::skeleton::Skeleton;
use super::subject::axis_shape;
use super::transcript::Transcript;
use super::{Reader, StoreError, Subject, fit, products, row_parts, saved_states, seal};
use crate::netcdf4::{self, NewFile, free_bytes};
use crate::results::{Product, Shape};
use crate::study::Part;
use crate::version::{GIT_REVISION, SOFTWARE_VERSION};
use rustix::fs::FallocateFlags;
use rustix::io::Errno;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Free space that is left to others, bytes: beside the results there are logs and reports.
const SPACE_MARGIN_BYTES: u64 = 16 << 20;

/// How a results file came to be. Kept in the file, left out of the digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Correlation id of the run that makes the file.
    pub correlation_id: String,
    /// Time of creation, RFC 3339.
    pub created: String,
    /// Host that makes the file.
    pub host: String,
    /// Libraries and their versions.
    pub libraries: Vec<(String, String)>,
    /// The part of the study that the file is made for; none for all of it.
    pub part: Option<Part>,
}

impl Provenance {
    /// Now, here, by the run with this correlation id. The caller adds its libraries (MPI).
    #[must_use]
    pub fn here(correlation_id: &str) -> Self {
        Self {
            correlation_id: correlation_id.to_owned(),
            created: jiff::Timestamp::now().to_string(),
            host: hostname::get().map_or_else(|_| "unknown".to_owned(), |host| host.to_string_lossy().into_owned()),
            libraries: vec![("hdf5".to_owned(), netcdf4::version())],
            part: None,
        }
    }

    /// Attributes of `/provenance`.
    pub(super) fn attributes(&self) -> Vec<(String, String)> {
        let mut attributes = vec![
            ("correlation_id".to_owned(), self.correlation_id.clone()),
            ("created".to_owned(), self.created.clone()),
            ("host".to_owned(), self.host.clone()),
            ("software_version".to_owned(), SOFTWARE_VERSION.to_owned()),
            ("git_revision".to_owned(), GIT_REVISION.to_owned()),
        ];
        attributes.extend(
            self.libraries
                .iter()
                .map(|(name, version)| (format!("library_{name}"), version.clone())),
        );
        attributes.extend(self.part.map(|part| (PART.to_owned(), part.to_string())));
        attributes
    }
}

/// Attribute of `/provenance` in the file of a part.
pub(super) const PART: &str = "part";

/// Makes the results file of a study. On return it is complete, on disk, and under its name; on an error nothing is
/// there. One process alone may call this for a path; hold the [`super::Lock`].
///
/// # Errors
/// If there is a file already, the study doesn't fit the format, the space doesn't suffice, or the folder or file
/// system refuses.
pub fn create(path: &Path, study: &impl Subject, layout: &Layout, provenance: &Provenance) -> Result<(), StoreError> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(StoreError::Exists { path: path.to_owned() });
    }
    if layout.has_tables() {
        row_parts::check_free(path)?;
    }
    products::check_free(path, &layout.shape().features.products)?;
    make(path, study, layout, provenance, false)
}

/// Like [`create`], but takes the place of a file that is there, at one instant: until then the old one stays.
///
/// # Errors
/// As for [`create`].
pub fn replace(path: &Path, study: &impl Subject, layout: &Layout, provenance: &Provenance) -> Result<(), StoreError> {
    let products = products_at(path);
    make(path, study, layout, provenance, true)?;
    // A kill before this leaves files that no unit of the new file names.
    saved_states::remove_all(path);
    row_parts::remove_unused(path, &BTreeSet::new())?;
    products::remove(path, &products)
}

/// The products of results that are about to be replaced, as far as these can still tell.
fn products_at(path: &Path) -> Vec<Product> {
    Reader::open(path).map_or_else(
        |_| Vec::new(),
        |reader| reader.layout().shape().features.products.clone(),
    )
}

fn make(
    path: &Path,
    study: &impl Subject,
    layout: &Layout,
    provenance: &Provenance,
    replace: bool,
) -> Result<(), StoreError> {
    prepare(path, study, layout, provenance)?.0.finish(replace)?;
    Ok(())
}

/// Makes all of the file but its name, and the layout that it has.
pub(super) fn prepare(
    path: &Path,
    study: &impl Subject,
    layout: &Layout,
    provenance: &Provenance,
) -> Result<(NewFile, Layout), StoreError> {
    fit::check(layout.shape())?;
    let new = NewFile::begin(path)?;
    // What the other parts compute stays a hole in the file.
    let share = provenance.part.map_or(1, |part| u64::from(part.of()));
    check_space(new.folder(), layout.file_bytes().div_ceil(share))?;
    let dimensions = study.dimensions();
    // A layout made for planning may have estimated its coordinates.
    let shape = Shape {
        axes: dimensions.iter().map(axis_shape).collect(),
        ..layout.shape().clone()
    };
    let layout = Layout::of_version(shape, layout.version());
    let skeleton = Skeleton::new(study, &layout, &dimensions, provenance)?;
    match provenance.part {
        None => reserve(&new, skeleton.length)?,
        Some(_) => set_length(&new, skeleton.length)?,
    }
    let contents = Contents {
        study,
        layout: &layout,
        dimensions: &dimensions,
    };
    Transcript::new(&skeleton, &contents)?.write_to(&new)?;
    seal::affix(&new, skeleton.sealed_places(&layout), &skeleton.seal, study.hash())?;
    Ok((new, layout))
}

/// Refuses a file that would not fit. The margin is for what the prediction may miss and for everybody else.
fn check_space(folder: &Path, planned_bytes: u64) -> Result<(), StoreError> {
    let margin_bytes = SPACE_MARGIN_BYTES.saturating_add(planned_bytes / 100);
    let available_bytes = free_bytes(folder)?;
    if available_bytes < planned_bytes.saturating_add(margin_bytes) {
        return Err(StoreError::NoSpace {
            folder: folder.to_owned(),
            file_bytes: planned_bytes,
            margin_bytes,
            available_bytes,
        });
    }
    Ok(())
}

fn set_length(new: &NewFile, bytes: u64) -> Result<(), StoreError> {
    let set = new.file().set_len(bytes);
    set.map_err(|error| StoreError::io("setting the length of", new.path(), error))
}

/// Gives the file its length and its blocks now, so that a full disk shows here and not in the middle of the run.
fn reserve(new: &NewFile, bytes: u64) -> Result<(), StoreError> {
    let io = |action, source| StoreError::io(action, new.path(), source);
    let no_space = || -> Result<StoreError, StoreError> {
        Ok(StoreError::NoSpace {
            available_bytes: free_bytes(new.folder())?,
            file_bytes: bytes,
            margin_bytes: 0,
            folder: new.folder().to_owned(),
        })
    };
    set_length(new, bytes)?;
    loop {
        return match rustix::fs::fallocate(new.file(), FallocateFlags::empty(), 0, bytes) {
            Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(()),
            Err(Errno::INTR) => continue,
            Err(Errno::NOSPC) => Err(no_space()?),
            Err(error) => Err(io("reserving the space of", error.into())),
        };
    }
}
