//! Which moment of a recorded movie is time 0.

use crate::grids::{Epoch, GridError, GridProblem, Movie};
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `start` of kind `fixed`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct FixedStartConfig {
    /// Time after the first frame, s.
    #[schemars(range(min = 0.0, max = 1e9))]
    pub at_s: f64,
}

/// `start` of kind `random`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct RandomStartConfig {
    /// Earliest start, after the first frame, s.
    #[schemars(range(min = 0.0, max = 1e9))]
    pub earliest_s: f64,
    /// Latest start, after the first frame, s. Times beyond the last frame mean the last frame.
    #[schemars(range(min = 0.0, max = 1e9))]
    pub latest_s: f64,
}

impl Default for RandomStartConfig {
    fn default() -> Self {
        Self {
            earliest_s: 0.0,
            latest_s: 1e9,
        }
    }
}

impl RandomStartConfig {
    /// The earliest and the latest start in a movie of `length_s`.
    pub(super) fn span_s(&self, length_s: f64) -> (f64, f64) {
        let latest_s = self.latest_s.min(length_s);
        (self.earliest_s.min(latest_s), latest_s)
    }

    /// A start drawn evenly from the span.
    pub(super) fn draw(&self, length_s: f64, seed: StreamSeed) -> f64 {
        let (earliest_s, latest_s) = self.span_s(length_s);
        earliest_s + (latest_s - earliest_s) * seed.generator(0).uniform()
    }
}

/// Which moment of a recording is time 0: for a plume that was recorded together with its wind.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedTime {
    /// The moment of time 0 in the file's own count, s.
    pub at_zero_s: f64,
    /// What that count begins with.
    pub epoch: Epoch,
}

impl RecordedTime {
    /// The moment of time 0 after the first frame of another movie of the recording, s.
    ///
    /// # Errors
    /// If the two files' times can't be compared.
    pub fn in_movie_s(&self, movie: &Movie) -> Result<f64, GridError> {
        match self.epoch.seconds_after(movie.epoch()) {
            Ok(later_s) => Ok(self.at_zero_s - movie.first_s() + later_s),
            Err(reason) => Err(GridError {
                path: movie.path().to_owned(),
                problem: GridProblem::Epoch {
                    found: movie.epoch().text(),
                    expected: self.epoch.text(),
                    reason,
                },
            }),
        }
    }
}

/// A failure of the unit that needed the file.
pub(super) fn failure(error: GridError) -> UnitFailure {
    UnitFailure::Scenario(error.to_string())
}
