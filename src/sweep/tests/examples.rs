//! Known designs: what they expand to.

use crate::sweep::{
    CoordinateValues, Design, PointIndex, SweepTable, ValueKind, ValuePlace, keys_always_varied, varied_keys,
};
use serde_json::{Value, json};

fn design(sweep: Value) -> Design {
    Design::parse(&sweep).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// One axis of each kind.
fn everything() -> Value {
    json!({
        "axes": [
            {"key": "wind.speed_m_s", "values": [0.5, 1.0, 2.0]},
            {"key": "navigator", "values": [{"kind": "surge_cast"}, {"kind": "walk", "turn_rad": 1}]},
            {"key": "plume.source_rate_kg_s", "logspace": {"start": 1e-6, "stop": 1e-3, "count": 4}},
            {"key": "agents.count", "range": {"start": 1, "stop": 10, "step": 3}},
            {"zip": [{"key": "a", "values": [1, 2]}, {"key": "b", "linspace": {"start": 0, "stop": 1, "count": 2}}]},
            {"nested": {"key": "boundary", "cases": [
                {"value": "stop", "axes": [{"key": "margin_m", "values": [1, 2, 3]}]},
                {"value": "wrap"},
            ]}, "name": "edges"},
            {"sample": {"method": "sobol", "count": 8, "seed": 3, "variables": [
                {"key": "c", "distribution": "uniform", "low": 0, "high": 1},
                {"key": "d", "distribution": "choice", "values": ["x", "y"]},
            ]}},
        ],
        "exclude": [{"wind.speed_m_s": {"above": 1.5}, "navigator": "walk"}, {"agents.count": [7.0, 10]}],
    })
}

#[test]
fn no_sweep_is_one_point() {
    for design in [Design::default(), design(json!({})), design(json!({"axes": []}))] {
        assert_eq!(design.point_count(), 1);
        assert!(design.assignments(PointIndex(0)).is_empty());
        assert!(design.dimensions().is_empty());
        assert_eq!(design.configuration(&json!({"a": 1}), PointIndex(0)), json!({"a": 1}));
    }
}

#[test]
fn a_design_of_everything_has_the_points_that_are_counted_by_hand() {
    let mut sweep = everything();
    let all = 3 * 2 * 4 * 4 * 2 * 4 * 8;
    assert_eq!(design(sweep.clone()).point_count(), all / 6 * 5 / 2);
    sweep["exclude"] = json!([]);
    let whole = design(sweep);
    assert_eq!(whole.point_count(), all);
    let names: Vec<String> = whole.dimension_lengths().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "wind_speed_m_s",
            "navigator",
            "plume_source_rate_kg_s",
            "agents_count",
            "zip_1",
            "edges",
            "sample_1"
        ]
    );
}

#[test]
fn the_types_of_the_table_read_all_of_it() {
    let table: SweepTable = serde_json::from_value(everything()).unwrap();
    assert_eq!(table.axes.len(), 7);
    let typed = serde_json::to_value(&table).unwrap();
    assert_eq!(design(typed).point_count(), design(everything()).point_count());
}

#[test]
fn configurations_carry_parts_within_swept_components() {
    let design = design(json!({"axes": [
        {"key": "navigator", "values": [{"kind": "a"}, {"kind": "b", "cast_s": 9}]},
        {"key": "navigator.cast_s", "values": [1, 2]},
    ]}));
    let base = json!({"navigator": {"kind": "old", "other": 1}, "wind": {"speed_m_s": 1}});
    assert_eq!(
        design.configuration(&base, PointIndex(3)),
        json!({"navigator": {"kind": "b", "cast_s": 2}, "wind": {"speed_m_s": 1}})
    );
}

#[test]
fn points_agree_in_part_of_what_they_set() {
    let design = design(json!({"axes": [
        {"key": "navigator", "values": [{"kind": "surge_cast"}, {"kind": "walk"}]},
        {"key": "plume.source_rate_kg_s", "values": [1, 2, 3]},
        {"key": "plume.height_m", "values": [0.5, 1]},
    ]}));
    let distinct = |keys: &[&str]| {
        let keys: std::collections::BTreeSet<_> = (0..design.point_count())
            .map(|point| design.part_key(PointIndex(point), keys))
            .collect();
        keys.len()
    };
    assert_eq!(distinct(&["plume"]), 6);
    assert_eq!(distinct(&["plume.height_m", "plume.kind"]), 2);
    assert_eq!(
        distinct(&["navigator.speed_m_s"]),
        2,
        "it may be set with the component"
    );
    assert_eq!(distinct(&["wind"]), 1);
    assert_eq!(distinct(&["plume", "navigator"]), 12);
}

#[test]
fn point_keys_depend_on_values_only() {
    let small = design(json!({"axes": [{"key": "a", "values": [1]}, {"key": "b", "values": [0.3]}]}));
    let large = design(json!({"axes": [
        {"key": "b", "range": {"start": 0.1, "stop": 0.5, "step": 0.1}},
        {"key": "a", "values": [0, 1.0, 2]},
    ], "exclude": [{"a": 0}]}));
    let matching = (0..large.point_count())
        .map(PointIndex)
        .filter(|&point| large.point_key(point) == small.point_key(PointIndex(0)))
        .count();
    assert_eq!(matching, 1);
}

#[test]
fn coordinates_are_typed_and_unset_keys_are_marked() {
    let dimensions = design(json!({"axes": [
        {"key": "flag", "values": [true, false]},
        {"nested": {"key": "n", "cases": [
            {"value": {"kind": "p"}, "axes": [{"key": "x", "values": [1, 2]}]},
            {"value": {"kind": "q"}, "label": "quick", "axes": [{"key": "t", "values": ["u"]}]},
        ]}},
    ]}))
    .dimensions();
    let text = |values: &[&str]| CoordinateValues::Text(values.iter().map(|&v| v.to_owned()).collect());
    assert_eq!(dimensions[0].coordinates[0].values, text(&["true", "false"]));
    assert_eq!(dimensions[0].name, dimensions[0].coordinates[0].name);
    assert_eq!(dimensions[1].name, "nested_1");
    assert_eq!(dimensions[1].coordinates[0].values, text(&["p", "p", "quick"]));
    let CoordinateValues::Real(x) = &dimensions[1].coordinates[1].values else {
        panic!("unset whole numbers need NaN");
    };
    assert!(x[..2] == [1.0, 2.0] && x[2].is_nan());
    assert_eq!(dimensions[1].coordinates[2].values, text(&["", "", "u"]));
}

#[test]
fn exclusions_make_a_table_of_points() {
    let design = design(json!({
        "axes": [{"key": "a.x", "values": [1, 2]}, {"key": "a_x", "values": ["p", "q"]}],
        "exclude": [{"a.x": {"min": 2}, "a_x": "q"}],
    }));
    let [dimension] = &design.dimensions()[..] else {
        panic!("one dimension");
    };
    assert_eq!((dimension.name.as_str(), dimension.length), ("point", 3));
    assert_eq!(
        dimension.coordinates[0].values,
        CoordinateValues::Integer(vec![1, 1, 2])
    );
    let names: Vec<String> = design.swept_keys().into_iter().map(|swept| swept.name).collect();
    assert_eq!(names, ["a_x", "a_x_2"]);
    assert_eq!(design.swept_keys()[0].kind, ValueKind::Integer);
    assert_eq!(
        design.point_coordinates(2..3)[0].values,
        CoordinateValues::Integer(vec![2])
    );
}

/// A billion points, with and without exclusions: what is kept is counted, not timed.
#[test]
fn a_billion_points_cost_no_memory() {
    let axis = |key: &str| json!({"key": key, "range": {"start": 0, "stop": 999, "step": 1}});
    let mut sweep = json!({"axes": [axis("a"), axis("b"), axis("c")]});
    let box_design = design(sweep.clone());
    assert_eq!(box_design.point_count(), 1_000_000_000);
    assert_eq!(box_design.remembered(), 0);
    let values = |design: &Design, index: u64| -> Vec<i64> {
        let point = design.assignments(PointIndex(index));
        point
            .iter()
            .map(|assignment| assignment.value.as_i64().unwrap())
            .collect()
    };
    assert_eq!(values(&box_design, 123_456_789), [123, 456, 789]);

    sweep["exclude"] = json!([{"a": {"below": 500}, "b": {"min": 1}}, {"c": 0}]);
    let excluded = design(sweep);
    assert_eq!(excluded.point_count(), 500 * 999 + 500 * 1000 * 999);
    assert_eq!(values(&excluded, 999), [1, 0, 1]);
    assert_eq!(values(&excluded, 500 * 999), [500, 0, 1]);
    assert_eq!(values(&excluded, excluded.point_count() - 1), [999, 999, 999]);
    assert!(excluded.remembered() <= 12, "{}", excluded.remembered());
}

#[test]
fn varied_keys_name_the_places_of_their_values() {
    let found = varied_keys(&everything());
    let mut paths = Vec::new();
    for varied in &found {
        paths.push(varied.key_path.as_str());
        for place in &varied.values {
            let (ValuePlace::List { path, .. } | ValuePlace::Alternative { path, .. } | ValuePlace::Number { path }) =
                place;
            assert!(everything().pointer(&pointer(path)).is_some(), "{path}");
            paths.push(path);
        }
    }
    for path in [
        "axes[0].values",
        "axes[2].logspace.stop",
        "axes[3].range.start",
        "axes[4].zip[1].linspace.stop",
        "axes[5].nested.key",
        "axes[5].nested.cases[1].value",
        "axes[5].nested.cases[0].axes[0].values",
        "axes[6].sample.variables[0].high",
    ] {
        assert!(paths.contains(&path), "{path} in {paths:?}");
    }
    let keys: Vec<String> = design(everything())
        .swept_keys()
        .into_iter()
        .map(|swept| swept.key)
        .collect();
    for varied in &found {
        assert!(keys.contains(&varied.key), "{varied:?}");
    }
}

/// `/axes/0/key` of `axes[0].key`.
fn pointer(path: &str) -> String {
    format!("/{}", path.replace(['.', '['], "/").replace(']', ""))
}

#[test]
fn what_is_always_set_leaves_out_what_some_cases_set() {
    let sweep = json!({"axes": [{"nested": {"key": "n", "cases": [
        {"value": 1, "axes": [{"key": "both", "values": [1]}, {"key": "one", "values": [1]}]},
        {"value": 2, "axes": [{"zip": [{"key": "both", "values": [1]}, {"key": "other", "values": [1]}]}]},
    ]}}]});
    assert_eq!(keys_always_varied(&sweep), ["n", "both"]);
    assert_eq!(varied_keys(&sweep).len(), 5);
    assert!(varied_keys(&json!({"axes": 3})).is_empty());
}
