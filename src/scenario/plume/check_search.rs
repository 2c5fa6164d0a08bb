//! Objections to searches by belief and to tables of actions.

use super::PlumeConfig;
use super::navigator::belief_search::{AssumedPlume, AssumedWindConfig, CellMap, hit_levels};
use super::navigator::{BeliefSearchConfig, DecisionClock, HitsConfig, NavigatorConfig, TabularNavigatorConfig};
use super::wind::MeanWind;
use crate::grids::Inputs;
use crate::scenario::Objection;
use crate::scenario::inference::belief::LikelihoodTables;
use crate::scenario::inference::controller::ControllerError;

/// Beliefs of all agents of a unit and the tables may take as many bytes.
const MEMORY_HIGHEST: f64 = 1_073_741_824.0;
/// λ is at least this many searcher radii: the formula is for small searchers.
const DECAY_PER_RADIUS_LOWEST: f64 = 1.5;
/// Beliefs that one decision may have to work out.
const BELIEFS_HIGHEST: f64 = 100_000.0;
/// Cells along an axis.
const SIDE_LOWEST: u32 = 3;
const SIDE_HIGHEST: u32 = 10_000;
/// Rounding that a comparison of lengths allows for.
const ROUNDING: f64 = 1e-9;

/// Everything that is wrong with the search, if there is one.
pub(super) fn check(config: &PlumeConfig, inputs: &Inputs) -> Vec<Objection> {
    let mut found = Objections(Vec::new());
    if let Some(search) = config.navigator.belief_search() {
        found.levels(&search);
        found.turn(config, search.step_s);
        // What follows divides by the domain's extents.
        let domain = &config.episode.domain;
        if domain.width_m() > 0.0 && domain.height_m() > 0.0 {
            found.cells(config, &search);
            found.assumed(config, &search, inputs);
        }
    }
    if let NavigatorConfig::Tabular(tabular) = &config.navigator {
        found.turn(config, tabular.step_s);
        found.table(tabular, inputs);
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

    fn levels(&mut self, search: &BeliefSearchConfig) {
        let given = search.hit_levels;
        if given == 1 {
            self.add(
                "navigator.hit_levels",
                "1 level tells nothing apart".to_owned(),
                "use 0 for the automatic number, or at least 2".to_owned(),
            );
        } else if given > 2 && matches!(search.hits, HitsConfig::Presence(_)) {
            self.add(
                "navigator.hit_levels",
                format!("{given} levels, but hits of kind \"presence\" are 0 or 1"),
                "use 0 or 2, or another kind of hits".to_owned(),
            );
        }
    }

    fn turn(&mut self, config: &PlumeConfig, step_s: f64) {
        if step_s < config.episode.dt_s {
            self.add(
                "navigator.step_s",
                format!(
                    "{step_s} s is shorter than a step of the episode, {} s",
                    config.episode.dt_s
                ),
                "use a shorter episode.dt_s, or a longer navigator.step_s".to_owned(),
            );
        }
    }

    fn cells(&mut self, config: &PlumeConfig, search: &BeliefSearchConfig) {
        let map = CellMap::new(&config.episode.domain, search.cell_m);
        let (sides, [x_m, y_m]) = (map.sides(), map.cell_m());
        if sides.iter().any(|side| !(SIDE_LOWEST..=SIDE_HIGHEST).contains(side)) {
            self.add(
                "navigator.cell_m",
                format!(
                    "{} m gives {} × {} cells over the domain {}; {SIDE_LOWEST} to {SIDE_HIGHEST} along each axis are \
                     possible",
                    search.cell_m, sides[0], sides[1], config.episode.domain
                ),
                "use another cell_m".to_owned(),
            );
            return;
        }
        let half_diagonal_m = 0.5 * (x_m * x_m + y_m * y_m).sqrt();
        if config.episode.source_radius_m < half_diagonal_m * (1.0 - ROUNDING) {
            self.add(
                "navigator.cell_m",
                format!(
                    "a cell of {x_m} m × {y_m} m isn't searched from its middle: its corners are {half_diagonal_m} m away, \
                     more than episode.source_radius_m = {} m",
                    config.episode.source_radius_m
                ),
                "use smaller cells or a larger radius: the belief takes a visited cell for empty".to_owned(),
            );
        }
        let turn_s = DecisionClock::new(search.step_s, config.episode.dt_s).period_s(config.episode.dt_s);
        let speed_m_s = search.speed_m_s.min(config.agents.speed_max_m_s);
        let longest_m = x_m.max(y_m);
        if speed_m_s * turn_s < longest_m * (1.0 - ROUNDING) {
            self.add(
                "navigator.step_s",
                format!("{turn_s} s at {speed_m_s} m/s don't take an agent to the next cell, {longest_m} m away"),
                format!("use at least {} s, and more for turns", longest_m / speed_m_s),
            );
        }
        let cells = f64::from(sides[0]) * f64::from(sides[1]);
        // The automatic number is at most 16.
        let levels = match (&search.hits, search.hit_levels) {
            (HitsConfig::Presence(_), _) => 2,
            (_, 0) => 16,
            (_, given) => given,
        };
        let bytes = LikelihoodTables::bytes(&sides, levels) + 8.0 * cells * f64::from(config.agents.count);
        if bytes > MEMORY_HIGHEST {
            self.add(
                "navigator.cell_m",
                format!(
                    "{} × {} cells need up to {:.1} GiB for likelihoods and for the beliefs of {} agents; 1 GiB is allowed",
                    sides[0],
                    sides[1],
                    bytes / MEMORY_HIGHEST,
                    config.agents.count
                ),
                "use larger cells or fewer agents in a unit".to_owned(),
            );
        }
    }

    /// The assumed plume in the slowest mean wind: others are looked at when a unit starts.
    fn assumed(&mut self, config: &PlumeConfig, search: &BeliefSearchConfig, inputs: &Inputs) {
        let assumed = &search.assumed;
        let known = config.wind.mean_speed(inputs).map(|range| range.lowest_m_s);
        let truth = match (&assumed.wind, known) {
            (AssumedWindConfig::Mean(_), None) => return,
            (_, speed_m_s) => MeanWind {
                speed_m_s: speed_m_s.unwrap_or(0.0),
                direction_rad: 0.0,
            },
        };
        let wind = assumed.wind.wind(truth);
        let (length_m, lowest_m) = (
            assumed.decay_length_m(wind.speed_m_s),
            DECAY_PER_RADIUS_LOWEST * assumed.searcher_radius_m,
        );
        if length_m < lowest_m {
            self.add(
                "navigator.assumed.searcher_radius_m",
                format!(
                    "{} m is too large for the assumed decay length of {length_m} m (in a wind of {} m/s)",
                    assumed.searcher_radius_m, wind.speed_m_s
                ),
                format!(
                    "use at most {} m, or more assumed.diffusivity_m2_s",
                    length_m / DECAY_PER_RADIUS_LOWEST
                ),
            );
            return;
        }
        let NavigatorConfig::Infotaxis(infotaxis) = &config.navigator else {
            return;
        };
        let Some(plume) = AssumedPlume::new(assumed, truth) else {
            return;
        };
        let map = CellMap::new(&config.episode.domain, search.cell_m);
        let turn_s = DecisionClock::new(search.step_s, config.episode.dt_s).period_s(config.episode.dt_s);
        let branches = f64::from(4 * hit_levels(search, &plume, &map, turn_s));
        let beliefs = (1..infotaxis.steps_ahead).fold(1.0, |beliefs, _| beliefs * branches);
        if beliefs > BELIEFS_HIGHEST {
            self.add(
                "navigator.steps_ahead",
                format!(
                    "{} steps with {branches} outcomes each are {beliefs:.0} beliefs for every decision, over {BELIEFS_HIGHEST}",
                    infotaxis.steps_ahead
                ),
                "look fewer steps ahead, or use fewer navigator.hit_levels".to_owned(),
            );
        }
    }

    fn table(&mut self, tabular: &TabularNavigatorConfig, inputs: &Inputs) {
        if tabular.file.is_empty() {
            self.add(
                "navigator.file",
                "is empty, but a table comes from a file".to_owned(),
                "give the path of a CSV file".to_owned(),
            );
        } else if let Err(error) = tabular.controller(inputs) {
            let hint = match &error {
                ControllerError::Action { .. } => "in a plume the actions are upwind, downwind, left, right, stay",
                _ => error.hint(),
            };
            self.add("navigator.file", error.to_string(), hint.to_owned());
        }
    }
}
