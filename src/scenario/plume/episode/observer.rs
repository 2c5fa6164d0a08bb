//! Something that watches an episode.

use super::super::agents::Agents;
use super::super::field::SourcePosition;
use super::super::metrics::Metrics;
use super::super::navigator::Navigator;
use super::super::sensor::{Readings, Sensor};
use super::super::wind::WindSample;
use crate::lanes::{F64x8, SimdLevel};
use crate::scenario::UnitOutput;

/// The agents before a step.
#[derive(Clone, Copy, Debug)]
pub struct StepBegin<'a> {
    /// Step of the episode, from 0.
    pub step: u64,
    /// Time at the start of the step, s.
    pub time_s: f64,
    /// Agents as the last step left them.
    pub agents: &'a Agents,
    /// Where the sources are.
    pub sources: &'a [SourcePosition],
    /// What the steps so far came to.
    pub metrics: &'a Metrics,
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
    /// All channels of the sensor; those that it doesn't fill are empty.
    pub readings: &'a Readings,
    /// The inner state of navigators and sensors, after they decided.
    pub states: States<'a>,
    /// Steps of each agent so far that another agent cut short; none where agents don't get in each other's way.
    pub collisions: Option<&'a [u32]>,
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
    /// Where the sources are.
    pub sources: &'a [SourcePosition],
    /// What all steps came to.
    pub metrics: &'a Metrics,
}

/// The inner state of navigators and sensors.
#[derive(Clone, Copy)]
pub struct States<'a> {
    pub(super) simd: SimdLevel,
    pub(super) navigator: &'a dyn Navigator,
    pub(super) sensor: &'a dyn Sensor,
}

impl States<'_> {
    /// What an agent's navigator or sensor says under the name of a state column; `None` if neither has it.
    #[must_use]
    pub fn value(&self, name: &str, agent: usize) -> Option<f64> {
        let navigator = self.navigator.state(self.simd, name, agent);
        navigator.or_else(|| self.sensor.state(name, agent))
    }
}

impl std::fmt::Debug for States<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("States").finish_non_exhaustive()
    }
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

    /// Called after every step, and a `last` time after the end: rows for the scenario's tables can be handed over.
    fn hand_over(&mut self, _last: bool, _output: &mut UnitOutput<'_>) {}
}

impl Observer for () {}

impl<A: Observer, B: Observer> Observer for (A, B) {
    fn before_step(&mut self, view: StepBegin<'_>) {
        self.0.before_step(view);
        self.1.before_step(view);
    }

    fn after_step(&mut self, view: StepView<'_>) {
        self.0.after_step(view);
        self.1.after_step(view);
    }

    fn episode_end(&mut self, view: EpisodeEnd<'_>) {
        self.0.episode_end(view);
        self.1.episode_end(view);
    }

    fn hand_over(&mut self, last: bool, output: &mut UnitOutput<'_>) {
        self.0.hand_over(last, output);
        self.1.hand_over(last, output);
    }
}
