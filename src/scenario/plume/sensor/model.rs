//! What every sensor answers.

use super::super::field::Plume;
use super::super::step::Stage;
use super::super::wind::WindSample;
use super::Channels;
use crate::lanes::F64x8;

/// Readings of all agents, one entry per block. Channels that no sensor fills are empty, except for `signal` and
/// `detected`, which are 0.
#[derive(Clone, Debug)]
pub struct Readings {
    /// The sensor's value, in its own unit: the plume's, or 1 and 0 where nothing but detections is sensed.
    pub signal: Vec<F64x8>,
    /// 1 where the sensor says that there is odour, else 0.
    pub detected: Vec<F64x8>,
    /// Concentration at the left antenna, in the plume's unit.
    pub left: Vec<F64x8>,
    /// Concentration at the right antenna, in the plume's unit.
    pub right: Vec<F64x8>,
    /// Slope of the concentration along +x (of the world, not of the agent), in the plume's unit per metre.
    pub slope_x_per_m: Vec<F64x8>,
    /// Slope of the concentration along +y, in the plume's unit per metre.
    pub slope_y_per_m: Vec<F64x8>,
    /// The wind as the agents feel it.
    pub wind: Option<WindSample>,
}

impl Readings {
    /// Nothing sensed yet, of the given channels for `blocks` blocks.
    #[must_use]
    pub fn of(channels: Channels, blocks: usize) -> Self {
        let zeros = |wanted: bool| vec![F64x8::ZERO; if wanted { blocks } else { 0 }];
        Self {
            signal: zeros(true),
            detected: zeros(true),
            left: zeros(channels.sides),
            right: zeros(channels.sides),
            slope_x_per_m: zeros(channels.slope),
            slope_y_per_m: zeros(channels.slope),
            wind: channels.wind.then(|| WindSample::new(blocks)),
        }
    }

    /// Nothing smelt yet, by a sensor that tells how much odour there is and no more.
    #[must_use]
    pub fn new(blocks: usize) -> Self {
        Self::of(Channels::NONE, blocks)
    }
}

/// What there is to sense for all agents, one entry per block in each array.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// True concentration where the agents are, in the plume's unit.
    pub concentration: &'a [F64x8],
    /// The plume, for sensors that reach beyond the agent's place.
    pub plume: &'a dyn Plume,
    /// The true wind where the agents are.
    pub wind: &'a WindSample,
    /// Position along x, m.
    pub x_m: &'a [F64x8],
    /// Position along y, m.
    pub y_m: &'a [F64x8],
    /// Height above the ground of all agents, m.
    pub z_m: f64,
    /// Direction of motion, in [−π, π], rad.
    pub heading_rad: &'a [F64x8],
}

/// A sensor of every agent of a unit, with its memory.
///
/// [`SensorModel`](super::SensorModel) has an example.
pub trait Sensor: Send {
    /// Fills the sensor's channels of `readings` for the stage's blocks. Called once per step, from step 0.
    fn sense(&mut self, stage: Stage<'_>, scene: Scene<'_>, readings: &mut Readings);

    /// The present state of an agent's sensor under the name of one of
    /// [`SensorModel::state_columns`](super::SensorModel::state_columns); `None` if there is none of this name.
    fn state(&self, _name: &str, _agent: usize) -> Option<f64> {
        None
    }
}
