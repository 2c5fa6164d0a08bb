//! The metric columns, and their values from the running totals.

use super::tally::{COVERAGE_SIDE, Events, NEVER, Running};
use crate::scenario::{MetricColumn, MetricKind, Support};

/// What the values of one agent are worked out from, besides its totals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub dt_s: f64,
    pub duration_s: f64,
    /// Steps of the episode.
    pub steps: f64,
    /// Whether the agent took part to the end.
    pub active: bool,
    /// Squared distance from the nearest source at the end of the episode, m².
    pub last_m2: f64,
    pub final_x_m: f64,
    pub final_y_m: f64,
    pub final_heading_rad: f64,
    /// What the sensor said in the last step of the episode.
    pub last_signal: f64,
    /// Whether agents are done at the source.
    pub end_at_source: bool,
    pub collisions: u32,
    pub strategy: u32,
}

/// Number of columns.
pub(in super::super) const COLUMNS: usize = 31;

/// Why an agent's episode is over: the meanings of the column `end_reason`.
pub const END_REASONS: [&str; 3] = ["time_is_up", "reached_source", "left_domain"];

/// The codes of [`END_REASONS`].
const TIME_IS_UP: f64 = 0.0;
const REACHED_SOURCE: f64 = 1.0;
const LEFT_DOMAIN: f64 = 2.0;

/// The columns, in the order of the results, with concentrations in `concentration_unit`.
#[must_use]
pub fn columns(concentration_unit: &str) -> Vec<MetricColumn> {
    use MetricKind::{Count, Flag, Real};
    let real = |name, unit, text| MetricColumn::new(name, Real, unit, text).within(Support::NonNegative);
    let fraction = |name, text| MetricColumn::new(name, Real, "1", text).within(Support::Fraction);
    let count = |name, text| MetricColumn::new(name, Count, "1", text);
    let flag = |name, text| MetricColumn::new(name, Flag, "1", text);
    vec![
        flag("success", "success"),
        real("time_to_source_s", "s", "time from the start to the source")
            .conditional("agents that reached the source"),
        flag("left_domain", "domain exit"),
        count("steps", "steps until the agent was done"),
        real("path_length_m", "m", "path length"),
        real("displacement_m", "m", "net displacement"),
        real(PATH_EFFICIENCY, "1", "path efficiency")
            .within(Support::SignedFraction)
            .conditional("agents that moved"),
        // Displacements near 0 are as likely as small areas, so P(tortuosity > t) falls as t⁻²: no finite variance.
        real("tortuosity", "1", "path length per net displacement")
            .conditional("agents with a displacement")
            .heavy_tailed(),
        real(
            "initial_distance_m",
            "m",
            "distance from the nearest source at the start",
        ),
        real("final_distance_m", "m", "distance from the nearest source at the end"),
        real("closest_approach_m", "m", "smallest distance from a source"),
        real(
            "mean_concentration",
            concentration_unit,
            "mean true concentration over the steps",
        ),
        // A plume thickens without bound towards its source: the mean is that of the few agents that come near.
        real("max_concentration", concentration_unit, "largest true concentration").heavy_tailed(),
        count("encounters", "number of plume encounters"),
        real("mean_whiff_duration_s", "s", "mean duration of an encounter").conditional("agents that met the plume"),
        real("mean_blank_duration_s", "s", "mean time between encounters")
            .conditional("agents that met the plume at least twice"),
        real("time_in_plume_s", "s", "time inside the plume"),
        fraction("fraction_in_plume", "fraction of steps inside the plume"),
        fraction("fraction_upwind", "fraction of steps moving upwind"),
        real("mean_turn_rate_rad_s", "rad s-1", "mean magnitude of the turn rate"),
        fraction("coverage", "fraction of a 16 by 16 grid on the domain that was visited"),
        count("boundary_hits", "steps that met an edge of the domain"),
        real("episode_duration_s", "s", "time until the agent was done"),
        real(
            "reward",
            "1",
            "1 for reaching the source minus the fraction of the episode that it took",
        )
        .within(Support::SignedFraction),
        count("collisions", "steps cut short by collisions"),
        count("strategy", "index of the agent's strategy; 0 where there is one"),
        MetricColumn::new("final_x_m", Real, "m", "position along x at the end"),
        MetricColumn::new("final_y_m", Real, "m", "position along y at the end"),
        MetricColumn::new(
            "final_heading_rad",
            Real,
            "rad",
            "direction that the agent pointed to at the end",
        ),
        MetricColumn::new(
            "final_signal",
            Real,
            "1",
            "last reading of the sensor, in the sensor's unit",
        ),
        MetricColumn::code("end_reason", &END_REASONS, "why the agent was done"),
    ]
}

const PATH_EFFICIENCY: &str = "path_efficiency";

/// For studies in which distances to a source change by more than agents go: no metric that compares the two has bounds.
pub(in super::super) fn let_distances_jump(columns: &mut [MetricColumn]) {
    for column in columns.iter_mut().filter(|column| column.name == PATH_EFFICIENCY) {
        column.support = Support::Any;
    }
}

/// The values of one lane, in the order of [`columns`]; NaN where there is none.
pub(super) fn values(running: &Running, events: &Events, lane: usize, context: Context) -> [f64; COLUMNS] {
    let Context { dt_s, duration_s, .. } = context;
    let when = |condition: bool, value: f64| if condition { value } else { f64::NAN };
    let (steps, final_m2) = if context.active {
        (context.steps, context.last_m2)
    } else {
        (events.steps.0[lane], events.final_m2.0[lane])
    };
    let reached = events.reached_at_step.0[lane] < NEVER.0[lane];
    let time_to_source_s = events.reached_at_step.0[lane] * dt_s;
    let path_length_m = running.path_length_m.0[lane];
    let (start_x, start_y) = (events.start_x_m.0[lane], events.start_y_m.0[lane]);
    let displacement_m = distance(context.final_x_m - start_x, context.final_y_m - start_y);
    let (initial_m, final_m) = (events.initial_m2.0[lane].sqrt(), final_m2.sqrt());
    let encounters = events.encounters.0[lane];
    // The last encounter may last to the end.
    let inside_steps = events.inside_steps.0[lane] + running.inside.0[lane] * (steps - events.since_step.0[lane]);
    let inside_s = inside_steps * dt_s;
    let (signal, end_reason) = match (context.active, reached && context.end_at_source) {
        (true, _) => (context.last_signal, TIME_IS_UP),
        (false, true) => (events.final_signal.0[lane], REACHED_SOURCE),
        (false, false) => (events.final_signal.0[lane], LEFT_DOMAIN),
    };
    let visited: u32 = events.visited.iter().map(|word| word[lane].count_ones()).sum();
    let time_s = steps * dt_s;
    [
        f64::from(u8::from(reached)),
        when(reached, time_to_source_s),
        events.left_domain.0[lane],
        steps,
        path_length_m,
        displacement_m,
        when(path_length_m > 0.0, (initial_m - final_m) / path_length_m),
        when(displacement_m > 0.0, path_length_m / displacement_m),
        initial_m,
        final_m,
        running.closest_m2.0[lane].sqrt(),
        running.concentration_sum.0[lane] / steps,
        running.concentration_max.0[lane],
        encounters,
        when(encounters > 0.0, inside_s / encounters),
        when(encounters > 1.0, events.blank_steps.0[lane] * dt_s / (encounters - 1.0)),
        inside_s,
        inside_steps / steps,
        running.upwind_steps.0[lane] / steps,
        running.turned_rad.0[lane] / time_s,
        f64::from(visited) / f64::from(COVERAGE_SIDE * COVERAGE_SIDE),
        events.boundary_hits.0[lane],
        time_s,
        f64::from(u8::from(reached)) - if reached { time_to_source_s } else { duration_s } / duration_s,
        f64::from(context.collisions),
        f64::from(context.strategy),
        context.final_x_m,
        context.final_y_m,
        context.final_heading_rad,
        signal,
        end_reason,
    ]
}

/// √(x² + y²), with the same bits everywhere (`f64::hypot` is the platform's).
fn distance(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_value_and_a_name_of_its_own() {
        let columns = columns("kg m-3");
        assert_eq!(columns.len(), COLUMNS);
        for (i, column) in columns.iter().enumerate() {
            assert!(
                columns[..i].iter().all(|other| other.name != column.name),
                "{}",
                column.name
            );
        }
    }
}
