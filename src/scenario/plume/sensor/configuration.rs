//! `[sensor]`.

use super::super::component::{Choice, Context, Part, family};
use super::super::state_column::StateColumn;
use super::super::surroundings::Surroundings;
use super::{BUILT_IN, BinarySensorConfig, Channels, Sensor};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};

/// A kind of `[sensor]`.
///
/// A sensor of a program of its own:
///
/// ```
#[doc = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/custom_components/logarithmic.rs"))]
///
/// use plume_nav_sim::{scenario::Registry, scenario::plume::PlumeNavigation, trial::Trial};
///
/// let sensor = PlumeNavigation::default().with_sensor::<Logarithmic>();
/// let trial = Trial::new(&Registry::empty().with(sensor), "sensor.kind = 'logarithmic'\nepisode.duration_s = 2.0")?;
/// assert!(trial.unit(0)?.metric("path_length_m")[0] > 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait SensorModel: Part {
    /// The sensors of `blocks` blocks of agents. Random numbers come from the members' streams of `seed` alone.
    ///
    /// # Errors
    /// If a file can't be used.
    fn build(
        &self,
        seed: StreamSeed,
        blocks: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Sensor>, UnitFailure>;

    /// The channels that it fills: `signal` and `detected` unless it says otherwise.
    fn provides(&self) -> Channels {
        Channels::DETECTION.and(Channels::CONCENTRATION)
    }

    /// How many numbers it remembers for each agent in steps of `dt_s`: delays and windows. The memory of a unit is
    /// checked against it.
    fn numbers_remembered(&self, _dt_s: f64) -> f64 {
        0.0
    }

    /// What can be recorded of its state ([`Sensor::state`]): the same for every table.
    fn state_columns(&self) -> Vec<StateColumn> {
        Vec::new()
    }

    /// Combinations of values that each are allowed but don't go together, with keys like `sensor.threshold`.
    fn problems(&self, _context: Context<'_>) -> Problems {
        Problems::default()
    }
}

/// What agents smell with: `[sensor]`.
pub type SensorConfig = Choice<dyn SensorModel>;

family!(
    SensorModel,
    "Sensor",
    "What agents sense.",
    built_in: BUILT_IN,
    program: sensors,
    usual: BinarySensorConfig
);
