//! From the wide form, a column for each metric, to the long one: a row for each.

use super::source::MetricColumns;
use crate::forms::{Codes, code_field};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, UInt32Array};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// How a batch of the wide form becomes one of the long.
pub(super) struct Long {
    /// Places of the columns that every row keeps.
    kept: Vec<usize>,
    /// For each metric the places of its columns.
    values: Vec<Vec<usize>>,
    names: Codes,
    units: Codes,
    schema: SchemaRef,
}

impl Long {
    /// For batches with the columns `wanted` of a table.
    pub fn of(table: &Schema, wanted: &[usize], metrics: &[MetricColumns], value_fields: &[Field]) -> Self {
        let place = |column: &usize| wanted.iter().position(|wanted| wanted == column);
        let chosen: Vec<&MetricColumns> = (metrics.iter())
            .filter(|metric| metric.columns.iter().all(|column| place(column).is_some()))
            .collect();
        let is_value = |column: &usize| metrics.iter().any(|metric| metric.columns.contains(column));
        let kept: Vec<usize> = (0..wanted.len()).filter(|at| !is_value(&wanted[*at])).collect();
        let mut fields: Vec<Field> = kept.iter().map(|at| table.field(wanted[*at]).clone()).collect();
        fields.push(code_field("metric", "name of the metric"));
        fields.push(code_field("metric_unit", "unit of the metric"));
        fields.extend(value_fields.iter().cloned());
        let words =
            |of: fn(&MetricColumns) -> &String| chosen.iter().map(|metric| of(metric).clone()).collect::<Vec<_>>();
        Self {
            kept,
            values: chosen
                .iter()
                .map(|metric| metric.columns.iter().filter_map(place).collect())
                .collect(),
            names: Codes::new(&words(|metric| &metric.metric)),
            units: Codes::new(&words(|metric| &metric.unit)),
            schema: Arc::new(Schema::new(fields)),
        }
    }

    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// The rows of a batch, metric after metric for each.
    pub fn batch(&self, wide: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let (rows, metrics) = (wide.num_rows(), self.values.len());
        let whose = UInt32Array::from_iter_values((0..rows as u32).flat_map(|row| std::iter::repeat_n(row, metrics)));
        let mut arrays = (self.kept.iter())
            .map(|at| arrow_select::take::take(wide.column(*at), &whose, None))
            .collect::<Result<Vec<ArrayRef>, ArrowError>>()?;
        let which = || (0..rows).flat_map(|_| (0..metrics as i32).map(Some));
        arrays.push(self.names.array(which()));
        arrays.push(self.units.array(which()));
        for (number, field) in self.schema.fields().iter().skip(arrays.len()).enumerate() {
            let columns = self.values.iter().map(|places| wide.column(places[number]));
            let columns: Vec<ArrayRef> = match field.data_type() {
                DataType::Float64 => columns.map(real).collect(),
                _ => columns.map(Arc::clone).collect(),
            };
            let columns: Vec<&dyn Array> = columns.iter().map(AsRef::as_ref).collect();
            let places: Vec<(usize, usize)> = (0..rows)
                .flat_map(|row| (0..metrics).map(move |metric| (metric, row)))
                .collect();
            arrays.push(match columns.is_empty() {
                true => arrow_array::new_empty_array(field.data_type()),
                false => arrow_select::interleave::interleave(&columns, &places)?,
            });
        }
        RecordBatch::try_new(self.schema(), arrays)
    }
}

/// Values of any kind as numbers: a flag as 0 or 1, a code as its number.
fn real(array: &ArrayRef) -> ArrayRef {
    fn numbers(values: impl Iterator<Item = Option<f64>>) -> ArrayRef {
        Arc::new(Float64Array::from_iter(values))
    }
    match array.data_type() {
        DataType::Boolean => numbers(
            array
                .as_boolean()
                .iter()
                .map(|value| value.map(|flag| f64::from(u8::from(flag)))),
        ),
        DataType::Int32 => numbers(
            array
                .as_primitive::<Int32Type>()
                .iter()
                .map(|value| value.map(f64::from)),
        ),
        DataType::Int64 => numbers(
            array
                .as_primitive::<Int64Type>()
                .iter()
                .map(|value| value.map(|number| number as f64)),
        ),
        DataType::Dictionary(_, _) => {
            let codes = array.as_dictionary::<Int32Type>().keys();
            numbers(codes.iter().map(|value| value.map(f64::from)))
        }
        _ => Arc::clone(array),
    }
}
