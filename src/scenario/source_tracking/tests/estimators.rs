//! Both evaluations estimate the same thing, and what a search means where it can be worked out by hand.

use super::super::tracking::SourceTracking;
use super::fixture::{column, config, mean_and_error, run};

/// The probability to find the source within a short horizon, and the mean time until the source is found or the horizon
/// is reached, from 3000 episodes and from 300 trajectories. Differences beyond 4.5 standard errors of either happen
/// by chance in 7 of a million comparisons; there are six, and the seed is fixed.
#[test]
fn survival_and_episodes_agree() {
    for policy in ["infotaxis", "greedy", "voting"] {
        let text = |evaluation: &str, searches: u32| {
            format!(
                r#"{{"medium": {{"dimensions": 1, "dispersion_length": 1.0}}, "policy": {{"kind": "{policy}"}},
                    "search": {{"evaluation": "{evaluation}", "searches": {searches}, "horizon_steps": 12,
                                "stuck_after": 0}}}}"#
            )
        };
        let scenario = SourceTracking::default();
        let episodes = config(&text("episodes", 3000));
        let found = run(&scenario, &episodes, 1);
        let failures: Vec<f64> = column(&episodes, &found, "success")
            .iter()
            .map(|success| 1.0 - success)
            .collect();
        let (failed, failed_error) = mean_and_error(&failures);
        let (time, time_error) = mean_and_error(column(&episodes, &found, "steps"));

        let survival = config(&text("survival", 300));
        let expected = run(&scenario, &survival, 2);
        let (not_found, not_found_error) = mean_and_error(column(&survival, &expected, "probability_not_found"));
        let (searching, searching_error) = mean_and_error(column(&survival, &expected, "searching_time_steps"));

        println!("{policy}: not found {failed} ± {failed_error}, {not_found} ± {not_found_error}");
        println!("{policy}: steps {time} ± {time_error}, {searching} ± {searching_error}");
        let error = (failed_error.powi(2) + not_found_error.powi(2)).sqrt();
        assert!((failed - not_found).abs() < 4.5 * error, "{policy}");
        let error = (time_error.powi(2) + searching_error.powi(2)).sqrt();
        assert!((time - searching).abs() < 4.5 * error, "{policy}");
        assert!(failed > 0.01, "the horizon is meant to cut searches off");
    }
}

/// A trajectory carries less noise than an episode: its spread of times is that between trajectories only.
#[test]
fn a_trajectory_is_less_noisy_than_an_episode() {
    let text = |evaluation: &str| {
        format!(
            r#"{{"medium": {{"dimensions": 1, "dispersion_length": 1.0}}, "policy": {{"kind": "space_aware_infotaxis"}},
                "search": {{"evaluation": "{evaluation}", "searches": 1000}}}}"#
        )
    };
    let error = |evaluation: &str| {
        let config = config(&text(evaluation));
        mean_and_error(column(
            &config,
            &run(&SourceTracking::default(), &config, 3),
            "arrival_time_steps",
        ))
        .1
    };
    let (survival, episodes) = (error("survival"), error("episodes"));
    println!("standard errors {survival} and {episodes}");
    assert!(survival < 0.7 * episodes, "{survival} {episodes}");
}

/// Sums over a trajectory hold together: Σ S_{t−1} = Σ t S_{t−1} p_end + S_end t_end.
#[test]
fn the_sums_of_a_trajectory_hold_together() {
    let config = config(
        r#"{"medium": {"dimensions": 1}, "policy": {"kind": "greedy"}, "search": {"searches": 200, "horizon_steps": 40}}"#,
    );
    let values = run(&SourceTracking::default(), &config, 4);
    let of = |name: &str| column(&config, &values, name);
    for search in 0..200 {
        let unfound = of("probability_not_found")[search];
        let steps = of("steps")[search];
        let whole = of("partial_arrival_time_steps")[search] + unfound * steps;
        assert!((of("searching_time_steps")[search] - whole).abs() < 1e-11);
        assert!((0.0..=1.0).contains(&unfound));
        let is_over = unfound < config.search.stop_probability;
        let failed = of("stuck")[search] + of("timed_out")[search];
        assert_eq!(failed, f64::from(u8::from(!is_over)), "search {search}: {unfound}");
        assert!(of("final_entropy_bits")[search].is_finite());
        assert!(of("visited_cells")[search] <= steps + 1.0);
    }
    // Greedy searches in one dimension run into what they have ruled out, and stay there.
    assert!(of("stuck").iter().sum::<f64>() > 20.0);
}

/// In an episode no way is shorter than the shortest, and the searcher is found where the source was drawn.
#[test]
fn episodes_hold_together() {
    let config = config(
        r#"{"medium": {"dispersion_length": 1.0}, "policy": {"kind": "space_aware_infotaxis"},
            "search": {"searches": 40, "evaluation": "episodes"}}"#,
    );
    let values = run(&SourceTracking::default(), &config, 5);
    let of = |name: &str| column(&config, &values, name);
    for search in 0..40 {
        if of("success")[search] == 1.0 {
            let (time, shortest) = (of("arrival_time_steps")[search], of("shortest_way_steps")[search]);
            assert_eq!(time, of("steps")[search]);
            assert!(time >= shortest && shortest >= of("initial_distance_cells")[search] - 1e-12);
            assert_eq!(of("detour_factor")[search], time / shortest);
            // The parity of a way on a grid is that of its length.
            assert_eq!(time % 2.0, shortest % 2.0);
        }
    }
    assert!(of("success").iter().sum::<f64>() > 35.0);
}

/// (policy, mean time until the source is found or the search ends, probability that it isn't found), each with its
/// standard error: 1500 trajectories of OTTO 1.0.2 for n = 1, L = 2, I = 2.
const REFERENCE: [(&str, [(f64, f64); 2]); 4] = [
    ("infotaxis", [(13.0629, 0.2491), (0.0, 0.0)]),
    ("space_aware_infotaxis", [(7.1957, 0.1289), (0.0, 0.0)]),
    ("greedy", [(14.1326, 0.1407), (0.50463, 0.00692)]),
    ("voting", [(12.4914, 0.4899), (0.02280, 0.00363)]),
];

/// The two programs draw other random numbers, so their means agree within the error of their difference. 4.5 of its
/// standard errors are exceeded by chance in 6 of 100 000 runs of these eight comparisons, and the seed is fixed.
#[test]
fn mean_times_and_failures_are_those_of_the_reference() {
    for (policy, expected) in REFERENCE {
        let config = config(&format!(
            r#"{{"medium": {{"dimensions": 1}}, "policy": {{"kind": "{policy}"}}, "search": {{"searches": 1500}}}}"#
        ));
        let values = run(&SourceTracking::default(), &config, 6);
        for (name, expected) in ["searching_time_steps", "probability_not_found"].iter().zip(expected) {
            let (mean, error) = mean_and_error(column(&config, &values, name));
            println!("{policy}, {name}: {mean} ± {error}, {expected:?}");
            // A search that ends as found leaves up to `stop_probability`.
            let bound = 4.5 * (error * error + expected.1 * expected.1).sqrt() + config.search.stop_probability;
            assert!(
                (mean - expected.0).abs() < bound,
                "{policy}, {name}: {mean} ± {error}, {expected:?}"
            );
        }
    }
}
