//! Rows of units with all that says whose they are, for forms that keep tables.

use super::segments::Segment;
use crate::forms::{Codes, coordinate_field, field, row_array, row_field};
use crate::results::{RowTable, TableRows};
use crate::scenario::{RowCoordinateValues, RowsDescription};
use crate::store;
use crate::sweep::UnitIndex;
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use std::iter::repeat_n;
use std::sync::Arc;

/// The columns of a table as arrays.
pub(super) struct OwnColumns<'a> {
    table: &'a RowTable,
    codes: Vec<Codes>,
}

impl<'a> OwnColumns<'a> {
    pub fn of(table: &'a RowTable) -> Self {
        let codes = table.columns.iter().map(|column| Codes::new(&column.meanings));
        Self {
            table,
            codes: codes.collect(),
        }
    }

    pub fn fields(&self) -> impl Iterator<Item = Field> {
        self.table.columns.iter().map(row_field)
    }

    pub fn arrays(&self, rows: &TableRows) -> impl Iterator<Item = ArrayRef> {
        let declared = self.table.columns.iter().zip(&self.codes);
        (declared.zip(&rows.columns)).map(|((column, codes), cells)| row_array(column, codes, cells))
    }
}

/// The swept values of points as columns.
pub(super) struct SweptColumns<'a>(&'a RowsDescription);

impl<'a> SweptColumns<'a> {
    pub fn of(description: &'a RowsDescription) -> Self {
        Self(description)
    }

    /// Their fields, with names of their own beside `taken`.
    pub fn fields(&self, taken: &[Field]) -> Vec<Field> {
        let is_taken = |name: &str| taken.iter().any(|field| field.name() == name);
        (self.0.coordinates.iter())
            .map(|coordinate| {
                let kind = match coordinate.values {
                    RowCoordinateValues::Real(_) => DataType::Float64,
                    RowCoordinateValues::Integer(_) => DataType::Int64,
                    RowCoordinateValues::Text(_) => DataType::Utf8,
                };
                let name = match is_taken(&coordinate.name) {
                    true => format!("swept_{}", coordinate.name),
                    false => coordinate.name.clone(),
                };
                coordinate_field(
                    &name,
                    &coordinate.key,
                    coordinate.unit.as_deref().unwrap_or_default(),
                    &store::words_of_key(&coordinate.key),
                    kind,
                )
            })
            .collect()
    }

    /// The values of a point for `rows` rows.
    pub fn arrays(&self, point: u64, rows: usize) -> impl Iterator<Item = ArrayRef> {
        let place = (point - self.0.first_point) as usize;
        self.0.coordinates.iter().map(move |coordinate| -> ArrayRef {
            match &coordinate.values {
                RowCoordinateValues::Real(values) => {
                    let value = Some(values[place]).filter(|value| !value.is_nan());
                    Arc::new(Float64Array::from_iter(repeat_n(value, rows)))
                }
                RowCoordinateValues::Integer(values) => {
                    Arc::new(Int64Array::from_iter_values(repeat_n(values[place], rows)))
                }
                RowCoordinateValues::Text(values) => {
                    let value = Some(&values[place]).filter(|value| !value.is_empty());
                    Arc::new(StringArray::from_iter(repeat_n(value, rows)))
                }
            }
        })
    }
}

/// A table in which every row says whose it is.
pub(super) struct WholeRows<'a> {
    swept: SweptColumns<'a>,
    own: OwnColumns<'a>,
    replicates: u64,
    with_point: bool,
    pub schema: SchemaRef,
}

impl<'a> WholeRows<'a> {
    /// The rows of a table; without the number of the point where a folder has it.
    pub fn of(description: &'a RowsDescription, table: &'a RowTable, with_point: bool) -> Self {
        let (swept, own) = (SweptColumns::of(description), OwnColumns::of(table));
        let mut fields = vec![whole("unit", "unit of the study")];
        if with_point {
            fields.push(whole("point", "design point of the unit"));
        }
        fields.push(whole("replicate", "replicate of the unit"));
        let own_fields: Vec<Field> = own.fields().collect();
        fields.retain(|field| own_fields.iter().all(|own| own.name() != field.name()));
        let taken: Vec<Field> = fields.iter().chain(&own_fields).cloned().collect();
        fields.extend(swept.fields(&taken));
        fields.extend(own_fields);
        Self {
            swept,
            own,
            replicates: u64::from(description.replicates.max(1)),
            with_point,
            schema: Arc::new(Schema::new(fields)),
        }
    }

    /// The rows of a unit.
    pub fn batch(&self, unit: UnitIndex, rows: &TableRows) -> Result<RecordBatch, ArrowError> {
        let count = rows.rows as usize;
        let (point, replicate) = (unit.0 / self.replicates, unit.0 % self.replicates);
        let own_names = self.own.table.columns.iter().map(|column| column.name.as_str());
        let is_own = |name: &str| own_names.clone().any(|own| own == name);
        let mut arrays: Vec<ArrayRef> = Vec::new();
        for (name, value, wanted) in [
            ("unit", unit.0, true),
            ("point", point, self.with_point),
            ("replicate", replicate, true),
        ] {
            if wanted && !is_own(name) {
                arrays.push(repeated(value as i64, count));
            }
        }
        arrays.extend(self.swept.arrays(point, count));
        arrays.extend(self.own.arrays(rows));
        RecordBatch::try_new(Arc::clone(&self.schema), arrays)
    }
}

/// A field of whole numbers.
pub(super) fn whole(name: &str, long_name: &str) -> Field {
    field(name, DataType::Int64, "", long_name)
}

/// A number again and again.
pub(super) fn repeated(value: i64, rows: usize) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(repeat_n(value, rows)))
}

/// For each row the number of its segment, counted from `first` on, and its place within.
pub(super) fn numbered(segments: &[Segment], numbers: &[i64]) -> [ArrayRef; 2] {
    let runs = || segments.iter().zip(numbers);
    let which = runs().flat_map(|(segment, number)| repeat_n(*number, segment.rows as usize));
    let place = runs().flat_map(|(segment, _)| 0..segment.rows as i64);
    [
        Arc::new(Int64Array::from_iter_values(which)),
        Arc::new(Int64Array::from_iter_values(place)),
    ]
}
