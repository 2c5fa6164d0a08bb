//! Rows of tables in forms that other tools read: files made when all units are done, and traces of single units.

mod batches;
mod convert;
mod csv;
mod error;
mod hdf5;
mod parquet;
mod segments;
mod source;
mod sqlite;
mod trace;

pub use convert::{Conversion, Target, convert, is_made};
pub use error::RowsError;
pub use source::StoredRows;
pub use trace::{Trace, TraceForm};
