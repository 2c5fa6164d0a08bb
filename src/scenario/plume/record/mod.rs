//! Recording: the steps and events of agents as rows of tables, for whoever asks for them with `[record]`.

mod columns;
mod events;
mod problems;
mod recorder;
mod rows;
#[cfg(test)]
mod tests;

pub use columns::{tables, usual_columns};
pub use problems::problems;
pub use recorder::Recorder;
