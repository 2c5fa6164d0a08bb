//! Policies from tables, and the memory of a rank.

use super::super::SearchModel;
use super::super::tracking::SourceTracking;
use super::fixture::{column, config, run};
use crate::scenario::{Problem, Scenario};

/// A controller whose first three moves are known, whatever it meets.
#[test]
fn a_table_decides_the_moves() {
    let folder = tempfile::tempdir().unwrap();
    // On a hit, and then for two steps more, to one side; else to the other.
    let table = "memory,observation,action,next_memory,probability\n\
        0,0,downwind,0,1\n0,1,upwind,1,1\n1,0,upwind,2,1\n1,1,upwind,1,1\n2,0,upwind,0,1\n2,1,upwind,1,1\n";
    std::fs::write(folder.path().join("table.csv"), table).unwrap();
    let scenario = SourceTracking::default().for_folder(folder.path()).unwrap();
    let text = r#"{"medium": {"dimensions": 1, "dispersion_length": 3.0}, "grid": {"kind": "box", "sides": [201]},
        "policy": {"kind": "tabular", "file": "FILE"},
        "search": {"evaluation": "episodes", "searches": 200, "horizon_steps": 300, "stuck_after": 0}}"#;
    let text = text.replace("FILE", folder.path().join("table.csv").to_str().unwrap());
    let config = config(&text);
    let values = run(&scenario, &config, 1);
    let columns = |name: &str| column(&config, &values, name).to_vec();
    // It begins with a hit, so with three steps upwind: sources up to three cells upwind are found on the shortest way.
    let (success, steps, shortest) = (columns("success"), columns("steps"), columns("shortest_way_steps"));
    let mut near = 0;
    for search in 0..200 {
        if steps[search] <= 3.0 {
            assert_eq!((success[search], steps[search]), (1.0, shortest[search]));
            near += 1;
        }
    }
    // Half of the sources are upwind, and most of them near.
    assert!((20..=100).contains(&near), "{near}");
    // What is downwind of the start is found as well, later: downwind is where it goes without hits.
    let later = (0..200)
        .filter(|&search| success[search] == 1.0 && steps[search] > 3.0)
        .count();
    assert!(later > 20, "{later}");
}

#[test]
fn problems_are_told_with_key_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let table = "memory,observation,action,next_memory,probability\n0,0,upwind,0,0.5\n0,0,left,0,0.5\n";
    std::fs::write(folder.path().join("flat.csv"), table).unwrap();
    std::fs::write(folder.path().join("idle.csv"), table.replace("left", "stay")).unwrap();
    let scenario = SourceTracking::default().for_folder(folder.path()).unwrap();
    let check = |dimensions: u32, file: &str| -> Vec<Problem> {
        let text = format!(
            r#"{{"medium": {{"dimensions": {dimensions}, "dispersion_length": 1.0}},
                "policy": {{"kind": "tabular", "file": "{file}"}}}}"#
        );
        scenario.check(&serde_json::from_str(&text).unwrap())
    };
    assert_eq!((check(2, "flat.csv"), check(3, "flat.csv")), (Vec::new(), Vec::new()));
    for (dimensions, file, message) in [
        (1, "flat.csv", "flat.csv:3: the action \"left\" doesn't exist here"),
        (2, "idle.csv", "idle.csv:3: the action \"stay\" doesn't exist here"),
        (2, "missing.csv", "missing.csv"),
        (2, "", "is empty"),
    ] {
        let found = check(dimensions, file);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].key, "policy.file");
        assert!(found[0].message.contains(message), "{found:?}");
        assert!(!found[0].hint.is_empty());
    }
    let text = r#"{"policy": {"kind": "tabular", "file": "flat.csv"}}"#;
    let named = scenario.input_files(&serde_json::from_str(text).unwrap());
    assert_eq!(
        (named[0].key.as_str(), named[0].path.clone()),
        ("policy.file", folder.path().join("flat.csv"))
    );
}

/// What `plan` is told is what the tables of a model take.
#[test]
fn memory_is_that_of_the_tables() {
    let scenario = SourceTracking::default();
    for text in [
        "{}",
        r#"{"medium": {"dimensions": 3, "dispersion_length": 1.0}}"#,
        r#"{"medium": {"wind": 0.5}, "grid": {"kind": "box", "sides": [25, 13]}, "search": {"hit_levels": 7}}"#,
    ] {
        let config = config(text);
        let bytes = SearchModel::new(&config).bytes();
        assert_eq!(scenario.memory_bytes_per_rank(&config), bytes as u64, "{text}");
        for key in ["medium.dimensions", "medium.wind", "grid.sides", "search.hit_levels"] {
            assert!(scenario.memory_keys().contains(&key), "{key}");
        }
    }
    // 37 × 37 cells, four levels and what they share: 73² offsets.
    assert_eq!(scenario.memory_bytes_per_rank(&config("{}")), 8 * 73 * 73 * 9);
}
