//! A NetCDF or HDF5 file: its variables, their attributes, and blocks of their values.

use super::error::{GridError, GridProblem};
use super::statistics::Counters;
use super::storage::{PositionalFile, claim_highest};
use hdf5_reader::{Dataset, Hdf5File, SliceInfo, SliceInfoElem, Storage};
use netcdf_reader::{
    NcAttribute, NcFile, NcFormat, NcGroup, NcMetadataMode, NcOpenOptions, NcReadable, NcSliceInfo, NcSliceInfoElem,
    NcType,
};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An object header of this many bytes has thousands of attributes.
const OBJECT_HEADER_HIGHEST: usize = 4 << 20;

/// An open file. Any number of threads may read at once.
pub(super) struct Container {
    path: PathBuf,
    storage: Arc<PositionalFile>,
    variables: Vec<Variable>,
    data: Data,
}

enum Data {
    Classic(Box<NcFile>),
    Hdf5(Hdf5File),
}

/// What the header says about a variable.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// Path from the root group, without a leading `/`.
    pub path: String,
    /// Length and, where the file names it, name of each dimension.
    pub dimensions: Vec<Dimension>,
    /// How values are stored.
    pub kind: NcType,
    attributes: Vec<NcAttribute>,
}

/// One dimension of a variable.
#[derive(Clone, Debug)]
pub(super) struct Dimension {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its length.
    pub length: u64,
}

impl Variable {
    /// The last part of the path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The group's path, with a `/` at its end unless it is the root.
    pub(super) fn group(&self) -> &str {
        &self.path[..self.path.len() - self.name().len()]
    }

    /// A text attribute; empty if there is none.
    pub(super) fn text(&self, name: &str) -> String {
        let attribute = self.attributes.iter().find(|attribute| attribute.name == name);
        let text = attribute.and_then(|attribute| attribute.value.as_string());
        // Text of a fixed length may be padded.
        text.unwrap_or_default()
            .trim_matches(|c: char| c == '\0' || c.is_whitespace())
            .to_owned()
    }

    /// The numbers of an attribute; `None` if there is none.
    pub(super) fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        let attribute = self.attributes.iter().find(|attribute| attribute.name == name)?;
        Some(attribute.value.as_f64_vec().unwrap_or_default())
    }

    /// Whether values are plain numbers.
    pub(super) fn is_numeric(&self) -> bool {
        self.kind.is_primitive() && !matches!(self.kind, NcType::Char | NcType::String)
    }

    /// Names and lengths of the dimensions.
    pub(super) fn shape_text(&self) -> String {
        let parts: Vec<String> = self
            .dimensions
            .iter()
            .map(|dimension| match &dimension.name {
                Some(name) => format!("{name} = {}", dimension.length),
                None => dimension.length.to_string(),
            })
            .collect();
        format!("({})", parts.join(", "))
    }
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
        let storage = PositionalFile::open(path, counters).map_err(|error| GridProblem::Open(error.to_string()))?;
        let storage = Arc::new(storage);
        let header = NcFile::from_storage_with_options(storage.clone(), options(storage.len()))
            .map_err(|error| header_problem(&error, storage.as_ref()))?;
        let mut variables = Vec::new();
        let root = header
            .root_group()
            .map_err(|error| header_problem(&error, storage.as_ref()))?;
        collect(root, "", &mut variables);
        let data = match header.format() {
            NcFormat::Classic | NcFormat::Offset64 | NcFormat::Cdf5 => Data::Classic(Box::new(header)),
            _ => {
                let file = Hdf5File::from_storage_with_options(storage.clone(), options(storage.len()).into())
                    .map_err(|error| problem_of_hdf5(&error))?;
                for variable in &mut variables {
                    let dataset = file.dataset(&variable.path).map_err(|error| problem_of_hdf5(&error))?;
                    hdf5_dimensions(variable, &dataset);
                }
                Data::Hdf5(file)
            }
        };
        Ok(Self {
            path: path.to_owned(),
            storage,
            variables,
            data,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Whether a netCDF library wrote it: a plain HDF5 file lacks that library's conventions.
    pub(super) fn is_netcdf(&self) -> bool {
        match &self.data {
            Data::Classic(_) => true,
            Data::Hdf5(file) => (file.root_group()).is_ok_and(|root| root.attribute("_NCProperties").is_ok()),
        }
    }

    /// Most bytes that one piece of this file may take in memory.
    pub(super) fn claim_highest(&self) -> u64 {
        claim_highest(self.storage.len())
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

    /// Values of a block: one range per dimension, in row-major order.
    pub(super) fn read<T: Number>(&self, source: &Source, block: &[Range<u64>]) -> Result<Vec<T>, GridError> {
        let count = block
            .iter()
            .try_fold(1_u64, |count, range| count.checked_mul(range.end - range.start));
        let bytes = count
            .and_then(|count| count.checked_mul(size_of::<T>() as u64))
            .unwrap_or(u64::MAX);
        if bytes > self.claim_highest() {
            return Err(GridProblem::TooLarge {
                what: format!("a block of {}", source.path),
                bytes,
                limit: self.claim_highest(),
            }
            .at(&self.path));
        }
        let values = match (&source.dataset, &self.data) {
            (Some(dataset), _) => {
                let selections = block.iter().map(|range| SliceInfoElem::Slice {
                    start: range.start,
                    end: range.end,
                    step: 1,
                });
                let selection = SliceInfo {
                    selections: selections.collect(),
                };
                dataset
                    .read_slice::<T>(&selection)
                    .map_err(|error| problem_of_hdf5(&error))
            }
            (None, Data::Classic(file)) => {
                let selections = block.iter().map(|range| NcSliceInfoElem::Slice {
                    start: range.start,
                    end: range.end,
                    step: 1,
                });
                let selection = NcSliceInfo {
                    selections: selections.collect(),
                };
                file.read_variable_slice::<T>(&source.path, &selection)
                    .map_err(|error| problem_of_netcdf(&error))
            }
            (None, Data::Hdf5(_)) => unreachable!("the source of a variable in HDF5 has a dataset"),
        };
        let (values, offset) = values
            .map_err(|problem| problem.at(&self.path))?
            .into_raw_vec_and_offset();
        if offset.unwrap_or(0) != 0 || Some(values.len() as u64) != count {
            let text = format!("{} gave {} values of {count:?}", source.path, values.len());
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
        match variable.kind {
            NcType::Byte => converted::<i8>(self, &source, block),
            NcType::UByte => converted::<u8>(self, &source, block),
            NcType::Short => converted::<i16>(self, &source, block),
            NcType::UShort => converted::<u16>(self, &source, block),
            NcType::Int => converted::<i32>(self, &source, block),
            NcType::UInt => converted::<u32>(self, &source, block),
            NcType::Int64 => converted::<i64>(self, &source, block),
            NcType::UInt64 => converted::<u64>(self, &source, block),
            NcType::Float => converted::<f32>(self, &source, block),
            NcType::Double => self.read::<f64>(&source, block),
            _ => Err(GridProblem::NotNumeric {
                variable: variable.path.clone(),
                found: kind_text(&variable.kind),
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
    /// Indices along the first dimension that are stored, and so decoded, together.
    pub(super) fn chunk_length(&self) -> u64 {
        let chunks = self.dataset.as_ref().and_then(Dataset::chunks);
        chunks
            .and_then(|lengths| lengths.first().copied())
            .unwrap_or(1)
            .max(1)
            .into()
    }
}

/// The type in words.
pub(super) fn kind_text(kind: &NcType) -> String {
    match kind {
        NcType::Char | NcType::String => "text".to_owned(),
        NcType::Compound { .. } => "compound values (complex numbers, for example)".to_owned(),
        NcType::Enum { .. } => "an enumeration".to_owned(),
        NcType::Opaque { .. } => "opaque bytes".to_owned(),
        NcType::Array { .. } => "arrays".to_owned(),
        NcType::VLen { .. } => "lists of varying length".to_owned(),
        other => format!("{other:?}"),
    }
}

/// Bounds for everything that the reader allocates. Without the chunk cache each thread decodes for itself: decoded
/// frames are cached above.
fn options(length: u64) -> NcOpenOptions {
    let highest = usize::try_from(claim_highest(length)).unwrap_or(usize::MAX);
    NcOpenOptions {
        chunk_cache_bytes: 0,
        // An odd attribute somewhere else in the file must not make it unreadable.
        metadata_mode: NcMetadataMode::Lossy,
        max_chunk_bytes: highest,
        max_read_bytes: highest,
        max_object_header_bytes: OBJECT_HEADER_HIGHEST,
        ..NcOpenOptions::default()
    }
}

fn collect(group: &NcGroup, prefix: &str, variables: &mut Vec<Variable>) {
    for variable in &group.variables {
        variables.push(Variable {
            path: format!("{prefix}{}", variable.name()),
            dimensions: variable
                .dimensions()
                .iter()
                .map(|dimension| Dimension {
                    name: Some(dimension.name.clone()),
                    length: dimension.size,
                })
                .collect(),
            kind: variable.dtype().clone(),
            attributes: variable.attributes().to_vec(),
        });
    }
    for inner in &group.groups {
        collect(inner, &format!("{prefix}{}/", inner.name), variables);
    }
}

/// The dataset's own shape, and names only where dimension scales are attached: elsewhere the reader makes them up.
fn hdf5_dimensions(variable: &mut Variable, dataset: &Dataset) {
    let is_scale = dataset
        .attribute("CLASS")
        .and_then(|class| class.read_string())
        .is_ok_and(|class| class.trim_end_matches('\0') == "DIMENSION_SCALE");
    let has_names = is_scale || dataset.attribute("DIMENSION_LIST").is_ok();
    let named = std::mem::take(&mut variable.dimensions);
    variable.dimensions = dataset
        .shape()
        .iter()
        .enumerate()
        .map(|(place, &length)| Dimension {
            name: (named.get(place).filter(|_| has_names)).map(|dimension| dimension.name.clone().unwrap_or_default()),
            length,
        })
        .collect();
}

fn header_problem(error: &netcdf_reader::Error, storage: &PositionalFile) -> GridProblem {
    use netcdf_reader::Error;
    match error {
        _ if storage.len() == 0 => GridProblem::Format {
            found: "empty".to_owned(),
        },
        Error::InvalidMagic | Error::UnsupportedVersion(_) => GridProblem::Format {
            found: look(storage).to_owned(),
        },
        other => problem_of_netcdf(other),
    }
}

/// What a file looks like that isn't a container.
fn look(storage: &PositionalFile) -> &'static str {
    let length = usize::try_from(storage.len().min(12)).unwrap_or(0);
    let Ok(start) = storage.read_range(0, length) else {
        return "unreadable";
    };
    let start: &[u8] = &start;
    if start.starts_with(b"GRIB") {
        "a GRIB file"
    } else if start.starts_with(b"RIFF") || start.get(4..8) == Some(b"ftyp") {
        "a video"
    } else if start.starts_with(b"\x89PNG") || start.starts_with(b"\xff\xd8\xff") || start.starts_with(b"II*\0") {
        "an image"
    } else if start.starts_with(b"\x1f\x8b") || start.starts_with(b"PK\x03\x04") {
        "a compressed archive"
    } else if start.starts_with(b"\x0e\x03\x13\x01") {
        "an HDF4 file"
    } else if start
        .iter()
        .all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
    {
        "text"
    } else {
        "of another format"
    }
}

fn problem_of_netcdf(error: &netcdf_reader::Error) -> GridProblem {
    use netcdf_reader::Error;
    match error {
        Error::Io(error) => problem_of_io(error),
        Error::UnexpectedEof {
            offset,
            needed,
            available,
        } => cut_off(*offset, *needed, *available),
        Error::Hdf5(error) => problem_of_hdf5(error),
        other => GridProblem::Structure(other.to_string()),
    }
}

fn problem_of_hdf5(error: &hdf5_reader::error::Error) -> GridProblem {
    use hdf5_reader::error::Error;
    match error {
        Error::Io(error) => problem_of_io(error),
        Error::UnexpectedEof {
            offset,
            needed,
            available,
        } => cut_off(*offset, *needed, *available),
        other => GridProblem::Structure(other.to_string()),
    }
}

fn problem_of_io(error: &std::io::Error) -> GridProblem {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => GridProblem::CutOff("it became shorter while it was read".to_owned()),
        _ => GridProblem::Open(error.to_string()),
    }
}

fn cut_off(offset: u64, needed: u64, available: u64) -> GridProblem {
    GridProblem::CutOff(format!(
        "{needed} bytes are needed at byte {offset}, and {available} are there"
    ))
}
