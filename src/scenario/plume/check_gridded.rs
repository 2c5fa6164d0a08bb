//! Objections to wind and plume from files: the files' headers and first and last frames, and spans of time.

use super::PlumeConfig;
use super::field::{FieldConfig, GriddedPlumeConfig, PlumeStartConfig, no_source};
use super::recording::{FixedStartConfig, RandomStartConfig, RecordedTime};
use super::wind::{GriddedWindConfig, InitialFieldConfig, WindConfig, WindStartConfig};
use crate::grids::{AtEnd, GridError, GridProblem, Inputs, Movie, UniformAxis};
use crate::scenario::Objection;
use std::sync::Arc;

/// Periods that differ by this part of a frame's duration count as equal: times in single precision do.
const PERIOD_TOLERANCE: f64 = 1e-3;

/// Everything that is wrong with the files that `config` names.
pub(super) fn check(config: &PlumeConfig, inputs: &Inputs) -> Vec<Objection> {
    let mut found = Vec::new();
    if let WindConfig::Gridded(wind) = &config.wind {
        check_wind(config, wind, inputs, &mut found);
    }
    if let WindConfig::Farrell(farrell) = &config.wind
        && let InitialFieldConfig::Gridded(wind) = &farrell.initial_field
    {
        let frames = wind.frames(inputs);
        let error = match &frames {
            Ok(frames) => frames.iter().find_map(|frames| frames.probe().err()),
            Err(_) => None,
        };
        found.extend(
            error
                .or(frames.err())
                .map(|error| of_file("wind.initial_field", &error)),
        );
    }
    if let FieldConfig::Gridded(plume) = &config.plume {
        check_plume(config, plume, inputs, &mut found);
    }
    found
}

fn objection(key: &str, message: String, hint: impl Into<String>) -> Objection {
    Objection {
        key: key.to_owned(),
        message,
        hint: hint.into(),
    }
}

/// The key to blame for what is wrong with a file.
fn of_file(table: &str, error: &GridError) -> Objection {
    let key = match error.problem {
        GridProblem::Memory { .. } | GridProblem::Capacity { .. } => "cache",
        GridProblem::Missing { .. } => "missing",
        _ => "file",
    };
    objection(&format!("{table}.{key}"), error.message(), error.problem.hint())
}

fn check_wind(config: &PlumeConfig, wind: &GriddedWindConfig, inputs: &Inputs, found: &mut Vec<Objection>) {
    if matches!(config.plume, FieldConfig::Gaussian(_)) {
        found.push(objection(
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

fn check_plume(config: &PlumeConfig, plume: &GriddedPlumeConfig, inputs: &Inputs, found: &mut Vec<Objection>) {
    let frames = match plume.frames(inputs) {
        Ok(frames) => frames,
        Err(error) => return found.push(of_file("plume", &error)),
    };
    if let Err(error) = frames.probe() {
        return found.push(of_file("plume", &error));
    }
    let movie = frames.movie();
    check_region(config, plume, movie, found);
    check_sources(plume, movie, found);
    let span_s = match &plume.start {
        PlumeStartConfig::Fixed(fixed) => fixed_span(fixed),
        PlumeStartConfig::Random(random) => {
            if matches!(&config.wind, WindConfig::Gridded(wind) if matches!(wind.start, WindStartConfig::Random(_))) {
                found.push(objection(
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
            Err(objection) => return found.push(objection),
        },
    };
    check_span("plume", movie, span_s, 0.0, plume.at_end, config, found);
}

fn fixed_span(fixed: &FixedStartConfig) -> (f64, f64) {
    (fixed.at_s, fixed.at_s)
}

fn random_span(table: &str, random: &RandomStartConfig, movie: &Movie, found: &mut Vec<Objection>) -> (f64, f64) {
    if random.earliest_s > random.latest_s.min(movie.length_s()) {
        found.push(objection(
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
) -> Result<Option<(f64, f64)>, Objection> {
    let WindConfig::Gridded(wind) = &config.wind else {
        return Err(objection(
            "plume.start.kind",
            "\"as_wind\" has no meaning with a wind that isn't of kind \"gridded\"".to_owned(),
            "use \"fixed\" or \"random\"",
        ));
    };
    let Ok([frames, _]) = wind.frames(inputs) else {
        return Ok(None);
    };
    let wind_movie = frames.movie();
    let wind_begins = RecordedTime {
        at_zero_s: wind_movie.first_s(),
        epoch: wind_movie.epoch().clone(),
    };
    let shift_s = (wind_begins.in_movie_s(movie))
        .map_err(|error| objection("plume.start.kind", error.message(), error.problem.hint()))?;
    let (earliest_s, latest_s) = match &wind.start {
        WindStartConfig::Fixed(fixed) => fixed_span(fixed),
        WindStartConfig::Random(random) => random.span_s(wind_movie.length_s()),
    };
    let span_s = (earliest_s + shift_s, latest_s + shift_s);
    let duration_s = config.episode.steps() as f64 * config.episode.dt_s;
    check_in_step(
        &Played::new(wind_movie, wind.at_end, (earliest_s, latest_s), duration_s),
        &Played::new(movie, plume.at_end, span_s, duration_s),
        shift_s.abs(),
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
fn check_in_step(wind: &Played<'_>, plume: &Played<'_>, begin_apart_s: f64) -> Result<(), Objection> {
    let is_steady = |played: &Played<'_>| played.movie.times_s().len() == 1;
    if !(wind.goes_round() || plume.goes_round()) || is_steady(wind) || is_steady(plume) {
        return Ok(());
    }
    let (wind_s, plume_s) = (wind.movie.period_s(), plume.movie.period_s());
    let frame_s = wind.movie.last_step_s().min(plume.movie.last_step_s());
    let both_loop = wind.at_end == AtEnd::Loop && plume.at_end == AtEnd::Loop;
    let reason = if !both_loop {
        "only one of them begins again".to_owned()
    } else if (wind_s - plume_s).abs() > PERIOD_TOLERANCE * frame_s {
        "they begin again after different times".to_owned()
    } else if begin_apart_s > frame_s * (1.0 + PERIOD_TOLERANCE) {
        format!("their first frames are {begin_apart_s} s apart")
    } else {
        return Ok(());
    };
    Err(objection(
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
    found: &mut Vec<Objection>,
) {
    let (length_s, tolerance_s) = (movie.length_s(), movie.tolerance_s());
    if movie.times_s().len() == 1 || at_end == AtEnd::Loop {
        return;
    }
    let start_key = format!("{table}.start");
    if latest_s > length_s + tolerance_s {
        found.push(objection(
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
        found.push(objection(
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
        found.push(objection(
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

/// Something has to say where the source is; and where a file says it, it has to be in its movie.
fn check_sources(plume: &GriddedPlumeConfig, movie: &Movie, found: &mut Vec<Objection>) {
    let sources = plume.sources_in(movie);
    if sources.is_empty() {
        found.push(objection(
            "plume.source_x_m",
            format!("{} {}", movie.path().display(), no_source(plume, movie)),
            "set plume.source_x_m and plume.source_y_m, in the domain's coordinates, or write the attributes source_x_m and \
             source_y_m into the file",
        ));
    }
    let within = |axis: UniformAxis, place_m: f64| {
        // Rounding of coordinates in single precision.
        let give_m = 1e-3 * axis.step_m;
        (axis.first_m - give_m..=axis.last_m() + give_m).contains(&place_m)
    };
    if plume.says_source() {
        return;
    }
    for [x_m, y_m] in movie.sources() {
        let (x, y) = (movie.x(), movie.y());
        if !(within(x, *x_m) && within(y, *y_m)) {
            found.push(objection(
                "plume.file",
                format!(
                    "{} says that the source is at ({x_m}, {y_m}) m, outside its own grid, x from {} to {} m, y from {} to \
                     {} m",
                    movie.path().display(),
                    x.first_m,
                    x.last_m(),
                    y.first_m,
                    y.last_m()
                ),
                "set plume.source_x_m and plume.source_y_m, in the domain's coordinates, or mend the file's attributes",
            ));
        }
    }
}

/// A plume beside the domain would be nowhere.
fn check_region(config: &PlumeConfig, plume: &GriddedPlumeConfig, movie: &Movie, found: &mut Vec<Objection>) {
    let domain = &config.episode.domain;
    for (axis, origin_m, grid, low, high) in [
        ("x", plume.origin_x_m, movie.x(), domain.x_min_m, domain.x_max_m),
        ("y", plume.origin_y_m, movie.y(), domain.y_min_m, domain.y_max_m),
    ] {
        let (first_m, last_m) = (grid.first_m + origin_m, grid.last_m() + origin_m);
        if first_m > high || last_m < low {
            found.push(objection(
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
