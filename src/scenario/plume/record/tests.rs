//! Rows against what an observer sees, and against the metrics.

use super::super::component::prelude::*;
use super::super::metrics::columns;
use super::super::{AgentEvent, PlumeConfig, PlumeNavigation};
use crate::random::{PointKey, Streams, StudySeed};
use crate::results::{CellColumn, RowBlock, RowPlace, RowSink, TableRows, UnitRows};
use crate::scenario::{ErasedScenario, Scenario, UnitOutput};
use crate::sweep::{PointIndex, Replicate, UnitIndex};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// Keeps all rows in memory.
#[derive(Default)]
struct Shelf(Mutex<Vec<Vec<RowBlock>>>);

impl RowSink for Shelf {
    fn keep(&self, _: UnitIndex, _: u32, _: RowPlace, block: &[RowBlock]) -> RowPlace {
        self.0.lock().unwrap().push(block.to_vec());
        RowPlace::NOWHERE
    }
}

/// What a unit leaves: `[metrics][members]`, and its tables.
struct Left {
    metrics: Vec<Vec<f64>>,
    tables: Vec<TableRows>,
}

impl Left {
    fn metric(&self, name: &str) -> &[f64] {
        let index = columns("1").iter().position(|column| column.name == name).unwrap();
        &self.metrics[index]
    }

    fn bits(&self) -> Vec<u64> {
        self.metrics.iter().flatten().map(|value| value.to_bits()).collect()
    }
}

/// Ten agents in a plume, of which some succeed and some leave the domain.
fn study(record: Value) -> Value {
    json!({
        "boundary": {"kind": "terminate"},
        "agents": {"count": 10, "start": {"kind": "disc", "x_m": 5.0, "y_m": 0.0, "radius_m": 4.5}},
        "episode": {
            "dt_s": 0.05, "duration_s": 30.0, "source_radius_m": 0.8,
            "domain": {"x_min_m": -2.0, "x_max_m": 12.0, "y_min_m": -5.0, "y_max_m": 5.0},
        },
        "record": record,
    })
}

fn unit(point: u64, replicate: u32) -> Unit {
    Unit {
        index: UnitIndex(0),
        point: PointIndex(point),
        replicate: Replicate(replicate),
        streams: Streams::new(StudySeed(5), PointKey::COMMON, Replicate(3)),
    }
}

fn run_with(scenario: &PlumeNavigation, study: &Value, unit: &Unit) -> Left {
    let config: PlumeConfig = scenario.in_scope(|| serde_json::from_value(study.clone()).unwrap());
    let shape = ErasedScenario::shape(scenario, study).unwrap();
    let declared = &shape.features.tables;
    let shelf = Arc::new(Shelf::default());
    let mut rows = (!declared.is_empty()).then(|| UnitRows::new(declared, 3000, shelf.clone()));
    let members = shape.member_axis.count as usize;
    let mut values = vec![0.0; shape.metrics.len() * members];
    let mut output = UnitOutput::new(&mut values, members).with_rows(rows.as_mut());
    Scenario::simulate(scenario, &config, unit, &mut output).unwrap();
    if let Some(rows) = &mut rows {
        rows.finish();
    }
    let blocks = shelf.0.lock().unwrap();
    let table = |index: usize| TableRows {
        rows: blocks.iter().map(|block| block[index].rows).sum(),
        columns: (declared[index].columns.iter().enumerate())
            .map(|(at, column)| {
                let bytes: Vec<u8> = blocks
                    .iter()
                    .flat_map(|block| block[index].columns[at].clone())
                    .collect();
                CellColumn::of(column.kind, &bytes)
            })
            .collect(),
    };
    Left {
        metrics: values.chunks(members).map(<[f64]>::to_vec).collect(),
        tables: (0..declared.len()).map(table).collect(),
    }
}

fn run(record: Value) -> Left {
    run_with(&PlumeNavigation::default(), &study(record), &unit(0, 0))
}

fn f64s(column: &CellColumn) -> Vec<f64> {
    match column {
        CellColumn::F64(cells) => cells.clone(),
        CellColumn::F32(cells) => cells.iter().map(|cell| f64::from(*cell)).collect(),
        CellColumn::I32(cells) => cells.iter().map(|cell| f64::from(*cell)).collect(),
        CellColumn::U8(cells) => cells.iter().map(|cell| f64::from(*cell)).collect(),
        other => panic!("not numbers: {other:?}"),
    }
}

/// The rows of one agent, column by column.
fn of_agent(rows: &TableRows, agent: f64) -> Vec<Vec<f64>> {
    let agents = f64s(&rows.columns[0]);
    (rows.columns.iter())
        .map(|column| {
            let cells = f64s(column).into_iter().zip(&agents);
            cells.filter(|(_, of)| **of == agent).map(|(cell, _)| cell).collect()
        })
        .collect()
}

#[test]
fn recording_changes_no_metric_and_being_off_leaves_no_table() {
    let off = run(json!({}));
    assert!(off.tables.is_empty());
    let everything = json!({
        "columns": ["x_m", "signal", "surge_cast_state"],
        "events": AgentEvent::NAMES,
    });
    let on = run(everything.clone());
    assert_eq!(on.bits(), off.bits());
    assert!(on.tables.iter().all(|table| table.rows > 0));
    let mut only = everything;
    only["only"] = json!("successful");
    assert_eq!(run(only).bits(), off.bits());
}

#[test]
fn a_path_goes_from_the_start_to_the_end_and_is_as_long_as_the_metric_says() {
    let left = run(json!({"columns": ["x_m", "y_m", "heading_rad", "signal", "speed_m_s"], "precision": "f64"}));
    let success = left.metric("success");
    assert!(success.contains(&1.0) && success.contains(&0.0), "{success:?}");
    for agent in 0..10 {
        let rows = of_agent(&left.tables[0], agent as f64);
        let (times, x, y, signal) = (&rows[1], &rows[2], &rows[3], &rows[5]);
        let steps = left.metric("steps")[agent];
        assert_eq!(times.len() as f64, steps + 1.0, "one row a step and one at the end");
        assert!((times.iter().enumerate()).all(|(step, time_s)| *time_s == step as f64 * 0.05));
        let last = times.len() - 1;
        assert_eq!(
            (times[last], x[last], y[last], rows[4][last]),
            (
                left.metric("episode_duration_s")[agent],
                left.metric("final_x_m")[agent],
                left.metric("final_y_m")[agent],
                left.metric("final_heading_rad")[agent],
            )
        );
        assert!(
            signal[last].is_nan() && rows[6][last].is_nan(),
            "nothing is sensed or done at the end"
        );
        assert_eq!(signal[last - 1], left.metric("final_signal")[agent]);
        let ways = x.windows(2).zip(y.windows(2));
        let length: f64 = ways
            .map(|(x, y)| ((x[1] - x[0]).powi(2) + (y[1] - y[0]).powi(2)).sqrt())
            .sum();
        assert!(
            (length - left.metric("path_length_m")[agent]).abs() < 1e-9,
            "agent {agent}"
        );
        let by_speed: f64 = rows[6][..last].iter().map(|speed| speed * 0.05).sum();
        assert!(
            (by_speed - length).abs() < 1e-9,
            "agent {agent}: {by_speed} m by speed, {length} m"
        );
    }
}

#[test]
fn the_end_says_why() {
    let left = run(json!({}));
    let mut met = [false; 3];
    for agent in 0..10 {
        let reason = left.metric("end_reason")[agent];
        met[reason as usize] = true;
        let expected = match (left.metric("success")[agent], left.metric("left_domain")[agent]) {
            (1.0, _) => 1.0,
            (_, 1.0) => 2.0,
            _ => 0.0,
        };
        assert_eq!(reason, expected, "agent {agent}");
    }
    assert!(
        met[1] && (met[0] || met[2]),
        "agents that end for different reasons: {met:?}"
    );
}

#[test]
fn rows_come_at_the_interval_and_at_the_end() {
    let all = run(json!({"columns": ["x_m"]}));
    for (record, interval) in [
        (json!({"columns": ["x_m"], "every_steps": 7}), 7),
        (json!({"columns": ["x_m"], "every_s": 0.5}), 10),
    ] {
        let some = run(record);
        for agent in 0..10 {
            let (all, some) = (
                of_agent(&all.tables[0], agent.into()),
                of_agent(&some.tables[0], agent.into()),
            );
            let last = all[1].len() - 1;
            let wanted: Vec<usize> = (0..last).step_by(interval).chain([last]).collect();
            for column in [1, 2] {
                let expected: Vec<f64> = wanted.iter().map(|row| all[column][*row]).collect();
                assert_eq!(some[column], expected, "agent {agent}, every {interval} steps");
            }
        }
    }
}

#[test]
fn units_agents_and_successes_are_chosen() {
    let record = json!({"columns": ["x_m"], "points": [4], "replicates": 2, "agents": 3});
    let plume = PlumeNavigation::default();
    let rows = |point, replicate| run_with(&plume, &study(record.clone()), &unit(point, replicate)).tables[0].clone();
    assert_eq!((rows(3, 0).rows, rows(4, 2).rows), (0, 0));
    let chosen = f64s(&rows(4, 1).columns[0]);
    assert!(chosen.contains(&2.0) && chosen.iter().all(|agent| *agent < 3.0));

    let all = run(json!({"columns": ["x_m", "detected"], "events": ["edge", "end"]}));
    let only = run(json!({"columns": ["x_m", "detected"], "events": ["edge", "end"], "only": "successful"}));
    assert!(only.tables[0].rows > 0 && only.tables[0].rows < all.tables[0].rows);
    for agent in 0..10 {
        let succeeds = all.metric("success")[agent] == 1.0;
        for (all, only) in all.tables.iter().zip(&only.tables) {
            let found = of_agent(only, agent as f64);
            match succeeds {
                true => assert_eq!(format!("{found:?}"), format!("{:?}", of_agent(all, agent as f64))),
                false => assert!(found[0].is_empty()),
            }
        }
    }
}

#[test]
fn events_are_those_that_the_metrics_count() {
    let record = json!({"events": AgentEvent::NAMES, "precision": "f64"});
    let mut crowded = study(record.clone());
    crowded["boundary"] = json!({"kind": "reflect"});
    crowded["collision"] = json!({"kind": "discs"});
    for study in [study(record), crowded] {
        let left = run_with(&PlumeNavigation::default(), &study, &unit(0, 0));
        let times = f64s(&left.tables[0].columns[1]);
        assert!(times.is_sorted(), "in the order of time");
        let mut met = 0;
        for agent in 0..10 {
            let rows = of_agent(&left.tables[0], agent as f64);
            let count = |event: AgentEvent| rows[2].iter().filter(|code| **code == event as u8 as f64).count() as f64;
            assert_eq!(count(AgentEvent::EncounterBegins), left.metric("encounters")[agent]);
            assert!([0.0, 1.0].contains(&(count(AgentEvent::EncounterBegins) - count(AgentEvent::EncounterEnds))));
            assert_eq!(count(AgentEvent::Collision), left.metric("collisions")[agent]);
            assert_eq!(count(AgentEvent::Edge), left.metric("boundary_hits")[agent]);
            assert_eq!(count(AgentEvent::Arrival), left.metric("success")[agent]);
            assert_eq!(count(AgentEvent::End), 1.0);
            met += rows[2].len();
            let at = |event: AgentEvent| rows[2].iter().position(|code| *code == event as u8 as f64);
            if let Some(row) = at(AgentEvent::Arrival) {
                assert_eq!(rows[1][row], left.metric("time_to_source_s")[agent]);
            }
            let row = at(AgentEvent::End).unwrap();
            assert_eq!(rows[1][row], left.metric("episode_duration_s")[agent]);
            assert_eq!(
                (rows[3][row], rows[4][row]),
                (left.metric("final_x_m")[agent], left.metric("final_y_m")[agent])
            );
        }
        assert!(met > 30, "a study in which something happens: {met}");
    }
}

#[test]
fn states_are_recorded_where_a_component_has_them() {
    let both = json!({"columns": ["surge_cast_state", "belief_entropy_bits", "left"]});
    let left = run(both.clone());
    let table = &left.tables[0];
    let CellColumn::U8(states) = &table.columns[2] else {
        panic!("codes are bytes")
    };
    assert!(states.contains(&0) && states.contains(&1), "casts and surges");
    assert_eq!(
        states.iter().filter(|state| **state == 255).count(),
        10,
        "none at the ends"
    );
    assert!(
        f64s(&table.columns[3]).iter().all(|entropy| entropy.is_nan()),
        "no belief"
    );
    assert!(f64s(&table.columns[4]).iter().all(|left| left.is_nan()), "one sensor");

    let mut searching = study(both);
    searching["navigator"] = json!({"kind": "infotaxis"});
    searching["episode"]["duration_s"] = json!(3.0);
    let left = run_with(&PlumeNavigation::default(), &searching, &unit(0, 0));
    let rows = of_agent(&left.tables[0], 0.0);
    let entropies = &rows[3][..rows[3].len() - 1];
    assert!(
        entropies.iter().all(|bits| *bits > 0.0 && *bits < 30.0),
        "{entropies:?}"
    );
}

#[test]
fn wrong_columns_are_refused() {
    let blamed = |record: Value| -> Vec<String> {
        let plume = PlumeNavigation::default();
        let problems = ErasedScenario::check(&plume, &study(record)).unwrap();
        problems
            .into_iter()
            .map(|problem| format!("{} {}", problem.key, problem.message))
            .collect()
    };
    assert!(blamed(json!({"columns": ["x_m"], "every_steps": 3})).is_empty());
    for (record, told) in [
        (json!({"columns": ["speed"]}), "nothing in this program can record"),
        (json!({"columns": ["x_m", "x_m"]}), "twice"),
        (json!({"events": ["end", "end"]}), "twice"),
        (json!({"columns": ["x_m"], "every_s": 0.01}), "shorter than a step"),
        (
            json!({"columns": ["x_m"], "every_s": 1.0, "every_steps": 3}),
            "beside record.every_s",
        ),
    ] {
        let found = blamed(record);
        assert!(found.len() == 1 && found[0].contains(told), "{found:?}");
    }
}

/// Turns round and round, and says how far it came.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Carousel {}

const TURNS: StateColumn = StateColumn::number("carousel_turns", "1", "turns so far");

impl Component for Carousel {
    const KIND: &'static str = "carousel";
}

impl NavigatorModel for Carousel {
    fn build(&self, seed: StreamSeed, count: usize, _: Surroundings<'_>) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(EachAgent::new(seed, count, |agent| Horse(agent as f64))))
    }
    fn max_speed_m_s(&self) -> f64 {
        0.1
    }
    fn state_columns(&self) -> Vec<StateColumn> {
        vec![TURNS]
    }
}

struct Horse(f64);

impl AgentNavigator for Horse {
    fn decide(&mut self, _: AgentView, _: &mut Xoshiro256PlusPlus) -> Course {
        self.0 += 0.5;
        Course {
            heading_rad: self.0,
            speed_m_s: 0.1,
        }
    }
    fn state(&self, name: &str) -> Option<f64> {
        (name == TURNS.name).then_some(self.0)
    }
}

#[test]
fn a_component_of_the_programs_own_has_columns_by_the_same_door() {
    let plume = PlumeNavigation::default().with_navigator::<Carousel>();
    let mut turning = study(json!({"columns": ["carousel_turns"], "precision": "f64"}));
    turning["navigator"] = json!({"kind": "carousel"});
    turning["episode"]["duration_s"] = json!(1.0);
    assert!(ErasedScenario::check(&plume, &turning).unwrap().is_empty());
    let left = run_with(&plume, &turning, &unit(0, 0));
    let turns = &of_agent(&left.tables[0], 4.0)[2];
    assert_eq!(turns[..3], [4.5, 5.0, 5.5]);
    // Another program doesn't know it.
    let strange = study(json!({"columns": ["carousel_turns"]}));
    assert!(
        !ErasedScenario::check(&PlumeNavigation::default(), &strange)
            .unwrap()
            .is_empty()
    );
}
