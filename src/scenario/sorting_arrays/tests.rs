//! Tests of the scenario.

use super::array::{Array, Gratification};
use super::configuration::ArrayConfig;
use super::{SortingArrays, SortingArraysConfig};
use crate::random::StreamSeed;
use crate::scenario::{ErasedScenario, Registry, Scenario, schema_shape::walk};
use crate::trial::{Trial, TrialUnit};

fn unit(text: &str) -> TrialUnit {
    let study = format!("study = {{ scenario = 'sorting_arrays', seed = 3 }}\n{text}");
    Trial::new(&Registry::builtin(), &study).unwrap().unit(0).unwrap()
}

/// Each rule alone sorts, with its own number of swaps: bubble and insertion need one for each inversion.
#[test]
fn every_rule_sorts() {
    let config = |bubble, insertion| ArrayConfig {
        length: 40,
        bubble,
        insertion,
        selection: 1.0 - bubble - insertion,
        ..ArrayConfig::default()
    };
    for (bubble, insertion) in [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0)] {
        let text = format!(
            "array = {{ length = 40, bubble = {bubble}, insertion = {insertion}, selection = {} }}",
            1.0 - bubble - insertion
        );
        let found = unit(&text);
        assert_eq!(
            (found.metric("sorted"), found.end.as_deref()),
            (&[1.0][..], Some("sorted")),
            "{text}"
        );
        assert_eq!(found.metric("sortedness"), [1.0]);
        assert_eq!(found.rows["course"] as f64, found.metric("sorting_steps")[0] + 1.0);
        assert_eq!(found.metric("clustering_null"), [1.0]);
        // The same, step by step, with inversions counted.
        let mut array = Array::new(&config(bubble, insertion), StreamSeed(9));
        let values: Vec<u32> = array.elements.iter().map(|element| element.value).collect();
        let inversions = (0..40).flat_map(|high| (0..high).map(move |low| (low, high)));
        let inversions = inversions.filter(|(low, high)| values[*low] > values[*high]).count() as u64;
        let mut random = StreamSeed(10).generator(0);
        for _ in 0..200_000 {
            array.act((random.uniform() * 40.0) as usize, &mut random);
        }
        assert!(array.is_sorted());
        let is_local = bubble + insertion > 0.0;
        assert_eq!(array.swaps == inversions, is_local, "{} {inversions}", array.swaps);
        assert!(array.swaps <= inversions);
    }
}

#[test]
fn gratification_is_rise_over_fall() {
    let mut gratification = Gratification::default();
    for sortedness in [0.5, 0.75, 0.5, 0.25, 0.5, 1.0, 0.75, 0.75, 0.875] {
        gratification.add(sortedness);
    }
    // 0.75 → 0.25 → 1: 1.5; 1 → 0.75 → 0.875: 0.5.
    assert_eq!(gratification.finish(), (2.0, 2));
    assert_eq!(Gratification::default().finish(), (0.0, 0));
}

/// Elements that can't be moved keep others from their places; those that don't act are moved by others.
#[test]
fn frozen_elements_hinder() {
    let immovable = unit("array = { length = 40, frozen = 6, frozen_kind = 'immovable' }");
    assert_eq!(
        (immovable.metric("sorted"), immovable.end.as_deref()),
        (&[0.0][..], Some("at_rest"))
    );
    assert!(immovable.metric("sortedness")[0] > 0.6);
    let movable = unit("array = { length = 40, frozen = 6 }");
    assert!(movable.metric("sortedness")[0] > immovable.metric("sortedness")[0]);
}

/// Rules that were mixed by lot begin at their null.
#[test]
fn mixed_rules_have_a_null() {
    let found = unit("array = { length = 1000, bubble = 1.0, selection = 1.0, steps = 3 }");
    let null = found.metric("clustering_null")[0];
    assert!((null - 499.0 / 999.0).abs() < 1e-12, "{null}");
    // 4.5 standard errors of 999 pairs.
    assert!((found.metric("clustering_peak")[0] - null).abs() < 4.5 * (0.25f64 / 999.0).sqrt());
}

#[test]
fn impossible_arrays_are_refused() {
    for (text, key) in [
        (r#"{"array": {"bubble": 0}}"#, "array.bubble"),
        (r#"{"array": {"frozen": 101}}"#, "array.frozen"),
    ] {
        let config: SortingArraysConfig = serde_json::from_str(text).unwrap();
        let problems = Scenario::check(&SortingArrays, &config);
        assert_eq!(
            problems.iter().map(|problem| problem.key.as_str()).collect::<Vec<_>>(),
            [key]
        );
    }
    assert_eq!(Scenario::check(&SortingArrays, &SortingArraysConfig::default()), []);
    walk(&ErasedScenario::schema(&SortingArrays), "sorting_arrays");
}
