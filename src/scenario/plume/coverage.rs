//! Whether a movie of a study can be used, and covers the time that is needed of it: for wind and plume alike.

use super::component::Context;
use super::recording::{FixedStartConfig, RandomStartConfig};
use crate::grids::{AtEnd, GridError, GridProblem, Movie};
use crate::quantity::{at_least, at_most, number};
use crate::scenario::{Problem, Problems};

/// What is wrong with a file that the table `table` names, blamed on the key that it is about.
pub(super) fn of_file(table: &str, error: &GridError) -> Problem {
    let key = match error.problem {
        GridProblem::Memory { .. } | GridProblem::Capacity { .. } => "cache",
        GridProblem::Missing { .. } => "missing",
        _ => "file",
    };
    Problem::new(format!("{table}.{key}"), error.message(), error.problem.hint())
}

/// The earliest and the latest start, after the first frame, s.
pub(super) fn fixed_span(fixed: &FixedStartConfig) -> (f64, f64) {
    (fixed.at_s, fixed.at_s)
}

/// The earliest and the latest start that can be drawn, after the first frame, s.
pub(super) fn random_span(table: &str, random: &RandomStartConfig, movie: &Movie, found: &mut Problems) -> (f64, f64) {
    let latest_s = random.latest_s.min(movie.length_s());
    if random.earliest_s > latest_s {
        found.add(
            format!("{table}.start.earliest_s"),
            format!(
                "{} s is after the latest start, {} s",
                random.earliest_s,
                number(latest_s)
            ),
            "start earlier",
        );
    }
    random.span_s(movie.length_s())
}

/// What an episode needs of a movie.
#[derive(Clone, Copy)]
pub(super) struct Needed {
    /// The earliest and the latest start, after the first frame, s.
    pub(super) span_s: (f64, f64),
    /// Time before the start that is needed, too, s.
    pub(super) before_s: f64,
    /// What follows the last frame.
    pub(super) at_end: AtEnd,
}

impl Needed {
    /// Whether `movie` covers the time from before the earliest start until the end of the latest episode.
    pub(super) fn check(self, table: &str, movie: &Movie, context: Context<'_>, found: &mut Problems) {
        let (earliest_s, latest_s) = self.span_s;
        let (length_s, tolerance_s) = (movie.length_s(), movie.tolerance_s());
        if movie.times_s().len() == 1 || self.at_end == AtEnd::Loop {
            return;
        }
        let start_key = format!("{table}.start");
        if latest_s > length_s + tolerance_s {
            found.add(
                start_key,
                format!(
                    "{} s is after the movie's last frame at {} s",
                    number(latest_s),
                    number(length_s)
                ),
                "start earlier",
            );
            return;
        }
        if self.at_end == AtEnd::Hold {
            return;
        }
        let before_s = self.before_s;
        if earliest_s < before_s - tolerance_s {
            found.add(
                start_key,
                format!(
                    "a start {} s after the movie's first frame leaves nothing of it for the {} s before time 0",
                    number(earliest_s),
                    number(before_s)
                ),
                format!(
                    "start at {} s or later, or use {table}.at_end = \"loop\" or \"hold\"",
                    at_least(before_s)
                ),
            );
        }
        let duration_s = context.episode_s();
        if latest_s + duration_s > length_s + tolerance_s {
            found.add(
                "episode.duration_s",
                format!(
                    "{} s from {} s after the movie's first frame are beyond its end at {} s ({})",
                    number(duration_s),
                    number(latest_s),
                    number(length_s),
                    movie.path().display()
                ),
                format!(
                    "use at most {} s, an earlier {table}.start, or {table}.at_end = \"loop\" or \"hold\"",
                    at_most((length_s - latest_s).max(0.0))
                ),
            );
        }
    }
}
