//! What comes out of a study: the columns, axes and tables that scenarios declare, what a unit leaves of them, and the
//! [`Ledger`] that keeps it.
//!
//! The common ground of those that make results (scenarios, the engine), keep them (the store) and read them (statistics,
//! reports): these know this module and not each other.

mod column;
mod counter;
mod detail;
mod features;
mod ledger;
mod product;
mod row_table;
mod saved_state;
mod shape;
mod table_rows;
mod unit_rows;

pub use column::{Aggregation, Centre, Measure, MemberAxis, MetricColumn, MetricKind, Support};
pub use counter::{Counter, CounterNumbers, CounterSummary, CounterValue};
pub use detail::MemberDetail;
pub use features::{EndReason, UnitFeatures};
pub use ledger::{Encode, EncodedRun, FailureRow, FinishedUnit, Ledger, LedgerError, UnitState};
pub use product::Product;
pub use row_table::{CellKind, Cells, RowColumn, RowMeaning, RowTable};
pub use saved_state::{SavedState, StateShelf};
pub use shape::{AxisShape, CoordinateKind, CoordinateShape, Shape};
pub use table_rows::{CellColumn, TableRows};
pub use unit_rows::{NoRows, RowBlock, RowPlace, RowSink, RowTally, UnitRows};
