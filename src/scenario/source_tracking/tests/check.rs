//! Impossible combinations are told, with key and hint.

use super::super::SourceTrackingConfig;
use super::super::tracking::SourceTracking;
use crate::scenario::Scenario;

fn keys(text: &str) -> Vec<String> {
    let config: SourceTrackingConfig = serde_json::from_str(text).unwrap();
    let problems = SourceTracking::default().check(&config);
    for problem in &problems {
        assert!(!problem.message.is_empty() && !problem.hint.is_empty());
        assert!(!problem.message.ends_with('.'), "{}", problem.message);
    }
    problems.into_iter().map(|problem| problem.key).collect()
}

#[test]
fn the_defaults_go_together() {
    assert_eq!(SourceTracking::default().check(&SourceTrackingConfig::default()), []);
}

#[test]
fn each_problem_is_blamed_on_its_key() {
    for (text, key) in [
        (r#"{"medium": {"dimensions": 1, "wind": 0.5}}"#, "medium.wind"),
        (
            r#"{"medium": {"wind": 9.0}, "grid": {"kind": "box", "sides": [21]}}"#,
            "medium.wind",
        ),
        (r#"{"medium": {"odour_dimensions": 1}}"#, "medium.odour_dimensions"),
        (
            r#"{"medium": {"dimensions": 1, "odour_dimensions": 1, "wind": 0.5}}"#,
            "medium.wind",
        ),
        (r#"{"medium": {"wind": 0.5}}"#, "grid"),
        (r#"{"search": {"hit_levels": 1}}"#, "search.hit_levels"),
        (r#"{"search": {"first_hit": 4}}"#, "search.first_hit"),
        (r#"{"grid": {"kind": "box", "sides": [9, 9, 9]}}"#, "grid.sides"),
        (r#"{"grid": {"kind": "box", "sides": [9], "start": [3]}}"#, "grid.start"),
        (
            r#"{"grid": {"kind": "box", "sides": [9, 5], "start": [8, 5]}}"#,
            "grid.start",
        ),
        (r#"{"grid": {"kind": "box", "sides": [5001]}}"#, "grid.sides"),
        (
            r#"{"medium": {"dimensions": 3, "dispersion_length": 9.0}}"#,
            "medium.dispersion_length",
        ),
        (
            r#"{"medium": {"dispersion_length": 50.0}, "search": {"hit_levels": 256}}"#,
            "medium.dispersion_length",
        ),
        (
            r#"{"policy": {"kind": "infotaxis", "steps_ahead": 4}, "medium": {"dimensions": 3, "source_intensity": 50.0}}"#,
            "policy.steps_ahead",
        ),
    ] {
        assert_eq!(keys(text), [key], "{text}");
    }
}

/// What just fits isn't refused.
#[test]
fn the_bounds_themselves_are_allowed() {
    for text in [
        r#"{"search": {"first_hit": 3}}"#,
        r#"{"search": {"hit_levels": 110}}"#,
        r#"{"grid": {"kind": "box", "sides": [9, 5], "start": [8, 4]}}"#,
        r#"{"medium": {"dimensions": 3, "dispersion_length": 5.0, "source_intensity": 1.0}}"#,
        r#"{"medium": {"dimensions": 1, "dispersion_length": 200.0}}"#,
        r#"{"medium": {"dispersion_length": 50.0}}"#,
        r#"{"medium": {"odour_dimensions": 3}}"#,
        r#"{"medium": {"dimensions": 1, "odour_dimensions": 3, "wind": 0.5}, "grid": {"kind": "box"}}"#,
    ] {
        assert_eq!(keys(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn unknown_keys_and_kinds_are_refused() {
    for text in [
        r#"{"plume": {}}"#,
        r#"{"policy": {"kind": "infotaxi"}}"#,
        r#"{"policy": {"kind": "greedy", "steps_ahead": 2}}"#,
        r#"{"search": {"evaluation": "both"}}"#,
        r#"{"medium": {"speed": 1.0}}"#,
    ] {
        assert!(serde_json::from_str::<SourceTrackingConfig>(text).is_err(), "{text}");
    }
}
