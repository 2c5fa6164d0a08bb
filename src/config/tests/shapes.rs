//! Expansion: the shape of the results over all design points.

use super::super::memory_bytes_per_rank;
use super::*;
use crate::study::Study;

const HEAD: &str = "study.scenario = \"toy\"\n";

fn expand(text: &str) -> Result<Study, ConfigError> {
    super::super::expand(load_good(&format!("{HEAD}{text}")), &registry())
}

#[test]
fn the_member_axis_is_the_largest_of_all_points() {
    let study = expand("sweep.axes = [{ key = \"agents.count\", values = [3, 9, 2] }, { key = \"wind.speed_m_s\", values = [1, 2] }]\n").unwrap();
    assert_eq!(
        (study.member_axis.count, study.plan.points, study.plan.units()),
        (9, 6, 60)
    );
    assert_eq!(study.metrics.len(), 1);
}

/// The largest point, and of the others as much as is kept.
#[test]
fn memory_is_that_of_the_largest_point_and_of_what_is_kept() {
    for (counts, bytes) in [("[3]", 3000), ("[1, 2]", 3000), ("[1, 5, 3]", 7500)] {
        let text = format!("[sweep]\naxes = [{{ key = \"agents.count\", values = {counts} }}]\n");
        assert_eq!(
            memory_bytes_per_rank(&expand(&text).unwrap()).unwrap(),
            bytes,
            "{counts}"
        );
    }
    assert_eq!(memory_bytes_per_rank(&expand("").unwrap()).unwrap(), 1000);
}

#[test]
fn without_a_sweep_there_is_one_point() {
    let study = expand("agents.count = 4\n").unwrap();
    assert_eq!((study.member_axis.count, study.plan.points), (4, 1));
}

#[test]
fn metrics_that_differ_between_points_are_refused() {
    let error = expand("agents.mode = \"swarm\"\nsweep.axes = [{ key = \"navigator\", values = [\"navigator/walk\", \"navigator/spiral\"] }]\n").err().unwrap();
    assert!(
        error
            .to_string()
            .contains("has the metric `extra` at design point 0 (navigator = walk), but not at design point 1"),
        "{error}"
    );
    assert!(error.to_string().contains("study.toml:3:"), "{error}");
}

#[test]
fn names_of_the_scenario_are_refused_for_axes_with_their_line() {
    for (name, owner) in [
        ("agent", "the axis of the members"),
        ("duration_s", "a metric"),
        ("duration_s_mean", "a statistic of the metric `duration_s`"),
    ] {
        let text = format!(
            "[sweep]\naxes = [\n  {{ key = \"wind.direction_rad\", values = [1, 2] }},\n  {{ key = \"wind.speed_m_s\", name = \"{name}\", values = [1, 2] }},\n]\n"
        );
        let error = expand(&text).err().unwrap().to_string();
        assert!(
            error.contains(owner) && error.contains("study.toml:5:3: `sweep.axes[1]`"),
            "{error}"
        );
    }
    let reserved = load(&format!(
        "{HEAD}sweep.axes = [{{ key = \"wind.speed_m_s\", name = \"replicate\", values = [1] }}]\n"
    ));
    assert!(reserved.unwrap_err().to_string().contains("study.toml:2:"));
}

#[test]
fn a_key_of_one_kind_can_be_swept_under_its_case() {
    let study = expand(
        "[sweep]\naxes = [{ nested = { key = \"navigator\", cases = [{ value = \"navigator/walk\", axes = [{ key = \"navigator.steps\", values = [1, 2] }] }, { value = \"navigator/spiral\" }] } }]\n",
    )
    .unwrap();
    assert_eq!(study.plan.points, 3);
    assert_eq!(study.design.assignments(crate::sweep::PointIndex(2))[0].label, "spiral");
}

#[test]
fn a_huge_design_is_checked_without_a_scan() {
    let study = expand(
        "study.replicates = 1\n[sweep]\naxes = [{ key = \"wind.speed_m_s\", linspace = { start = 0, stop = 30, count = 100000 } }, { key = \"wind.direction_rad\", linspace = { start = 0, stop = 6, count = 100000 } }]\n",
    )
    .unwrap();
    assert_eq!(study.plan.units(), 10_000_000_000);
}
