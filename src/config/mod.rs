//! Layers of configuration → one resolved study, with diagnostics that say where, what and what to do.

mod diagnostic;
mod origin;
mod settings;
mod study;

pub use diagnostic::{ConfigError, Diagnostic};
pub use origin::Origin;
pub use settings::{ExecutionSettings, MemberDetail, OutputSettings, StatisticsSettings, StudySettings};
pub use study::{LayerSources, ResolvedStudy, Study};
