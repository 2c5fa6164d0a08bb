//! The rows of a packed file: a group for each table, as contiguous ragged arrays of the CF conventions.

use super::{PackOptions, Work, datasets};
use crate::netcdf4::hdf::{self, Raw};
use crate::netcdf4::{LabelledVariable, Scale, Slab, bare_dimension, characters_name, tie};
use crate::results::{CellKind, RowBlock, RowColumn, RowMeaning, RowTable};
use crate::store::fill::Dimensions;
use crate::store::packed_rows::{GROUP, POSITION, order_by_member, rows_of};
use crate::store::{Layout, Reader, StoreError, size};
use crate::sweep::UnitIndex;
use hdf5::types::{FloatSize, IntSize, TypeDescriptor};
use hdf5::{Dataset, File, Group};

/// Units that are looked at at a time.
const UNITS: u64 = 4096;

/// Rows that are gathered before they are written: whole pieces of the datasets.
const WRITTEN_BYTES: u64 = 4 << 20;

/// Writes the rows of all units; how many there are.
pub(super) fn write(
    reader: &Reader,
    layout: &Layout,
    file: &File,
    dimensions: &mut Dimensions,
    options: &PackOptions,
    work: &mut Work<'_>,
) -> Result<u64, StoreError> {
    let table = reader.table();
    let Some(rows) = table.row_files() else { return Ok(0) };
    let target = work.target.to_owned();
    let error = |error: hdf5::Error| StoreError::hdf(format!("writing {}", target.display()), &error);
    let parent = file
        .create_group_builder()
        .obj_track_times(false)
        .create(GROUP)
        .map_err(error)?;
    let member = &layout.shape().member_axis.name;
    let mut total = 0;
    let mut writers = Vec::new();
    for (index, declared) in layout.shape().features.tables.iter().enumerate() {
        let count = total_rows(reader, index)?;
        total += count;
        writers.push(TableWriter::begin(&parent, declared, member, count, options).map_err(error)?);
    }
    for start in (0..table.units()).step_by(UNITS as usize) {
        let units = start..(start + UNITS).min(table.units());
        for (unit, expected) in units.clone().zip(table.all_expected_rows(units)?) {
            let Some(expected) = expected else { continue };
            let mut found: Vec<RowBlock> = Vec::new();
            let holds = rows.visit(table, UnitIndex(unit), &expected, |blocks| append(&mut found, blocks))?;
            if !holds {
                return Err(StoreError::Rows {
                    unit: UnitIndex(unit),
                    folder: rows.place().to_owned(),
                });
            }
            let mut bytes = 0;
            for (writer, block) in writers.iter_mut().zip(found) {
                bytes += block.columns.iter().map(|column| column.len() as u64).sum::<u64>();
                writer.add(unit, block).map_err(error)?;
            }
            work.add(bytes)?;
        }
    }
    let replicates = u64::from(layout.shape().replicates.max(1));
    for writer in writers {
        writer.finish(replicates, dimensions, options).map_err(error)?;
    }
    Ok(total)
}

fn total_rows(reader: &Reader, index: usize) -> Result<u64, StoreError> {
    let table = reader.table();
    let mut total = 0;
    for start in (0..table.units()).step_by(UNITS as usize) {
        let units = start..(start + UNITS).min(table.units());
        total += rows_of(table, index, units)?.into_iter().sum::<u64>();
    }
    Ok(total)
}

/// Adds blocks of a unit to those before.
fn append(found: &mut Vec<RowBlock>, blocks: Vec<RowBlock>) {
    if found.is_empty() {
        *found = blocks;
        return;
    }
    for (all, block) in found.iter_mut().zip(blocks) {
        all.rows += block.rows;
        for (all, bytes) in all.columns.iter_mut().zip(block.columns) {
            all.extend(bytes);
        }
    }
}

/// A table in the making.
struct TableWriter<'a> {
    group: Group,
    declared: &'a RowTable,
    /// The column that says whose rows are whose.
    member: Option<usize>,
    rows: u64,
    columns: Vec<Column>,
    position: Option<Column>,
    /// Unit, member and number of rows of what belongs together.
    segments: Vec<(u64, i64, u64)>,
}

/// A column in the making, whose cells wait to be written.
struct Column {
    name: String,
    dataset: Raw,
    cell_bytes: u64,
    written: u64,
    waiting: Vec<u8>,
}

impl<'a> TableWriter<'a> {
    fn begin(
        parent: &Group,
        declared: &'a RowTable,
        member: &str,
        rows: u64,
        options: &PackOptions,
    ) -> hdf5::Result<Self> {
        let group = parent
            .create_group_builder()
            .obj_track_times(false)
            .create(declared.name.as_str())?;
        hdf::text_attribute(&group, "long_name", &declared.long_name)?;
        hdf::number_attribute(&group, "row_count", &[rows as i64])?;
        let steps = declared.row == RowMeaning::MemberAtStep;
        let member = declared
            .columns
            .iter()
            .position(|column| steps && column.name == member);
        if member.is_some() {
            hdf::text_attribute(&group, "featureType", "trajectory")?;
        }
        let mut columns = Vec::new();
        let mut position = None;
        if rows > 0 {
            for column in &declared.columns {
                columns.push(Column::begin(&group, column, rows, options)?);
            }
            if member.is_some() {
                let long_name = "where the row was in the order in which its unit made them, from 0 on";
                let declared = RowColumn::new(POSITION, CellKind::I32, "1", long_name);
                position = Some(Column::begin(&group, &declared, rows, options)?);
            }
        }
        Ok(Self {
            group,
            declared,
            member,
            rows,
            columns,
            position,
            segments: Vec::new(),
        })
    }

    /// Adds all rows of a unit.
    fn add(&mut self, unit: u64, block: RowBlock) -> hdf5::Result<()> {
        if block.rows == 0 {
            return Ok(());
        }
        let ordered = self.member.and_then(|member| {
            let kind = self.declared.columns[member].kind;
            order_by_member(kind, &block.columns[member])
        });
        let Some((order, members)) = ordered.filter(|_| self.position.is_some()) else {
            self.segments.push((unit, -1, block.rows));
            for (column, bytes) in self.columns.iter_mut().zip(&block.columns) {
                column.add(bytes)?;
            }
            return Ok(());
        };
        let runs = members.chunk_by(|a, b| a == b);
        self.segments.extend(runs.map(|run| (unit, run[0], run.len() as u64)));
        for (column, bytes) in self.columns.iter_mut().zip(&block.columns) {
            let cell = column.cell_bytes as usize;
            let sorted: Vec<u8> = (order.iter())
                .flat_map(|&row| &bytes[row as usize * cell..(row as usize + 1) * cell])
                .copied()
                .collect();
            column.add(&sorted)?;
        }
        let order: Vec<u8> = order.iter().flat_map(|row| row.to_le_bytes()).collect();
        self.position.as_mut().map_or(Ok(()), |position| position.add(&order))
    }

    /// Writes what waits, whose rows they are, and the dimensions.
    fn finish(mut self, replicates: u64, dimensions: &mut Dimensions, options: &PackOptions) -> hdf5::Result<()> {
        let mut columns = std::mem::take(&mut self.columns);
        columns.extend(self.position.take());
        for column in &mut columns {
            column.write(true)?;
        }
        if self.rows == 0 {
            return Ok(());
        }
        let instance = if self.member.is_some() { "trajectory" } else { "episode" };
        let of = |part: &dyn Fn(&(u64, i64, u64)) -> i64| self.segments.iter().map(part).collect::<Vec<i64>>();
        let mut owners = vec![
            (
                instance,
                (0..self.segments.len() as i64).collect(),
                "rows that belong together",
            ),
            ("row_size", of(&|segment| segment.2 as i64), "number of rows"),
            ("unit", of(&|segment| segment.0 as i64), "unit of the study"),
            (
                "point",
                of(&|segment| (segment.0 / replicates) as i64),
                "design point of the unit",
            ),
            (
                "replicate",
                of(&|segment| (segment.0 % replicates) as i64),
                "replicate of the unit",
            ),
        ];
        if self.member.is_some() {
            owners.push(("member", of(&|segment| segment.1), "member of the unit"));
        }
        let taken = |name: &str| self.group.link_exists(name);
        owners.retain(|(name, ..)| !taken(name));
        let mut made: Vec<(&str, Dataset)> = Vec::new();
        for (name, values, long_name) in &owners {
            let dataset = numbers(&self.group, name, values, options)?;
            hdf::text_attribute(&dataset, "long_name", long_name)?;
            if *name == "row_size" {
                hdf::text_attribute(&dataset, "sample_dimension", "row")?;
            }
            if *name == "trajectory" {
                hdf::text_attribute(&dataset, "cf_role", "trajectory_id")?;
            }
            made.push((name, dataset));
        }
        self.label(&columns, &made, dimensions)
    }

    /// Makes the dimensions known, as netCDF-4 does.
    fn label(&self, columns: &[Column], owners: &[(&str, Dataset)], dimensions: &mut Dimensions) -> hdf5::Result<()> {
        let row = bare_dimension(&self.group, "row", self.rows)?;
        let mut widths: Vec<u64> = columns.iter().filter_map(Column::characters).collect();
        widths.sort_unstable();
        widths.dedup();
        let characters = (widths.iter())
            .map(|&width| {
                let name = characters_name(width);
                Ok((bare_dimension(&self.group, &name, width)?, name, width))
            })
            .collect::<hdf5::Result<Vec<_>>>()?;
        let mut scales = vec![
            Scale {
                name: "row",
                dataset: &row,
                number: dimensions.next_bare(),
                bare: Some(self.rows),
            },
            Scale {
                name: owners[0].0,
                dataset: &owners[0].1,
                number: dimensions.next_bare(),
                bare: None,
            },
        ];
        scales.extend(characters.iter().map(|(dataset, name, width)| Scale {
            name,
            dataset,
            number: dimensions.next_bare(),
            bare: Some(*width),
        }));
        let datasets = (columns.iter())
            .map(|column| self.group.dataset(&column.name))
            .collect::<hdf5::Result<Vec<_>>>()?;
        let labels: Vec<Vec<usize>> = (columns.iter())
            .map(|column| {
                let width = column.characters();
                let index = width.and_then(|width| widths.binary_search(&width).ok());
                [0].into_iter().chain(index.map(|index| 2 + index)).collect()
            })
            .collect();
        let of_rows = (columns.iter().zip(&datasets).zip(&labels)).map(|((column, dataset), axes)| LabelledVariable {
            name: &column.name,
            dataset,
            axes,
        });
        let of_owners = owners[1..].iter().map(|(name, dataset)| LabelledVariable {
            name,
            dataset,
            axes: &[1],
        });
        let variables: Vec<LabelledVariable<'_>> = of_rows.chain(of_owners).collect();
        tie(&self.group, &scales, &variables, size::MAX_SCALE_USES)
    }
}

impl Column {
    fn begin(group: &Group, declared: &RowColumn, rows: u64, options: &PackOptions) -> hdf5::Result<Self> {
        let (datatype, characters) = match declared.kind {
            CellKind::F64 => (TypeDescriptor::Float(FloatSize::U8), None),
            CellKind::F32 => (TypeDescriptor::Float(FloatSize::U4), None),
            CellKind::I64 => (TypeDescriptor::Integer(IntSize::U8), None),
            CellKind::I32 => (TypeDescriptor::Integer(IntSize::U4), None),
            CellKind::U8 => (TypeDescriptor::Unsigned(IntSize::U1), None),
            CellKind::Flag => (TypeDescriptor::Integer(IntSize::U1), None),
            CellKind::Text(length) => (TypeDescriptor::FixedAscii(1), Some(u64::from(length))),
        };
        let cell_bytes = declared.kind.bytes() as u64;
        let shape = [rows];
        let dataset = datasets::create(
            group,
            &declared.name,
            (&datatype, cell_bytes),
            &shape,
            characters,
            options,
        )?;
        hdf::text_attribute(&dataset, "long_name", &declared.long_name)?;
        if characters.is_some() {
            hdf::text_attribute(&dataset, crate::store::describe::ENCODING, "utf-8")?;
        } else if declared.meanings.is_empty() {
            hdf::text_attribute(&dataset, "units", &declared.unit)?;
        }
        let flag = ["no".to_owned(), "yes".to_owned()];
        let meanings: &[String] = match declared.kind {
            CellKind::Flag => &flag,
            _ => &declared.meanings,
        };
        if !meanings.is_empty() {
            flag_values(&dataset, declared.kind, meanings.len())?;
            let words: Vec<String> = meanings.iter().map(|word| word.replace(' ', "_")).collect();
            hdf::text_attribute(&dataset, "flag_meanings", &words.join(" "))?;
        }
        Ok(Self {
            name: declared.name.clone(),
            dataset: Raw::new(dataset)?,
            cell_bytes,
            written: 0,
            waiting: Vec::new(),
        })
    }

    /// Characters of a text.
    fn characters(&self) -> Option<u64> {
        self.dataset.shape().get(1).copied()
    }

    fn add(&mut self, bytes: &[u8]) -> hdf5::Result<()> {
        self.waiting.extend_from_slice(bytes);
        self.write(false)
    }

    /// Writes what waits: whole pieces, unless it is all that there is.
    fn write(&mut self, all: bool) -> hdf5::Result<()> {
        let waiting = self.waiting.len() as u64;
        if waiting == 0 || (waiting < WRITTEN_BYTES && !all) {
            return Ok(());
        }
        let total = self.dataset.shape()[0];
        let end = self.written + waiting / self.cell_bytes;
        let stop = match all {
            true => end,
            false => datasets::whole_until(total, self.cell_bytes, end).max(self.written),
        };
        let bytes = ((stop - self.written) * self.cell_bytes) as usize;
        if bytes == 0 {
            return Ok(());
        }
        let mut slab = Slab {
            start: vec![self.written],
            count: vec![stop - self.written],
        };
        slab.start.extend(self.characters().map(|_| 0));
        slab.count.extend(self.characters());
        self.dataset.write(&slab, &self.waiting[..bytes])?;
        self.waiting.drain(..bytes);
        self.written = stop;
        Ok(())
    }
}

/// The values of codes, in the type of the dataset.
fn flag_values(dataset: &Dataset, kind: CellKind, count: usize) -> hdf5::Result<()> {
    let name = "flag_values";
    match kind {
        CellKind::U8 => hdf::number_attribute(dataset, name, &(0..count as u8).collect::<Vec<_>>()),
        CellKind::Flag => hdf::number_attribute(dataset, name, &(0..count as i8).collect::<Vec<_>>()),
        CellKind::I32 => hdf::number_attribute(dataset, name, &(0..count as i32).collect::<Vec<_>>()),
        _ => hdf::number_attribute(dataset, name, &(0..count as i64).collect::<Vec<_>>()),
    }
}

/// A dataset of whole numbers.
fn numbers(group: &Group, name: &str, values: &[i64], options: &PackOptions) -> hdf5::Result<Dataset> {
    let datatype = TypeDescriptor::Integer(IntSize::U8);
    let dataset = datasets::create(group, name, (&datatype, 8), &[values.len() as u64], None, options)?;
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Raw::new(dataset.clone())?.write(&Slab::whole(&[values.len() as u64]), &bytes)?;
    Ok(dataset)
}
