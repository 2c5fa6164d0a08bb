//! One episode: the domain, the clock, and the loop over steps.

mod configuration;
mod domain;
mod observer;
mod run;
mod stage;

pub use configuration::EpisodeConfig;
pub use domain::Domain;
pub use observer::{EpisodeEnd, Observer, StepBegin, StepView};
pub use run::simulate;
pub use stage::Stage;
