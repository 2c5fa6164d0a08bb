//! Metrics against a plain recomputation from the recorded ways.

use super::fixture::{Recorder, Step, config, run, start};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::scenario::plume::wind::ConstantWindConfig;
use crate::scenario::plume::{PlumeConfig, PlumeNavigation, metrics};
use crate::scenario::{MetricColumn, Scenario, Support};
use std::collections::{BTreeMap, BTreeSet};

const CASES: [&str; 4] = [
    r#"{"agents": {"count": 30}, "boundary": {"kind": "terminate"}, "wind": {"kind": "constant", "direction_rad": 0.1}}"#,
    r#"{"agents": {"count": 30}, "boundary": {"kind": "clip"}, "navigator": {"kind": "correlated_random_walk"}}"#,
    r#"{"agents": {"count": 30}, "boundary": {"kind": "wrap"}, "navigator": {"kind": "correlated_random_walk", "speed_m_s": 1.0}}"#,
    r#"{"agents": {"count": 30}, "boundary": {"kind": "reflect"}, "episode": {"end_at_source": false}}"#,
];

/// Lengths of the runs of true values.
fn runs(values: &[bool]) -> Vec<usize> {
    values
        .split(|inside| !inside)
        .map(<[bool]>::len)
        .filter(|length| *length > 0)
        .collect()
}

/// Smallest distance on the way of a step, by looking at many points of it where it is near; of a step that met an edge only its end.
fn nearest(source: (f64, f64), step: &Step) -> f64 {
    let points = if step.hit { 0 } else { 2000 };
    let length = step.moved.0.hypot(step.moved.1);
    let end = (step.x - source.0).hypot(step.y - source.1);
    if end > 1.0 + length {
        // Far away the nearest point is found by the angle alone.
        let along = (step.x - source.0) * step.moved.0 + (step.y - source.1) * step.moved.1;
        let start = (step.x - step.moved.0 - source.0).hypot(step.y - step.moved.1 - source.1);
        let passes = !step.hit && along > 0.0 && along < length * length;
        let foot = (end * end - (along / length).powi(2)).sqrt();
        return if passes {
            foot
        } else if step.hit {
            end
        } else {
            end.min(start)
        };
    }
    (0..=points)
        .map(|i| f64::from(i) / f64::from(points.max(1)))
        .map(|back| (step.x - back * step.moved.0 - source.0).hypot(step.y - back * step.moved.1 - source.1))
        .fold(f64::INFINITY, f64::min)
}

/// Cells of a 16 × 16 grid that the way touches with its ends of steps.
fn visited_cells(config: &PlumeConfig, way: &[Step]) -> f64 {
    let domain = &config.episode.domain;
    let cell = |s: &Step| {
        let column = (s.x - domain.x_min_m) / domain.width_m() * 16.0;
        let row = (s.y - domain.y_min_m) / domain.height_m() * 16.0;
        ((column.floor() as i64).min(15), (row.floor() as i64).min(15))
    };
    way.iter().map(cell).collect::<BTreeSet<_>>().len() as f64
}

/// Runs inside the plume, and between its first and its last, in steps.
fn whiffs_and_blanks(inside: &[bool]) -> (Vec<usize>, Vec<usize>) {
    let blanks = match (inside.iter().position(|i| *i), inside.iter().rposition(|i| *i)) {
        (Some(first), Some(last)) => runs(&inside[first..=last].iter().map(|i| !i).collect::<Vec<_>>()),
        _ => Vec::new(),
    };
    (runs(inside), blanks)
}

fn expected(config: &PlumeConfig, start: (f64, f64), way: &[Step]) -> BTreeMap<&'static str, f64> {
    let dt = config.episode.dt_s;
    let source = config.plume.sources(&Inputs::default())[0];
    let source = (source.x_m, source.y_m);
    let n = way.len() as f64;
    let last = way[way.len() - 1];
    let distance = |x: f64, y: f64| (x - source.0).hypot(y - source.1);
    let nearest: Vec<f64> = way.iter().map(|s| nearest(source, s)).collect();
    let radius = config.episode.source_radius_m;
    let reached_at_start = distance(start.0, start.1) <= radius;
    let reached = nearest.iter().position(|d| *d <= radius);
    let path: f64 = way.iter().map(|s| s.moved.0.hypot(s.moved.1)).sum();
    let displacement = (last.x - start.0).hypot(last.y - start.1);
    let inside: Vec<bool> = way
        .iter()
        .map(|s| s.concentration >= config.episode.plume_threshold)
        .collect();
    let (whiffs, blanks) = whiffs_and_blanks(&inside);
    let mean = |lengths: &[usize]| lengths.iter().sum::<usize>() as f64 * dt / lengths.len() as f64;
    let wind = config.wind.as_kind::<ConstantWindConfig>();
    let wind = wind.expect("the default wind is constant");
    let upwind = (-wind.direction_rad.cos(), -wind.direction_rad.sin());
    let count = |condition: &dyn Fn(&Step) -> bool| way.iter().filter(|s| condition(s)).count() as f64;
    let when = |condition: bool, value: f64| if condition { value } else { f64::NAN };
    let time_to_source = if reached_at_start {
        0.0
    } else {
        reached.map_or(f64::NAN, |step| (step + 1) as f64 * dt)
    };
    let concentrations = || way.iter().map(|s| s.concentration);
    BTreeMap::from([
        ("success", f64::from(u8::from(reached.is_some()))),
        ("time_to_source_s", time_to_source),
        ("left_domain", f64::from(u8::from(last.left))),
        ("steps", n),
        ("path_length_m", path),
        ("displacement_m", displacement),
        (
            "path_efficiency",
            (distance(start.0, start.1) - distance(last.x, last.y)) / path,
        ),
        ("tortuosity", path / displacement),
        ("initial_distance_m", distance(start.0, start.1)),
        ("final_distance_m", distance(last.x, last.y)),
        (
            "closest_approach_m",
            nearest.iter().copied().fold(distance(start.0, start.1), f64::min),
        ),
        ("mean_concentration", concentrations().sum::<f64>() / n),
        ("max_concentration", concentrations().fold(0.0, f64::max)),
        ("encounters", whiffs.len() as f64),
        ("mean_whiff_duration_s", when(!whiffs.is_empty(), mean(&whiffs))),
        ("mean_blank_duration_s", when(!blanks.is_empty(), mean(&blanks))),
        ("time_in_plume_s", inside.iter().filter(|i| **i).count() as f64 * dt),
        ("fraction_in_plume", inside.iter().filter(|i| **i).count() as f64 / n),
        (
            "fraction_upwind",
            count(&|s| s.moved.0 * upwind.0 + s.moved.1 * upwind.1 > 1e-6 * s.moved.0.hypot(s.moved.1)) / n,
        ),
        (
            "mean_turn_rate_rad_s",
            way.iter().map(|s| s.turned.abs()).sum::<f64>() / (n * dt),
        ),
        ("coverage", visited_cells(config, way) / 256.0),
        ("boundary_hits", count(&|s| s.hit)),
        ("collisions", 0.0),
        ("strategy", 0.0),
        ("episode_duration_s", n * dt),
        (
            "reward",
            if reached.is_some() {
                1.0 - time_to_source / config.episode.duration_s
            } else {
                -1.0
            },
        ),
        ("final_x_m", last.x),
        ("final_y_m", last.y),
        ("final_heading_rad", last.heading),
        ("final_signal", last.signal),
        (
            "end_reason",
            match (reached.is_some() && config.episode.end_at_source, last.left) {
                (true, _) => 1.0,
                (false, true) => 2.0,
                (false, false) => 0.0,
            },
        ),
    ])
}

#[test]
fn metrics_are_those_of_the_recorded_ways() {
    let names: Vec<String> = metrics::columns("kg m-3")
        .into_iter()
        .map(|column| column.name)
        .collect();
    for text in CASES {
        let config = config(text);
        let mut recorder = Recorder::new(30);
        let found = run(&config, SimdLevel::detect(), 30, &mut recorder).unwrap();
        let start = start(&config, &Inputs::default());
        for (agent, way) in recorder.ways.iter().enumerate() {
            let start = (
                crate::lanes::lane(&start.x_m, agent),
                crate::lanes::lane(&start.y_m, agent),
            );
            let expected = expected(&config, start, way);
            assert_eq!(expected.len(), names.len());
            for (name, column) in names.iter().zip(&found) {
                let (found, expected) = (column[agent], expected[name.as_str()]);
                let close = (found - expected).abs() <= 1e-9 * (1.0 + expected.abs());
                assert!(
                    close || (found.is_nan() && expected.is_nan()),
                    "{name} of {agent}: {found}, {expected} in {text}"
                );
            }
        }
    }
}

/// Limits of the body, and the domain, hold in every step.
#[test]
fn steps_keep_to_the_limits() {
    for text in CASES {
        let config = config(text);
        let mut recorder = Recorder::new(30);
        run(&config, SimdLevel::detect(), 30, &mut recorder).unwrap();
        let dt = config.episode.dt_s;
        for step in recorder.ways.iter().flatten() {
            assert!(config.episode.domain.contains(step.x, step.y));
            assert!(step.moved.0.hypot(step.moved.1) <= config.agents.speed_max_m_s * dt * (1.0 + 1e-12));
            assert!(step.turned.abs() <= config.agents.turn_rate_max_rad_s * dt);
            assert!(step.heading.abs() <= std::f64::consts::PI);
        }
    }
}

/// Intervals are cut at what a metric can be: whatever has no bounds has a reason.
#[test]
fn metrics_without_bounds_are_few() {
    let unbounded = |columns: Vec<MetricColumn>| -> Vec<String> {
        let any = columns.into_iter().filter(|column| column.support == Support::Any);
        any.map(|column| column.name).collect()
    };
    let of_study = |text: &str| {
        let mut columns = PlumeNavigation::default().metrics(&config(text));
        columns.extend(metrics::belief_columns());
        unbounded(columns)
    };
    // Places and headings have signs, a sensor may say what it likes, and an observation can surprise less than was
    // expected.
    let always = [
        "final_x_m",
        "final_y_m",
        "final_heading_rad",
        "final_signal",
        "belief_surprise_bits",
    ];
    assert_eq!(of_study("{}"), always);
    // A source that comes along is nearer without a way, and so is one behind an edge that agents are carried over.
    for text in [
        r#"{"boundary": {"kind": "wrap"}}"#,
        r#"{"boundary": {"kind": "per_edge", "south": "wrap", "north": "wrap"}}"#,
        r#"{"plume": {"kind": "filament",
            "source_path": {"kind": "waypoints", "time_s": [0.0, 9.0], "offset_x_m": [0.0, 1.0], "offset_y_m": [0.0, 0.0]}}}"#,
    ] {
        assert_eq!(of_study(text)[0], "path_efficiency", "{text}");
        assert_eq!(of_study(text)[1..], always, "{text}");
    }
}
