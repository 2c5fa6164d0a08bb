//! Which frames of a film are kept, and their times.

use super::CommandError;
use crate::import::Pictures;

/// Times this much too early still are at a wanted time, as a part of a frame.
const EARLY: f64 = 1e-6;

/// Which frames are kept, and their times.
#[derive(Clone, Debug)]
pub struct Clock {
    times: Times,
    first: u64,
    /// The first frame that comes too late.
    end: u64,
    every: u64,
}

#[derive(Clone, Debug)]
enum Times {
    /// So many per second.
    Even(f64),
    /// After the first frame, s.
    Own(Vec<f64>),
}

impl Clock {
    /// Every `every`-th frame of `pictures` between two times. A rate that is typed goes before what the film says.
    pub fn new(
        typed_hz: Option<f64>,
        (from_s, to_s): (f64, Option<f64>),
        every: u64,
        pictures: &dyn Pictures,
    ) -> Result<Self, CommandError> {
        let to_s = to_s.unwrap_or(f64::INFINITY);
        if to_s < from_s {
            return Err(CommandError::usage(
                format!("--to {to_s} s is before --from {from_s} s"),
                "end later",
            ));
        }
        if let (None, Some(why)) = (typed_hz, pictures.why_untimed()) {
            return Err(CommandError::usage(
                why,
                "give --frame-rate if they were taken evenly, or write the film so: `ffmpeg -i IN -fps_mode cfr -r 30 -c:v \
                 ffv1 OUT.mkv`",
            ));
        }
        let times = match (typed_hz, pictures.frame_times_s()) {
            (Some(rate_hz), _) => Times::Even(rate_hz),
            (None, Some(times_s)) => Times::Own(times_s.to_vec()),
            (None, None) => match pictures.frame_rate_hz() {
                Some(rate_hz) => Times::Even(rate_hz),
                None => {
                    return Err(CommandError::usage("the frame rate isn't known", "give --frame-rate"));
                }
            },
        };
        let (first, end) = match &times {
            // Casts of what is too large give the largest number.
            Times::Even(rate_hz) => (
                (from_s * rate_hz - EARLY).ceil() as u64,
                ((to_s * rate_hz + EARLY).floor() as u64).saturating_add(1),
            ),
            Times::Own(times_s) => {
                let before = |limit_s: f64| times_s.partition_point(|time_s| *time_s < limit_s) as u64;
                (before(from_s - EARLY), before(to_s + EARLY))
            }
        };
        Ok(Self {
            times,
            first,
            // Frames without a time are counted by the film's end.
            end: if to_s == f64::INFINITY { u64::MAX } else { end },
            every,
        })
    }

    /// Frames per second that are kept; `None` if they don't come evenly.
    pub fn rate_hz(&self) -> Option<f64> {
        match self.times {
            Times::Even(rate_hz) => Some(rate_hz / self.every as f64),
            Times::Own(_) => None,
        }
    }

    /// The first frame that is kept.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The first frame that comes too late.
    pub fn end(&self) -> u64 {
        self.end
    }

    pub fn keeps(&self, index: u64) -> bool {
        index >= self.first && (index - self.first).is_multiple_of(self.every)
    }

    /// How many of the first `count` frames are kept.
    pub fn kept_of(&self, count: u64) -> u64 {
        self.end.min(count).saturating_sub(self.first).div_ceil(self.every)
    }

    /// Time of a kept frame after the first kept one, s; `None` if the film doesn't say.
    pub fn time_s(&self, kept: u64) -> Option<f64> {
        match &self.times {
            Times::Even(rate_hz) => Some((kept * self.every) as f64 / rate_hz),
            Times::Own(times_s) => {
                let time_s = |kept: u64| times_s.get(usize::try_from(self.first + kept * self.every).ok()?);
                Some(time_s(kept)? - time_s(0)?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(clock: &Clock, count: u64) -> Vec<u64> {
        (0..clock.end.min(count)).filter(|&index| clock.keeps(index)).collect()
    }

    #[test]
    fn frames_are_counted_from_the_beginning() {
        let clock = Clock {
            times: Times::Even(10.0),
            first: 5,
            end: 21,
            every: 4,
        };
        assert_eq!(kept(&clock, 100), [5, 9, 13, 17]);
        for count in 0..30 {
            assert_eq!(clock.kept_of(count), kept(&clock, count).len() as u64, "{count}");
        }
        assert_eq!(clock.time_s(3), Some(1.2));
        assert_eq!(clock.rate_hz(), Some(2.5));
    }

    #[test]
    fn frames_have_times_of_their_own() {
        let clock = Clock {
            times: Times::Own(vec![0.0, 0.1, 0.2, 0.5, 0.9, 1.0]),
            first: 1,
            end: u64::MAX,
            every: 2,
        };
        assert_eq!(kept(&clock, 6), [1, 3, 5]);
        assert_eq!(
            [0, 1, 2].map(|kept| clock.time_s(kept).map(|time_s| (time_s * 1e3).round())),
            [0.0, 400.0, 900.0].map(Some)
        );
        assert_eq!((clock.time_s(3), clock.rate_hz()), (None, None));
    }
}
