//! Tables as files of other programs' formats: what every column is called, measured in and means goes with them.
//!
//! A table comes in batches of rows ([`RecordBatch`](arrow_array::RecordBatch)), so that memory doesn't grow with it. The schema
//! says all that there is to know of columns; each form keeps of it what it has a place for.

mod about;
mod arrow_file;
mod cells;
mod column;
mod csv;
mod database;
mod error;
mod form;
mod json_lines;
mod netcdf;
mod output;
mod parquet;
mod sqlite;

pub use about::About;
pub use column::{
    BYTES_KEY, Codes, KEY_KEY, LONG_NAME_KEY, UNIT_KEY, code_field, coordinate_field, field, row_array, row_field,
    text_field,
};
pub(crate) use database::Database;
pub use error::FormError;
pub use form::{Compression, Form, TableSink};
pub(crate) use parquet::ParquetTable;
