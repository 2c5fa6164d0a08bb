//! Writing a field frame by frame.

use super::field_file::FILE_TYPE;
use super::{ChunkShape, ExportError, FieldFile};
use crate::file_kind::FileKind;
use crate::netcdf4::hdf::{self, Raw};
use crate::netcdf4::{self, DEFLATE_LEVEL, LabelledVariable, NewFile, Scale, Slab, free_bytes, texts};
use crate::signals::Unfinished;
use hdf5::{Dataset, Extent, Extents, File, SimpleExtents};
use std::path::{Path, PathBuf};

/// Longest text of the attribute that says what a file is, bytes.
const FILE_TYPE_BYTES: usize = 64;
/// Times that share a chunk of the coordinate.
const TIMES_PER_CHUNK: usize = 1024;
/// Free space that is left to others, bytes.
const SPACE_MARGIN_BYTES: u64 = 16 << 20;
/// How much is written between two looks at the free space, bytes before compression.
const SPACE_CHECK_BYTES: u64 = 256 << 20;

/// Smallest and largest value of a variable over all frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueRange {
    /// Smallest.
    pub low: f32,
    /// Largest.
    pub high: f32,
}

/// A finished file.
#[derive(Clone, Debug, PartialEq)]
pub struct WrittenField {
    /// How many frames it has.
    pub frames: u64,
    /// Time of the first frame, s; NaN if there is none.
    pub first_time_s: f64,
    /// Time of the last frame, s; NaN if there is none.
    pub last_time_s: f64,
    /// Its size, bytes.
    pub bytes: u64,
    /// Range of each variable.
    pub ranges: Vec<ValueRange>,
}

/// A field file in the making. Dropped before [`FrameWriter::finish`], it leaves nothing.
///
/// Memory: the frames of one chunk, once as numbers and once as bytes.
pub struct FrameWriter {
    path: PathBuf,
    replace: bool,
    chunk: ChunkShape,
    description: FieldFile,
    file: File,
    time: Dataset,
    variables: Vec<Dataset>,
    /// Frames that wait until their chunk is full: their times, and the bytes of each variable.
    waiting_times: Vec<f64>,
    waiting: Vec<Vec<u8>>,
    written: u64,
    first_time_s: f64,
    last_time_s: f64,
    unchecked_bytes: u64,
    ranges: Vec<ValueRange>,
    /// After the file, which must be closed when this removes it.
    new: NewFile,
    unfinished: Unfinished,
}

/// Refuses a place that is taken, before anything is computed for it. Only field files are ever replaced.
///
/// # Errors
/// If there is a folder of that name, a file and `replace` is false, or something that isn't a field file.
pub fn check_place(path: &Path, replace: bool) -> Result<(), ExportError> {
    match FileKind::obstacle(path) {
        Some(FileKind::Folder) => return Err(ExportError::IsAFolder { path: path.to_owned() }),
        Some(kind) => {
            let path = path.to_owned();
            return Err(ExportError::NotAFile { path, kind });
        }
        None => {}
    }
    let Ok(metadata) = path.symlink_metadata() else {
        return Ok(());
    };
    if !replace {
        return Err(ExportError::Exists { path: path.to_owned() });
    }
    if metadata.len() == 0 || is_field_file(path) {
        return Ok(());
    }
    Err(ExportError::NotAField { path: path.to_owned() })
}

/// Whether a file says that it is a field file.
fn is_field_file(path: &Path) -> bool {
    hdf::by_name(path, |name| File::open(name))
        .is_ok_and(|file| hdf::read_text_attribute(&file, "file_type", FILE_TYPE_BYTES).as_deref() == Some(FILE_TYPE))
}

impl FrameWriter {
    /// Begins the file that is to become `path`; `frames` is how many there will be, if that is known.
    ///
    /// # Errors
    /// If the place is taken and `replace` is false, the folder takes no files, or the field may not fit.
    ///
    /// # Panics
    /// If an axis or the list of variables is empty.
    pub fn create(
        path: &Path,
        replace: bool,
        description: FieldFile,
        frames: Option<u64>,
    ) -> Result<Self, ExportError> {
        assert!(
            description.cells() > 0 && !description.variables.is_empty(),
            "an empty field"
        );
        check_place(path, replace)?;
        let new = NewFile::begin(path)?;
        let unfinished = Unfinished::new(new.temporary());
        let raw_bytes = description.frame_bytes().saturating_mul(frames.unwrap_or(1));
        check_space(path, &new, raw_bytes)?;
        let chunk = ChunkShape::of_frames(description.y_m.len() as u64, description.x_m.len() as u64);
        let (file, time, variables) =
            layout(new.temporary(), &description, chunk).map_err(|error| refused(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            replace,
            chunk,
            waiting_times: Vec::new(),
            waiting: vec![Vec::new(); variables.len()],
            ranges: vec![
                ValueRange {
                    low: f32::INFINITY,
                    high: f32::NEG_INFINITY,
                };
                variables.len()
            ],
            description,
            file,
            time,
            variables,
            written: 0,
            first_time_s: f64::NAN,
            last_time_s: f64::NAN,
            unchecked_bytes: 0,
            new,
            unfinished,
        })
    }

    /// Adds a frame at `time_s`: for each variable its values, rows of y one after the other.
    ///
    /// # Errors
    /// If the disk is full, or a value isn't finite as a 32-bit number.
    ///
    /// # Panics
    /// If `values` doesn't fit the variables and the grid, or the time isn't finite.
    pub fn push(&mut self, time_s: f64, values: &[Vec<f32>]) -> Result<(), ExportError> {
        assert_eq!(values.len(), self.variables.len(), "one list per variable");
        let cells = self.description.cells();
        assert!(time_s.is_finite(), "a frame has a time");
        for (index, values) in values.iter().enumerate() {
            assert_eq!(values.len(), cells, "one value per cell");
            let range = &mut self.ranges[index];
            for value in values {
                range.low = range.low.min(*value);
                range.high = range.high.max(*value);
            }
            if let Some(cell) = values.iter().position(|value| !value.is_finite()) {
                return Err(self.not_finite(index, cell, values[cell], time_s));
            }
            self.waiting[index].extend(values.iter().flat_map(|value| value.to_le_bytes()));
        }
        if self.first_time_s.is_nan() {
            self.first_time_s = time_s;
        }
        self.last_time_s = time_s;
        self.waiting_times.push(time_s);
        if self.waiting_times.len() as u64 == self.chunk.frames {
            self.write_waiting()?;
        }
        Ok(())
    }

    fn not_finite(&self, variable: usize, cell: usize, value: f32, time_s: f64) -> ExportError {
        let columns = self.description.x_m.len();
        ExportError::Value {
            variable: self.description.variables[variable].name.clone(),
            value: f64::from(value),
            time_s,
            x_m: self.description.x_m[cell % columns],
            y_m: self.description.y_m[cell / columns],
            hint: "finite numbers up to 3.4e38 are possible; take another unit",
        }
    }

    /// Writes the waiting frames as one slab.
    fn write_waiting(&mut self) -> Result<(), ExportError> {
        let count = self.waiting_times.len() as u64;
        if count == 0 {
            return Ok(());
        }
        self.unchecked_bytes += count * self.description.frame_bytes();
        if self.unchecked_bytes >= SPACE_CHECK_BYTES {
            self.unchecked_bytes = 0;
            check_space(&self.path, &self.new, SPACE_CHECK_BYTES)?;
        }
        self.write_slab(count).map_err(|error| refused(&self.path, &error))?;
        self.waiting_times.clear();
        self.waiting.iter_mut().for_each(Vec::clear);
        self.written += count;
        Ok(())
    }

    fn write_slab(&self, count: u64) -> hdf5::Result<()> {
        let end = (self.written + count) as usize;
        let (rows, columns) = (self.description.y_m.len(), self.description.x_m.len());
        for (dataset, bytes) in self.variables.iter().zip(&self.waiting) {
            dataset.resize((end, rows, columns))?;
            let slab = Slab {
                start: vec![self.written, 0, 0],
                count: vec![count, rows as u64, columns as u64],
            };
            Raw::new(dataset.clone())?.write(&slab, bytes)?;
        }
        self.time.resize(end)?;
        let bytes: Vec<u8> = self.waiting_times.iter().flat_map(|time| time.to_le_bytes()).collect();
        let slab = Slab {
            start: vec![self.written],
            count: vec![count],
        };
        Raw::new(self.time.clone())?.write(&slab, &bytes)
    }

    /// Writes what waits, and gives the file its name.
    ///
    /// # Errors
    /// If the file system refuses, or the name was taken meanwhile; nothing is left then.
    pub fn finish(mut self) -> Result<WrittenField, ExportError> {
        self.write_waiting()?;
        let Self {
            path,
            replace,
            file,
            time,
            variables,
            ranges,
            written,
            first_time_s,
            last_time_s,
            new,
            unfinished,
            ..
        } = self;
        let close = || -> hdf5::Result<()> {
            for (dataset, range) in variables.iter().zip(&ranges).filter(|_| written > 0) {
                hdf::number_attribute(dataset, "actual_range", &[range.low, range.high])?;
            }
            // While its datasets are open: closing one drops what HDF5 could not write of it without a word.
            file.flush()?;
            drop((time, variables));
            file.flush()?;
            file.close()
        };
        close().map_err(|error| refused(&path, &error))?;
        let bytes = (new.file().metadata()).map_or(0, |metadata| metadata.len());
        new.finish(replace)?;
        unfinished.complete();
        Ok(WrittenField {
            frames: written,
            first_time_s,
            last_time_s,
            bytes,
            ranges,
        })
    }
}

fn refused(path: &Path, error: &hdf5::Error) -> ExportError {
    let mut reason = hdf::describe(error);
    // HDF5 tells the system's words among many others.
    if reason.contains("File too large") {
        reason =
            "files may not grow that large (hint: `ulimit -f unlimited` before the start, or fewer cells or frames)"
                .to_owned();
    }
    ExportError::Hdf {
        path: path.to_owned(),
        reason,
    }
}

/// Refuses a field that may not fit, and a disk that got full.
fn check_space(path: &Path, new: &NewFile, bytes: u64) -> Result<(), ExportError> {
    let needed_bytes = bytes.saturating_add(SPACE_MARGIN_BYTES);
    let available_bytes = free_bytes(new.folder())?;
    if available_bytes < needed_bytes {
        return Err(ExportError::NoSpace {
            path: path.to_owned(),
            folder: new.folder().to_owned(),
            available_bytes,
            needed_bytes,
        });
    }
    Ok(())
}

/// Makes the datasets and attributes of a file without frames, as netCDF-4 does.
fn layout(path: &Path, description: &FieldFile, chunk: ChunkShape) -> hdf5::Result<(File, Dataset, Vec<Dataset>)> {
    let file = netcdf4::create(path)?;
    for (name, value) in FieldFile::common_attributes().iter().chain(&description.attributes) {
        value.write(&file, name)?;
    }
    let (rows, columns) = (description.y_m.len(), description.x_m.len());
    let unlimited = SimpleExtents::from_vec(vec![Extent::resizable(0)]);
    let time = dataset::<f64>(&file, "time", unlimited, Some(&[TIMES_PER_CHUNK]))?;
    texts(&time, &[("long_name", "time"), ("units", "s"), ("axis", "T")])?;
    let y = coordinate(&file, "y", &description.y_m, "distance along y (north)")?;
    let x = coordinate(&file, "x", &description.x_m, "distance along x (east)")?;
    texts(&y, &[("axis", "Y")])?;
    texts(&x, &[("axis", "X")])?;
    if let Some(height_m) = description.height_m {
        let height = dataset::<f64>(&file, "height", Extents::Scalar, None)?;
        let attributes = [
            ("standard_name", "height"),
            ("long_name", "height above the ground"),
            ("units", "m"),
            ("positive", "up"),
            ("axis", "Z"),
        ];
        texts(&height, &attributes)?;
        Raw::new(height)?.write(&Slab::whole(&[]), &height_m.to_le_bytes())?;
    }
    let chunk = [chunk.frames as usize, chunk.rows as usize, chunk.columns as usize];
    let variables = (description.variables.iter())
        .map(|variable| {
            let extents = vec![Extent::resizable(0), Extent::fixed(rows), Extent::fixed(columns)];
            let made = dataset::<f32>(&file, &variable.name, SimpleExtents::from_vec(extents), Some(&chunk))?;
            if let Some(name) = &variable.standard_name {
                texts(&made, &[("standard_name", name)])?;
            }
            texts(&made, &[("long_name", &variable.long_name), ("units", &variable.unit)])?;
            if description.height_m.is_some() {
                texts(&made, &[("coordinates", "height")])?;
            }
            Ok(made)
        })
        .collect::<hdf5::Result<Vec<_>>>()?;
    let scales = [("time", &time, 0), ("y", &y, 1), ("x", &x, 2)].map(|(name, dataset, number)| Scale {
        name,
        dataset,
        number,
        bare: None,
    });
    let labelled: Vec<LabelledVariable<'_>> = (description.variables.iter().zip(&variables))
        .map(|(variable, dataset)| LabelledVariable {
            name: &variable.name,
            dataset,
            axes: &[0, 1, 2],
        })
        .collect();
    netcdf4::tie(&file, &scales, &labelled, usize::MAX)?;
    Ok((file, time, variables))
}

fn dataset<T: hdf5::H5Type>(
    file: &File,
    name: &str,
    extents: impl Into<Extents>,
    chunk: Option<&[usize]>,
) -> hdf5::Result<Dataset> {
    let builder = netcdf4::dataset_builder(file, chunk, Some(DEFLATE_LEVEL));
    builder.empty::<T>().shape(extents).create(name)
}

fn coordinate(file: &File, name: &str, values: &[f64], long_name: &str) -> hdf5::Result<Dataset> {
    let made = dataset::<f64>(file, name, SimpleExtents::fixed([values.len()]), None)?;
    texts(&made, &[("long_name", long_name), ("units", "m")])?;
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let slab = Slab {
        start: vec![0],
        count: vec![values.len() as u64],
    };
    Raw::new(made.clone())?.write(&slab, &bytes)?;
    Ok(made)
}
