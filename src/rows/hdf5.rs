//! Rows as netCDF-4 on HDF5: contiguous ragged arrays of the CF conventions.
//!
//! A group for each table. The rows of a member in a unit follow each other (a trajectory); `row_size` says how many there are of
//! each, and coordinates whose they are. Rows that belong to no member are together unit by unit.

use super::segments::{Segment, by_member, member_column};
use crate::netcdf4::hdf::{self, Raw, ScaleUse};
use crate::netcdf4::{self, DEFLATE_LEVEL, Slab, texts};
use crate::results::{CellColumn, CellKind, RowColumn, RowTable};
use crate::scenario::{RowBackend, RowBackendError, RowCoordinateValues, RowSource, RowsDescription};
use crate::sweep::UnitIndex;
use crate::version::{GIT_REVISION, SOFTWARE_VERSION};
use hdf5::types::TypeDescriptor;
use hdf5::{Dataset, File, Group, SimpleExtents};
use std::path::Path;

/// Rows in a chunk.
const CHUNK_ROWS: usize = 1 << 14;

/// Rows that are gathered before they are written.
const WRITTEN_ROWS: u64 = 1 << 16;

/// Root attribute `file_type`.
const FILE_TYPE: &str = crate::store::ROWS_FILE_TYPE;

/// The backend `hdf5`.
pub(super) struct Hdf5;

impl RowBackend for Hdf5 {
    fn name(&self) -> &'static str {
        "hdf5"
    }

    fn summary(&self) -> &'static str {
        "one netCDF-4 file on HDF5, with the path of each member as one of CF's contiguous ragged arrays"
    }

    fn suffix(&self) -> &'static str {
        "rows.h5"
    }

    fn may_replace(&self, place: &Path) -> bool {
        let of_type = |file: File| hdf::read_text_attribute(&file, "file_type", FILE_TYPE.len() + 1);
        place.is_file() && File::open(place).is_ok_and(|file| of_type(file).is_some_and(|kind| kind == FILE_TYPE))
    }

    fn write(&self, rows: &mut dyn RowSource, place: &Path) -> Result<(), RowBackendError> {
        let words = |error: hdf5::Error| hdf::describe(&error);
        let description = rows.description().clone();
        let file = create(place, &description).map_err(words)?;
        // Dimensions are numbered through the whole file.
        let mut dimensions = 0;
        for (index, table) in description.tables.iter().enumerate() {
            let counts = rows.counts(index)?;
            let builder = file.create_group_builder().obj_track_times(false);
            let group = builder.create(table.name.as_str()).map_err(words)?;
            let total = counts.iter().map(|(_, count)| count).sum();
            let mut writer = TableWriter::begin(&group, &description, table, total).map_err(words)?;
            for (unit, _) in counts {
                let mut found = rows.rows(unit, index)?;
                let segments = by_member(&mut found, writer.member);
                writer.add(unit, &segments, &found.columns).map_err(words)?;
            }
            dimensions = writer.finish(dimensions).map_err(words)?;
        }
        file.flush().map_err(words)?;
        Ok(file.close().map_err(words)?)
    }
}

fn create(place: &Path, description: &RowsDescription) -> hdf5::Result<File> {
    let file = netcdf4::create(place)?;
    let source = format!("plume-nav-sim {SOFTWARE_VERSION} (git revision {GIT_REVISION})");
    for (name, text) in [
        ("Conventions", "CF-1.11"),
        ("title", description.study.as_str()),
        ("source", source.as_str()),
        ("file_type", FILE_TYPE),
        ("scenario", description.scenario.as_str()),
        ("configuration_hash", description.configuration_hash.as_str()),
        ("configuration", description.configuration_toml.as_str()),
        ("partial", if description.partial { "yes" } else { "no" }),
    ] {
        // Attributes have 64 KiB; a longer configuration is in the results file.
        if text.len() < 60_000 {
            hdf::text_attribute(&file, name, text)?;
        }
    }
    Ok(file)
}

/// A table in the making.
struct TableWriter<'a> {
    group: &'a Group,
    description: &'a RowsDescription,
    /// Name of the dimension of what `row_size` counts.
    instance: &'static str,
    /// The column that says whose rows are whose.
    pub member: Option<usize>,
    rows: u64,
    columns: Vec<Column>,
    written: u64,
    waiting: u64,
    /// Unit, member and number of rows of each instance.
    instances: Vec<(u64, Segment)>,
}

/// A column in the making, whose cells wait to be written.
struct Column {
    dataset: Raw,
    /// Elements of a cell: letters of a text, otherwise 1.
    width: u64,
    bytes: Vec<u8>,
}

impl<'a> TableWriter<'a> {
    fn begin(group: &'a Group, description: &'a RowsDescription, table: &'a RowTable, rows: u64) -> hdf5::Result<Self> {
        let member = member_column(table, &description.member);
        hdf::text_attribute(group, "long_name", &table.long_name)?;
        if member.is_some() {
            hdf::text_attribute(group, "featureType", "trajectory")?;
        }
        let mut columns = Vec::new();
        // Datasets without elements can't be compressed, and say nothing.
        for declared in table.columns.iter().filter(|_| rows > 0) {
            columns.push(column(group, declared, rows)?);
        }
        Ok(Self {
            group,
            description,
            instance: if member.is_some() { "trajectory" } else { "episode" },
            member,
            rows,
            columns,
            written: 0,
            waiting: 0,
            instances: Vec::new(),
        })
    }

    fn add(&mut self, unit: UnitIndex, segments: &[Segment], cells: &[CellColumn]) -> hdf5::Result<()> {
        self.instances.extend(segments.iter().map(|segment| (unit.0, *segment)));
        for (column, cells) in self.columns.iter_mut().zip(cells) {
            column.store(cells);
        }
        self.waiting += segments.iter().map(|segment| segment.rows).sum::<u64>();
        if self.waiting >= WRITTEN_ROWS {
            self.write_waiting()?;
        }
        Ok(())
    }

    fn write_waiting(&mut self) -> hdf5::Result<()> {
        for column in &mut self.columns {
            let mut slab = Slab {
                start: vec![self.written],
                count: vec![self.waiting],
            };
            if column.width > 1 {
                slab.start.push(0);
                slab.count.push(column.width);
            }
            column.dataset.write(&slab, &column.bytes)?;
            column.bytes.clear();
        }
        self.written += self.waiting;
        self.waiting = 0;
        Ok(())
    }

    /// Writes what waits, whose rows they are, and the dimensions, numbered from `dimensions` on; the number of the next.
    fn finish(mut self, dimensions: i32) -> hdf5::Result<i32> {
        self.write_waiting()?;
        let count = self.instances.len();
        hdf::number_attribute(self.group, "row_count", &[self.rows as i64])?;
        if self.rows == 0 {
            return Ok(dimensions);
        }
        let scale = numbers(self.group, self.instance, (0..count as i64).collect())?;
        texts(&scale, &[("long_name", "rows that belong together")])?;
        let size = numbers(
            self.group,
            "row_size",
            self.instances.iter().map(|(_, segment)| segment.rows as i64).collect(),
        )?;
        texts(&size, &[("long_name", "number of rows"), ("sample_dimension", "row")])?;
        let mut labels = vec!["row_size".to_owned()];
        let replicates = u64::from(self.description.replicates.max(1));
        let unit_of = |part: &dyn Fn(u64) -> u64| self.instances.iter().map(|(unit, _)| part(*unit) as i64).collect();
        for (name, values, long_name) in [
            ("unit", unit_of(&|unit| unit), "unit of the study"),
            ("point", unit_of(&|unit| unit / replicates), "design point of the unit"),
            ("replicate", unit_of(&|unit| unit % replicates), "replicate of the unit"),
        ] {
            let made = numbers(self.group, name, values)?;
            texts(&made, &[("long_name", long_name)])?;
            labels.push(name.to_owned());
        }
        if self.member.is_some() {
            // The column of rows has the name itself.
            let members = self
                .instances
                .iter()
                .map(|(_, segment)| segment.member.unwrap_or(-1))
                .collect();
            let made = numbers(self.group, "member", members)?;
            texts(
                &made,
                &[("long_name", &format!("{} of the unit", self.description.member))],
            )?;
            texts(&scale, &[("cf_role", "trajectory_id")])?;
            labels.push("member".to_owned());
        }
        labels.extend(self.write_coordinates(replicates, &labels)?);
        self.tie(&labels, dimensions)
    }

    /// The swept values of each instance; the names of their datasets.
    fn write_coordinates(&self, replicates: u64, taken: &[String]) -> hdf5::Result<Vec<String>> {
        let mut names = Vec::new();
        for coordinate in &self.description.coordinates {
            let is_column = |name: &str| self.group.link_exists(name);
            if taken.contains(&coordinate.name) || is_column(&coordinate.name) {
                continue;
            }
            let first = self.description.first_point;
            let points = (self.instances.iter()).map(|(unit, _)| (unit / replicates - first) as usize);
            let made = match &coordinate.values {
                RowCoordinateValues::Real(values) => {
                    let bytes = points.flat_map(|point| values[point].to_le_bytes()).collect();
                    plain(
                        self.group,
                        &coordinate.name,
                        &TypeDescriptor::Float(hdf5::types::FloatSize::U8),
                        bytes,
                    )?
                }
                RowCoordinateValues::Integer(values) => numbers(
                    self.group,
                    &coordinate.name,
                    points.map(|point| values[point]).collect(),
                )?,
                // Which text it is, as a code: texts of their own for each path would be most of the file.
                RowCoordinateValues::Text(values) => {
                    // A point without the key has no text, and -1.
                    let mut words: Vec<&str> = values
                        .iter()
                        .map(String::as_str)
                        .filter(|text| !text.is_empty())
                        .collect();
                    words.sort_unstable();
                    words.dedup();
                    let code = |point: usize| {
                        words
                            .binary_search(&values[point].as_str())
                            .map_or(-1, |code| code as i64)
                    };
                    let made = numbers(self.group, &coordinate.name, points.map(code).collect())?;
                    hdf::number_attribute(&made, "_FillValue", &[-1_i64])?;
                    meanings(&made, &words, |code| code as i64)?;
                    made
                }
            };
            texts(
                &made,
                &[
                    ("long_name", &coordinate.key.replace(['.', '_'], " ")),
                    ("key", &coordinate.key),
                ],
            )?;
            if let Some(unit) = &coordinate.unit {
                texts(&made, &[("units", unit)])?;
            }
            names.push(coordinate.name.clone());
        }
        Ok(names)
    }

    /// Makes the dimensions known, as netCDF-4 does.
    fn tie(&self, labels: &[String], dimensions: i32) -> hdf5::Result<i32> {
        let shape = SimpleExtents::fixed([self.rows as usize]);
        // A dimension without coordinates is a dataset of this type that has no values.
        let row = netcdf4::dataset_builder(self.group, None, Some(DEFLATE_LEVEL))
            .empty::<f32>()
            .shape(shape)
            .create("row")?;
        hdf::text_attribute(&row, "CLASS", "DIMENSION_SCALE\0")?;
        let words = "This is a netCDF dimension but not a netCDF variable.";
        hdf::text_attribute(&row, "NAME", &format!("{words} {:10}\0", self.rows))?;
        hdf::number_attribute(&row, "_Netcdf4Dimid", &[dimensions])?;
        let instance = self.group.dataset(self.instance)?;
        hdf::text_attribute(&instance, "CLASS", "DIMENSION_SCALE\0")?;
        hdf::text_attribute(&instance, "NAME", &format!("{}\0", self.instance))?;
        hdf::number_attribute(&instance, "_Netcdf4Dimid", &[dimensions + 1])?;
        let address = |name: &str| hdf::reference(self.group, name);
        let mut uses_of_row = Vec::new();
        let mut next = dimensions + 2;
        for column in &self.columns {
            let name = column.dataset.name();
            let mut scales = vec![address("row")?];
            if column.width > 1 {
                scales.push(self.letters(&name, column.width, next)?);
                next += 1;
            }
            let dataset = self.group.dataset(&name)?;
            hdf::dimension_list(&dataset, &scales)?;
            uses_of_row.push(ScaleUse {
                variable: address(&name)?,
                axis: 0,
            });
        }
        hdf::reference_list(&row, &uses_of_row)?;
        let mut uses = Vec::new();
        for name in labels {
            let dataset = self.group.dataset(name)?;
            hdf::dimension_list(&dataset, &[address(self.instance)?])?;
            uses.push(ScaleUse {
                variable: address(name)?,
                axis: 0,
            });
        }
        hdf::reference_list(&instance, &uses)?;
        Ok(next)
    }

    /// The dimension of the letters of a column of texts; its address.
    fn letters(&self, column: &str, width: u64, id: i32) -> hdf5::Result<u64> {
        let name = format!("{column}_letters");
        let shape = SimpleExtents::fixed([width as usize]);
        let made = netcdf4::dataset_builder(self.group, None, Some(DEFLATE_LEVEL))
            .empty::<f32>()
            .shape(shape)
            .create(name.as_str())?;
        hdf::text_attribute(&made, "CLASS", "DIMENSION_SCALE\0")?;
        let words = "This is a netCDF dimension but not a netCDF variable.";
        hdf::text_attribute(&made, "NAME", &format!("{words} {width:10}\0"))?;
        hdf::number_attribute(&made, "_Netcdf4Dimid", &[id])?;
        let variable = hdf::reference(self.group, column)?;
        hdf::reference_list(&made, &[ScaleUse { variable, axis: 1 }])?;
        hdf::reference(self.group, &name)
    }
}

impl Column {
    fn store(&mut self, cells: &CellColumn) {
        let bytes = &mut self.bytes;
        match cells {
            CellColumn::F64(cells) => bytes.extend(cells.iter().flat_map(|cell| cell.to_le_bytes())),
            CellColumn::F32(cells) => bytes.extend(cells.iter().flat_map(|cell| cell.to_le_bytes())),
            CellColumn::I64(cells) => bytes.extend(cells.iter().flat_map(|cell| cell.to_le_bytes())),
            CellColumn::I32(cells) => bytes.extend(cells.iter().flat_map(|cell| cell.to_le_bytes())),
            CellColumn::U8(cells) => bytes.extend(cells),
            CellColumn::Flag(cells) => bytes.extend(cells.iter().map(|cell| u8::from(*cell))),
            CellColumn::Text(cells) => {
                for cell in cells {
                    bytes.extend(cell.as_bytes());
                    bytes.resize(bytes.len() + self.width as usize - cell.len(), 0);
                }
            }
        }
    }
}

/// The dataset of a column.
fn column(group: &Group, declared: &RowColumn, rows: u64) -> hdf5::Result<Column> {
    use hdf5::types::{FloatSize, IntSize};
    let rows = rows as usize;
    let (stored, width) = match declared.kind {
        CellKind::F64 => (TypeDescriptor::Float(FloatSize::U8), 1),
        CellKind::F32 => (TypeDescriptor::Float(FloatSize::U4), 1),
        CellKind::I64 => (TypeDescriptor::Integer(IntSize::U8), 1),
        CellKind::I32 => (TypeDescriptor::Integer(IntSize::U4), 1),
        CellKind::U8 => (TypeDescriptor::Unsigned(IntSize::U1), 1),
        CellKind::Flag => (TypeDescriptor::Integer(IntSize::U1), 1),
        // Letters, as netCDF has them: texts of a fixed length are foreign to it.
        CellKind::Text(length) => (TypeDescriptor::FixedAscii(1), usize::from(length)),
    };
    let chunk_rows = rows.min(CHUNK_ROWS);
    let (shape, chunk) = match width {
        1 => (vec![rows], vec![chunk_rows]),
        width => (vec![rows, width], vec![chunk_rows, width]),
    };
    let dataset = netcdf4::dataset_builder(group, Some(&chunk), Some(DEFLATE_LEVEL))
        .empty_as(&stored)
        .shape(SimpleExtents::fixed(shape))
        .create(declared.name.as_str())?;
    texts(
        &dataset,
        &[("long_name", &declared.long_name), ("units", &declared.unit)],
    )?;
    match declared.kind {
        CellKind::F64 => hdf::number_attribute(&dataset, "_FillValue", &[f64::NAN])?,
        CellKind::F32 => hdf::number_attribute(&dataset, "_FillValue", &[f32::NAN])?,
        CellKind::Flag => meanings(&dataset, &["no", "yes"], |code| code as i8)?,
        CellKind::U8 if !declared.meanings.is_empty() => {
            let words: Vec<&str> = declared.meanings.iter().map(String::as_str).collect();
            meanings(&dataset, &words, |code| code as u8)?;
            texts(&dataset, &[("comment", "255 where there is none")])?;
        }
        CellKind::Text(_) => texts(&dataset, &[("_Encoding", "utf-8")])?,
        _ => {}
    }
    Ok(Column {
        dataset: Raw::new(dataset)?,
        width: width as u64,
        bytes: Vec::new(),
    })
}

/// What codes mean.
fn meanings<T: hdf5::H5Type>(at: &Dataset, words: &[&str], code: impl Fn(usize) -> T) -> hdf5::Result<()> {
    let values: Vec<T> = (0..words.len()).map(code).collect();
    hdf::number_attribute(at, "flag_values", &values)?;
    let words: Vec<String> = words.iter().map(|word| word.replace(' ', "_")).collect();
    hdf::text_attribute(at, "flag_meanings", &words.join(" "))
}

fn numbers(group: &Group, name: &str, values: Vec<i64>) -> hdf5::Result<Dataset> {
    let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    plain(group, name, &TypeDescriptor::Integer(hdf5::types::IntSize::U8), bytes)
}

/// A dataset of numbers of eight bytes.
fn plain(group: &Group, name: &str, stored: &TypeDescriptor, bytes: Vec<u8>) -> hdf5::Result<Dataset> {
    let count = bytes.len() / 8;
    let chunk = [count.clamp(1, CHUNK_ROWS)];
    let dataset = netcdf4::dataset_builder(group, Some(&chunk), Some(DEFLATE_LEVEL))
        .empty_as(stored)
        .shape(SimpleExtents::fixed([count]))
        .create(name)?;
    let slab = Slab {
        start: vec![0],
        count: vec![count as u64],
    };
    Raw::new(dataset.clone())?.write(&slab, &bytes)?;
    Ok(dataset)
}
