//! Combinations of values that each are allowed but don't go together.

use super::configuration::{BoxGridConfig, GridConfig, SourceTrackingConfig};
use super::horizon::automatic_horizon;
use super::model::{hit_levels, sides};
use crate::grids::Inputs;
use crate::quantity::at_most;
use crate::scenario::Problems;
use crate::scenario::inference::belief::LikelihoodTables;
use crate::scenario::inference::controller::{Action, ControllerError};
use crate::scenario::inference::policy::PolicyConfig;

/// The tables of a rank may take as many bytes.
const MAX_TABLE_BYTES: f64 = 1_073_741_824.0;
/// A searcher has a radius of half a cell; the 2-D and 1-D formulas need a decay length well above that.
const MIN_DECAY_LENGTH: f64 = 0.75;
/// Beliefs that one decision may have to work out.
const MAX_BELIEFS: f64 = 100_000.0;
/// Counts are stored in 32 bits.
const MAX_STEPS: f64 = 2_147_483_647.0;

/// Everything that is wrong with `config`.
pub(super) fn check(config: &SourceTrackingConfig, inputs: &Inputs) -> Problems {
    let mut found = Problems::default();
    wind(config, &mut found);
    levels(config, &mut found);
    if let GridConfig::Box(given) = &config.grid {
        box_sides(config, given, &mut found);
    }
    if found.is_empty() {
        size(config, &mut found);
        look_ahead(config, &mut found);
    }
    table(config, inputs, &mut found);
    found.check_instructions();
    found
}

fn wind(config: &SourceTrackingConfig, found: &mut Problems) {
    let medium = &config.medium;
    if medium.spreads_in() < medium.dimensions {
        found.add(
            "medium.odour_dimensions",
            format!(
                "odour that spreads in {} dimensions isn't found in all of the {} that are searched",
                medium.odour_dimensions, medium.dimensions
            ),
            format!("use 0, or {} to 3", medium.dimensions),
        );
        return;
    }
    if medium.wind <= 0.0 {
        return;
    }
    if medium.spreads_in() == 1 {
        found.add(
            "medium.wind",
            format!("{} in one dimension, where the formulas are for still air", medium.wind),
            "use wind = 0, or odour_dimensions = 2 or 3",
        );
        return;
    }
    if medium.decay_length() < MIN_DECAY_LENGTH {
        found.add(
            "medium.wind",
            format!(
                "{} shortens the decay length to {:.3} cells, below {MIN_DECAY_LENGTH}",
                medium.wind,
                medium.decay_length()
            ),
            format!(
                "use a wind of at most {}",
                at_most(
                    2.0 * (1.0 / MIN_DECAY_LENGTH.powi(2) - 1.0 / medium.dispersion_length.powi(2))
                        .max(0.0)
                        .sqrt()
                )
            ),
        );
    }
    if matches!(config.grid, GridConfig::Automatic(_)) {
        found.add(
            "grid",
            format!(
                "the automatic size is worked out for still air, but medium.wind = {}",
                medium.wind
            ),
            "give the sides and the start, as the preset grid/windy_81x41 does",
        );
    }
}

fn levels(config: &SourceTrackingConfig, found: &mut Problems) {
    let search = &config.search;
    if search.hit_levels == 1 {
        found.add(
            "search.hit_levels",
            "1 level distinguishes nothing",
            "use 0 for the automatic number, or at least 2",
        );
        return;
    }
    let levels = hit_levels(config);
    if search.first_hit >= levels {
        found.add(
            "search.first_hit",
            format!("{} hits, but only {levels} levels are distinguished", search.first_hit),
            format!("use at most {}", levels - 1),
        );
    }
}

fn box_sides(config: &SourceTrackingConfig, given: &BoxGridConfig, found: &mut Problems) {
    let dimensions = config.medium.dimensions as usize;
    if given.sides.len() != 1 && given.sides.len() != dimensions {
        found.add(
            "grid.sides",
            format!("{} sides in {dimensions} dimensions", given.sides.len()),
            "give one number for each axis, or one for all",
        );
        return;
    }
    if given.start.is_empty() {
        return;
    }
    let sides = sides(config);
    if given.start.len() != dimensions {
        found.add(
            "grid.start",
            format!("{} coordinates in {dimensions} dimensions", given.start.len()),
            "give one number for each axis, or none for the middle",
        );
    } else if let Some(axis) = (0..dimensions).find(|&axis| given.start[axis] >= sides[axis]) {
        found.add(
            "grid.start",
            format!(
                "{} isn't among the {} cells along axis {axis}",
                given.start[axis], sides[axis]
            ),
            format!("use 0 to {}", sides[axis] - 1),
        );
    }
}

fn size(config: &SourceTrackingConfig, found: &mut Problems) {
    let dimensions = config.medium.dimensions as usize;
    let levels = hit_levels(config);
    // The automatic side costs time to work out; with the automatic levels it is below 25 dispersion lengths unless
    // the leak is tiny.
    let small = vec![(25.0 * config.medium.dispersion_length) as u32 + 25; dimensions];
    let usual_leak = match &config.grid {
        GridConfig::Automatic(automatic) => automatic.leak >= 1e-3 && config.search.hit_levels == 0,
        GridConfig::Box(_) => false,
    };
    let sides = if usual_leak && LikelihoodTables::bytes(&small, levels) < MAX_TABLE_BYTES {
        small
    } else {
        sides(config)
    };
    let bytes = LikelihoodTables::bytes(&sides, levels);
    if bytes > MAX_TABLE_BYTES {
        let key = match config.grid {
            GridConfig::Automatic(_) => "medium.dispersion_length",
            GridConfig::Box(_) => "grid.sides",
        };
        found.add(
            key,
            format!(
                "a grid of {} cells with {levels} hit levels needs tables of {:.1} GiB; 1 GiB is allowed",
                sides.iter().map(ToString::to_string).collect::<Vec<_>>().join(" × "),
                bytes / MAX_TABLE_BYTES
            ),
            "use a smaller grid, or fewer search.hit_levels",
        );
    }
    let largest = sides.iter().copied().max().unwrap_or(1);
    if config.search.horizon_steps == 0 && automatic_horizon(&config.medium, largest) > MAX_STEPS {
        found.add(
            "search.horizon_steps",
            "the automatic horizon is over 2³¹ − 1 steps",
            "give a horizon",
        );
    }
}

fn look_ahead(config: &SourceTrackingConfig, found: &mut Problems) {
    let PolicyConfig::Infotaxis(infotaxis) = &config.policy else {
        return;
    };
    let branches = f64::from(2 * config.medium.dimensions * hit_levels(config));
    let beliefs = (1..infotaxis.steps_ahead).fold(1.0, |beliefs, _| beliefs * branches);
    if beliefs > MAX_BELIEFS {
        found.add(
            "policy.steps_ahead",
            format!(
                "{} steps with {branches} outcomes each are {beliefs:.0} beliefs for every decision, over {MAX_BELIEFS}",
                infotaxis.steps_ahead
            ),
            "look fewer steps ahead, or use fewer search.hit_levels",
        );
    }
}

fn table(config: &SourceTrackingConfig, inputs: &Inputs, found: &mut Problems) {
    let PolicyConfig::Tabular(table) = &config.policy else {
        return;
    };
    if table.file.is_empty() {
        found.add(
            "policy.file",
            "is empty, but the table is read from a file",
            "give the path of a CSV file",
        );
    } else if let Err(error) = table.controller(config.medium.dimensions, inputs) {
        let hint = match &error {
            ControllerError::Action { .. } => {
                let words = &Action::ALL[..2 * config.medium.dimensions as usize];
                let words: Vec<&str> = words.iter().map(|action| action.word()).collect();
                format!(
                    "in {} dimensions the actions are {}",
                    config.medium.dimensions,
                    words.join(", ")
                )
            }
            _ => error.hint().to_owned(),
        };
        found.add("policy.file", error.to_string(), hint);
    }
}
