//! Impossible studies are refused, with key and remedy.

use super::super::{CellSorting, CellSortingConfig};
use crate::scenario::schema_shape::walk;
use crate::scenario::{ErasedScenario, Scenario};

fn problems(text: &str) -> Vec<(String, String)> {
    let config: CellSortingConfig = serde_json::from_str(text).unwrap();
    let problems = Scenario::check(&CellSorting, &config);
    for problem in &problems {
        assert!(!problem.message.is_empty() && !problem.hint.is_empty());
        assert!(!problem.message.ends_with('.'), "{}", problem.message);
    }
    problems
        .into_iter()
        .map(|problem| (problem.key, problem.message))
        .collect()
}

#[test]
fn each_problem_is_blamed_on_its_key() {
    let asymmetric = r#"{"adhesion": {"kind": "matrix", "energies": [[0, 16, 16], [16, 2, 11], [16, 12, 14]]}}"#;
    for (text, key) in [
        (r#"{"lattice": {"width": 50, "height": 50}}"#, "cells.count"),
        (r#"{"lattice": {"width": 2, "height": 50}}"#, "lattice.width"),
        (
            r#"{"cells": {"count": 1000000, "target_areas": [1000]}}"#,
            "cells.count",
        ),
        (r#"{"cells": {"types": ["a", "b", "c"]}}"#, "adhesion.kind"),
        (r#"{"cells": {"types": ["a", "a"]}}"#, "cells.types"),
        (r#"{"cells": {"types": ["a", "medium"]}}"#, "cells.types"),
        (r#"{"cells": {"target_areas": [40, 40, 40]}}"#, "cells.target_areas"),
        (r#"{"cells": {"shares": [0, 0]}}"#, "cells.shares"),
        (asymmetric, "adhesion.energies"),
        (
            r#"{"adhesion": {"kind": "matrix", "energies": [[0, 1], [1, 0]]}}"#,
            "adhesion.energies",
        ),
        (
            r#"{"adhesion": {"kind": "matrix", "energies": [[1, 1, 1], [1, 1, 1], [1, 1, 1]]}}"#,
            "adhesion.energies",
        ),
        (
            r#"{"course": {"steps": 100000000, "mcs_per_step": 100}}"#,
            "course.steps",
        ),
        (r#"{"schedule": {"kind": "list", "steps": [1001]}}"#, "schedule.steps"),
        (
            r#"{"course": {"steps": 1000000}, "schedule": {"kind": "linear", "every": 1}}"#,
            "schedule.every",
        ),
        (r#"{"measures": {"permutations": 1}}"#, "measures.permutations"),
        (r#"{"forces": {"chemotaxis": [1.0]}}"#, "forces.field"),
        (r#"{"forces": {"motility": [1.0, 2.0, 3.0]}}"#, "forces.motility"),
    ] {
        let keys: Vec<String> = problems(text).into_iter().map(|problem| problem.0).collect();
        assert_eq!(keys, [key], "{text}");
    }
    assert!(
        problems(asymmetric)[0].1.contains("12 for light and dark, 11"),
        "{:?}",
        problems(asymmetric)
    );
}

/// What just fits isn't refused.
#[test]
fn the_bounds_themselves_are_allowed() {
    for text in [
        "{}",
        r#"{"lattice": {"width": 60, "height": 98}, "cells": {"count": 140}}"#,
        r#"{"cells": {"count": 1000000}}"#,
        r#"{"cells": {"types": ["a"]}, "adhesion": {"kind": "matrix", "energies": [[0, 8], [8, 2]]}}"#,
        r#"{"forces": {"chemotaxis": [1.0]}, "lattice": {"edges": "walled"}}"#,
        r#"{"forces": {"chemotaxis": [1.0, -1.0], "field": "radial"}}"#,
        r#"{"start": {"shape": "dispersed"}, "lattice": {"width": 200, "height": 200}}"#,
    ] {
        assert_eq!(problems(text), [], "{text}");
    }
}

#[test]
fn values_out_of_range_are_refused_by_the_study() {
    let registry = crate::scenario::Registry::builtin();
    for (text, key) in [
        ("course.temperature = -1.0", "course.temperature"),
        ("cells.target_areas = [0]", "cells.target_areas"),
        ("adhesion.dark_dark = 1e9", "adhesion.dark_dark"),
        ("start.pattern = 'stripes'", "start.pattern"),
    ] {
        let study = format!("study.scenario = 'cell_sorting'\n{text}");
        let error = crate::trial::Trial::new(&registry, &study).expect_err(text).to_string();
        assert!(error.contains(key), "{error}");
    }
}

#[test]
fn the_schema_is_plain() {
    let schema = ErasedScenario::schema(&CellSorting);
    walk(&schema, "cell_sorting");
    let tables: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(
        tables,
        [
            "lattice",
            "cells",
            "adhesion",
            "start",
            "course",
            "schedule",
            "convergence",
            "measures",
            "forces",
            "record"
        ]
    );
}

/// A tissue of 10⁶ cells needs gigabytes, which is known beforehand.
#[test]
fn memory_is_known_beforehand() {
    let bytes = |count: u32| {
        let text = format!(r#"{{"cells": {{"count": {count}}}}}"#);
        Scenario::memory_bytes_per_member(&CellSorting, &serde_json::from_str(&text).unwrap())
    };
    assert!((20_000_000..200_000_000).contains(&bytes(10_000)), "{}", bytes(10_000));
    let ratio = bytes(1_000_000) as f64 / bytes(10_000) as f64;
    assert!((90.0..110.0).contains(&ratio), "{ratio}");
}
