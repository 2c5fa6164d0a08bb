//! Components of a program of yours: a kind of navigator, sensor, plume or boundary, or a metric, that this crate doesn't
//! know.
//!
//! A component is a type that is its own configuration table ([`Component`]) and says what it builds ([`OwnNavigator`],
//! [`OwnSensor`], [`OwnPlume`], [`OwnBoundary`], [`OwnMetric`]). Registered with a
//! [`PlumeNavigation`](super::PlumeNavigation), it is chosen by its `kind` in a study, validated, swept and listed with
//! its help like the built-in ones. Nothing is registered for the whole process: two values of `PlumeNavigation` may
//! know different kinds.

mod component;
mod kinds;
mod metrics;
mod parts;
pub mod prelude;
#[cfg(test)]
mod tests;
mod watching;

pub use component::{Component, Part};
pub use kinds::Family;
pub use metrics::{MetricRecorder, OwnMetric, OwnMetrics};
pub use parts::{OwnBoundary, OwnNavigator, OwnPlume, OwnSensor};
pub use watching::MakeHook;

pub(super) use component::Own;
pub(super) use kinds::{Kinds, add_kinds};
pub(super) use metrics::hide_if_empty;
pub(super) use watching::Watching;
