//! Tables as netCDF-4 on HDF5: a variable for each column, over one dimension that grows.

use super::cells::{Cell, Cells};
use super::{About, BYTES_KEY, Compression, FormError, KEY_KEY, LONG_NAME_KEY, TableSink, UNIT_KEY};
use crate::netcdf4::hdf::{self, Raw, ScaleUse};
use crate::netcdf4::{self, DEFLATE_LEVEL, Slab, texts};
use crate::results::CellKind;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, SchemaRef};
use hdf5::types::{FloatSize, IntSize, TypeDescriptor};
use hdf5::{Dataset, File, SimpleExtents};
use std::collections::HashMap;
use std::path::Path;

/// Rows of a chunk.
const CHUNK_ROWS: usize = 1 << 14;

/// Rows that are gathered before they are written: whole chunks.
const WRITTEN_ROWS: usize = 4 * CHUNK_ROWS;

/// Longest text of an attribute, bytes: the header of an object takes 64 KiB.
const MAX_ATTRIBUTE_BYTES: usize = 60_000;

/// Name of the dimension of rows.
const ROW: &str = "row";

/// A table in the making.
pub(super) struct NetCdfTable {
    file: File,
    compressed: bool,
    columns: Vec<Column>,
    waiting: usize,
    written: u64,
}

/// A column in the making.
struct Column {
    dataset: Dataset,
    encoding: Encoding,
    bytes: Vec<u8>,
}

/// How cells become bytes.
enum Encoding {
    F64,
    F32,
    I64,
    I32,
    U8,
    Flag,
    /// Letters, as many as the longest text has.
    Letters(usize),
    /// Numbers of words: those that their codes have, or of texts the order in which they came.
    Words(HashMap<String, i32>),
}

impl Encoding {
    fn of(field: &Field) -> Self {
        match field.data_type() {
            DataType::Float64 => Self::F64,
            DataType::Float32 => Self::F32,
            DataType::Int64 => Self::I64,
            DataType::Int32 => Self::I32,
            DataType::UInt8 => Self::U8,
            DataType::Boolean => Self::Flag,
            _ => match field.metadata().get(BYTES_KEY).and_then(|bytes| bytes.parse().ok()) {
                Some(bytes) => Self::Letters(bytes),
                None => Self::Words(HashMap::new()),
            },
        }
    }

    fn stored(&self) -> TypeDescriptor {
        match self {
            Self::F64 => TypeDescriptor::Float(FloatSize::U8),
            Self::F32 => TypeDescriptor::Float(FloatSize::U4),
            Self::I64 => TypeDescriptor::Integer(IntSize::U8),
            Self::I32 | Self::Words(_) => TypeDescriptor::Integer(IntSize::U4),
            Self::U8 => TypeDescriptor::Unsigned(IntSize::U1),
            Self::Flag => TypeDescriptor::Integer(IntSize::U1),
            Self::Letters(_) => TypeDescriptor::FixedAscii(1),
        }
    }

    /// The attribute that says what stands for a missing value.
    fn write_fill(&self, at: &Dataset) -> hdf5::Result<()> {
        let name = "_FillValue";
        match self {
            Self::F64 => hdf::number_attribute(at, name, &[f64::NAN]),
            Self::F32 => hdf::number_attribute(at, name, &[f32::NAN]),
            Self::I64 => hdf::number_attribute(at, name, &[i64::MIN]),
            Self::I32 => hdf::number_attribute(at, name, &[i32::MIN]),
            Self::Words(_) => hdf::number_attribute(at, name, &[-1_i32]),
            Self::Flag => hdf::number_attribute(at, name, &[-1_i8]),
            Self::U8 => hdf::number_attribute(at, name, &[CellKind::NO_CODE]),
            Self::Letters(_) => Ok(()),
        }
    }

    /// Words of codes have the numbers that they have everywhere, whichever of them comes first.
    fn learn(&mut self, array: &ArrayRef) {
        let (Self::Words(words), DataType::Dictionary(_, _)) = (self, array.data_type()) else {
            return;
        };
        if words.is_empty()
            && let Some(known) = array.as_any_dictionary().values().as_string_opt::<i32>()
        {
            let numbered = known.iter().flatten().zip(0..);
            words.extend(numbered.map(|(word, code)| (word.to_owned(), code)));
        }
    }

    fn store(&mut self, cell: Cell<'_>, bytes: &mut Vec<u8>) {
        match self {
            Self::F64 => bytes.extend(match cell {
                Cell::F64(number) => number.to_le_bytes(),
                _ => f64::NAN.to_le_bytes(),
            }),
            Self::F32 => bytes.extend(match cell {
                Cell::F32(number) => number.to_le_bytes(),
                _ => f32::NAN.to_le_bytes(),
            }),
            Self::I64 => bytes.extend(integer(cell).unwrap_or(i64::MIN).to_le_bytes()),
            Self::I32 => {
                let number = integer(cell).and_then(|number| i32::try_from(number).ok());
                bytes.extend(number.unwrap_or(i32::MIN).to_le_bytes());
            }
            Self::U8 => bytes.push(
                integer(cell)
                    .and_then(|number| u8::try_from(number).ok())
                    .unwrap_or(CellKind::NO_CODE),
            ),
            Self::Flag => bytes.push(match cell {
                Cell::Flag(flag) => u8::from(flag),
                _ => (-1_i8).cast_unsigned(),
            }),
            Self::Letters(width) => {
                let text = if let Cell::Text(text) = cell {
                    text.as_bytes()
                } else {
                    &[]
                };
                let text = &text[..text.len().min(*width)];
                bytes.extend(text);
                bytes.resize(bytes.len() + *width - text.len(), 0);
            }
            Self::Words(words) => {
                let code = match cell {
                    Cell::Text(word) => match words.get(word) {
                        Some(code) => *code,
                        None => {
                            let code = words.len() as i32;
                            words.insert(word.to_owned(), code);
                            code
                        }
                    },
                    _ => -1,
                };
                bytes.extend(code.to_le_bytes());
            }
        }
    }
}

fn integer(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Integer(number) => Some(number),
        _ => None,
    }
}

impl NetCdfTable {
    pub fn begin(place: &Path, schema: &SchemaRef, about: &About, compression: Compression) -> Result<Self, FormError> {
        let file = netcdf4::create(place)?;
        texts(
            &file,
            &[("Conventions", "CF-1.11"), ("file_type", "plume-nav-sim table")],
        )?;
        for (name, text) in about.entries() {
            if text.len() < MAX_ATTRIBUTE_BYTES {
                hdf::text_attribute(&file, name, &text)?;
            }
        }
        let mut table = Self {
            file,
            compressed: compression != Compression::None && hdf5::filters::deflate_available(),
            columns: Vec::new(),
            waiting: 0,
            written: 0,
        };
        if schema.index_of(ROW).is_ok() {
            return Err(FormError::Limit {
                what: format!("a column is called `{ROW}`, as the dimension of all rows"),
                hint: "leave it out with --columns, or choose another form",
            });
        }
        for field in schema.fields() {
            table.columns.push(table.column(field)?);
        }
        Ok(table)
    }

    fn column(&self, field: &Field) -> Result<Column, FormError> {
        let encoding = Encoding::of(field);
        let (shape, chunk) = match &encoding {
            Encoding::Letters(width) => (
                SimpleExtents::new([hdf5::Extent::resizable(0), hdf5::Extent::fixed(*width)]),
                vec![CHUNK_ROWS, *width],
            ),
            _ => (SimpleExtents::resizable([0]), vec![CHUNK_ROWS]),
        };
        let dataset = self
            .builder(Some(&chunk))
            .empty_as(encoding.stored())
            .shape(shape)
            .create(field.name().as_str())?;
        for (key, name) in [(LONG_NAME_KEY, "long_name"), (UNIT_KEY, "units"), (KEY_KEY, "key")] {
            if let Some(text) = field.metadata().get(key) {
                hdf::text_attribute(&dataset, name, text)?;
            }
        }
        if field.is_nullable() {
            encoding.write_fill(&dataset)?;
        }
        if matches!(encoding, Encoding::Letters(_)) {
            hdf::text_attribute(&dataset, "_Encoding", "utf-8")?;
        }
        if matches!(encoding, Encoding::Flag) {
            meanings(&dataset, &["no", "yes"], |code| code as i8)?;
        }
        Ok(Column {
            dataset,
            encoding,
            bytes: Vec::new(),
        })
    }

    fn builder(&self, chunk: Option<&[usize]>) -> hdf5::DatasetBuilder {
        netcdf4::dataset_builder(&self.file, chunk, self.compressed.then_some(DEFLATE_LEVEL))
    }

    /// Writes the first `rows` of those that wait.
    fn write_rows(&mut self, rows: usize) -> Result<(), FormError> {
        if rows == 0 {
            return Ok(());
        }
        let length = self.written as usize + rows;
        for column in &mut self.columns {
            let mut slab = Slab {
                start: vec![self.written],
                count: vec![rows as u64],
            };
            let mut shape = vec![length];
            if let Encoding::Letters(width) = column.encoding {
                shape.push(width);
                slab.start.push(0);
                slab.count.push(width as u64);
            }
            column.dataset.resize(shape)?;
            let bytes = column.bytes.len() / self.waiting * rows;
            Raw::new(column.dataset.clone())?.write(&slab, &column.bytes[..bytes])?;
            column.bytes.drain(..bytes);
        }
        self.written += rows as u64;
        self.waiting -= rows;
        Ok(())
    }

    /// Makes the dimensions known, as netCDF-4 does.
    fn tie(&self) -> Result<(), FormError> {
        let row = self
            .builder(Some(&[CHUNK_ROWS]))
            .empty::<f32>()
            .shape(SimpleExtents::resizable([self.written as usize]))
            .create(ROW)?;
        self.scale(&row, self.written, 0)?;
        let address = |name: &str| hdf::reference(&self.file, name);
        let mut uses = Vec::new();
        let mut dimensions = 1;
        for column in &self.columns {
            let name = column.dataset.name();
            let name = name.trim_start_matches('/');
            let mut scales = vec![address(ROW)?];
            if let Encoding::Letters(width) = column.encoding {
                let letters = format!("{name}_letters");
                let made = (self.builder(None).empty::<f32>())
                    .shape(SimpleExtents::fixed([width]))
                    .create(letters.as_str())?;
                self.scale(&made, width as u64, dimensions)?;
                dimensions += 1;
                let variable = address(name)?;
                hdf::reference_list(&made, &[ScaleUse { variable, axis: 1 }])?;
                scales.push(address(&letters)?);
            }
            hdf::dimension_list(&column.dataset, &scales)?;
            uses.push(ScaleUse {
                variable: address(name)?,
                axis: 0,
            });
        }
        Ok(hdf::reference_list(&row, &uses)?)
    }

    /// A dimension without coordinates.
    fn scale(&self, at: &Dataset, length: u64, id: i32) -> hdf5::Result<()> {
        hdf::text_attribute(at, "CLASS", "DIMENSION_SCALE\0")?;
        let words = "This is a netCDF dimension but not a netCDF variable.";
        hdf::text_attribute(at, "NAME", &format!("{words} {length:10}\0"))?;
        hdf::number_attribute(at, "_Netcdf4Dimid", &[id])
    }
}

impl TableSink for NetCdfTable {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), FormError> {
        for (column, array) in self.columns.iter_mut().zip(batch.columns()) {
            column.encoding.learn(array);
            let cells = Cells::of(array)?;
            for row in 0..batch.num_rows() {
                column.encoding.store(cells.get(row), &mut column.bytes);
            }
        }
        self.waiting += batch.num_rows();
        if self.waiting >= WRITTEN_ROWS {
            self.write_rows(self.waiting / CHUNK_ROWS * CHUNK_ROWS)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), FormError> {
        self.write_rows(self.waiting)?;
        for column in &self.columns {
            if let Encoding::Words(words) = &column.encoding {
                let mut in_order: Vec<(&str, i32)> = words.iter().map(|(word, code)| (word.as_str(), *code)).collect();
                in_order.sort_unstable_by_key(|(_, code)| *code);
                // A code without a word stands for nothing, and an empty one would be lost among the blanks.
                in_order.retain(|(word, _)| !word.is_empty());
                let (in_order, codes): (Vec<&str>, Vec<i32>) = in_order.into_iter().unzip();
                let bytes: usize = in_order.iter().map(|word| word.len() + 1).sum();
                if bytes >= MAX_ATTRIBUTE_BYTES {
                    return Err(FormError::Limit {
                        what: format!("{} has too many words for netCDF's flags", column.dataset.name()),
                        hint: "leave it out with --columns, or choose another form",
                    });
                }
                if !in_order.is_empty() {
                    meanings(&column.dataset, &in_order, |place| codes[place])?;
                }
            }
        }
        self.tie()?;
        self.file.flush()?;
        let Self { file, columns, .. } = *self;
        drop(columns);
        Ok(file.close()?)
    }
}

/// What codes mean, in words without blanks.
fn meanings<T: hdf5::H5Type>(at: &Dataset, words: &[&str], code: impl Fn(usize) -> T) -> hdf5::Result<()> {
    let values: Vec<T> = (0..words.len()).map(code).collect();
    hdf::number_attribute(at, "flag_values", &values)?;
    let words: Vec<String> = words
        .iter()
        .map(|word| word.replace(char::is_whitespace, "_"))
        .collect();
    hdf::text_attribute(at, "flag_meanings", &words.join(" "))
}
