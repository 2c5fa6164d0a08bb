//! What doesn't go together in searches by belief.

use super::super::super::component::Context;
use super::super::super::wind::MeanWind;
use super::super::{DecisionClock, HitsConfig};
use super::model::hit_levels;
use super::{AssumedPlume, AssumedWindConfig, BeliefSearchConfig, CellMap, InfotaxisSearchConfig};
use crate::quantity::{at_least, at_most, number};
use crate::scenario::Problems;
use crate::scenario::inference::belief::LikelihoodTables;

/// Beliefs of all agents of a unit and the tables may take as many bytes.
const MAX_MEMORY_BYTES: f64 = 1_073_741_824.0;
/// λ is at least this many searcher radii: the formula is for small searchers.
const MIN_DECAY_PER_RADIUS: f64 = 1.5;
/// Beliefs that one decision may have to work out.
const MAX_BELIEFS: f64 = 100_000.0;
/// Cells along an axis.
const MIN_SIDE: u32 = 3;
const MAX_SIDE: u32 = 10_000;
/// Rounding that a comparison of lengths allows for.
const ROUNDING: f64 = 1e-9;

impl BeliefSearchConfig {
    /// What is wrong with the search, whatever its policy.
    pub(super) fn check(&self, context: Context<'_>) -> Problems {
        let mut found = Problems::default();
        self.check_levels(&mut found);
        found.extend(DecisionClock::shorter_than_step(self.step_s, context));
        if has_extent(context) {
            self.check_cells(context, &mut found);
            self.check_assumed(context, &mut found);
        }
        found
    }

    fn check_levels(&self, found: &mut Problems) {
        let given = self.hit_levels;
        if given == 1 {
            found.add(
                "navigator.hit_levels",
                "1 level distinguishes nothing",
                "use 0 for the automatic number, or at least 2",
            );
        } else if given > 2 && matches!(self.hits, HitsConfig::Presence(_)) {
            found.add(
                "navigator.hit_levels",
                format!("{given} levels, but hits of kind \"presence\" are 0 or 1"),
                "use 0 or 2, or another kind of hits",
            );
        }
    }

    fn check_cells(&self, context: Context<'_>, found: &mut Problems) {
        let config = context.config;
        let map = CellMap::new(&config.episode.domain, self.cell_m);
        let (sides, [x_m, y_m]) = (map.sides(), map.cell_m());
        if sides.iter().any(|side| !(MIN_SIDE..=MAX_SIDE).contains(side)) {
            found.add(
                "navigator.cell_m",
                format!(
                    "{} m gives {} × {} cells over the domain {}; {MIN_SIDE} to {MAX_SIDE} along each axis are \
                     possible",
                    self.cell_m, sides[0], sides[1], config.episode.domain
                ),
                "use another cell_m",
            );
            return;
        }
        let half_diagonal_m = 0.5 * (x_m * x_m + y_m * y_m).sqrt();
        if config.episode.source_radius_m < half_diagonal_m * (1.0 - ROUNDING) {
            found.add(
                "navigator.cell_m",
                format!(
                    "a cell of {} m × {} m isn't searched from its middle: its corners are {} m away, \
                     more than episode.source_radius_m = {} m",
                    number(x_m),
                    number(y_m),
                    number(half_diagonal_m),
                    config.episode.source_radius_m
                ),
                "use smaller cells or a larger radius: the belief takes a visited cell for empty",
            );
        }
        let turn_s = DecisionClock::new(self.step_s, config.episode.dt_s).period_s(config.episode.dt_s);
        let speed_m_s = self.speed_m_s.min(config.agents.speed_max_m_s);
        let longest_m = x_m.max(y_m);
        if speed_m_s * turn_s < longest_m * (1.0 - ROUNDING) {
            let dt_s = config.episode.dt_s;
            let whole_steps_s = (longest_m / speed_m_s / dt_s * (1.0 - ROUNDING)).ceil() * dt_s;
            found.add(
                "navigator.step_s",
                format!(
                    "{} s at {speed_m_s} m/s don't take an agent to the next cell, {} m away",
                    number(turn_s),
                    number(longest_m)
                ),
                format!("use at least {} s, and more for turns", at_least(whole_steps_s)),
            );
        }
        let cells = f64::from(sides[0]) * f64::from(sides[1]);
        // The automatic number is at most 16.
        let levels = match (&self.hits, self.hit_levels) {
            (HitsConfig::Presence(_), _) => 2,
            (_, 0) => 16,
            (_, given) => given,
        };
        let bytes = LikelihoodTables::bytes(&sides, levels) + 8.0 * cells * f64::from(config.agents.count);
        if bytes > MAX_MEMORY_BYTES {
            found.add(
                "navigator.cell_m",
                format!(
                    "{} × {} cells need up to {:.1} GiB for likelihoods and for the beliefs of {} agents; 1 GiB is allowed",
                    sides[0],
                    sides[1],
                    bytes / MAX_MEMORY_BYTES,
                    config.agents.count
                ),
                "use larger cells or fewer agents in a unit",
            );
        }
    }

    /// The assumed plume in the slowest mean wind: others are looked at when a unit starts.
    fn check_assumed(&self, context: Context<'_>, found: &mut Problems) {
        let Some(wind) = self.slowest_wind(context) else {
            return;
        };
        let (radius_m, speed_m_s) = (self.assumed.searcher_radius_m, self.assumed.wind.wind(wind).speed_m_s);
        let length_m = self.assumed.decay_length_m(speed_m_s);
        if length_m < MIN_DECAY_PER_RADIUS * radius_m {
            found.add(
                "navigator.assumed.searcher_radius_m",
                format!(
                    "{radius_m} m is too large for the assumed decay length of {} m (in a wind of {} m/s)",
                    number(length_m),
                    number(speed_m_s)
                ),
                format!(
                    "use at most {} m, or more assumed.diffusivity_m2_s",
                    at_most(length_m / MIN_DECAY_PER_RADIUS)
                ),
            );
        }
    }

    /// The slowest mean wind there may be; nothing if agents take it from a wind whose speed isn't known.
    fn slowest_wind(&self, context: Context<'_>) -> Option<MeanWind> {
        let known = context
            .config
            .wind
            .mean_speed(context.inputs)
            .map(|range| range.lowest_m_s);
        match (&self.assumed.wind, known) {
            (AssumedWindConfig::Mean(_), None) => None,
            (_, speed_m_s) => Some(MeanWind {
                speed_m_s: speed_m_s.unwrap_or(0.0),
                direction_rad: 0.0,
            }),
        }
    }
}

impl InfotaxisSearchConfig {
    /// What is wrong with the search.
    pub(super) fn check(&self, context: Context<'_>) -> Problems {
        let search = self.search();
        let mut found = search.check(context);
        let assumed = search.slowest_wind(context).filter(|_| has_extent(context));
        let Some(plume) = assumed.and_then(|wind| AssumedPlume::new(&search.assumed, wind)) else {
            return found;
        };
        let dt_s = context.dt_s();
        let map = CellMap::new(&context.config.episode.domain, search.cell_m);
        let turn_s = DecisionClock::new(search.step_s, dt_s).period_s(dt_s);
        let branches = f64::from(4 * hit_levels(&search, &plume, &map, turn_s));
        let beliefs = (1..self.steps_ahead).fold(1.0, |beliefs, _| beliefs * branches);
        if beliefs > MAX_BELIEFS {
            found.add(
                "navigator.steps_ahead",
                format!(
                    "{} steps with {branches} outcomes each are {beliefs:.0} beliefs for every decision, over {MAX_BELIEFS}",
                    self.steps_ahead
                ),
                "look fewer steps ahead, or use fewer navigator.hit_levels",
            );
        }
        found
    }
}

/// What is worked out for cells divides by the domain's extents.
fn has_extent(context: Context<'_>) -> bool {
    let domain = &context.config.episode.domain;
    domain.width_m() > 0.0 && domain.height_m() > 0.0
}
