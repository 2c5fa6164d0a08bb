//! Layers of configuration → one resolved study, with diagnostics that say where, what and what to do.

mod bounds;
mod canonical;
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
mod list;
mod names;
mod origin;
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
mod settings;
mod source;
mod study;
mod study_schema;
mod suggest;
mod swept;
#[cfg(test)]
mod tests;
mod toml_text;
mod tree;
mod units;

pub use diagnostic::{ConfigError, Diagnostic};
pub use inputs::{Choices, InputRecord};
pub use list::{list, schema, show, swept_components, validate};
pub use origin::Origin;
pub use reference::reference_pages;
pub use settings::{
    ExecutionSettings, MemberDetail, OutputSettings, RecordSettings, StatisticsSettings, StudySettings,
};
pub use study::{LayerSources, ResolvedStudy, Study};
