//! One episode: its configuration, the agents step by step, and who watches them.

mod configuration;
mod course;
mod observer;
mod run;

pub use configuration::{BeliefMetrics, EpisodeConfig};
pub use course::Episode;
pub use observer::{EpisodeEnd, Observer, StepBegin, StepView};
pub use run::simulate;
