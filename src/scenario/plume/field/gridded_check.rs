//! What is wrong with a plume from a file: the file's header, its first and last frames, where it says that the source
//! is, its span of time, and whether it stays in step with the wind that was recorded with it.

use super::super::component::Context;
use super::super::coverage::{Needed, fixed_span, of_file, random_span};
use super::super::recording::RecordedTime;
use super::super::space::Domain;
use super::super::wind::{GriddedWindConfig, WindStartConfig};
use super::gridded::no_source;
use super::{GriddedPlumeConfig, PlumeStartConfig};
use crate::grids::{AtEnd, Movie, UniformAxis};
use crate::quantity::number;
use crate::scenario::{Problem, Problems};

/// Periods that differ by this part of a frame's duration count as equal: times in single precision do.
const PERIOD_TOLERANCE: f64 = 1e-3;

impl GriddedPlumeConfig {
    /// What is wrong with `[plume]` of this kind.
    pub(super) fn check(&self, context: Context<'_>) -> Problems {
        let usable = self.frames(context.inputs).and_then(|frames| {
            frames.probe()?;
            Ok(frames)
        });
        let frames = match usable {
            Ok(frames) => frames,
            Err(error) => return Some(of_file("plume", &error)).into(),
        };
        let (movie, mut found) = (frames.movie(), Problems::default());
        self.check_region(&context.config.episode.domain, movie, &mut found);
        self.check_sources(movie, &mut found);
        self.check_start(movie, context, &mut found);
        let span_s = match &self.start {
            PlumeStartConfig::Fixed(fixed) => fixed_span(fixed),
            PlumeStartConfig::Random(random) => {
                let wind = context.config.wind.as_kind::<GriddedWindConfig>();
                if wind.is_some_and(|wind| matches!(wind.start, WindStartConfig::Random(_))) {
                    found.add(
                        "plume.start.kind",
                        "\"random\" draws another moment than wind.start.kind = \"random\" does: they aren't synchronised",
                        "use plume.start = { kind = \"as_wind\" }",
                    );
                }
                random_span("plume", random, movie, &mut found)
            }
            PlumeStartConfig::AsWind(_) => match self.as_wind_span(movie, context) {
                Ok(Some(span_s)) => span_s,
                // What is wrong with the wind's file is said there.
                Ok(None) => return found,
                Err(problem) => {
                    found.push(problem);
                    return found;
                }
            },
        };
        let needed = Needed {
            span_s,
            before_s: 0.0,
            at_end: self.at_end,
        };
        needed.check("plume", movie, context, &mut found);
        found
    }

    /// The span of starts of a plume in step with the wind, after the plume's first frame.
    fn as_wind_span(&self, movie: &Movie, context: Context<'_>) -> Result<Option<(f64, f64)>, Problem> {
        let Some(wind) = context.config.wind.as_kind::<GriddedWindConfig>() else {
            return Err(Problem::new(
                "plume.start.kind",
                "\"as_wind\" has no meaning with a wind that isn't of kind \"gridded\"",
                "use \"fixed\" or \"random\"",
            ));
        };
        let Ok([frames, _]) = wind.frames(context.inputs) else {
            return Ok(None);
        };
        let wind_movie = frames.movie();
        let wind_begins = RecordedTime {
            at_zero_s: wind_movie.first_s(),
            epoch: wind_movie.epoch().clone(),
        };
        let shift_s = (wind_begins.in_movie_s(movie))
            .map_err(|error| Problem::new("plume.start.kind", error.message(), error.problem.hint()))?;
        let (earliest_s, latest_s) = match &wind.start {
            WindStartConfig::Fixed(fixed) => fixed_span(fixed),
            WindStartConfig::Random(random) => random.span_s(wind_movie.length_s()),
        };
        let span_s = (earliest_s + shift_s, latest_s + shift_s);
        let duration_s = context.episode_s();
        check_in_step(
            &Played::new(wind_movie, wind.at_end, (earliest_s, latest_s), duration_s),
            &Played::new(movie, self.at_end, span_s, duration_s),
            shift_s.abs(),
        )?;
        Ok(Some(span_s))
    }

    /// Something has to say where the source is; and where a file says it, it has to be in its movie.
    fn check_sources(&self, movie: &Movie, found: &mut Problems) {
        if self.sources_in(movie).is_empty() {
            found.add(
                "plume.source_x_m",
                format!("{} {}", movie.path().display(), no_source(self, movie)),
                "set plume.source_x_m and plume.source_y_m, in the domain's coordinates, or write the attributes source_x_m and \
                 source_y_m into the file",
            );
        }
        let within = |axis: UniformAxis, place_m: f64| {
            // Rounding of coordinates in single precision.
            let give_m = 1e-3 * axis.step_m;
            (axis.first_m - give_m..=axis.last_m() + give_m).contains(&place_m)
        };
        if self.says_source() {
            return;
        }
        for [x_m, y_m] in movie.sources() {
            let (x, y) = (movie.x(), movie.y());
            if !(within(x, *x_m) && within(y, *y_m)) {
                found.add(
                    "plume.file",
                    format!(
                        "{} says that the source is at ({x_m}, {y_m}) m, outside its own grid, x from {} to {} m, y from {} to \
                         {} m",
                        movie.path().display(),
                        number(x.first_m),
                        number(x.last_m()),
                        number(y.first_m),
                        number(y.last_m())
                    ),
                    "set plume.source_x_m and plume.source_y_m, in the domain's coordinates, or correct the file's attributes",
                );
            }
        }
    }

    /// Agents that start beside the movie meet no odour unless they happen upon it.
    fn check_start(&self, movie: &Movie, context: Context<'_>, found: &mut Problems) {
        // What lies beside the domain has been told.
        if found.has_errors() {
            return;
        }
        let Some([x, y]) = context.start_extent() else { return };
        for (axis, origin_m, grid, (low_m, high_m)) in [
            ("x", self.origin_x_m, movie.x(), x),
            ("y", self.origin_y_m, movie.y(), y),
        ] {
            let (first_m, last_m) = (grid.first_m + origin_m, grid.last_m() + origin_m);
            if first_m > high_m || last_m < low_m {
                found.warn(
                    "agents.start",
                    format!(
                        "no agent starts inside the plume's grid: {axis} is from {low_m} to {high_m} m at the start, and from \
                         {first_m} to {last_m} m in {}",
                        movie.path().display()
                    ),
                    "move agents.start, or the grid by plume.origin_x_m and plume.origin_y_m",
                );
                return;
            }
        }
    }

    /// A plume beside the domain would be nowhere.
    fn check_region(&self, domain: &Domain, movie: &Movie, found: &mut Problems) {
        for (axis, origin_m, grid, low, high) in [
            ("x", self.origin_x_m, movie.x(), domain.x_min_m, domain.x_max_m),
            ("y", self.origin_y_m, movie.y(), domain.y_min_m, domain.y_max_m),
        ] {
            let (first_m, last_m) = (grid.first_m + origin_m, grid.last_m() + origin_m);
            if first_m > high || last_m < low {
                found.add(
                    format!("plume.origin_{axis}_m"),
                    format!(
                        "the grid's {axis} from {} m to {} m is outside the domain {domain}",
                        number(first_m),
                        number(last_m)
                    ),
                    "move the grid by plume.origin_x_m and plume.origin_y_m, or change episode.domain",
                );
            }
        }
    }
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
fn check_in_step(wind: &Played<'_>, plume: &Played<'_>, begin_apart_s: f64) -> Result<(), Problem> {
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
        format!("their first frames are {} s apart", number(begin_apart_s))
    } else {
        return Ok(());
    };
    Err(Problem::new(
        "plume.at_end",
        format!(
            "the episode outlasts a looping movie, and wind and plume fall out of step: {reason} (a period \
             of {} s in {}, of {} s in {})",
            number(wind_s),
            wind.movie.path().display(),
            number(plume_s),
            plume.movie.path().display()
        ),
        "cut both files to the same times and use at_end = \"loop\" in both tables, or use a shorter episode or an \
         earlier start",
    ))
}
