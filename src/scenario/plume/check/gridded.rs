//! Problems to wind and plume from files: the files' headers and first and last frames, and spans of time.

use super::super::PlumeConfig;
use super::super::field::{GaussianConfig, GriddedPlumeConfig, PlumeStartConfig};
use super::super::recording::{FixedStartConfig, RandomStartConfig};
use super::super::wind::{GriddedWindConfig, WindStartConfig};
use crate::grids::{AtEnd, GridError, GridProblem, Inputs, Movie};
use crate::scenario::Problem;
use std::sync::Arc;

/// Periods that differ by this part of a frame's duration count as equal: times in single precision do.
const PERIOD_TOLERANCE: f64 = 1e-3;

/// Everything that is wrong with the files that `config` names.
pub(super) fn check(config: &PlumeConfig, inputs: &Inputs) -> Vec<Problem> {
    let mut found = Vec::new();
    if let Some(wind) = config.wind.as_kind::<GriddedWindConfig>() {
        check_wind(config, wind, inputs, &mut found);
    }
    if let Some(plume) = config.plume.as_kind::<GriddedPlumeConfig>() {
        check_plume(config, plume, inputs, &mut found);
    }
    found
}

fn problem(key: &str, message: String, hint: impl Into<String>) -> Problem {
    Problem {
        key: key.to_owned(),
        message,
        hint: hint.into(),
    }
}

/// The key to blame for what is wrong with a file.
fn of_file(table: &str, error: &GridError) -> Problem {
    let key = match error.problem {
        GridProblem::Memory { .. } | GridProblem::Capacity { .. } => "cache",
        GridProblem::Missing { .. } => "missing",
        _ => "file",
    };
    problem(&format!("{table}.{key}"), error.message(), error.problem.hint())
}

fn check_wind(config: &PlumeConfig, wind: &GriddedWindConfig, inputs: &Inputs, found: &mut Vec<Problem>) {
    if config.plume.as_kind::<GaussianConfig>().is_some() {
        found.push(problem(
            "plume.kind",
            "\"gaussian\" is a steady plume and has no meaning in a wind of kind \"gridded\"".to_owned(),
            "use a plume of puffs or filaments, plume.kind = \"gridded\", or wind.kind = \"constant\"",
        ));
    }
    let frames = match wind.frames(inputs) {
        Ok(frames) => frames,
        Err(error) => return found.push(of_file("wind", &error)),
    };
    if let Some(error) = frames.iter().find_map(|frames| frames.probe().err()) {
        return found.push(of_file("wind", &error));
    }
    let span_s = match &wind.start {
        WindStartConfig::Fixed(fixed) => fixed_span(fixed),
        WindStartConfig::Random(random) => random_span("wind", random, frames[0].movie(), found),
    };
    let before_s = config.plume.spin_up_s();
    check_span("wind", frames[0].movie(), span_s, before_s, wind.at_end, config, found);
}

fn check_plume(config: &PlumeConfig, plume: &GriddedPlumeConfig, inputs: &Inputs, found: &mut Vec<Problem>) {
    let frames = match plume.frames(inputs) {
        Ok(frames) => frames,
        Err(error) => return found.push(of_file("plume", &error)),
    };
    if let Err(error) = frames.probe() {
        return found.push(of_file("plume", &error));
    }
    let movie = frames.movie();
    check_region(config, plume, movie, found);
    let span_s = match &plume.start {
        PlumeStartConfig::Fixed(fixed) => fixed_span(fixed),
        PlumeStartConfig::Random(random) => {
            let wind = config.wind.as_kind::<GriddedWindConfig>();
            if wind.is_some_and(|wind| matches!(wind.start, WindStartConfig::Random(_))) {
                found.push(problem(
                    "plume.start.kind",
                    "\"random\" draws another moment than wind.start.kind = \"random\" does: they aren't in step"
                        .to_owned(),
                    "use plume.start = { kind = \"as_wind\" }",
                ));
            }
            random_span("plume", random, movie, found)
        }
        PlumeStartConfig::AsWind(_) => match as_wind_span(config, plume, movie, inputs) {
            Ok(Some(span_s)) => span_s,
            // What is wrong with the wind's file is said there.
            Ok(None) => return,
            Err(problem) => return found.push(problem),
        },
    };
    check_span("plume", movie, span_s, 0.0, plume.at_end, config, found);
}

fn fixed_span(fixed: &FixedStartConfig) -> (f64, f64) {
    (fixed.at_s, fixed.at_s)
}

fn random_span(table: &str, random: &RandomStartConfig, movie: &Movie, found: &mut Vec<Problem>) -> (f64, f64) {
    if random.earliest_s > random.latest_s.min(movie.length_s()) {
        found.push(problem(
            &format!("{table}.start.earliest_s"),
            format!(
                "{} s is after the latest start, {} s",
                random.earliest_s,
                random.latest_s.min(movie.length_s())
            ),
            "start earlier",
        ));
    }
    random.span_s(movie.length_s())
}

/// The span of starts of a plume in step with the wind, after the plume's first frame.
fn as_wind_span(
    config: &PlumeConfig,
    plume: &GriddedPlumeConfig,
    movie: &Movie,
    inputs: &Inputs,
) -> Result<Option<(f64, f64)>, Problem> {
    let Some(wind) = config.wind.as_kind::<GriddedWindConfig>() else {
        return Err(problem(
            "plume.start.kind",
            "\"as_wind\" has no meaning with a wind that isn't of kind \"gridded\"".to_owned(),
            "use \"fixed\" or \"random\"",
        ));
    };
    let Ok([frames, _]) = wind.frames(inputs) else {
        return Ok(None);
    };
    let wind_movie = frames.movie();
    if wind_movie.epoch() != movie.epoch() {
        let differs = GridProblem::Epoch {
            found: movie.epoch().to_owned(),
            expected: wind_movie.epoch().to_owned(),
        };
        let message = format!("{} {differs}", movie.path().display());
        return Err(problem("plume.start.kind", message, differs.hint()));
    }
    let (earliest_s, latest_s) = match &wind.start {
        WindStartConfig::Fixed(fixed) => fixed_span(fixed),
        WindStartConfig::Random(random) => random.span_s(wind_movie.length_s()),
    };
    let shift_s = wind_movie.first_s() - movie.first_s();
    let span_s = (earliest_s + shift_s, latest_s + shift_s);
    let duration_s = config.episode.steps() as f64 * config.episode.dt_s;
    check_in_step(
        &Played::new(wind_movie, wind.at_end, (earliest_s, latest_s), duration_s),
        &Played::new(movie, plume.at_end, span_s, duration_s),
    )?;
    Ok(Some(span_s))
}

/// A movie, and which part of it the episodes of a study need.
struct Played<'a> {
    movie: &'a Movie,
    at_end: AtEnd,
    /// Whether any episode goes on beyond the first or the last frame.
    is_left: bool,
}

impl<'a> Played<'a> {
    fn new(movie: &'a Movie, at_end: AtEnd, (earliest_s, latest_s): (f64, f64), duration_s: f64) -> Self {
        let tolerance_s = movie.tolerance_s();
        Self {
            movie,
            at_end,
            is_left: earliest_s < -tolerance_s || latest_s + duration_s > movie.length_s() + tolerance_s,
        }
    }

    fn goes_round(&self) -> bool {
        self.at_end == AtEnd::Loop && self.is_left
    }
}

/// Whether a wind and a plume of one recording still are at the same moment of it after one of them began again.
fn check_in_step(wind: &Played<'_>, plume: &Played<'_>) -> Result<(), Problem> {
    let is_steady = |played: &Played<'_>| played.movie.times_s().len() == 1;
    if !(wind.goes_round() || plume.goes_round()) || is_steady(wind) || is_steady(plume) {
        return Ok(());
    }
    let (wind_s, plume_s) = (wind.movie.period_s(), plume.movie.period_s());
    let frame_s = wind.movie.last_step_s().min(plume.movie.last_step_s());
    let both_loop = wind.at_end == AtEnd::Loop && plume.at_end == AtEnd::Loop;
    let begin_apart_s = (wind.movie.first_s() - plume.movie.first_s()).abs();
    let reason = if !both_loop {
        "only one of them begins again".to_owned()
    } else if (wind_s - plume_s).abs() > PERIOD_TOLERANCE * frame_s {
        "they begin again after different times".to_owned()
    } else if begin_apart_s > frame_s * (1.0 + PERIOD_TOLERANCE) {
        format!("their first frames are {begin_apart_s} s apart")
    } else {
        return Ok(());
    };
    Err(problem(
        "plume.at_end",
        format!(
            "the episode outlasts a movie that is played round, and wind and plume fall out of step: {reason} (a period \
             of {wind_s} s in {}, of {plume_s} s in {})",
            wind.movie.path().display(),
            plume.movie.path().display()
        ),
        "cut both files to the same times and use at_end = \"loop\" in both tables, or use a shorter episode or an \
         earlier start",
    ))
}

/// Whether a movie covers the time from `before_s` before the earliest start until the end of the latest episode.
fn check_span(
    table: &str,
    movie: &Movie,
    (earliest_s, latest_s): (f64, f64),
    before_s: f64,
    at_end: AtEnd,
    config: &PlumeConfig,
    found: &mut Vec<Problem>,
) {
    let (length_s, tolerance_s) = (movie.length_s(), movie.tolerance_s());
    if movie.times_s().len() == 1 || at_end == AtEnd::Loop {
        return;
    }
    let start_key = format!("{table}.start");
    if latest_s > length_s + tolerance_s {
        found.push(problem(
            &start_key,
            format!("{latest_s} s is after the movie's last frame at {length_s} s"),
            "start earlier",
        ));
        return;
    }
    if at_end == AtEnd::Hold {
        return;
    }
    if earliest_s < before_s - tolerance_s {
        found.push(problem(
            &start_key,
            format!(
                "a start {earliest_s} s after the movie's first frame leaves nothing of it for the {before_s} s before \
                 time 0"
            ),
            format!("start at {before_s} s or later, or use {table}.at_end = \"loop\" or \"hold\""),
        ));
    }
    let duration_s = config.episode.steps() as f64 * config.episode.dt_s;
    if latest_s + duration_s > length_s + tolerance_s {
        found.push(problem(
            "episode.duration_s",
            format!(
                "{duration_s} s from {latest_s} s after the movie's first frame are beyond its end at {length_s} s ({})",
                movie.path().display()
            ),
            format!(
                "use at most {} s, an earlier {table}.start, or {table}.at_end = \"loop\" or \"hold\"",
                (length_s - latest_s).max(0.0)
            ),
        ));
    }
}

/// A plume beside the domain would be nowhere.
fn check_region(config: &PlumeConfig, plume: &GriddedPlumeConfig, movie: &Movie, found: &mut Vec<Problem>) {
    let domain = &config.episode.domain;
    for (axis, origin_m, grid, low, high) in [
        ("x", plume.origin_x_m, movie.x(), domain.x_min_m, domain.x_max_m),
        ("y", plume.origin_y_m, movie.y(), domain.y_min_m, domain.y_max_m),
    ] {
        let (first_m, last_m) = (grid.first_m + origin_m, grid.last_m() + origin_m);
        if first_m > high || last_m < low {
            found.push(problem(
                &format!("plume.origin_{axis}_m"),
                format!("the grid's {axis} from {first_m} m to {last_m} m is outside the domain {domain}"),
                "move the grid by plume.origin_x_m and plume.origin_y_m, or change episode.domain",
            ));
        }
    }
}

const _: fn() = || {
    // Threads share what they read.
    fn shared<T: Send + Sync>() {}
    shared::<Arc<crate::grids::FrameCache>>();
};
