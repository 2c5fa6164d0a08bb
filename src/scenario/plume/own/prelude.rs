//! Everything that an own component usually needs, for `use plume_nav_sim::scenario::plume::own::prelude::*`.
//! Your crate needs `serde` (with `derive`) and `schemars` among its dependencies for the derived traits.

pub use super::super::agents::{Agents, Commands};
pub use super::super::boundary::Boundary;
pub use super::super::episode::{EpisodeEnd, Observer, StepBegin, StepView};
pub use super::super::field::{Plume, SourcePosition};
pub use super::super::navigator::{AgentNavigator, AgentView, Course, EachAgent, Navigator, Perception};
pub use super::super::sensor::{Channels, Readings, Scene, Sensor};
pub use super::super::space::Domain;
pub use super::super::step::Stage;
pub use super::super::wind::{Wind, WindSample};
pub use super::{Component, MetricRecorder, OwnBoundary, OwnMetric, OwnNavigator, OwnPlume, OwnSensor};
pub use crate::lanes::{F64x8, LANES, SimdLevel, lane, set_lane};
pub use crate::random::{StreamSeed, Xoshiro256PlusPlus};
pub use crate::scenario::{MetricColumn, MetricKind, Objection, Unit, UnitFailure};
pub use schemars::JsonSchema;
pub use serde::{Deserialize, Serialize};
