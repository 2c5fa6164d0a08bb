//! Tables as Apache Parquet.

use super::about::CONFIGURATION;
use super::output::create;
use super::{About, Compression, FormError, TableSink};
use arrow_array::RecordBatch;
use arrow_schema::{Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression as Codec, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

/// Rows of a group: what a reader takes at once, and a writer keeps in memory.
const GROUP_ROWS: usize = 1 << 17;

/// Bytes of a group at most, for tables of many columns.
const GROUP_BYTES: usize = 64 << 20;

/// A Parquet file in the making. Units and names of columns are in the metadata of its Arrow schema, what the table is in its own.
pub(crate) struct ParquetTable {
    writer: ArrowWriter<BufWriter<File>>,
    schema: SchemaRef,
}

impl ParquetTable {
    /// Begins an empty file.
    pub fn begin(place: &Path, schema: SchemaRef, about: &About, compression: Compression) -> Result<Self, FormError> {
        let codec = match compression {
            Compression::None => Codec::UNCOMPRESSED,
            _ => Codec::ZSTD(ZstdLevel::default()),
        };
        let entries = about.entries().into_iter();
        let properties = WriterProperties::builder()
            .set_compression(codec)
            .set_created_by(format!("plume-nav-sim {}", crate::version::SOFTWARE_VERSION))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_max_row_group_bytes(Some(GROUP_BYTES))
            .set_key_value_metadata(Some(
                entries
                    .map(|(name, text)| KeyValue::new(name.to_owned(), text))
                    .collect(),
            ))
            .build();
        // What readers of Arrow's schema see. The configuration is long, and said once.
        let mut short = about.metadata();
        short.remove(CONFIGURATION);
        let schema = Arc::new(Schema::new_with_metadata(schema.fields().clone(), short));
        Ok(Self {
            writer: ArrowWriter::try_new(create(place)?, Arc::clone(&schema), Some(properties))?,
            schema,
        })
    }
}

impl TableSink for ParquetTable {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), FormError> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), batch.columns().to_vec())?;
        Ok(self.writer.write(&batch)?)
    }

    fn finish(self: Box<Self>) -> Result<(), FormError> {
        let file = self.writer.into_inner()?;
        file.into_inner().map_err(|error| error.into_error())?;
        Ok(())
    }
}
