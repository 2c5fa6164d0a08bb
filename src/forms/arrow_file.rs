//! Tables as Arrow's own file.

use super::output::create;
use super::{About, Compression, FormError, TableSink};
use arrow_array::RecordBatch;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_schema::{Schema, SchemaRef};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

/// An Arrow IPC file in the making.
pub(super) struct ArrowFile {
    writer: FileWriter<BufWriter<File>>,
    schema: SchemaRef,
}

impl ArrowFile {
    pub fn begin(place: &Path, schema: &SchemaRef, about: &About, compression: Compression) -> Result<Self, FormError> {
        let codec = match compression {
            Compression::None => None,
            _ => Some(CompressionType::ZSTD),
        };
        let options = IpcWriteOptions::default().try_with_compression(codec)?;
        let schema = Arc::new(Schema::new_with_metadata(schema.fields().clone(), about.metadata()));
        Ok(Self {
            writer: FileWriter::try_new_with_options(create(place)?, &schema, options)?,
            schema,
        })
    }
}

impl TableSink for ArrowFile {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), FormError> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), batch.columns().to_vec())?;
        Ok(self.writer.write(&batch)?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), FormError> {
        self.writer.finish()?;
        let file = self.writer.into_inner()?;
        file.into_inner().map_err(|error| error.into_error())?;
        Ok(())
    }
}
