//! Layers of configuration → one resolved [study](crate::study), with diagnostics that say where, what and what to do.

mod bounds;
mod catalogue;
mod check;
mod command_line;
mod components;
mod compose;
mod diagnostic;
mod environment;
mod expand;
mod inputs;
mod keys;
mod layer_sources;
mod list;
mod names;
mod pin;
mod points;
mod presets;
mod read;
mod reference;
mod reference_sections;
mod replaced;
mod report;
mod resolve;
mod schema;
mod source;
mod study_schema;
mod suggest;
mod swept;
#[cfg(test)]
mod tests;
mod tree;
mod units;

pub use diagnostic::{ConfigError, Diagnostic};
pub use expand::expand;
pub use inputs::{Choices, chosen, input_files, memory_bytes_per_member, memory_bytes_per_rank, refuse_file};
pub use layer_sources::LayerSources;
pub use list::{families, list, schema, show, swept_components, validate};
pub use reference::reference_pages;
pub use resolve::{load, load_with_warnings};
