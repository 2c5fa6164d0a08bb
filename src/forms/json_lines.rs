//! Tables as lines of JSON.

use super::cells::{Cell, Cells};
use super::output::Output;
use super::{Compression, FormError, TableSink};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use serde_json::Value;
use std::io::Write;
use std::path::Path;

/// An object a line; `null` where a value is missing, and for infinity, which JSON hasn't.
pub(super) struct JsonLines {
    output: Output,
    /// `"name":` of each column.
    names: Vec<String>,
}

impl JsonLines {
    pub fn begin(place: &Path, schema: &SchemaRef, compression: Compression) -> Result<Self, FormError> {
        let names = schema
            .fields()
            .iter()
            .map(|field| format!("{}:", Value::from(field.name().as_str())));
        Ok(Self {
            output: Output::begin(place, compression)?,
            names: names.collect(),
        })
    }
}

impl TableSink for JsonLines {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), FormError> {
        let columns = batch.columns().iter().map(Cells::of).collect::<Result<Vec<_>, _>>()?;
        let output = &mut self.output;
        for row in 0..batch.num_rows() {
            let mut before = "{";
            for (name, column) in self.names.iter().zip(&columns) {
                write!(output, "{before}{name}")?;
                before = ",";
                match column.get(row) {
                    // `Display` of floats is no JSON where they are whole (`1`), which readers would take for integers.
                    Cell::F64(number) if number.is_finite() => write!(output, "{number:?}")?,
                    Cell::F32(number) if number.is_finite() => write!(output, "{number:?}")?,
                    Cell::Missing | Cell::F64(_) | Cell::F32(_) => write!(output, "null")?,
                    Cell::Integer(number) => write!(output, "{number}")?,
                    Cell::Flag(flag) => write!(output, "{flag}")?,
                    Cell::Text(word) => write!(output, "{}", Value::from(word))?,
                }
            }
            writeln!(output, "}}")?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), FormError> {
        Ok(self.output.finish()?)
    }
}
