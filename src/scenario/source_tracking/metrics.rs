//! The metric columns of both evaluations.

use super::configuration::Evaluation;
use super::episode::Episode;
use super::model::SearchModel;
use super::searcher::{Ending, Searcher};
use super::survival::Trajectory;
use crate::scenario::{MetricColumn, MetricKind, Support};

/// The columns, in the order of the results.
#[must_use]
pub(super) fn columns(evaluation: Evaluation) -> Vec<MetricColumn> {
    let mut columns = match evaluation {
        Evaluation::Episodes => of_episodes(),
        Evaluation::Survival => of_survival(),
    };
    columns.extend(of_searcher());
    columns
}

fn real(name: &str, unit: &str, text: &str) -> MetricColumn {
    MetricColumn::new(name, MetricKind::Real, unit, text).within(Support::NonNegative)
}

fn count(name: &str, text: &str) -> MetricColumn {
    MetricColumn::new(name, MetricKind::Count, "1", text)
}

fn flag(name: &str, text: &str) -> MetricColumn {
    MetricColumn::new(name, MetricKind::Flag, "1", text)
}

fn of_episodes() -> Vec<MetricColumn> {
    vec![
        flag("success", "success"),
        count("arrival_time_steps", "steps until the source was found").conditional("searches that found the source"),
        real("initial_distance_cells", "1", "distance from the source at the start"),
        count("shortest_way_steps", "Manhattan distance from the source at the start"),
        real(
            "detour_factor",
            "1",
            "steps until the source was found per step of the shortest way",
        )
        .conditional("searches that found the source"),
    ]
}

fn of_survival() -> Vec<MetricColumn> {
    vec![
        real(
            "probability_not_found",
            "1",
            "probability that the trajectory doesn't find the source",
        )
        .within(Support::Fraction),
        real(
            "arrival_time_steps",
            "1",
            "mean steps until the source is found, given that it is",
        )
        .conditional("trajectories that can find the source"),
        real(
            "partial_arrival_time_steps",
            "1",
            "sum of steps times the probability to find the source with them",
        ),
        real(
            "searching_time_steps",
            "1",
            "mean steps until the source is found or the search ends",
        ),
    ]
}

/// What both have.
fn of_searcher() -> Vec<MetricColumn> {
    vec![
        flag("stuck", "whether the searcher ended going back and forth"),
        flag("timed_out", "whether the search ended at its horizon"),
        count("steps", "steps that were made"),
        count("first_hit", "hits at the start"),
        count("hits", "hits after the start"),
        count("visited_cells", "cells that were visited"),
        count("near_edge_steps", "steps on the rim of the grid or next to it"),
        count("belief_resets", "observations that the belief held impossible"),
        real(
            "initial_entropy_bits",
            "bit",
            "entropy of the belief after the first hit",
        ),
        real(
            "final_entropy_bits",
            "bit",
            "entropy of the belief before the source was found, or at the end",
        ),
        real(
            "information_gained_bits",
            "bit",
            "entropy after the first hit minus entropy at the end",
        )
        .within(Support::Any),
        count("hit_levels", "hit counts that were told apart"),
        count("grid_side_cells", "cells along the longest side of the grid"),
        count("horizon_steps", "steps after which the search would have failed"),
    ]
}

fn of_flag(value: bool) -> f64 {
    f64::from(u8::from(value))
}

/// The values of an episode, in the order of the columns.
pub(super) fn episode_values(model: &SearchModel, horizon: u32, search: &Searcher<'_>, episode: &Episode) -> Vec<f64> {
    let (grid, start) = (model.grid(), model.start());
    let found = episode.ending == Ending::Found;
    let shortest = f64::from(grid.steps_between(start, episode.source));
    let steps = f64::from(search.steps);
    let when_found = |value: f64| if found { value } else { f64::NAN };
    let mut values = vec![
        of_flag(found),
        when_found(steps),
        grid.distance(start, episode.source),
        shortest,
        when_found(steps / shortest),
    ];
    values.extend(searcher_values(search, episode.ending, episode.final_entropy_bits));
    values.extend(chosen_values(model, horizon));
    values
}

/// The values of a trajectory, in the order of the columns.
pub(super) fn trajectory_values(
    model: &SearchModel,
    horizon: u32,
    search: &Searcher<'_>,
    trajectory: &Trajectory,
) -> Vec<f64> {
    let found = 1.0 - trajectory.not_found;
    let mut values = vec![
        trajectory.not_found,
        if found > 0.0 {
            trajectory.partial_arrival_time / found
        } else {
            f64::NAN
        },
        trajectory.partial_arrival_time,
        trajectory.searching_time,
    ];
    values.extend(searcher_values(
        search,
        trajectory.ending,
        trajectory.final_entropy_bits,
    ));
    values.extend(chosen_values(model, horizon));
    values
}

/// What was chosen for the design point, or given: the same for all of its searches, so that each point's results say it.
fn chosen_values(model: &SearchModel, horizon: u32) -> [f64; 3] {
    let side = model.grid().sides().iter().copied().max().unwrap_or(1);
    [
        model.tables().observations() as f64,
        f64::from(side),
        f64::from(horizon),
    ]
}

fn searcher_values(search: &Searcher<'_>, ending: Ending, final_entropy_bits: f64) -> [f64; 11] {
    [
        of_flag(ending == Ending::Stuck),
        of_flag(ending == Ending::TimedOut),
        f64::from(search.steps),
        search.first_hit as f64,
        search.hits as f64,
        f64::from(search.visited_cells),
        f64::from(search.near_edge_steps),
        f64::from(search.belief_resets),
        search.initial_entropy_bits,
        final_entropy_bits,
        search.initial_entropy_bits - final_entropy_bits,
    ]
}
