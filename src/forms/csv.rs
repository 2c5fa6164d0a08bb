//! Tables as comma-separated values.

use super::cells::{Cell, Cells};
use super::output::Output;
use super::{Compression, FormError, TableSink};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use std::fmt::Write as _;
use std::path::Path;

/// A line of names, then a line for each row. Nothing stands where a value is missing.
pub(super) struct CsvTable(csv::Writer<Output>);

impl CsvTable {
    pub fn begin(place: &Path, schema: &SchemaRef, compression: Compression) -> Result<Self, FormError> {
        let mut writer = csv::Writer::from_writer(Output::begin(place, compression)?);
        writer.write_record(schema.fields().iter().map(|field| field.name()))?;
        Ok(Self(writer))
    }
}

impl TableSink for CsvTable {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), FormError> {
        let columns = batch.columns().iter().map(Cells::of).collect::<Result<Vec<_>, _>>()?;
        let mut text = String::new();
        for row in 0..batch.num_rows() {
            for column in &columns {
                text.clear();
                // Numbers in the fewest digits that give them back. Writing to a string doesn't fail.
                let _ = match column.get(row) {
                    Cell::Missing => Ok(()),
                    Cell::F64(number) => write!(text, "{number}"),
                    Cell::F32(number) => write!(text, "{number}"),
                    Cell::Integer(number) => write!(text, "{number}"),
                    Cell::Flag(flag) => write!(text, "{flag}"),
                    Cell::Text(word) => write!(text, "{word}"),
                };
                self.0.write_field(&text)?;
            }
            self.0.write_record(None::<&[u8]>)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), FormError> {
        let output = self.0.into_inner().map_err(|error| error.into_error())?;
        Ok(output.finish()?)
    }
}
