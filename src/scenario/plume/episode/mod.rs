//! One episode: the agents step by step, and who watches them.

mod course;
mod observer;
mod run;

pub use course::Episode;
pub use observer::{EpisodeEnd, Observer, States, StepBegin, StepView};
pub use run::simulate;

pub use super::episode_configuration::{BeliefMetrics, EpisodeConfig};
