//! Combinations of values that each are allowed but don't go together.

use super::configuration::{AdhesionConfig, CellSortingConfig, FieldKind};
use super::lattice::Edges;
use super::model::{blocks, lattice};
use super::schedule::ScheduleConfig;
use super::start::{Pattern, Shape};
use crate::scenario::Problems;

/// Monte Carlo steps at most: beyond, nobody waits for them.
const MAX_MCS: f64 = 2_147_483_647.0;

/// Everything that is wrong with `config`.
pub(super) fn check(config: &CellSortingConfig) -> Problems {
    let mut found = Problems::default();
    types(config, &mut found);
    adhesion(config, &mut found);
    room(config, &mut found);
    course(config, &mut found);
    forces(config, &mut found);
    found
}

fn types(config: &CellSortingConfig, found: &mut Problems) {
    let cells = &config.cells;
    let types = cells.types.len();
    for (index, name) in cells.types.iter().enumerate() {
        if name.is_empty() || name == "medium" {
            found.add(
                "cells.types",
                format!("{name:?} can't be the name of a type"),
                "give each type a name of its own; the medium is always there",
            );
        }
        if cells.types[..index].contains(name) {
            found.add(
                "cells.types",
                format!("names {name:?} twice"),
                "give each type a name of its own",
            );
        }
    }
    if config.start.pattern == Pattern::Checkerboard && cells.shares.windows(2).any(|two| two[0] != two[1]) {
        found.add(
            "cells.shares",
            "has no effect: a checkerboard gives all types the same share",
            "give all types one share, or use another start.pattern",
        );
    }
    for (key, length) in [
        ("cells.shares", cells.shares.len()),
        ("cells.target_areas", cells.target_areas.len()),
        ("cells.area_stiffness", cells.area_stiffness.len()),
        ("cells.target_perimeters", cells.target_perimeters.len()),
        ("cells.perimeter_stiffness", cells.perimeter_stiffness.len()),
        ("forces.motility", config.forces.motility.len()),
        ("forces.chemotaxis", config.forces.chemotaxis.len()),
    ] {
        if length != 1 && length != types {
            found.add(
                key,
                format!("{length} numbers for {types} types ({})", cells.types.join(", ")),
                "give one number for each of cells.types, or one for all",
            );
        }
    }
    if cells.shares.iter().sum::<f64>() <= 0.0 {
        found.add(
            "cells.shares",
            "no type has a share",
            "give at least one type a share above 0",
        );
    }
}

fn adhesion(config: &CellSortingConfig, found: &mut Problems) {
    let types = config.cells.types.len();
    let AdhesionConfig::Matrix(given) = &config.adhesion else {
        if types != 2 {
            found.add(
                "adhesion.kind",
                format!("\"two_types\" for {types} types ({})", config.cells.types.join(", ")),
                "use kind = \"matrix\", or two names in cells.types",
            );
        }
        return;
    };
    let rows = given.energies.len();
    if rows != types + 1 || given.energies.iter().any(|row| row.len() != rows) {
        found.add(
            "adhesion.energies",
            format!("isn't a matrix of {0} × {0}: the medium and {types} types", types + 1),
            "give a row for the medium and for each of cells.types, with as many numbers",
        );
        return;
    }
    let name = |index: usize| match index {
        0 => "medium",
        index => &config.cells.types[index - 1],
    };
    for first in 0..rows {
        for second in 0..first {
            let (one, other) = (given.energies[first][second], given.energies[second][first]);
            if one != other {
                found.add(
                    "adhesion.energies",
                    format!(
                        "isn't symmetric: {one} for {} and {}, {other} the other way round",
                        name(first),
                        name(second)
                    ),
                    "give both places the same number",
                );
            }
        }
    }
    if given.energies[0][0] != 0.0 {
        found.add(
            "adhesion.energies",
            format!(
                "{} for medium and medium, which has no boundary with itself",
                given.energies[0][0]
            ),
            "begin with 0",
        );
    }
}

fn room(config: &CellSortingConfig, found: &mut Problems) {
    if found.has_errors() {
        return;
    }
    let lattice = lattice(config);
    for (key, sites) in [("lattice.width", lattice.width), ("lattice.height", lattice.height)] {
        if sites < 3 {
            found.add(
                key,
                format!("{sites} sites; at least 3 are needed"),
                "use 3 or more, or 0 to have it chosen",
            );
        }
    }
    // Only a side that is chosen can be too long.
    let longest = lattice.width.max(lattice.height);
    if longest > 30_000 {
        found.add(
            "cells.count",
            format!(
                "{} cells need a lattice of {longest} sites along a side; 30000 are allowed",
                config.cells.count
            ),
            "use fewer or smaller cells",
        );
    }
    if found.has_errors() {
        return;
    }
    let blocks = blocks(config);
    if blocks.room() < config.cells.count as usize {
        let apart = if config.start.shape == Shape::Dispersed {
            ", none beside another,"
        } else {
            ""
        };
        found.add(
            "cells.count",
            format!(
                "{} cells of {} × {} sites{apart} on {} × {} sites, which have room for {}",
                config.cells.count,
                blocks.sides[0],
                blocks.sides[1],
                lattice.width,
                lattice.height,
                blocks.room()
            ),
            "use fewer or smaller cells, or a larger lattice (0 has it chosen)",
        );
    }
}

fn course(config: &CellSortingConfig, found: &mut Problems) {
    let course = &config.course;
    let mcs = f64::from(course.steps) * f64::from(course.mcs_per_step);
    if mcs > MAX_MCS {
        found.add(
            "course.steps",
            format!(
                "{} steps of {} Monte Carlo steps are over 2³¹ − 1",
                course.steps, course.mcs_per_step
            ),
            "use fewer steps",
        );
    }
    let measures = match &config.schedule {
        ScheduleConfig::Linear(linear) => course.steps / linear.every.max(1),
        _ => 0,
    };
    if measures > 100_000 {
        found.add(
            "schedule.every",
            format!("measures {measures} times; 100000 times are allowed"),
            "measure less often, or use kind = \"logarithmic\"",
        );
    }
    if let ScheduleConfig::List(list) = &config.schedule
        && let Some(late) = list.steps.iter().find(|step| **step > course.steps)
    {
        found.add(
            "schedule.steps",
            format!("step {late} is after the last one, {}", course.steps),
            "use more course.steps, or leave it out",
        );
    }
    if config.measures.permutations == 1 {
        found.add(
            "measures.permutations",
            "1 permutation has no spread",
            "use 0 for none, or at least 2",
        );
    }
}

fn forces(config: &CellSortingConfig, found: &mut Problems) {
    let follows = config.forces.chemotaxis.iter().any(|energy| *energy != 0.0);
    if follows && config.forces.field == FieldKind::Linear && config.lattice.edges == Edges::Periodic {
        found.add(
            "forces.field",
            "a linear field has a jump where a periodic lattice closes",
            "use lattice.edges = \"walled\", or field = \"radial\"",
        );
    }
}
