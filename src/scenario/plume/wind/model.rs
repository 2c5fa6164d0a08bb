//! What every wind answers.

use super::super::recording::RecordedTime;
use crate::lanes::{F64x8, SimdLevel};
use crate::scenario::UnitFailure;

/// Identity of a wind for seeding: a hash of its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindKey(pub [u8; 16]);

/// The wind without its fluctuations, which steady plumes align with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanWind {
    /// Speed, m/s.
    pub speed_m_s: f64,
    /// Direction that the wind blows *to*, counter-clockwise from +x, rad.
    pub direction_rad: f64,
}

/// Wind at many positions, one entry per block of eight.
#[derive(Clone, Debug)]
pub struct WindSample {
    /// Velocity along +x, m/s.
    pub x_m_s: Vec<F64x8>,
    /// Velocity along +y, m/s.
    pub y_m_s: Vec<F64x8>,
    /// Direction that the wind blows *to*, counter-clockwise from +x, in [−π, π], rad. Empty where nobody asks for it.
    pub direction_rad: Vec<F64x8>,
}

impl WindSample {
    /// Still air at `blocks` blocks.
    #[must_use]
    pub fn new(blocks: usize) -> Self {
        Self {
            x_m_s: vec![F64x8::ZERO; blocks],
            y_m_s: vec![F64x8::ZERO; blocks],
            direction_rad: vec![F64x8::ZERO; blocks],
        }
    }

    /// Still air without directions, which cost an arctangent per position: for what the wind carries.
    #[must_use]
    pub fn velocities(blocks: usize) -> Self {
        Self {
            direction_rad: Vec::new(),
            ..Self::new(blocks)
        }
    }

    /// Sets the velocity of a block, and its direction if that is asked for.
    #[inline(always)]
    pub fn set(&mut self, block: usize, x_m_s: F64x8, y_m_s: F64x8) {
        self.x_m_s[block] = x_m_s;
        self.y_m_s[block] = y_m_s;
        if let Some(direction_rad) = self.direction_rad.get_mut(block) {
            *direction_rad = y_m_s.atan2(x_m_s);
        }
    }
}

/// One realisation of a wind. It doesn't feel the agents.
///
/// A wind with a time step of its own moves in whole steps of it from its beginning, whatever times it is asked for;
/// between two of its steps it stands still. So the realisation doesn't depend on who asks.
///
/// [`WindModel`](super::WindModel) has an example.
pub trait Wind: Send {
    /// The mean over fluctuations, now: it follows changes that the configuration prescribes, and nothing random.
    fn mean(&self) -> MeanWind;

    /// Whether [`Wind::sample`] gives the same everywhere at all times, so that once is enough.
    fn is_uniform_and_steady(&self) -> bool {
        false
    }

    /// Which moment of a recording is time 0, if this wind is one.
    fn recorded_time(&self) -> Option<RecordedTime> {
        None
    }

    /// Moves on to `time_s`, which never decreases. Time 0 is when agents are released; it is negative while wind and
    /// plume spin up.
    ///
    /// # Errors
    /// If a file can't be read, or the wind stops being finite.
    fn advance(&mut self, time_s: f64) -> Result<(), UnitFailure>;

    /// The wind at positions `x_m`, `y_m` (one entry per block), now. Only the entries listed in `blocks` are asked for;
    /// a wind that is the same everywhere may fill all of them.
    fn sample(&self, simd: SimdLevel, blocks: &[usize], x_m: &[F64x8], y_m: &[F64x8], wind: &mut WindSample);
}
