//! Combinations that don't go together in crowds: discs and the room for them, strategies and their shares.

use super::super::PlumeConfig;
use super::super::agents::{MotionConfig, StartConfig};
use super::super::collision::{CollisionConfig, DiscsConfig, MAX_LINE_COVERAGE, MAX_REGION_COVERAGE, reach_m};
use super::super::navigator::MixedConfig;
use crate::grids::Inputs;
use crate::quantity::{at_least, number};
use crate::scenario::{Problem, Problems};
use std::f64::consts::PI;

/// What is wrong with the discs of a crowd.
pub(super) fn check_discs(config: &PlumeConfig, inputs: &Inputs) -> Problems {
    let CollisionConfig::Discs(discs) = &config.collision else {
        return Problems::default();
    };
    let (mut found, diameter_m) = (Problems::default(), 2.0 * discs.radius_m);
    let step_m = config.max_step_m(inputs);
    if step_m > diameter_m {
        found.add(
            "collision.radius_m",
            format!(
                "an agent moves {} m in a step of {} s, more than a disc's diameter of {} m",
                number(step_m),
                config.episode.dt_s,
                number(diameter_m)
            ),
            "the order of moves alone would decide who blocks whom: use a shorter episode.dt_s or larger discs",
        );
        return found;
    }
    let domain = &config.episode.domain;
    let wraps = config.boundary.build(domain).wraps();
    for (wraps, extent_m, axis) in [(wraps[0], domain.width_m(), "x"), (wraps[1], domain.height_m(), "y")] {
        let least_m = 2.0 * reach_m(diameter_m, step_m);
        if wraps && extent_m < least_m {
            found.add(
                "collision.radius_m",
                format!(
                    "the domain wraps around after {} m along {axis}: for discs of radius {} m it has to be at \
                     least {} m",
                    number(extent_m),
                    discs.radius_m,
                    at_least(least_m)
                ),
                "use smaller discs or a wider episode.domain",
            );
        }
    }
    found.extend(check_room(config, discs));
    found.extend(check_given_places(config, discs, inputs));
    found
}

/// Whether discs at places from a list or a file overlap. On a grid agents start at centres of cells: the unit says it.
fn check_given_places(config: &PlumeConfig, discs: &DiscsConfig, inputs: &Inputs) -> Option<Problem> {
    // A table that can't be read is told elsewhere.
    let table = config.agents.start_table(inputs).ok()??;
    let (rows, count, diameter_m) = (table.len(), config.agents.count as usize, 2.0 * discs.radius_m);
    if count > rows {
        return Some(Problem::new(
            "agents.start",
            format!("{count} discs don't fit at {rows} places: rows are used again, and two would be at one point"),
            "give a place for each agent, or leave collision.kind = \"none\"",
        ));
    }
    if matches!(config.agents.motion, MotionConfig::Grid(_) | MotionConfig::Oriented(_)) {
        return None;
    }
    let (one, other, distance_m) = closer_than(diameter_m, (0..rows).map(|row| table.place(row)))?;
    Some(Problem::new(
        "agents.start",
        format!(
            "{} and {} are {} m apart, less than a disc's diameter of {} m",
            table.row_name(one),
            table.row_name(other),
            number(distance_m),
            number(diameter_m)
        ),
        "move them apart, or use a smaller collision.radius_m",
    ))
}

/// Indices of two places that are closer than a distance, and how close they are: the first found along x.
fn closer_than(distance_m: f64, places: impl Iterator<Item = (f64, f64)>) -> Option<(usize, usize, f64)> {
    let mut along_x: Vec<(usize, (f64, f64))> = places.enumerate().collect();
    along_x.sort_by(|(_, a), (_, b)| a.0.total_cmp(&b.0));
    along_x.iter().enumerate().find_map(|(nth, (one, a))| {
        (along_x[nth + 1..].iter())
            .take_while(|(_, b)| b.0 - a.0 < distance_m)
            .map(|(other, b)| (*one.min(other), *one.max(other), (b.0 - a.0).hypot(b.1 - a.1)))
            .find(|(_, _, apart_m)| *apart_m < distance_m)
    })
}

/// Whether the discs find room at the start.
fn check_room(config: &PlumeConfig, discs: &DiscsConfig) -> Option<Problem> {
    let (count, radius_m) = (f64::from(config.agents.count), discs.radius_m);
    let (diameter_m, discs_m2) = (2.0 * radius_m, count * PI * radius_m * radius_m);
    // Discs may stick out of the place that their centres start in.
    let (covered, highest) = match &config.agents.start {
        StartConfig::Region(region) => {
            let width_m = (region.x_max_m - region.x_min_m).abs() + diameter_m;
            let height_m = (region.y_max_m - region.y_min_m).abs() + diameter_m;
            (discs_m2 / (width_m * height_m), MAX_REGION_COVERAGE)
        }
        StartConfig::Disc(disc) => {
            let outer_m = disc.radius_m + radius_m;
            (discs_m2 / (PI * outer_m * outer_m), MAX_REGION_COVERAGE)
        }
        StartConfig::AroundSource(ring) => {
            let (outer_m, inner_m) = (ring.outer_m + radius_m, (ring.inner_m - radius_m).max(0.0));
            let ring_m2 = PI * (outer_m * outer_m - inner_m * inner_m);
            (discs_m2 / ring_m2, MAX_REGION_COVERAGE)
        }
        StartConfig::Line(line) => {
            let (x_m, y_m) = (line.x_second_m - line.x_first_m, line.y_second_m - line.y_first_m);
            let length_m = (x_m * x_m + y_m * y_m).sqrt() + diameter_m;
            (count * diameter_m / length_m, MAX_LINE_COVERAGE)
        }
        StartConfig::AcrossWind(line) => (count * diameter_m / (line.length_m + diameter_m), MAX_LINE_COVERAGE),
        StartConfig::Point(_) if count > 1.0 => {
            return Some(Problem::new(
                "agents.start",
                format!("{count} discs don't fit at one point"),
                "let agents start in a region, or leave collision.kind = \"none\"",
            ));
        }
        // Given places are looked at one by one; where the plume is, the unit says it if they don't go.
        StartConfig::Point(_) | StartConfig::InPlume(_) | StartConfig::List(_) | StartConfig::File(_) => return None,
    };
    (count > 1.0 && covered > highest).then(|| {
        Problem::new(
            "collision.radius_m",
            format!(
                "{count} discs of radius {radius_m} m would cover {:.1} % of agents.start; random places that don't \
                 overlap are found up to {:.0} %",
                100.0 * covered,
                100.0 * highest
            ),
            "use smaller discs, fewer agents, or more room in agents.start",
        )
    })
}

/// What is wrong with the strategies of a mixed crowd: `check_one` is asked about the study with each strategy alone.
pub(super) fn check_mixed(
    config: &PlumeConfig,
    mixed: &MixedConfig,
    check_one: impl Fn(&PlumeConfig) -> Problems,
) -> Problems {
    let mut found = Problems::default();
    if !mixed.strategies.iter().any(|strategy| strategy.share > 0.0) {
        found.add(
            "navigator.strategies",
            "no strategy has a share above 0",
            "give at least one strategy a share",
        );
    }
    for (index, strategy) in mixed.strategies.iter().enumerate() {
        let table = format!("navigator.strategies[{index}].navigator");
        if strategy.navigator.as_kind::<MixedConfig>().is_some() {
            found.add(
                table,
                "a strategy of a mixed crowd can't be mixed itself",
                "list its strategies beside the others, with their shares of the whole crowd",
            );
            continue;
        }
        let alone = PlumeConfig {
            navigator: strategy.navigator.clone(),
            ..config.clone()
        };
        for problem in check_one(&alone) {
            let problem = problem.moved("navigator", &table);
            if !found.contains(&problem) {
                found.push(problem);
            }
        }
    }
    found
}
