//! `[navigator]`.

use super::super::component::{Choice, Context, Part, family};
use super::super::sensor::Channels;
use super::super::state_column::StateColumn;
use super::{BUILT_IN, Navigator, SurgeCastConfig, Surroundings};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};

/// A kind of `[navigator]`.
///
/// A navigator of a program of its own, written for one agent:
///
/// ```
#[doc = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/custom_components/zigzag.rs"))]
///
/// use plume_nav_sim::{scenario::Registry, scenario::plume::PlumeNavigation, trial::Trial};
///
/// let navigator = PlumeNavigation::default().with_navigator::<Zigzag>();
/// let study = "navigator = { kind = 'zigzag', speed_m_s = 0.4 }\nepisode.duration_s = 2.0";
/// let trial = Trial::new(&Registry::empty().with(navigator), study)?;
/// assert!(trial.unit(0)?.metric("path_length_m")[0] <= 0.8 + 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait NavigatorModel: Part {
    /// The navigators of `count` agents. Random numbers come from the members' streams of `seed` alone.
    ///
    /// # Errors
    /// If a file can't be used, or what a navigator assumes has no meaning in its surroundings.
    fn build(
        &self,
        seed: StreamSeed,
        count: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Navigator>, UnitFailure>;

    /// The highest speed that it asks for, m/s: the time step is checked against it.
    fn max_speed_m_s(&self) -> f64;

    /// What it has to sense: all channels of one of these sets. Sensors that don't tell it are refused. Wind is there in
    /// any case.
    fn requires(&self) -> Vec<Channels> {
        vec![Channels::NONE]
    }

    /// Whether it has no meaning where the wind has no direction.
    fn requires_wind(&self) -> bool {
        false
    }

    /// Whether any agent searches by belief, so that [`Navigator::belief_report`] says something.
    fn has_beliefs(&self) -> bool {
        false
    }

    /// Which strategy each of `count` agents has; `None` if all have the same.
    fn strategies_of_agents(&self, _count: usize) -> Option<Vec<u32>> {
        None
    }

    /// What can be recorded of its state ([`Navigator::state`]): the same for every table.
    fn state_columns(&self) -> Vec<StateColumn> {
        Vec::new()
    }

    /// Combinations of values that each are allowed but don't go together, with keys like `navigator.speed_m_s`.
    fn problems(&self, _context: Context<'_>) -> Problems {
        Problems::default()
    }
}

/// How agents decide where to go: `[navigator]`.
pub type NavigatorConfig = Choice<dyn NavigatorModel>;

family!(
    NavigatorModel,
    "Navigator",
    "How agents decide where to go.",
    built_in: BUILT_IN,
    program: navigators,
    usual: SurgeCastConfig
);
