//! Sources: where they are, and when they release.

mod check;
mod configuration;
#[expect(clippy::module_inception, reason = "the file is called after its main type")]
mod sources;

pub(super) use check::check_sources;
pub use configuration::{
    AtEnd, OtherSourceConfig, PathConfig, PulsesConfig, ScheduleConfig, WaypointsConfig, WindowsConfig,
};
pub use sources::Sources;
