//! The course of a unit: determinism, going on from a saved state, what it leaves.

use super::super::run::Run;
use super::super::tissue::Label;
use super::super::{CellSorting, CellSortingConfig};
use crate::random::{PointKey, Streams, StudySeed};
use crate::scenario::{Registry, Scenario, Unit};
use crate::sweep::{PointIndex, Replicate, UnitIndex};
use crate::trial::{Trial, TrialUnit};

fn unit(seed: u64) -> Unit {
    Unit {
        index: UnitIndex(0),
        point: PointIndex(0),
        replicate: Replicate(0),
        streams: Streams::new(StudySeed(seed), PointKey::COMMON, Replicate(0)),
    }
}

fn config(text: &str) -> CellSortingConfig {
    let config = serde_json::from_str(text).unwrap();
    assert_eq!(CellSorting.check(&config), [], "{text}");
    config
}

const SMALL: [&str; 4] = [
    r#"{"cells": {"count": 20}, "start": {"relax_mcs": 6}}"#,
    r#"{"cells": {"count": 20}, "start": {"relax_mcs": 0, "pattern": "halves"}, "course": {"algorithm": "plain"}}"#,
    r#"{"cells": {"count": 20, "perimeter_stiffness": [0.1], "target_perimeters": [30], "connectivity": "local"},
        "lattice": {"neighbours": "von_neumann", "edges": "walled"}, "start": {"relax_mcs": 3},
        "forces": {"chemotaxis": [0.5, 0.0]}}"#,
    r#"{"cells": {"count": 20}, "start": {"relax_mcs": 0, "shape": "dispersed"}, "lattice": {"width": 60, "height": 60},
        "forces": {"motility": [0.0, 5.0], "persistence_mcs": 4.0}}"#,
];

/// A saved state goes on to the same labels, wherever it was saved: in the relaxation, at its end, later.
#[test]
fn a_saved_state_goes_on_as_if_nothing_had_been() {
    for text in SMALL {
        let config = config(text);
        let labels = |run: &Run<'_>| -> Vec<Label> { run.tissue.site_labels().collect() };
        let mut whole = Run::begin(&config, &unit(3));
        (0..14).for_each(|_| whole.advance());
        for stop in [0, 2, 6, 9, 14] {
            let mut first = Run::begin(&config, &unit(3));
            (0..stop).for_each(|_| first.advance());
            let state = first.state();
            let mut second = Run::restore(&config, &unit(3), &state).expect("a state");
            (stop..14).for_each(|_| second.advance());
            assert_eq!(labels(&second), labels(&whole), "{text} {stop}");
            assert_eq!(second.counts, whole.counts);
            assert_eq!(second.state(), whole.state());
            // A state that is cut short, or of other cells, is told.
            assert!(Run::restore(&config, &unit(3), &state[..state.len() - 9]).is_none());
        }
        let other = self::config(r#"{"cells": {"count": 33}}"#);
        assert!(Run::restore(&other, &unit(3), &whole.state()).is_none());
        let mut elsewhere = Run::begin(&config, &unit(4));
        (0..14).for_each(|_| elsewhere.advance());
        assert_ne!(labels(&elsewhere), labels(&whole));
    }
}

fn trial(text: &str) -> Trial {
    let study = format!("study = {{ scenario = 'cell_sorting', seed = 5 }}\n{text}");
    Trial::new(&Registry::builtin(), &study).unwrap()
}

const STUDY: &str = "
    cells.count = 24
    course.steps = 5
    start.relax_mcs = 20
    measures.permutations = 49
";

#[test]
fn a_unit_leaves_its_course_in_tables() {
    let plain = trial(STUDY).unit(0).unwrap();
    let text = |unit: &TrialUnit| format!("{unit:?}");
    assert_eq!(text(&plain), text(&trial(STUDY).unit(0).unwrap()));
    let times = 6;
    assert_eq!(plain.rows["course"], times);
    assert!(plain.rows["clusters"] > times);
    assert_eq!(plain.metric("cells_left"), [24.0]);
    assert_eq!(plain.metric("lost_cells"), [0.0]);
    assert_eq!(plain.metric("steps"), [5.0]);
    let sites = ((2.2 * (960.0 / std::f64::consts::PI).sqrt()).ceil() + 8.0).powi(2);
    assert_eq!(plain.metric("attempts"), [80.0 * sites]);
    assert!(plain.metric("emergence_p_value")[0] >= 0.02);
    assert!(plain.metric("displacement_sites")[0] > 0.0);
    // Recording changes no result.
    let recorded = trial(&format!("{STUDY}\nrecord = {{ frames = true, cells = true }}"))
        .unit(0)
        .unwrap();
    assert_eq!(format!("{:?}", recorded.metrics), format!("{:?}", plain.metrics));
    assert_eq!(recorded.rows["frames"], times * sites as u64);
    assert_eq!(recorded.rows["cells"], times * 24);
}

/// Cells that can't hold together vanish, and are counted.
#[test]
fn cells_that_vanish_are_counted() {
    let text = format!("{STUDY}\ncells.area_stiffness = [0.0]\ncells.target_areas = [9]\ncourse.temperature = 40.0");
    let unit = trial(&text).unit(0).unwrap();
    let (left, lost) = (unit.metric("cells_left")[0], unit.metric("lost_cells")[0]);
    assert!(lost > 0.0, "{lost}");
    assert_eq!(left, 24.0 - lost);
}

/// Where types have settled the unit ends early.
#[test]
fn a_converged_unit_ends_early() {
    let still = "
        cells.count = 24
        course = { steps = 1000, mcs_per_step = 1, temperature = 0.5 }
        start = { relax_mcs = 10, pattern = 'halves' }
        measures.permutations = 0
        convergence.slope = 0.1
    ";
    let unit = trial(&format!("{still}\nconvergence.stop = true")).unit(0).unwrap();
    assert_eq!(unit.end.as_deref(), Some("converged"));
    assert_eq!(unit.metric("converged"), [1.0]);
    assert_eq!(unit.metric("convergence_steps"), unit.metric("steps"));
    assert!(unit.metric("steps")[0] < 500.0 && unit.metric("emergence_score")[0].is_nan());
}
