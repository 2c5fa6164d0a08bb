//! Everything that an component usually needs, for `use plume_nav_sim::scenario::plume::component::prelude::*`.
//! Your crate needs `serde` (with `derive`) and `schemars` among its dependencies for the derived traits.

pub use super::super::agents::{Agents, Commands};
pub use super::super::boundary::{Boundary, BoundaryModel};
pub use super::super::episode::{EpisodeEnd, Observer, StepBegin, StepView};
pub use super::super::field::{Gradient, Plume, PlumeModel, SourcePlace, SourcePosition};
pub use super::super::memory::RankMemory;
pub use super::super::navigator::{
    AgentNavigator, AgentView, Course, EachAgent, Navigator, NavigatorModel, Perception,
};
pub use super::super::sensor::{Channels, Readings, Scene, Sensor, SensorModel};
pub use super::super::space::Domain;
pub use super::super::state_column::StateColumn;
pub use super::super::step::Stage;
pub use super::super::surroundings::Surroundings;
pub use super::super::wind::{MeanSpeedRange, MeanWind, Wind, WindModel, WindSample};
pub use super::{Component, Context, MetricModel, MetricRecorder};
pub use crate::grids::Inputs;
pub use crate::lanes::{F64x8, LANES, SimdLevel, lane, set_lane};
pub use crate::random::{StreamSeed, Xoshiro256PlusPlus};
pub use crate::scenario::{MetricColumn, MetricKind, Problem, Problems, Support, Unit, UnitFailure};
pub use schemars::JsonSchema;
pub use serde::{Deserialize, Serialize};
