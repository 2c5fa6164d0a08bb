//! Files for other programs: fields over space and time as netCDF-4 with CF conventions.
//!
//! A [`FieldFile`] says what is in such a file; a [`FrameWriter`] writes it frame by frame with bounded memory, under a
//! temporary name, and gives it its own at the end. A [`GridSampler`] takes the frames from a scenario.

mod budget;
mod chunks;
mod error;
mod field_file;
mod frame_writer;
mod sample_field;
mod sampling;
#[cfg(test)]
mod tests;

pub use budget::{BudgetError, FieldShape};
pub use chunks::ChunkShape;
pub use error::ExportError;
pub use field_file::{FieldFile, FieldVariable};
pub use frame_writer::{FrameWriter, ValueRange, WrittenField, check_place};
pub use sample_field::{GridSampler, SamplingError, variables};
pub use sampling::{FrameTimes, Nodes, round_spacing_m, round_step_s};
