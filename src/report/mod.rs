//! The summary of a study as a table: for people, and for other programs.

mod error;
mod marginal;
mod number;
mod render;
mod summary_table;
mod text;

pub use error::ReportError;
pub use render::TableFormat;
pub use summary_table::{PointRow, Progress, SummaryTable, TableDesign};
pub(crate) use text::RULED;

#[cfg(test)]
mod tests;
