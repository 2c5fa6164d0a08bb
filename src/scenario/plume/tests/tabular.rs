//! Agents that do what a table says.

use super::fixture::{config, drive};
use crate::grids::Inputs;
use crate::random::StreamSeed;
use crate::scenario::inference::controller::{Action, Controller, ControllerState};
use crate::scenario::plume::navigator::{Surroundings, TabularNavigator, TabularNavigatorConfig};
use crate::scenario::plume::space::Domain;
use crate::scenario::plume::wind::MeanWind;
use crate::scenario::plume::{PlumeConfig, PlumeNavigation};
use crate::scenario::{Problem, Scenario};
use std::f64::consts::{FRAC_PI_2, PI};
use std::path::Path;

/// Two memories, three observations, chance in most of them.
const TABLE: &str = "memory,observation,action,next_memory,probability
0,0,left,0,0.5
0,0,right,1,0.5
0,1,upwind,0,1
0,2,upwind,0,0.25
0,2,stay,1,0.75
1,0,downwind,0,0.4
1,0,left,1,0.6
1,1,right,1,1
1,2,stay,0,1
";

fn navigator(folder: &Path, keys: &str) -> (TabularNavigatorConfig, TabularNavigator) {
    let config: TabularNavigatorConfig = serde_json::from_str(&format!(r#"{{"file": "table.csv", {keys}}}"#)).unwrap();
    let inputs = Inputs::in_folder(folder);
    let surroundings = Surroundings {
        domain: &Domain::default(),
        dt_s: 0.1,
        wind: MeanWind {
            speed_m_s: 1.0,
            direction_rad: 0.0,
        },
        sources: &[],
        inputs: &inputs,
    };
    let navigator = TabularNavigator::new(&config, StreamSeed(5), 8, surroundings).unwrap();
    (config, navigator)
}

/// Short whiffs: none, one or several within a turn of five steps.
fn odour() -> Vec<bool> {
    let mut random = StreamSeed(31).generator(0);
    let mut detections = Vec::new();
    while detections.len() < 2000 {
        let steps = 1 + (random.uniform() * 2.0) as usize;
        detections.extend(std::iter::repeat_n(random.uniform() < 0.4, steps));
    }
    detections
}

/// Heading and speed follow the table, drawn and kept by a reference that walks over the turns.
#[test]
fn it_follows_its_scalar_reference() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("table.csv"), TABLE).unwrap();
    let controller = Controller::parse(TABLE.as_bytes(), "table").unwrap();
    let odour = odour();
    for member in [0, 3, 7] {
        let (_, mut lanes) = navigator(
            folder.path(),
            r#""speed_m_s": 0.3, "step_s": 0.5, "hits": {"kind": "encounters"}"#,
        );
        let found = drive(&mut lanes, 0.1, &odour, member);
        let mut random = StreamSeed(5).generator(member as u64);
        let (mut state, mut before, mut hits) = (ControllerState::default(), false, 0);
        let (mut heading, mut action) = (0.0f64, Action::Stay);
        let mut met = std::collections::BTreeSet::new();
        for (step, (&smells, found)) in odour.iter().zip(&found).enumerate() {
            hits += u64::from(smells && !before);
            before = smells;
            if step % 5 == 4 {
                action = state.act(&controller, hits, &mut random);
                met.insert((hits.min(2), action));
                hits = 0;
            }
            // The wind blows to +x: upwind is −x, and the left of it is −y.
            heading = match action {
                Action::Upwind => PI,
                Action::Left => -FRAC_PI_2,
                Action::Right => FRAC_PI_2,
                Action::Downwind => 0.0,
                Action::Stay => heading,
                Action::Down | Action::Up => unreachable!("not in the table"),
            };
            let speed = if action == Action::Stay { 0.0 } else { 0.3 };
            assert_eq!(found.1, speed, "member {member}, step {step}");
            // Turns of half a turn stop a millionth short of it, and come to their end in the next step.
            let difference = found.0 - heading;
            assert!(
                difference.sin().abs() < 2e-6 && difference.cos() > 0.0,
                "member {member}, step {step}: {found:?}"
            );
        }
        assert_eq!(met.len(), 7, "{met:?}");
    }
}

/// From crosswind to crosswind agents turn through upwind, whichever way rounding points.
#[test]
fn reversals_go_through_upwind() {
    let folder = tempfile::tempdir().unwrap();
    let table = "memory,observation,action,next_memory,probability\n0,0,left,1,1\n1,0,right,0,1\n";
    std::fs::write(folder.path().join("table.csv"), table).unwrap();
    let config: PlumeConfig = config(&format!(
        r#"{{"navigator": {{"kind": "tabular", "file": "{}/table.csv", "step_s": 1.0}},
            "wind": {{"kind": "constant", "direction_rad": 0.7}}, "plume": {{"kind": "gaussian", "source_rate_kg_s": 0.0}},
            "agents": {{"count": 8, "turn_rate_max_rad_s": 12.0, "start": {{"kind": "point", "x_m": 12.0}}}},
            "episode": {{"duration_s": 10.0}}}}"#,
        folder.path().display()
    ));
    let mut recorder = super::fixture::Recorder::new(8);
    super::fixture::run(&config, crate::lanes::SimdLevel::detect(), 8, &mut recorder).unwrap();
    let direction = 0.7f64;
    for way in &recorder.ways {
        // After the first turn, from a random heading, no step leads downwind.
        for step in &way[100..] {
            let downwind = step.moved.0 * direction.cos() + step.moved.1 * direction.sin();
            assert!(downwind < 1e-8, "{step:?}");
        }
        let upwind = |step: usize| -(way[step].x * direction.cos() + way[step].y * direction.sin());
        assert!(upwind(480) > upwind(100) + 0.1);
    }
}

#[test]
fn problems_are_told_with_key_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = PlumeNavigation::default().for_folder(folder.path()).unwrap();
    let check = |file: &str, more: &str| -> Vec<Problem> {
        scenario.check(&config(&format!(
            r#"{{"navigator": {{"kind": "tabular", "file": "{file}"{more}}}}}"#
        )))
    };
    std::fs::write(folder.path().join("good.csv"), TABLE).unwrap();
    assert_eq!(check("good.csv", ""), []);
    std::fs::write(
        folder.path().join("bad.csv"),
        TABLE.replace("0,1,upwind,0,1", "0,1,upwind,0,0.9"),
    )
    .unwrap();
    std::fs::write(folder.path().join("high.csv"), TABLE.replace("1,2,stay", "1,2,up")).unwrap();
    for (file, more, key, message) in [
        ("", "", "navigator.file", "is empty"),
        ("missing.csv", "", "navigator.file", "missing.csv"),
        (
            "bad.csv",
            "",
            "navigator.file",
            "bad.csv:4: the probabilities of memory 0, observation 1 add up to 0.9",
        ),
        (
            "high.csv",
            "",
            "navigator.file",
            "high.csv:10: the action \"up\" doesn't exist here",
        ),
        ("good.csv", r#", "step_s": 0.001"#, "navigator.step_s", "shorter"),
        (
            "good.csv",
            r#", "hits": {"kind": "counts"}"#,
            "navigator.kind",
            "how much odour",
        ),
    ] {
        let found = check(file, more);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].key, key);
        assert!(found[0].message.contains(message), "{found:?}");
    }
    let calm = r#"{"navigator": {"kind": "tabular", "file": "good.csv"}, "plume": {"kind": "gaussian_isotropic"},
        "wind": {"kind": "constant", "speed_m_s": 0.0}}"#;
    let keys: Vec<String> = scenario
        .check(&config(calm))
        .into_iter()
        .map(|found| found.key)
        .collect();
    assert_eq!(keys, ["wind.speed_m_s"]);
}

/// The file is one of the study's: it is hashed with it.
#[test]
fn the_table_is_an_input_of_the_study() {
    let scenario = PlumeNavigation::default();
    let named = scenario.input_files(&config(r#"{"navigator": {"kind": "tabular", "file": "table.csv"}}"#));
    assert_eq!(named.len(), 1);
    assert_eq!(
        (named[0].key.as_str(), named[0].name.as_str()),
        ("navigator.file", "table.csv")
    );
    assert!(scenario.file_keys().contains(&"navigator.file"));
}
