//! A movie being played: which two frames count at a time, and how much each.

use super::error::{GridError, GridProblem};
use super::frames::FrameCache;
use super::movie::Frame;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;
use std::sync::Arc;

/// A time this part of a frame's duration beyond the end still counts as the end.
const END: f64 = 1e-6;

/// How long the last frame of several lasts where a movie is played round: as long as the one before it, s.
pub(super) fn last_step_s(times_s: &[f64]) -> f64 {
    match times_s {
        [.., before_s, last_s] => last_s - before_s,
        _ => 0.0,
    }
}

/// A time that is beyond either end of the movie by no more than this still is in it, s: rounding.
pub(super) fn tolerance_s(times_s: &[f64]) -> f64 {
    END * last_step_s(times_s)
}

/// How values between frames are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum TimeInterpolation {
    /// A straight line from one frame to the next.
    #[default]
    Linear,
    /// The frame nearest in time.
    Nearest,
}

/// What follows the last frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum AtEnd {
    /// The last frame stays; before the first one, that one.
    Hold,
    /// The first frame follows the last one after as long as the last one followed its predecessor.
    Loop,
    /// Nothing: an episode that would go on longer is refused.
    #[default]
    Stop,
}

/// A frame that is held, so that the cache is asked only when another one is needed.
#[derive(Clone)]
struct Held {
    index: usize,
    frame: Frame,
    mean: OnceCell<f64>,
}

/// A movie being played.
pub struct Playback {
    frames: Arc<FrameCache>,
    start_s: f64,
    at_end: AtEnd,
    interpolation: TimeInterpolation,
    first: Held,
    second: Held,
    weight: f64,
}

/// Two frames and how much the second one counts, in [0, 1].
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    first: usize,
    second: usize,
    weight: f64,
}

fn hold(frames: &FrameCache, index: usize) -> Result<Held, GridError> {
    Ok(Held {
        index,
        frame: frames.get(index)?,
        mean: OnceCell::new(),
    })
}

impl Playback {
    /// Plays `frames` so that `start_s` after its first frame is the time 0, and stands at `time_s`.
    ///
    /// # Errors
    /// If a frame can't be read, or `time_s` is beyond the end.
    pub fn new(
        frames: Arc<FrameCache>,
        start_s: f64,
        at_end: AtEnd,
        interpolation: TimeInterpolation,
        time_s: f64,
    ) -> Result<Self, GridError> {
        let place = place(frames.movie().times_s(), start_s + time_s, at_end, interpolation)
            .map_err(|problem| problem.at(frames.movie().path()))?;
        let first = hold(&frames, place.first)?;
        let mut playback = Self {
            second: first.clone(),
            first,
            frames,
            start_s,
            at_end,
            interpolation,
            weight: 0.0,
        };
        playback.advance(time_s)?;
        Ok(playback)
    }

    /// Moves to `time_s`.
    ///
    /// # Errors
    /// If a frame can't be read, or `time_s` is beyond the end.
    pub fn advance(&mut self, time_s: f64) -> Result<(), GridError> {
        let movie = self.frames.movie();
        let place = place(movie.times_s(), self.start_s + time_s, self.at_end, self.interpolation)
            .map_err(|problem| problem.at(movie.path()))?;
        let first = self.held(place.first)?;
        let second = if place.second == place.first {
            first.clone()
        } else {
            self.held(place.second)?
        };
        (self.first, self.second, self.weight) = (first, second, place.weight);
        Ok(())
    }

    fn held(&self, index: usize) -> Result<Held, GridError> {
        for held in [&self.first, &self.second] {
            if held.index == index {
                return Ok(held.clone());
            }
        }
        hold(&self.frames, index)
    }

    /// What is played.
    #[must_use]
    pub fn frames(&self) -> &FrameCache {
        &self.frames
    }

    /// Time after the first frame at time 0, s.
    #[must_use]
    pub fn start_s(&self) -> f64 {
        self.start_s
    }

    /// The two frames that count now, and how much the second one does, in [0, 1].
    #[must_use]
    pub fn now(&self) -> (&[f32], &[f32], f64) {
        (&self.first.frame, &self.second.frame, self.weight)
    }

    /// Mean over all nodes, now.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let mean = |held: &Held| {
            let sum = || held.frame.iter().map(|value| f64::from(*value)).sum::<f64>();
            *held.mean.get_or_init(|| sum() / held.frame.len() as f64)
        };
        (1.0 - self.weight) * mean(&self.first) + self.weight * mean(&self.second)
    }
}

/// The frames at the time `time_s` after the first one.
fn place(times_s: &[f64], time_s: f64, at_end: AtEnd, interpolation: TimeInterpolation) -> Result<Place, GridProblem> {
    let last = times_s.len() - 1;
    if last == 0 {
        // One frame is a steady field.
        return Ok(Place {
            first: 0,
            second: 0,
            weight: 0.0,
        });
    }
    let length_s = times_s[last];
    let last_step_s = last_step_s(times_s);
    let mut time_s = time_s;
    match at_end {
        AtEnd::Hold => {}
        AtEnd::Stop if time_s > length_s + tolerance_s(times_s) => {
            return Err(GridProblem::Ended {
                wanted_s: time_s,
                length_s,
            });
        }
        AtEnd::Stop => {}
        AtEnd::Loop => {
            let period_s = length_s + last_step_s;
            time_s -= (time_s / period_s).floor() * period_s;
        }
    }
    let (first, second, weight) = if time_s >= length_s {
        match at_end {
            AtEnd::Loop => (last, 0, ((time_s - length_s) / last_step_s).min(1.0)),
            AtEnd::Hold | AtEnd::Stop => (last, last, 0.0),
        }
    } else {
        let time_s = time_s.max(0.0);
        let first = times_s.partition_point(|frame_s| *frame_s <= time_s) - 1;
        let (before_s, after_s) = (times_s[first], times_s[first + 1]);
        (first, first + 1, (time_s - before_s) / (after_s - before_s))
    };
    let only = match interpolation {
        _ if weight == 0.0 => Some(first),
        TimeInterpolation::Linear => None,
        TimeInterpolation::Nearest => Some(if weight < 0.5 { first } else { second }),
    };
    Ok(match only {
        Some(only) => Place {
            first: only,
            second: only,
            weight: 0.0,
        },
        None => Place { first, second, weight },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES_S: [f64; 4] = [0.0, 1.0, 3.0, 4.0];

    fn at(time_s: f64, at_end: AtEnd, interpolation: TimeInterpolation) -> (usize, usize, f64) {
        let place = place(&TIMES_S, time_s, at_end, interpolation).unwrap();
        (place.first, place.second, place.weight)
    }

    #[test]
    fn frames_need_not_be_evenly_spaced() {
        use TimeInterpolation::{Linear, Nearest};
        assert_eq!(at(0.0, AtEnd::Stop, Linear), (0, 0, 0.0));
        assert_eq!(at(0.25, AtEnd::Stop, Linear), (0, 1, 0.25));
        assert_eq!(at(1.0, AtEnd::Stop, Linear), (1, 1, 0.0));
        assert_eq!(at(2.5, AtEnd::Stop, Linear), (1, 2, 0.75));
        assert_eq!(at(2.5, AtEnd::Stop, Nearest), (2, 2, 0.0));
        assert_eq!(at(1.9, AtEnd::Stop, Nearest), (1, 1, 0.0));
        assert_eq!(at(4.0, AtEnd::Stop, Linear), (3, 3, 0.0));
    }

    #[test]
    fn the_end_holds_loops_or_stops() {
        use TimeInterpolation::{Linear, Nearest};
        assert_eq!(at(9.0, AtEnd::Hold, Linear), (3, 3, 0.0));
        assert_eq!(at(-2.0, AtEnd::Hold, Linear), (0, 0, 0.0));
        assert_eq!(at(4.5, AtEnd::Loop, Linear), (3, 0, 0.5));
        assert_eq!(at(4.75, AtEnd::Loop, Nearest), (0, 0, 0.0));
        assert_eq!(at(5.25, AtEnd::Loop, Linear), (0, 1, 0.25));
        assert_eq!(at(-0.5, AtEnd::Loop, Linear), (3, 0, 0.5));
        assert_eq!(at(4.0 + 1e-7, AtEnd::Stop, Linear), (3, 3, 0.0));
        let ended = place(&TIMES_S, 4.1, AtEnd::Stop, Linear).unwrap_err();
        assert_eq!(
            ended,
            GridProblem::Ended {
                wanted_s: 4.1,
                length_s: 4.0
            }
        );
        assert_eq!(place(&[0.0], 7.0, AtEnd::Stop, Linear).unwrap().first, 0);
    }
}
