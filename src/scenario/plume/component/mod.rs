//! The one door for components: every kind of navigator, sensor, plume, wind, boundary and metric comes in here, whether
//! it is built in or a program's own.
//!
//! A component is a type that is its own configuration table ([`Component`]) and implements its family's model trait
//! ([`NavigatorModel`](super::navigator::NavigatorModel), [`BoundaryModel`](super::boundary::BoundaryModel), …), which says
//! what it builds, what it needs and what is wrong with it. A [`Choice`] in a configuration holds one, read by its `kind`
//! among those of its [`Family`]: first those in the family's list, then those that the program registered with its
//! [`PlumeNavigation`](super::PlumeNavigation). Nothing is registered for the whole process: two values of
//! `PlumeNavigation` may know different kinds.

mod choice;
mod context;
mod family;
mod kinds;
mod metrics;
mod part;
pub mod prelude;
#[cfg(test)]
mod tests;
mod watching;

pub use choice::Choice;
pub use context::Context;
pub use family::{Family, Kind};
pub use kinds::Kinds;
pub use metrics::{MetricModel, MetricRecorder, MetricsConfig};
pub use part::{Component, Part};
pub use watching::MakeHook;

pub(super) use choice::{choice_without, identity};
pub(super) use family::{defaults_of, family, is_built_in};
pub(super) use watching::Watching;
