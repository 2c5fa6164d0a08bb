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
mod parts;
pub mod prelude;
#[cfg(test)]
mod tests;
mod watching;

pub use choice::Choice;
pub use context::Context;
pub use family::{Family, Kind};
pub use kinds::Kinds;
pub use metrics::{MetricRecorder, OwnMetric, OwnMetrics};
pub use part::{Component, Part};
pub use parts::{OwnPlume, OwnSensor};
pub use watching::MakeHook;

pub(super) use choice::choice_without;
pub(super) use family::family;
pub(super) use metrics::hide_if_empty;
pub(super) use parts::add_kinds;
pub(super) use watching::Watching;
