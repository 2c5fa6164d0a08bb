//! Something that watches an episode.

use super::super::agents::Agents;
use super::super::field::SourcePosition;
use super::super::wind::WindSample;
use crate::lanes::F64x8;

/// The agents before a step.
#[derive(Clone, Copy, Debug)]
pub struct StepBegin<'a> {
    /// Step of the episode, from 0.
    pub step: u64,
    /// Time at the start of the step, s.
    pub time_s: f64,
    /// Agents as the last step left them.
    pub agents: &'a Agents,
}

/// The world after a step, one entry per block of eight agents in each array. The entries of blocks whose agents are
/// all done are those of an earlier step.
#[derive(Clone, Copy, Debug)]
pub struct StepView<'a> {
    /// Step of the episode, from 0.
    pub step: u64,
    /// Time at the end of the step, s.
    pub time_s: f64,
    /// Time step, s.
    pub dt_s: f64,
    /// Agents after the step; `active` still tells who took part in it.
    pub agents: &'a Agents,
    /// True concentration at the agents' places before the step, in the plume's unit.
    pub concentration: &'a [F64x8],
    /// What the sensor made of it, in its own unit.
    pub signal: &'a [F64x8],
    /// 1 where the sensor said that there is odour.
    pub detected: &'a [F64x8],
    /// The wind at the agents' places before the step.
    pub wind: &'a WindSample,
    /// Where the sources are after the step.
    pub sources: &'a [SourcePosition],
}

/// The end of an episode.
#[derive(Clone, Copy, Debug)]
pub struct EpisodeEnd<'a> {
    /// Steps that were made.
    pub steps: u64,
    /// Time of the end, s.
    pub time_s: f64,
    /// Agents as the last step left them: those that are still active ran out of time.
    pub agents: &'a Agents,
}

/// Watches an episode without changing it. `()` watches nothing and costs nothing: the loop over steps is compiled
/// without a trace of it.
///
/// ```
/// use plume_nav_sim::scenario::plume::{PlumeNavigation, component::prelude::*};
/// use plume_nav_sim::{scenario::Registry, trial::Trial};
/// use std::sync::{Arc, Mutex};
///
/// /// Keeps where the first agent was.
/// struct Track(Arc<Mutex<Vec<f64>>>);
///
/// impl Observer for Track {
///     fn after_step(&mut self, view: StepView<'_>) {
///         self.0.lock().unwrap().push(lane(&view.agents.x_m, 0));
///     }
/// }
///
/// let track = Arc::new(Mutex::new(Vec::new()));
/// let kept = track.clone();
/// let plume = PlumeNavigation::default().with_hook(move |_unit| Track(kept.clone()));
/// let trial = Trial::new(&Registry::empty().with(plume), "episode = { duration_s = 2.0, dt_s = 0.1 }")?;
/// trial.unit(0)?;
/// assert_eq!(track.lock().unwrap().len(), 20);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Observer {
    /// Called before every step.
    fn before_step(&mut self, _view: StepBegin<'_>) {}

    /// Called after every step.
    fn after_step(&mut self, _view: StepView<'_>) {}

    /// Called once, unless the unit fails.
    fn episode_end(&mut self, _view: EpisodeEnd<'_>) {}
}

impl Observer for () {}
