//! What is wrong with agents: starts, motion, factors.

use super::super::PlumeConfig;
use super::super::agents::{
    FactorConfig, GridMotionConfig, MotionConfig, OrientedMotionConfig, StartConfig, StartHeadingConfig,
    StartTableError,
};
use super::super::component::Context;
use super::outside;
use crate::grids::Inputs;
use crate::quantity::{apart, at_least, at_most, number, significant};
use crate::scenario::Problems;
use crate::sweep::MIN_MASS;

/// Steps of an agent have to be at most this fraction of the source's radius.
const STEP_PER_RADIUS: f64 = 0.5;
/// Cells fill the domain if their number is whole within this.
const CELLS_ROUNDING: f64 = 1e-6;

/// Everything that is wrong with agents and edges in `config`, and with the file of starts that it names.
pub(super) fn check(config: &PlumeConfig, inputs: &Inputs) -> Problems {
    let mut found = Problems::default();
    start(config, inputs, &mut found);
    varied(config, inputs, &mut found);
    motion(config, inputs, &mut found);
    found
}

fn start(config: &PlumeConfig, inputs: &Inputs, found: &mut Problems) {
    let domain = &config.episode.domain;
    let all_inside = |places: &[(f64, f64)], found: &mut Problems| {
        let of_place = |&(x_m, y_m): &(f64, f64)| Some(((x_m, y_m), outside(config, x_m, y_m)?));
        if let Some(((x_m, y_m), (what, remedy))) = places.iter().find_map(of_place) {
            found.add(
                "agents.start",
                format!("agents could start at ({x_m}, {y_m}) m, outside {what}"),
                format!("move agents.start, or {remedy}"),
            );
        }
    };
    match &config.agents.start {
        StartConfig::Region(region) => {
            let corners = [(region.x_min_m, region.y_min_m), (region.x_max_m, region.y_max_m)];
            let all_corners = [
                corners[0],
                corners[1],
                (corners[0].0, corners[1].1),
                (corners[1].0, corners[0].1),
            ];
            all_inside(&all_corners, found);
            ordered(corners, found);
        }
        StartConfig::Line(line) => all_inside(
            &[(line.x_first_m, line.y_first_m), (line.x_second_m, line.y_second_m)],
            found,
        ),
        StartConfig::Point(point) => all_inside(&[(point.x_m, point.y_m)], found),
        StartConfig::Disc(disc) => all_inside(&[(disc.x_m, disc.y_m)], found),
        StartConfig::AroundSource(ring) => around_source(config, inputs, (ring.inner_m, ring.outer_m), found),
        StartConfig::AcrossWind(_) => {
            if is_calm(config, inputs) {
                found.add(
                    "agents.start.kind",
                    "\"across_wind\" has no direction in a wind of 0 m/s",
                    "use a wind above 0 m/s, or agents.start.kind = \"line\"",
                );
            }
        }
        StartConfig::InPlume(region) => {
            let corners = [(region.x_min_m, region.y_min_m), (region.x_max_m, region.y_max_m)];
            ordered(corners, found);
            let apart = region.x_min_m > domain.x_max_m
                || region.x_max_m < domain.x_min_m
                || region.y_min_m > domain.y_max_m
                || region.y_max_m < domain.y_min_m;
            if apart {
                found.add(
                    "agents.start",
                    format!("nothing of its rectangle is inside the domain {domain}"),
                    "move agents.start, or widen episode.domain",
                );
            }
        }
        StartConfig::List(_) => table("agents.start.x_m", config, inputs, found),
        StartConfig::File(file) if file.file.is_empty() => found.add(
            "agents.start.file",
            "no file is named",
            "give the path of a CSV file, relative to the study file",
        ),
        StartConfig::File(_) => table("agents.start.file", config, inputs, found),
    }
    if matches!(config.agents.start_heading, StartHeadingConfig::Upwind(_)) && is_calm(config, inputs) {
        found.add(
            "agents.start_heading.kind",
            "\"upwind\" has no direction in a wind of 0 m/s",
            "use a wind above 0 m/s, or agents.start_heading.kind = \"random\"",
        );
    }
}

fn is_calm(config: &PlumeConfig, inputs: &Inputs) -> bool {
    let speed = config.wind.mean_speed(inputs);
    speed.is_some_and(|speed| speed.highest_m_s == 0.0)
}

fn ordered([low, high]: [(f64, f64); 2], found: &mut Problems) {
    for (axis, low, high) in [("x", low.0, high.0), ("y", low.1, high.1)] {
        if low > high {
            found.add(
                format!("agents.start.{axis}_max_m"),
                format!("{high} m is below {axis}_min_m = {low} m"),
                "swap the two",
            );
        }
    }
}

fn around_source(config: &PlumeConfig, inputs: &Inputs, (inner_m, outer_m): (f64, f64), found: &mut Problems) {
    if inner_m > outer_m {
        found.add(
            "agents.start.outer_m",
            format!("{outer_m} m is below inner_m = {inner_m} m"),
            "swap the two",
        );
        return;
    }
    let domain = &config.episode.domain;
    let Some(source) = config.plume.sources(inputs).into_iter().next() else {
        return;
    };
    let farthest = |low: f64, high: f64, place: f64| (place - low).abs().max((high - place).abs());
    let (x_m, y_m) = (
        farthest(domain.x_min_m, domain.x_max_m, source.x_m),
        farthest(domain.y_min_m, domain.y_max_m, source.y_m),
    );
    let farthest_m = (x_m * x_m + y_m * y_m).sqrt();
    if inner_m >= farthest_m {
        found.add(
            "agents.start.inner_m",
            format!(
                "{inner_m} m is further from the source than any place of the domain {domain}: {} m",
                number(farthest_m)
            ),
            "start closer, or widen episode.domain",
        );
    }
}

fn table(key: &str, config: &PlumeConfig, inputs: &Inputs, found: &mut Problems) {
    let table = match config.agents.start_table(inputs) {
        Ok(Some(table)) => table,
        Ok(None) => return,
        Err(error @ StartTableError::Lengths { .. }) => {
            return found.add("agents.start", error.to_string(), error.hint());
        }
        Err(error) => return found.add(key, error.to_string(), error.hint()),
    };
    let row_outside = (0..table.len()).find_map(|row| {
        let (x_m, y_m) = table.place(row);
        Some((row, outside(config, x_m, y_m)?))
    });
    if let Some((row, (what, remedy))) = row_outside {
        let (x_m, y_m) = table.place(row);
        found.add(
            key,
            format!("{}: ({x_m}, {y_m}) m is outside {what}", table.row_name(row)),
            format!("move the place, or {remedy}"),
        );
    }
    let (places, count) = (table.len(), config.agents.count);
    if places > count as usize {
        found.add(
            key,
            format!("gives {places} places for agents.count = {count}"),
            format!("use agents.count = {places}, or leave places out"),
        );
    }
}

fn varied(config: &PlumeConfig, inputs: &Inputs, found: &mut Problems) {
    let names = [
        "speed_factor",
        "speed_max_factor",
        "turn_rate_max_factor",
        "acceleration_max_factor",
    ];
    let table = config.agents.start_table(inputs).ok().flatten();
    for (name, factor) in names.into_iter().zip(config.agents.varied.factors()) {
        let key = format!("agents.varied.{name}");
        let (low, high) = factor.bounds();
        if low > high {
            found.add(
                format!("{key}.high"),
                format!("{high} is below low = {low}"),
                "swap the two",
            );
            continue;
        }
        if low < high && factor.normal().is_some_and(|normal| normal.mass() < MIN_MASS) {
            found.add(
                format!("{key}.low"),
                format!("hardly anything of the distribution is between low = {low} and high = {high}"),
                "move the bounds to where the distribution is",
            );
        }
        let given = table.as_ref().is_some_and(|table| table.column(name).is_some());
        if given && !matches!(factor, FactorConfig::Same {}) {
            found.add(
                key,
                format!("is drawn, but agents.start.file has a column {name} too"),
                "leave out one of them",
            );
        }
    }
}

fn motion(config: &PlumeConfig, inputs: &Inputs, found: &mut Problems) {
    let (episode, agents) = (&config.episode, &config.agents);
    let speed_m_s = agents.max_speed_m_s(config.navigator.max_speed_m_s(), inputs);
    if !matches!(agents.motion, MotionConfig::Continuous(_))
        && !matches!(agents.varied.acceleration_max_factor, FactorConfig::Same {})
    {
        found.add(
            "agents.varied.acceleration_max_factor",
            "has no meaning for bodies without a limit on acceleration",
            "leave it out, or use agents.motion.kind = \"continuous\"",
        );
    }
    match &agents.motion {
        MotionConfig::Grid(grid) => return check_grid(config, grid, speed_m_s, found),
        MotionConfig::Oriented(oriented) => return check_oriented(config, oriented, speed_m_s, found),
        MotionConfig::RunTumble(tumble) if tumble.tumble_mean_s < episode.dt_s => found.add(
            "agents.motion.tumble_mean_s",
            format!("{} s is shorter than a step, {} s", tumble.tumble_mean_s, episode.dt_s),
            "use a shorter episode.dt_s: every tumble takes at least a step",
        ),
        MotionConfig::RunTumble(_) | MotionConfig::Continuous(_) => {}
    }
    let step_m = speed_m_s * episode.dt_s;
    let longest_m = STEP_PER_RADIUS * episode.source_radius_m;
    if step_m > longest_m {
        found.add(
            "episode.dt_s",
            format!(
                "an agent moves {} m in a step of {} s, more than half of episode.source_radius_m = {} m",
                number(step_m),
                episode.dt_s,
                episode.source_radius_m
            ),
            format!("use dt_s of at most {}", at_most(longest_m / speed_m_s)),
        );
    }
}

/// Warns of speeds that are cut: a sweep over them would have a plateau that nothing in the plume makes.
pub(super) fn check_speed_limit(context: Context<'_>, found: &mut Problems) {
    let Context { config, inputs } = context;
    let commanded_m_s = config.navigator.max_speed_m_s();
    let (asked_m_s, allowed_m_s) = config.agents.asked_and_allowed_m_s(commanded_m_s, inputs);
    if asked_m_s.is_finite() && asked_m_s > allowed_m_s * (1.0 + 1e-9) {
        let [asked, allowed] = apart(asked_m_s, allowed_m_s);
        let enough_m_s = config.agents.speed_max_m_s * asked_m_s / allowed_m_s;
        found.warn(
            "agents.speed_max_m_s",
            format!(
                "agents ask for up to {asked} m/s, and go at {allowed} m/s at most: what is above it changes nothing"
            ),
            format!(
                "set agents.speed_max_m_s to {} or more, or ask for less",
                at_least(enough_m_s)
            ),
        );
    }
}

/// Warns of agents that can't come to a source within the episode.
pub(super) fn check_reach(context: Context<'_>, found: &mut Problems) {
    let Context { config, inputs } = context;
    let Some([x, y]) = context.start_extent() else { return };
    // A source that moves may come to the agents.
    if !config.ways_bound_distances(inputs) {
        return;
    }
    let beyond = |place: f64, (low, high): (f64, f64)| (low - place).max(place - high).max(0.0);
    let places = config.plume.source_places(inputs);
    let is_alone = places.len() == 1;
    let distances = places.into_iter().map(|place| {
        let (x_m, y_m) = (beyond(place.position.x_m, x), beyond(place.position.y_m, y));
        (x_m * x_m + y_m * y_m).sqrt()
    });
    let mut nearest_m = distances.fold(f64::INFINITY, f64::min);
    // Of other sources the ring may be nearer.
    if let (StartConfig::AroundSource(ring), true) = (&config.agents.start, is_alone) {
        nearest_m = nearest_m.max(ring.inner_m);
    }
    let speed_m_s = config.agents.max_speed_m_s(config.navigator.max_speed_m_s(), inputs);
    let covered_m = speed_m_s * context.episode_s();
    if nearest_m.is_finite() && covered_m < nearest_m - config.episode.source_radius_m {
        found.warn(
            "episode.duration_s",
            format!(
                "agents of at most {} m/s cover {} m in {} s, and the nearest start is {} m from the source: none can find it",
                significant(speed_m_s),
                significant(covered_m),
                config.episode.duration_s,
                significant(nearest_m)
            ),
            "use a longer episode, start closer, or let agents move faster",
        );
    }
}

fn check_grid(config: &PlumeConfig, grid: &GridMotionConfig, speed_m_s: f64, found: &mut Problems) {
    let (episode, cell_m) = (&config.episode, grid.cell_m);
    if ![4, 8].contains(&grid.directions) {
        found.add(
            "agents.motion.directions",
            format!("{} isn't 4 or 8", grid.directions),
            "use 4 for hops along x and y, 8 for diagonal ones too",
        );
    }
    let extents_m = [episode.domain.width_m(), episode.domain.height_m()];
    for (axis, extent_m) in ["x", "y"].into_iter().zip(extents_m) {
        if !divides(cell_m, extent_m) {
            let such_as = dividing_cell(extents_m, cell_m).map_or_else(String::new, |cell| format!(", such as {cell}"));
            found.add(
                "agents.motion.cell_m",
                format!(
                    "{} m of the domain along {axis} are {} cells of {cell_m} m, not a whole number",
                    number(extent_m),
                    number(extent_m / cell_m)
                ),
                format!("use a cell that divides both extents{such_as}"),
            );
            break;
        }
    }
    let largest_m = episode.source_radius_m * std::f64::consts::SQRT_2;
    if cell_m > largest_m {
        found.add(
            "agents.motion.cell_m",
            format!(
                "a source in the corner of a cell of {cell_m} m is further than episode.source_radius_m = {} m from all \
                 centres",
                episode.source_radius_m
            ),
            format!("use cells of at most {} m, or a larger radius", at_most(largest_m)),
        );
    }
    keeps_up("cell_m", cell_m, speed_m_s, episode.dt_s, found);
}

fn check_oriented(config: &PlumeConfig, oriented: &OrientedMotionConfig, speed_m_s: f64, found: &mut Problems) {
    let longest_m = STEP_PER_RADIUS * config.episode.source_radius_m;
    if oriented.step_m > longest_m {
        found.add(
            "agents.motion.step_m",
            format!(
                "{} m is more than half of episode.source_radius_m = {} m",
                oriented.step_m, config.episode.source_radius_m
            ),
            format!("use at most {} m", at_most(longest_m)),
        );
    }
    keeps_up("step_m", oriented.step_m, speed_m_s, config.episode.dt_s, found);
}

/// Whether an extent is a whole number of cells.
fn divides(cell_m: f64, extent_m: f64) -> bool {
    let cells = extent_m / cell_m;
    (cells - cells.round()).abs() <= CELLS_ROUNDING && cells.round() >= 1.0
}

/// A short number near `cell_m`, not above it by much, that divides both extents.
fn dividing_cell(extents_m: [f64; 2], cell_m: f64) -> Option<String> {
    const CELLS_MORE: u32 = 1000;
    let cells = (extents_m[0] / cell_m).round().max(1.0);
    (0..CELLS_MORE)
        .map(|more| number(extents_m[0] / (cells + f64::from(more))))
        .find(|text| {
            (text.parse()).is_ok_and(|cell_m: f64| extents_m.iter().all(|&extent_m| divides(cell_m, extent_m)))
        })
}

/// A body with discrete actions makes one of them in a step at most.
fn keeps_up(name: &str, action_m: f64, speed_m_s: f64, dt_s: f64, found: &mut Problems) {
    if speed_m_s * dt_s > action_m * (1.0 + 1e-9) {
        found.add(
            format!("agents.motion.{name}"),
            format!("agents of {speed_m_s} m/s need more than one move of {action_m} m in a step of {dt_s} s"),
            format!(
                "use a larger {name}, or dt_s of at most {}",
                at_most(action_m / speed_m_s)
            ),
        );
    }
}
