//! Wind and plume of a unit: all that agents don't change.

use super::PlumeConfig;
use super::field::Plume;
use super::wind::Wind;
use crate::grids::Inputs;
use crate::random::Streams;
use crate::scenario::UnitFailure;

/// One realisation of wind and plume.
///
/// It depends on the tables `[wind]` and `[plume]` and on the replicate only. Its random streams, `wind` and `plume`,
/// are keyed by these tables instead of the design point: points that differ in their agents alone see the same wind
/// and plume in the same replicate.
pub struct World {
    wind: Box<dyn Wind>,
    plume: Box<dyn Plume>,
}

impl World {
    /// Wind and plume at time 0, spun up.
    ///
    /// # Errors
    /// If a file can't be read, or a model stops being finite while it spins up.
    pub fn realise(config: &PlumeConfig, streams: &Streams, inputs: &Inputs) -> Result<Self, UnitFailure> {
        let wind_seed = streams.seed_keyed("wind", &config.wind.key().0);
        let plume_seed = streams.seed_keyed("plume", &config.plume.key(&config.wind).0);
        let mut wind = config.wind.realise(-config.plume.spin_up_s(), wind_seed, inputs)?;
        let plume = config.plume.realise(wind.as_mut(), plume_seed, inputs)?;
        wind.advance(0.0)?;
        Ok(Self { wind, plume })
    }

    /// Moves on to `time_s`, which never decreases.
    ///
    /// # Errors
    /// See [`Plume::advance`] and [`Wind::advance`].
    pub fn advance(&mut self, time_s: f64) -> Result<(), UnitFailure> {
        self.plume.advance(time_s, self.wind.as_mut())?;
        self.wind.advance(time_s)
    }

    /// The wind now.
    #[must_use]
    pub fn wind(&self) -> &dyn Wind {
        self.wind.as_ref()
    }

    /// The plume now.
    #[must_use]
    pub fn plume(&self) -> &dyn Plume {
        self.plume.as_ref()
    }
}
