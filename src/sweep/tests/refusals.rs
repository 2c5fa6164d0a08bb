//! Problems: each found, at its place.

use crate::sweep::Design;
use serde_json::{Value, json};

/// The paths and messages of the problems in `sweep`.
fn problems(sweep: Value) -> Vec<(String, String)> {
    let found = Design::parse(&sweep).expect_err("a problem");
    found
        .into_iter()
        .map(|problem| {
            let hint = problem.hint.unwrap_or_default();
            (problem.path, format!("{} ({hint})", problem.message))
        })
        .collect()
}

#[test]
fn each_problem_is_found_at_its_place() {
    let axis = |axis: Value| json!({"axes": [axis]});
    let sample =
        |variable: Value| json!({"axes": [{"sample": {"method": "random", "count": 3, "variables": [variable]}}]});
    let two = |exclude: Value| json!({"axes": [{"key": "a.b", "values": [1, 2]}, {"key": "c", "values": ["x", "y"]}], "exclude": exclude});
    let ranges = |axes: usize| -> Value {
        let axes = (0..axes).map(|i| json!({"key": format!("k{i}"), "range": {"start": 0, "stop": 99_999, "step": 1}}));
        json!({"axes": axes.collect::<Vec<_>>()})
    };
    let many: Vec<Value> = (0..29)
        .map(|i| json!({"key": format!("k{i}"), "values": [1]}))
        .collect();
    let rules: Vec<Value> = (0..65).map(|_| json!({"c": "x"})).collect();
    let cases = [
        (json!(3), "", "must be a table"),
        (json!({"axis": []}), "axis", "did you mean `axes`?"),
        (json!({"axes": {}}), "axes", "must be a list of axes"),
        (axis(json!({"values": [1]})), "axes[0]", "doesn't say what it varies"),
        (axis(json!({"key": "a"})), "axes[0]", "lacks values"),
        (
            axis(json!({"key": "a", "vales": [1]})),
            "axes[0].vales",
            "did you mean `values`?",
        ),
        (
            axis(json!({"key": "a b", "values": [1]})),
            "axes[0].key",
            "is not a dotted key",
        ),
        (
            axis(json!({"key": 3, "values": [1]})),
            "axes[0].key",
            "must be a text, found 3",
        ),
        (
            axis(json!({"key": "a", "values": []})),
            "axes[0].values",
            "at least one",
        ),
        (
            axis(json!({"key": "a", "values": 4})),
            "axes[0].values",
            "must be a list, found 4",
        ),
        (
            axis(json!({"key": "a", "values": [1, null]})),
            "axes[0].values[1]",
            "finite",
        ),
        (
            axis(json!({"key": "a", "values": [1, 2, 1.0]})),
            "axes[0].values[2]",
            "listed twice",
        ),
        (
            axis(json!({"key": "a", "values": [1], "labels": ["x", "y"]})),
            "axes[0].labels",
            "as many as",
        ),
        (
            axis(json!({"key": "a", "values": [1, 2], "labels": ["x", "x"]})),
            "axes[0].labels[1]",
            "names two values",
        ),
        (
            axis(json!({"key": "a", "values": [1], "zip": []})),
            "axes[0]",
            "exclude each other",
        ),
        (
            axis(json!({"key": "a", "range": {"start": 0, "stop": 1, "step": 0}})),
            "axes[0].range.step",
            "must not be 0",
        ),
        (
            axis(json!({"key": "a", "range": {"start": 0, "stop": 1, "step": -0.1}})),
            "axes[0].range.step",
            "leads away",
        ),
        (
            axis(json!({"key": "a", "range": {"start": 0, "stop": 1}})),
            "axes[0].range",
            "lacks `step`",
        ),
        (
            axis(json!({"key": "a", "range": {"start": 0, "stop": 1, "step": 1e-20}})),
            "axes[0].range",
            "1000000000000",
        ),
        (
            axis(json!({"key": "a", "linspace": {"start": 0, "stop": 1, "count": 0}})),
            "axes[0].linspace.count",
            "from 1",
        ),
        (
            axis(json!({"key": "a", "linspace": {"start": 0, "stop": 1, "count": 1}})),
            "axes[0].linspace.count",
            "at least 2",
        ),
        (
            axis(json!({"key": "a", "logspace": {"start": 0, "stop": 1, "count": 3}})),
            "axes[0].logspace",
            "logarithm",
        ),
        (
            axis(json!({"key": "a", "values": [1], "name": "point"})),
            "axes[0].name",
            "taken",
        ),
        (
            axis(json!({"key": "a", "values": [1], "name": "2 b"})),
            "axes[0].name",
            "letters",
        ),
        (
            axis(json!({"zip": [{"key": "a", "values": [1]}, {"key": "b", "values": [1, 2]}]})),
            "axes[0].zip[1]",
            "has 2 values",
        ),
        (
            axis(json!({"zip": [{"key": "a", "values": [1, 1]}, {"key": "b", "values": [2, 2]}]})),
            "axes[0].zip",
            "twice",
        ),
        (
            axis(json!({"nested": {"key": "a", "cases": []}})),
            "axes[0].nested.cases",
            "at least one",
        ),
        (
            axis(json!({"nested": {"key": "a", "cases": [{"axes": []}]}})),
            "axes[0].nested.cases[0]",
            "lacks `value`",
        ),
        (
            axis(json!({"nested": {"key": "a", "cases": [{"value": 1, "axes": [{"key": "a", "values": [1]}]}]}})),
            "axes[0].nested.cases[0].axes[0].key",
            "swept already",
        ),
        (
            json!({"axes": [{"key": "n.x", "values": [1]}, {"key": "n", "values": [{"kind": "k"}]}]}),
            "axes[1].key",
            "before that of `n.x`",
        ),
        (
            json!({"axes": [{"key": "n", "values": [1]}, {"zip": [{"key": "n", "values": [1]}]}]}),
            "axes[1].zip[0].key",
            "swept already",
        ),
        (ranges(3), "axes", "more than 1000000000000 design points"),
        (ranges(20), "axes", "more than 1000000000000 design points"),
        (json!({"axes": many}), "axes", "has 29 axes"),
        (
            axis(json!({"sample": {"method": "lhs", "count": 1, "variables": [
            {"key": "a", "distribution": "boolean"}]}})),
            "axes[0].sample.method",
            "latin_hypercube",
        ),
        (
            axis(json!({"sample": {"method": "sobol", "count": 0, "variables": []}})),
            "axes[0].sample.count",
            "from 1",
        ),
        (
            sample(json!({"key": "a", "distribution": "unifrom", "low": 0, "high": 1})),
            "axes[0].sample.variables[0].distribution",
            "did you mean `uniform`?",
        ),
        (
            sample(json!({"key": "a", "distribution": "uniform", "low": 1, "high": 0})),
            "axes[0].sample.variables[0].high",
            "above `low` = 1",
        ),
        (
            sample(json!({"key": "a", "distribution": "log_uniform", "low": 0, "high": 1})),
            "axes[0].sample.variables[0].low",
            "above 0",
        ),
        (
            sample(json!({"key": "a", "distribution": "normal", "mean": 0, "sd": 0})),
            "axes[0].sample.variables[0].sd",
            "above 0",
        ),
        (
            sample(json!({"key": "a", "distribution": "normal", "mean": 0, "sd": 1, "low": 9})),
            "axes[0].sample.variables[0]",
            "probability",
        ),
        (
            sample(json!({"key": "a", "distribution": "normal", "mean": 0, "sd": 1, "min": 0})),
            "axes[0].sample.variables[0].min",
            "allowed here",
        ),
        (two(json!([{"a.c": 1}])), "exclude[0].\"a.c\"", "did you mean `a.b`?"),
        (two(json!([{"c": "z"}])), "exclude[0].\"c\"", "never holds"),
        (two(json!([{"a.b": {"above": 2}}])), "exclude[0].\"a.b\"", "never holds"),
        (
            two(json!([{"a.b": {"abov": 1}}])),
            "exclude[0].\"a.b\".abov",
            "did you mean `above`?",
        ),
        (two(json!([{}])), "exclude[0]", "no condition"),
        (two(json!([{"a.b": {"min": 1}}])), "exclude", "the sweep is empty"),
        (two(json!(rules)), "exclude", "has 65 rules"),
        (
            json!({"axes": [{"key": "a", "range": {"start": 0, "stop": 1_000_000, "step": 1}}], "exclude": [{"a": 0}]}),
            "exclude[0].\"a\"",
            "the maximum for rules",
        ),
    ];
    for (sweep, path, message) in cases {
        let found = problems(sweep.clone());
        assert!(
            found.iter().any(|(own, text)| own == path && text.contains(message)),
            "{sweep}\nexpected {path}: {message}\nfound {found:#?}"
        );
    }
}

#[test]
fn all_problems_are_found_at_once() {
    let found = problems(json!({"axes": [
        {"key": "a", "values": []},
        {"key": "b", "rnage": {"start": 0}},
        {"nested": {"key": "c", "cases": [{"value": 1, "axes": [{"key": "d", "linspace": {"start": "x"}}]}]}},
    ]}));
    let paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
    for path in [
        "axes[0].values",
        "axes[1].rnage",
        "axes[2].nested.cases[0].axes[0].linspace.start",
    ] {
        assert!(paths.contains(&path), "{path} in {paths:?}");
    }
}

#[test]
fn a_variable_without_distribution_gets_an_example_and_no_key_twice() {
    let sweep =
        json!({"axes": [{"sample": {"method": "random", "count": 2, "variables": [{"key": "a", "zzzzz": 1}]}}]});
    let problems = Design::parse(&sweep).unwrap_err();
    let lacks = problems
        .iter()
        .find(|problem| problem.message == "lacks `distribution`");
    assert!(
        lacks
            .unwrap()
            .hint
            .as_ref()
            .unwrap()
            .contains("distribution = \"uniform\"")
    );
    let allowed = problems.iter().filter_map(|problem| problem.hint.as_deref());
    let allowed = allowed
        .filter(|hint| hint.starts_with("allowed here"))
        .collect::<String>();
    assert_eq!(allowed.matches(" low,").count(), 1, "{allowed}");
}
