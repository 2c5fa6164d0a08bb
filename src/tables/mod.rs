//! Results as tables for other tools: episodes, summary, points, failures and rows, chosen by conditions and written in any
//! form, block by block.

mod base;
mod condition;
mod episodes;
mod error;
mod export;
mod failures;
mod index_set;
mod long;
mod names;
mod pieces;
mod points;
mod rows;
mod source;
mod summary;

pub use condition::{Condition, ConditionError, parse as parse_condition};
pub use error::TablesError;
pub use export::{Exported, Order, export};
pub use index_set::IndexSet;
