//! Combinations of values that each are allowed but don't go together.

use super::configuration::{BoxGridConfig, GridConfig, SourceTrackingConfig};
use super::horizon::automatic_horizon;
use super::model::{hit_levels, sides};
use crate::grids::Inputs;
use crate::lanes::{SIMD_VARIABLE, SimdLevel};
use crate::scenario::Objection;
use crate::scenario::inference::belief::LikelihoodTables;
use crate::scenario::inference::controller::{Action, ControllerError};
use crate::scenario::inference::policy::PolicyConfig;

/// The tables of a rank may take as many bytes.
const TABLES_HIGHEST: f64 = 1_073_741_824.0;
/// A searcher has a radius of half a cell; the 2-D and 1-D formulas need a decay length well above that.
const DECAY_LENGTH_LOWEST: f64 = 0.75;
/// Beliefs that one decision may have to work out.
const BELIEFS_HIGHEST: f64 = 100_000.0;
/// Counts are stored in 32 bits.
const STEPS_HIGHEST: f64 = 2_147_483_647.0;

/// Everything that is wrong with `config`.
pub(super) fn check(config: &SourceTrackingConfig, inputs: &Inputs) -> Vec<Objection> {
    let mut found = Objections(Vec::new());
    found.wind(config);
    found.hits(config);
    if let GridConfig::Box(given) = &config.grid {
        found.sides(config, given);
    }
    if found.0.is_empty() {
        found.size(config);
        found.look_ahead(config);
    }
    found.table(config, inputs);
    if let Err(error) = SimdLevel::chosen() {
        // The place of the message names the variable already.
        let text = error.to_string();
        let text = text.strip_prefix(SIMD_VARIABLE).unwrap_or(&text).trim();
        let (message, hint) = text.split_once(" (hint: ").unwrap_or((text, "unset it)"));
        found.add(SIMD_VARIABLE, message.to_owned(), hint.trim_end_matches(')').to_owned());
    }
    found.0
}

struct Objections(Vec<Objection>);

impl Objections {
    fn add(&mut self, key: &str, message: String, hint: String) {
        self.0.push(Objection {
            key: key.to_owned(),
            message,
            hint,
        });
    }

    fn wind(&mut self, config: &SourceTrackingConfig) {
        let medium = &config.medium;
        if medium.spreads_in() < medium.dimensions {
            self.add(
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
            self.add(
                "medium.wind",
                format!("{} in one dimension, where the formulas are for still air", medium.wind),
                "use wind = 0, or odour_dimensions = 2 or 3".to_owned(),
            );
            return;
        }
        if medium.decay_length() < DECAY_LENGTH_LOWEST {
            self.add(
                "medium.wind",
                format!(
                    "{} shortens the decay length to {:.3} cells, below {DECAY_LENGTH_LOWEST}",
                    medium.wind,
                    medium.decay_length()
                ),
                format!(
                    "use a wind of at most {:.3}",
                    2.0 * (1.0 / DECAY_LENGTH_LOWEST.powi(2) - 1.0 / medium.dispersion_length.powi(2))
                        .max(0.0)
                        .sqrt()
                ),
            );
        }
        if matches!(config.grid, GridConfig::Automatic(_)) {
            self.add(
                "grid",
                format!(
                    "the automatic size is worked out for still air, but medium.wind = {}",
                    medium.wind
                ),
                "give the sides and the start, as the preset grid/windy_81x41 does".to_owned(),
            );
        }
    }

    fn hits(&mut self, config: &SourceTrackingConfig) {
        let search = &config.search;
        if search.hit_levels == 1 {
            self.add(
                "search.hit_levels",
                "1 level tells nothing apart".to_owned(),
                "use 0 for the automatic number, or at least 2".to_owned(),
            );
            return;
        }
        let levels = hit_levels(config);
        if search.first_hit >= levels {
            self.add(
                "search.first_hit",
                format!("{} hits, but only {levels} levels are told apart", search.first_hit),
                format!("use at most {}", levels - 1),
            );
        }
    }

    fn sides(&mut self, config: &SourceTrackingConfig, given: &BoxGridConfig) {
        let dimensions = config.medium.dimensions as usize;
        if given.sides.len() != 1 && given.sides.len() != dimensions {
            self.add(
                "grid.sides",
                format!("{} sides in {dimensions} dimensions", given.sides.len()),
                "give one number for each axis, or one for all".to_owned(),
            );
            return;
        }
        if given.start.is_empty() {
            return;
        }
        let sides = sides(config);
        if given.start.len() != dimensions {
            self.add(
                "grid.start",
                format!("{} coordinates in {dimensions} dimensions", given.start.len()),
                "give one number for each axis, or none for the middle".to_owned(),
            );
        } else if let Some(axis) = (0..dimensions).find(|&axis| given.start[axis] >= sides[axis]) {
            self.add(
                "grid.start",
                format!(
                    "{} isn't among the {} cells along axis {axis}",
                    given.start[axis], sides[axis]
                ),
                format!("use 0 to {}", sides[axis] - 1),
            );
        }
    }

    fn size(&mut self, config: &SourceTrackingConfig) {
        let dimensions = config.medium.dimensions as usize;
        let levels = hit_levels(config);
        // The automatic side costs time to work out; with the automatic levels it is below 25 dispersion lengths unless
        // the leak is tiny.
        let small = vec![(25.0 * config.medium.dispersion_length) as u32 + 25; dimensions];
        let usual_leak = match &config.grid {
            GridConfig::Automatic(automatic) => automatic.leak >= 1e-3 && config.search.hit_levels == 0,
            GridConfig::Box(_) => false,
        };
        let sides = if usual_leak && LikelihoodTables::bytes(&small, levels) < TABLES_HIGHEST {
            small
        } else {
            sides(config)
        };
        let bytes = LikelihoodTables::bytes(&sides, levels);
        if bytes > TABLES_HIGHEST {
            let key = match config.grid {
                GridConfig::Automatic(_) => "medium.dispersion_length",
                GridConfig::Box(_) => "grid.sides",
            };
            self.add(
                key,
                format!(
                    "a grid of {sides:?} cells with {levels} hit levels needs tables of {:.1} GiB; 1 GiB is allowed",
                    bytes / TABLES_HIGHEST
                ),
                "use a smaller grid, or fewer search.hit_levels".to_owned(),
            );
        }
        let largest = sides.iter().copied().max().unwrap_or(1);
        if config.search.horizon_steps == 0 && automatic_horizon(&config.medium, largest) > STEPS_HIGHEST {
            self.add(
                "search.horizon_steps",
                "the automatic horizon is over 2³¹ − 1 steps".to_owned(),
                "give a horizon".to_owned(),
            );
        }
    }

    fn look_ahead(&mut self, config: &SourceTrackingConfig) {
        let PolicyConfig::Infotaxis(infotaxis) = &config.policy else {
            return;
        };
        let branches = f64::from(2 * config.medium.dimensions * hit_levels(config));
        let beliefs = (1..infotaxis.steps_ahead).fold(1.0, |beliefs, _| beliefs * branches);
        if beliefs > BELIEFS_HIGHEST {
            self.add(
                "policy.steps_ahead",
                format!(
                    "{} steps with {branches} outcomes each are {beliefs:.0} beliefs for every decision, over {BELIEFS_HIGHEST}",
                    infotaxis.steps_ahead
                ),
                "look fewer steps ahead, or use fewer search.hit_levels".to_owned(),
            );
        }
    }

    fn table(&mut self, config: &SourceTrackingConfig, inputs: &Inputs) {
        let PolicyConfig::Tabular(table) = &config.policy else {
            return;
        };
        if table.file.is_empty() {
            self.add(
                "policy.file",
                "is empty, but a table comes from a file".to_owned(),
                "give the path of a CSV file".to_owned(),
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
            self.add("policy.file", error.to_string(), hint);
        }
    }
}
