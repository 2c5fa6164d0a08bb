//! Every point of small random designs against a brute-force expansion.

use crate::sweep::{Design, PointIndex};
use proptest::prelude::*;
use serde_json::{Value, json};

/// An axis without names: lengths and structure.
#[derive(Clone, Debug)]
enum Shape {
    Single(usize),
    Zip { keys: usize, length: usize },
    Nested(Vec<Vec<Shape>>),
}

/// What a point sets, in order.
type Point = Vec<(String, Value)>;

fn shape() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        (1_usize..5).prop_map(Shape::Single),
        (1_usize..4, 1_usize..4).prop_map(|(keys, length)| Shape::Zip { keys, length }),
    ];
    leaf.prop_recursive(2, 12, 3, |inner| {
        prop::collection::vec(prop::collection::vec(inner, 0..3), 1..4).prop_map(Shape::Nested)
    })
}

/// Names the keys of a shape; gives its table, all its combinations, and each key with its number of values.
fn name(shape: &Shape, prefix: &str, keys: &mut Vec<(String, usize)>) -> (Value, Vec<Point>) {
    match shape {
        Shape::Single(length) => {
            keys.push((prefix.to_owned(), *length));
            let values: Vec<usize> = (0..*length).collect();
            let points = values
                .iter()
                .map(|value| vec![(prefix.to_owned(), json!(value))])
                .collect();
            (json!({"key": prefix, "values": values}), points)
        }
        Shape::Zip { keys: columns, length } => {
            let names: Vec<String> = (0..*columns).map(|column| format!("{prefix}z{column}")).collect();
            keys.extend(names.iter().map(|name| (name.clone(), *length)));
            let values: Vec<usize> = (0..*length).collect();
            let tables: Vec<Value> = names
                .iter()
                .map(|name| json!({"key": name, "values": values}))
                .collect();
            let points = values
                .iter()
                .map(|value| names.iter().map(|name| (name.clone(), json!(value))).collect())
                .collect();
            (json!({"zip": tables}), points)
        }
        Shape::Nested(cases) => {
            keys.push((prefix.to_owned(), cases.len()));
            let (mut tables, mut points) = (Vec::new(), Vec::new());
            for (number, axes) in cases.iter().enumerate() {
                let (mut inner, mut lists) = (Vec::new(), Vec::new());
                for (axis, shape) in axes.iter().enumerate() {
                    let (table, list) = name(shape, &format!("{prefix}c{number}a{axis}"), keys);
                    inner.push(table);
                    lists.push(list);
                }
                tables.push(json!({"value": number, "axes": inner}));
                points.extend(product(&lists).into_iter().map(|mut rest| {
                    rest.insert(0, (prefix.to_owned(), json!(number)));
                    rest
                }));
            }
            (json!({"nested": {"key": prefix, "cases": tables}}), points)
        }
    }
}

fn product(lists: &[Vec<Point>]) -> Vec<Point> {
    lists.iter().fold(vec![Vec::new()], |points, list| {
        points
            .iter()
            .flat_map(|point| list.iter().map(move |more| [&point[..], &more[..]].concat()))
            .collect()
    })
}

/// A rule: key numbers with the values (modulo their number) that it asks for.
type Rule = Vec<(prop::sample::Index, Vec<usize>)>;

fn excluded(rule: &[(String, Vec<usize>)], point: &Point) -> bool {
    rule.iter().all(|(key, values)| {
        point
            .iter()
            .any(|(own, value)| own == key && values.iter().any(|wanted| json!(wanted) == *value))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn points_are_the_combinations_that_are_left_in_order(
        shapes in prop::collection::vec(shape(), 0..4),
        rules in prop::collection::vec(
            prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(0_usize..4, 1..3)), 1..3), 0..4
        ),
    ) {
        check(&shapes, &rules)?;
    }
}

fn check(shapes: &[Shape], rules: &[Rule]) -> Result<(), TestCaseError> {
    let (mut keys, mut tables, mut lists) = (Vec::new(), Vec::new(), Vec::new());
    for (axis, shape) in shapes.iter().enumerate() {
        let (table, list) = name(shape, &format!("k{axis}"), &mut keys);
        tables.push(table);
        lists.push(list);
    }
    let all = product(&lists);
    prop_assume!(all.len() <= 20_000);
    let rules: Vec<Vec<(String, Vec<usize>)>> = rules
        .iter()
        .filter(|_| !keys.is_empty())
        .map(|rule| {
            let mut conditions: Vec<(String, Vec<usize>)> = Vec::new();
            for (index, values) in rule {
                let (key, length) = &keys[index.index(keys.len())];
                if conditions.iter().all(|(known, _)| known != key) {
                    conditions.push((key.clone(), values.iter().map(|value| value % length).collect()));
                }
            }
            conditions
        })
        .collect();
    let left: Vec<&Point> = all
        .iter()
        .filter(|point| !rules.iter().any(|rule| excluded(rule, point)))
        .collect();
    let idle_rule = rules.iter().any(|rule| !all.iter().any(|point| excluded(rule, point)));
    let exclude: Vec<Value> = rules
        .iter()
        .map(|rule| rule.iter().map(|(key, values)| (key.clone(), json!(values))).collect())
        .collect();
    let design = Design::parse(&json!({"axes": tables, "exclude": exclude}));
    if left.is_empty() || idle_rule {
        prop_assert!(design.is_err());
        return Ok(());
    }
    let design = design.map_err(|problems| TestCaseError::fail(format!("{problems:?}")))?;
    prop_assert_eq!(design.point_count(), left.len() as u64);
    for (index, expected) in left.iter().enumerate() {
        let found: Point = design
            .assignments(PointIndex(index as u64))
            .into_iter()
            .map(|assignment| (assignment.key, assignment.value))
            .collect();
        prop_assert_eq!(&found, *expected);
    }
    let product: u64 = design.dimension_lengths().iter().map(|(_, length)| length).product();
    prop_assert_eq!(product, design.point_count());
    if let Some((key, _)) = keys.first() {
        check_covering(&design, key, &left)?;
    }
    Ok(())
}

/// The points covering `key` show every value that it has among the points left, no point twice, and no more points
/// than its axis has values.
fn check_covering(design: &Design, key: &str, left: &[&Point]) -> Result<(), TestCaseError> {
    // All keys of the first axis start like its first key, and no others do.
    let with = |wanted: &dyn Fn(&str) -> bool, point: &Point| -> Point {
        point.iter().filter(|(own, _)| wanted(own)).cloned().collect()
    };
    let of_key = |point: &Point| with(&|own| own == key, point);
    let of_axis = |point: &Point| with(&|own| own.starts_with(&key[..2]), point);
    let distinct = |parts: Vec<Point>| {
        let mut found: Vec<Point> = Vec::new();
        for part in parts {
            if !found.contains(&part) {
                found.push(part);
            }
        }
        found.sort_by_key(|part| format!("{part:?}"));
        found
    };
    let found = design.points_covering(&[key], u64::MAX).unwrap();
    prop_assert!(found.is_sorted_by(|a, b| a < b), "{:?}", found);
    let shown = distinct(found.iter().map(|point| of_key(left[point.0 as usize])).collect());
    prop_assert_eq!(shown, distinct(left.iter().map(|point| of_key(point)).collect()));
    let most = distinct(left.iter().map(|point| of_axis(point)).collect()).len();
    prop_assert!(found.len() <= most, "{} of {}", found.len(), most);
    Ok(())
}
