//! A NetCDF or HDF5 file: its variables, their attributes, and blocks of their values.

use super::error::{GridError, GridProblem};
use super::filters;
use super::hdf5_chunks::{Unwritten, unwritten};
use super::hdf5_listing::Listing;
use super::number_format::StoredNumber;
use super::reading::{problem_of_hdf5, problem_of_netcdf};
use super::signature;
use super::statistics::Counters;
use super::storage::{PositionalFile, max_claim};
use super::variable::{Attribute, Attributes, Kind, Variable};
use hdf5_reader::datatype_api::H5Type;
use hdf5_reader::{Dataset, Hdf5File, OpenOptions, SliceInfo, SliceInfoElem, Storage};
use netcdf_reader::{NcFile, NcGroup, NcMetadataMode, NcOpenOptions, NcReadable, NcSliceInfo, NcSliceInfoElem};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An object header of this many bytes has thousands of attributes.
const MAX_OBJECT_HEADER_BYTES: usize = 4 << 20;

/// An open file. Any number of threads may read at once.
pub(super) struct Container {
    path: PathBuf,
    storage: Arc<PositionalFile>,
    variables: Vec<Variable>,
    unreadable: Vec<(String, GridProblem)>,
    attributes: Attributes,
    data: Data,
}

enum Data {
    Classic(Box<NcFile>),
    Hdf5(Hdf5File),
}

/// The numbers of one kind as they are in the file.
pub(super) trait Number: NcReadable + Copy {
    /// The nearest `f64`.
    fn number(self) -> f64;
}

macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl Number for $kind {
            fn number(self) -> f64 {
                self as f64
            }
        }
    )*};
}
numbers!(i8, u8, i16, u16, i32, u32, i64, u64, f32, f64);

impl Container {
    /// Opens the file and reads its header.
    pub(super) fn open(path: &Path, counters: Arc<Counters>) -> Result<Self, GridError> {
        Self::open_as(path, counters).map_err(|problem| problem.at(path))
    }

    fn open_as(path: &Path, counters: Arc<Counters>) -> Result<Self, GridProblem> {
        if path.is_dir() {
            return Err(signature::folder(path));
        }
        let storage = PositionalFile::open(path, counters).map_err(|error| GridProblem::Open(error.to_string()))?;
        let storage = Arc::new(storage);
        let start = storage.read_range(0, usize::try_from(storage.len().min(3)).unwrap_or(0));
        let start = start.map_err(|error| problem_of_hdf5(&error))?;
        let (data, listing) = if start.as_ref() == b"CDF" {
            Self::open_classic(&storage)?
        } else {
            Self::open_hdf5(&storage)?
        };
        Ok(Self {
            path: path.to_owned(),
            storage,
            variables: listing.variables,
            unreadable: listing.unreadable,
            attributes: listing.attributes,
            data,
        })
    }

    fn open_classic(storage: &Arc<PositionalFile>) -> Result<(Data, Listing), GridProblem> {
        use netcdf_reader::Error;
        let problem = |error: Error| match error {
            Error::InvalidMagic | Error::UnsupportedVersion(_) => signature::other_format(storage),
            other => problem_of_netcdf(&other),
        };
        let file = NcFile::from_storage_with_options(storage.clone(), options(storage.len())).map_err(problem)?;
        let mut listing = Listing::default();
        let root = file.root_group().map_err(problem)?;
        let attributes = root.attributes.iter();
        listing.attributes = Attributes(
            attributes
                .map(|attribute| Attribute::of_netcdf(&attribute.name, &attribute.value))
                .collect(),
        );
        collect(root, "", &mut listing.variables);
        Ok((Data::Classic(Box::new(file)), listing))
    }

    fn open_hdf5(storage: &Arc<PositionalFile>) -> Result<(Data, Listing), GridProblem> {
        use hdf5_reader::error::Error;
        let options = OpenOptions {
            filter_registry: Some(filters::registry(highest(storage.len()))),
            ..options(storage.len()).into()
        };
        let file = Hdf5File::from_storage_with_options(storage.clone(), options).map_err(|error| match error {
            Error::InvalidMagic => signature::other_format(storage),
            other => problem_of_hdf5(&other),
        })?;
        check_superblock(&file, storage.len())?;
        let listing = Listing::of(&file)?;
        Ok((Data::Hdf5(file), listing))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Paths of what is in the file and can't be read, with the reasons.
    pub(super) fn unreadable(&self) -> &[(String, GridProblem)] {
        &self.unreadable
    }

    /// Attributes of the file as a whole.
    pub(super) fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Whether a netCDF library wrote it: a plain HDF5 file lacks that library's conventions.
    pub(super) fn is_netcdf(&self) -> bool {
        matches!(self.data, Data::Classic(_)) || self.attributes.has("_NCProperties")
    }

    /// Most bytes that one piece of this file may take in memory.
    pub(super) fn max_claim(&self) -> u64 {
        max_claim(self.storage.len())
    }

    /// What values of `variable` are read from.
    pub(super) fn source(&self, variable: &Variable) -> Result<Source, GridError> {
        match &self.data {
            Data::Classic(_) => Ok(Source {
                dataset: None,
                path: variable.path.clone(),
            }),
            Data::Hdf5(file) => Ok(Source {
                dataset: Some(
                    file.dataset(&variable.path)
                        .map_err(|error| problem_of_hdf5(&error).at(&self.path))?,
                ),
                path: variable.path.clone(),
            }),
        }
    }

    /// What of a variable was never written, counted along the dimension at `place`. A classic file has a place for
    /// everything.
    pub(super) fn unwritten(&self, source: &Source, place: usize) -> Result<Option<Unwritten>, GridError> {
        match (&self.data, &source.dataset) {
            (Data::Hdf5(file), Some(dataset)) => {
                unwritten(file, dataset, place).map_err(|error| problem_of_hdf5(&error).at(&self.path))
            }
            _ => Ok(None),
        }
    }

    /// Values of a block: one range per dimension, in row-major order.
    pub(super) fn read<T: Number>(&self, source: &Source, block: &[Range<u64>]) -> Result<Vec<T>, GridError> {
        let (None, Data::Classic(file)) = (&source.dataset, &self.data) else {
            return self.read_hdf5(source, block);
        };
        self.check_block::<T>(source, block)?;
        let selections = block.iter().map(|range| NcSliceInfoElem::Slice {
            start: range.start,
            end: range.end,
            step: 1,
        });
        let selection = NcSliceInfo {
            selections: selections.collect(),
        };
        let values = file.read_variable_slice::<T>(&source.path, &selection);
        let values = values.map_err(|error| problem_of_netcdf(&error).at(&self.path))?;
        self.whole(source, block, values.into_raw_vec_and_offset())
    }

    /// Reads a block of numbers in a format that only HDF5 has.
    pub(super) fn read_stored(&self, source: &Source, block: &[Range<u64>]) -> Result<Vec<StoredNumber>, GridError> {
        self.read_hdf5(source, block)
    }

    fn read_hdf5<T: H5Type>(&self, source: &Source, block: &[Range<u64>]) -> Result<Vec<T>, GridError> {
        let dataset = source
            .dataset
            .as_ref()
            .expect("the source of a variable in HDF5 has a dataset");
        self.check_block::<T>(source, block)?;
        let selections = block.iter().map(|range| SliceInfoElem::Slice {
            start: range.start,
            end: range.end,
            step: 1,
        });
        let selection = SliceInfo {
            selections: selections.collect(),
        };
        let values = dataset.read_slice::<T>(&selection);
        let values = values.map_err(|error| problem_of_hdf5(&error).at(&self.path))?;
        self.whole(source, block, values.into_raw_vec_and_offset())
    }

    fn check_block<T>(&self, source: &Source, block: &[Range<u64>]) -> Result<(), GridError> {
        let bytes = count(block).and_then(|count| count.checked_mul(size_of::<T>() as u64));
        let bytes = bytes.unwrap_or(u64::MAX);
        if bytes <= self.max_claim() {
            return Ok(());
        }
        Err(GridProblem::TooLarge {
            what: format!("a block of {}", source.path),
            bytes,
            limit: self.max_claim(),
        }
        .at(&self.path))
    }

    /// The values if they are as many as the block has.
    fn whole<T>(
        &self,
        source: &Source,
        block: &[Range<u64>],
        (values, offset): (Vec<T>, Option<usize>),
    ) -> Result<Vec<T>, GridError> {
        if offset.unwrap_or(0) != 0 || Some(values.len() as u64) != count(block) {
            let text = format!("{} gave {} values of {:?}", source.path, values.len(), count(block));
            return Err(GridProblem::Structure(text).at(&self.path));
        }
        Ok(values)
    }

    /// A block of any kind of number as `f64`.
    pub(super) fn read_f64(&self, variable: &Variable, block: &[Range<u64>]) -> Result<Vec<f64>, GridError> {
        fn converted<T: Number>(
            file: &Container,
            source: &Source,
            block: &[Range<u64>],
        ) -> Result<Vec<f64>, GridError> {
            Ok(file.read::<T>(source, block)?.into_iter().map(T::number).collect())
        }
        let source = self.source(variable)?;
        match &variable.kind {
            Kind::I8 => converted::<i8>(self, &source, block),
            Kind::U8 => converted::<u8>(self, &source, block),
            Kind::I16 => converted::<i16>(self, &source, block),
            Kind::U16 => converted::<u16>(self, &source, block),
            Kind::I32 => converted::<i32>(self, &source, block),
            Kind::U32 => converted::<u32>(self, &source, block),
            Kind::I64 => converted::<i64>(self, &source, block),
            Kind::U64 => converted::<u64>(self, &source, block),
            Kind::F32 => converted::<f32>(self, &source, block),
            Kind::F64 => self.read::<f64>(&source, block),
            Kind::Foreign(format) => {
                let stored = self.read_stored(&source, block)?;
                Ok(stored.iter().map(|stored| format.number(&stored.0)).collect())
            }
            Kind::Other(found) => Err(GridProblem::NotNumeric {
                variable: variable.path.clone(),
                found,
            }
            .at(&self.path)),
        }
    }
}

/// Where the values of one variable come from.
pub(super) struct Source {
    dataset: Option<Dataset>,
    path: String,
}

impl Source {
    /// Indices along the dimension at `place` that are stored, and so decoded, together; `None` if there are no chunks.
    pub(super) fn chunk_length(&self, place: usize) -> Option<u64> {
        let chunks = self.dataset.as_ref().and_then(Dataset::chunks)?;
        Some(u64::from(*chunks.get(place)?).max(1))
    }
}

/// Values in a block; `None` if they are more than can be counted.
fn count(block: &[Range<u64>]) -> Option<u64> {
    block
        .iter()
        .try_fold(1_u64, |count, range| count.checked_mul(range.end - range.start))
}

fn highest(length: u64) -> usize {
    usize::try_from(max_claim(length)).unwrap_or(usize::MAX)
}

/// Bounds for everything that the reader allocates. Without the chunk cache each thread decodes for itself: decoded
/// frames are cached above.
fn options(length: u64) -> NcOpenOptions {
    NcOpenOptions {
        chunk_cache_bytes: 0,
        // An odd attribute somewhere else in the file must not make it unreadable.
        metadata_mode: NcMetadataMode::Lossy,
        max_chunk_bytes: highest(length),
        max_read_bytes: highest(length),
        max_object_header_bytes: MAX_OBJECT_HEADER_BYTES,
        ..NcOpenOptions::default()
    }
}

/// Whether the file is as long as it says, and was closed.
fn check_superblock(file: &Hdf5File, length: u64) -> Result<(), GridProblem> {
    /// Set while a program has the file open for writing, or writes while others read it.
    const OPEN_FOR_WRITING: u32 = 0b101;
    let superblock = file.superblock();
    if superblock.version >= 3 && superblock.consistency_flags & OPEN_FOR_WRITING != 0 {
        return Err(GridProblem::LeftOpen);
    }
    // All ones: never written.
    if superblock.eof_address > length && superblock.eof_address != u64::MAX {
        return Err(GridProblem::CutOff(format!(
            "its header says that it has {} bytes, and {length} are there",
            superblock.eof_address
        )));
    }
    Ok(())
}

fn collect(group: &NcGroup, prefix: &str, variables: &mut Vec<Variable>) {
    variables.extend((group.variables.iter()).map(|variable| Variable::of_netcdf(prefix, variable)));
    for inner in &group.groups {
        collect(inner, &format!("{prefix}{}/", inner.name), variables);
    }
}
