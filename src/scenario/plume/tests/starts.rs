//! Where agents start, and where they point to.

use super::fixture::{config, start, try_start, unit};
use super::validation::ensemble::Sensors;
use crate::grids::Inputs;
use crate::lanes::{SimdLevel, lane};
use crate::scenario::plume::agents::{Agents, Place, Starts, Surroundings};
use crate::scenario::plume::{PlumeConfig, PlumeNavigation, World};
use crate::scenario::{Problem, Scenario};
use std::f64::consts::{PI, TAU};
use std::path::Path;

const COUNT: u32 = 4000;

fn with_start(start: &str, more: &str) -> PlumeConfig {
    config(&format!(
        r#"{{"agents": {{"count": {COUNT}, "start": {start}}} {more}}}"#
    ))
}

fn places(agents: &Agents) -> Vec<Place> {
    (0..agents.count)
        .map(|agent| Place {
            x_m: lane(&agents.x_m, agent),
            y_m: lane(&agents.y_m, agent),
            heading_rad: lane(&agents.heading_rad, agent),
        })
        .collect()
}

fn drawn(config: &PlumeConfig) -> Vec<Place> {
    assert_eq!(Scenario::check(&PlumeNavigation::default(), config), []);
    places(&start(config, &Inputs::default()))
}

/// Numbers that should be uniform in [0, 1): their mean is within 5 standard errors of ½ (a false alarm has probability
/// 6·10⁻⁷), and each quarter has its share within 5 of its own.
fn assert_uniform(values: impl Iterator<Item = f64>, what: &str) {
    let (mut n, mut sum, mut quarters) = (0.0, 0.0, [0.0; 4]);
    for value in values {
        assert!((-1e-9..1.0 + 1e-9).contains(&value), "{what}: {value}");
        n += 1.0;
        sum += value;
        quarters[((4.0 * value).max(0.0) as usize).min(3)] += 1.0;
    }
    assert!(
        (sum / n - 0.5).abs() < 5.0 * (1.0 / 12.0 / n).sqrt(),
        "{what}: {}",
        sum / n
    );
    for share in quarters {
        assert!(
            (share / n - 0.25).abs() < 5.0 * (0.1875 / n).sqrt(),
            "{what}: {quarters:?}"
        );
    }
}

/// Three numbers of each agent's own stream: x and y, or the place on the line, and the heading.
#[test]
fn regions_lines_and_points_take_three_numbers() {
    let seed = unit(1).streams.seed("start");
    for (text, place) in [
        (
            r#"{"kind": "region"}"#,
            (|u, v| (12.0 + 8.0 * u, -4.0 + 8.0 * v)) as fn(f64, f64) -> (f64, f64),
        ),
        (r#"{"kind": "line", "x_second_m": 17.0}"#, |u, _| {
            (15.0 + 2.0 * u, -4.0 + 8.0 * u)
        }),
        (r#"{"kind": "point"}"#, |_, _| (15.0, 0.0)),
    ] {
        for (agent, found) in drawn(&with_start(text, "")).into_iter().enumerate().take(40) {
            let mut random = seed.generator(agent as u64);
            let (x_m, y_m) = place(random.uniform(), random.uniform());
            let heading_rad = random.uniform() * TAU - PI;
            assert_eq!(found, Place { x_m, y_m, heading_rad }, "{text}");
        }
    }
}

#[test]
fn discs_and_rings_are_filled_evenly() {
    let disc = drawn(&with_start(
        r#"{"kind": "disc", "x_m": 12.0, "y_m": 1.0, "radius_m": 3.0}"#,
        "",
    ));
    let around = |place: &Place, x: f64, y: f64| {
        (
            (place.x_m - x).hypot(place.y_m - y),
            (place.y_m - y).atan2(place.x_m - x),
        )
    };
    assert_uniform(
        disc.iter().map(|p| (around(p, 12.0, 1.0).0 / 3.0).powi(2)),
        "squared distance",
    );
    assert_uniform(disc.iter().map(|p| (around(p, 12.0, 1.0).1 + PI) / TAU), "angle");
    assert_uniform(disc.iter().map(|p| (p.heading_rad + PI) / TAU), "heading");
    let ring = drawn(&with_start(
        r#"{"kind": "around_source", "inner_m": 3.0, "outer_m": 5.0}"#,
        r#", "plume": {"kind": "gaussian", "source_x_m": 10.0, "source_y_m": 1.0}"#,
    ));
    assert_uniform(
        ring.iter().map(|p| (around(p, 10.0, 1.0).0.powi(2) - 9.0) / 16.0),
        "squared distance",
    );
    assert_uniform(ring.iter().map(|p| (around(p, 10.0, 1.0).1 + PI) / TAU), "angle");
}

/// Half of a disc on the edge and a quarter of one in a corner are filled evenly.
#[test]
fn what_is_outside_the_domain_is_left_out() {
    let edge = drawn(&with_start(
        r#"{"kind": "disc", "x_m": 10.0, "y_m": 8.0, "radius_m": 3.0}"#,
        "",
    ));
    assert_uniform(
        edge.iter().map(|p| (8.0 - p.y_m).atan2(p.x_m - 10.0) / PI),
        "angle below the edge",
    );
    let corner = drawn(&with_start(
        r#"{"kind": "disc", "x_m": 0.0, "y_m": -8.0, "radius_m": 3.0}"#,
        "",
    ));
    assert_uniform(
        corner.iter().map(|p| (p.y_m + 8.0).atan2(p.x_m) / (0.5 * PI)),
        "angle in the corner",
    );
}

#[test]
fn lines_across_the_wind_follow_the_mean_wind() {
    for (direction, distance) in [(0.0_f64, 9.0), (0.3, 6.5), (-2.0, -4.0)] {
        let config = with_start(
            &format!(r#"{{"kind": "across_wind", "distance_m": {distance}, "length_m": 4.0}}"#),
            &format!(
                r#", "wind": {{"kind": "constant", "direction_rad": {direction}}},
                "plume": {{"kind": "gaussian", "source_x_m": 12.0, "source_y_m": -1.0}}"#
            ),
        );
        let found = drawn(&config);
        let (cosine, sine) = (direction.cos(), direction.sin());
        for place in &found {
            let downwind = (place.x_m - 12.0) * cosine + (place.y_m + 1.0) * sine;
            assert!((downwind - distance).abs() < 1e-12, "{place:?}");
        }
        let across = |p: &Place| (p.y_m + 1.0) * cosine - (p.x_m - 12.0) * sine;
        assert_uniform(found.iter().map(|p| (across(p) + 2.0) / 4.0), "across the wind");
    }
}

/// In a Gaussian plume: odour at every place, and as many agents in each part of the plume as belong there by area,
/// counted on a grid. The bound of 5 standard errors on four shares raises a false alarm with probability 2·10⁻⁶; the
/// grid's own error is some tenth of that.
#[test]
fn starts_in_the_plume_are_even_over_the_plume() {
    let config = with_start(r#"{"kind": "in_plume", "threshold": 2e-7}"#, "");
    let found = drawn(&config);
    let world = World::realise(&config, &unit(1).streams, &Inputs::default()).unwrap();
    let smelt = |points: &[(f64, f64)]| -> Vec<bool> {
        let mut sensors = Sensors::new(points, config.agents.height_m);
        sensors
            .sample(&world)
            .map(|concentration| concentration >= 2e-7)
            .collect()
    };
    let points: Vec<(f64, f64)> = found.iter().map(|p| (p.x_m, p.y_m)).collect();
    assert!(smelt(&points).iter().all(|smelt| *smelt));
    let grid: Vec<(f64, f64)> = (0..1000 * 640)
        .map(|cell| {
            (
                0.025 * (f64::from(cell % 1000) + 0.5),
                0.025 * (f64::from(cell / 1000) + 0.5) - 8.0,
            )
        })
        .collect();
    let inside: Vec<(f64, f64)> = grid
        .iter()
        .copied()
        .zip(smelt(&grid))
        .filter(|p| p.1)
        .map(|p| p.0)
        .collect();
    assert!(inside.len() > 1000, "{}", inside.len());
    let mut along: Vec<f64> = inside.iter().map(|p| p.0).collect();
    along.sort_by(f64::total_cmp);
    let share = |points: &[(f64, f64)], part: &dyn Fn(f64, f64) -> bool| {
        points.iter().filter(|p| part(p.0, p.1)).count() as f64 / points.len() as f64
    };
    for quantile in [0.1, 0.35, 0.7] {
        let bound = along[(quantile * along.len() as f64) as usize];
        let (expected, found) = (share(&inside, &|x, _| x < bound), share(&points, &|x, _| x < bound));
        let error = (expected * (1.0 - expected) / f64::from(COUNT)).sqrt();
        assert!((found - expected).abs() < 5.0 * error, "{bound}: {found}, {expected}");
    }
    let left = share(&points, &|_, y| y > 0.0);
    assert!((left - 0.5).abs() < 5.0 * (0.25 / f64::from(COUNT)).sqrt(), "{left}");
}

/// In a plume of puffs, in a part of the domain; and an agent's place doesn't depend on how many others look for one.
#[test]
fn starts_in_puffs_are_each_agents_own() {
    let agents = |count: u32| {
        let config = config(&format!(
            r#"{{"agents": {{"count": {count}, "start": {{"kind": "in_plume", "threshold": 1e-6, "x_min_m": 6.0}}}},
                "plume": {{"kind": "filament", "spin_up_s": 15}}}}"#
        ));
        let found = places(&start(&config, &Inputs::default()));
        let world = World::realise(&config, &unit(1).streams, &Inputs::default()).unwrap();
        let points: Vec<(f64, f64)> = found.iter().map(|p| (p.x_m, p.y_m)).collect();
        let mut sensors = Sensors::new(&points, config.agents.height_m);
        assert!(sensors.sample(&world).all(|concentration| concentration >= 1e-6));
        assert!(points.iter().all(|point| point.0 >= 6.0));
        found
    };
    assert_eq!(agents(3), agents(77)[..3]);
}

/// Agents whose first place is taken draw further ones, each from its own stream, where its start leaves a choice.
#[test]
fn other_places_are_drawn_where_there_are_some() {
    let others = |text: &str, agent: usize| -> Vec<Option<(f64, f64)>> {
        let config = config(text);
        let (streams, inputs) = (unit(1).streams, Inputs::default());
        let world = World::realise(&config, &streams, &inputs).unwrap();
        let surroundings = Surroundings {
            domain: &config.episode.domain,
            contains: &|x_m, y_m| config.episode.domain.contains(x_m, y_m),
            wind: world.wind(),
            plume: world.plume(),
            inputs: &inputs,
            simd: SimdLevel::detect(),
        };
        let mut starts = Starts::new(&config.agents, surroundings, streams.seed("start")).unwrap();
        starts.agents().unwrap();
        (0..3).map(|_| starts.another(agent)).collect()
    };
    let mut random = unit(1).streams.seed("start").generator(2);
    for _ in 0..3 {
        random.uniform();
    }
    let expected = [(); 3].map(|()| Some((12.0 + 8.0 * random.uniform(), -4.0 + 8.0 * random.uniform())));
    assert_eq!(others("{}", 2), expected);
    for none in [
        r#"{"agents": {"start": {"kind": "point"}}}"#,
        r#"{"agents": {"start": {"kind": "list", "x_m": [3], "y_m": [1]}}}"#,
    ] {
        assert_eq!(others(none, 0), [None; 3]);
    }
    let disc = r#"{"agents": {"start": {"kind": "disc", "x_m": 0.0, "y_m": -8.0, "radius_m": 3.0}}}"#;
    for place in others(disc, 7) {
        let (x, y) = place.unwrap();
        assert!(x >= 0.0 && y >= -8.0 && x.hypot(y + 8.0) <= 3.0 + 1e-12);
    }
}

#[test]
fn a_start_without_a_place_fails_the_unit_and_says_why() {
    let config = config(r#"{"agents": {"count": 2, "start": {"kind": "in_plume", "threshold": 1e9}}}"#);
    let failure = try_start(&config, &Inputs::default()).unwrap_err().to_string();
    assert!(
        failure.starts_with("agents.start: agent 0 found no place") && failure.contains("at least 1000000000"),
        "{failure}"
    );
}

#[test]
fn headings_are_random_fixed_or_upwind() {
    let headings = |heading: &str| -> Vec<f64> {
        let config = config(&format!(
            r#"{{"agents": {{"count": 2000, "start_heading": {heading}}},
                "wind": {{"kind": "constant", "direction_rad": 0.25}}}}"#
        ));
        drawn(&config).into_iter().map(|place| place.heading_rad).collect()
    };
    let wrapped = |angle: f64| angle - TAU * (angle / TAU).round();
    assert!(
        headings(r#"{"kind": "fixed", "heading_rad": -1.5}"#)
            .iter()
            .all(|heading| *heading == -1.5)
    );
    let around = headings(r#"{"kind": "fixed", "heading_rad": 3.0, "spread_rad": 0.5}"#);
    assert_uniform(
        around.iter().map(|heading| wrapped(heading - 3.0) + 0.5),
        "around a direction",
    );
    let upwind = headings(r#"{"kind": "upwind", "spread_rad": 1.0}"#);
    assert_uniform(
        upwind.iter().map(|heading| 0.5 * (wrapped(heading - 0.25 - PI) + 1.0)),
        "around upwind",
    );
    assert!(upwind.iter().all(|heading| heading.abs() <= PI));
}

#[test]
fn listed_agents_start_where_they_are_listed_and_begin_again() {
    let config = config(
        r#"{"agents": {"count": 5, "start": {"kind": "list", "x_m": [3.0, 4.5], "y_m": [0.5, -1.0], "heading_rad": [0.1, 6.0]}}}"#,
    );
    for (agent, found) in drawn(&config).into_iter().enumerate() {
        let expected = [(3.0, 0.5, 0.1), (4.5, -1.0, 6.0 - TAU)][agent % 2];
        assert_eq!((found.x_m, found.y_m), (expected.0, expected.1));
        assert!((found.heading_rad - expected.2).abs() < 1e-15);
    }
}

fn in_folder(text: &str) -> (tempfile::TempDir, Inputs) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("starts.csv"), text).unwrap();
    let inputs = Inputs::in_folder(folder.path());
    (folder, inputs)
}

const FROM_FILE: &str = r#"{"agents": {"count": 4, "start": {"kind": "file", "file": "starts.csv"}}}"#;

fn problems(folder: &Path, text: &str) -> Vec<Problem> {
    PlumeNavigation::default()
        .for_folder(folder)
        .unwrap()
        .check(&config(text))
}

#[test]
fn a_file_gives_places_in_any_order_of_columns() {
    let (folder, inputs) = in_folder("\u{feff}# from the wind tunnel\ny_m, x_m\n1.5,20\n# later\n-2e0,19.5\n");
    let config = config(FROM_FILE);
    assert_eq!(problems(folder.path(), FROM_FILE), []);
    let found = places(&start(&config, &inputs));
    let expected = [(20.0, 1.5), (19.5, -2.0), (20.0, 1.5), (19.5, -2.0)];
    assert!(
        found
            .iter()
            .zip(expected)
            .all(|(found, place)| (found.x_m, found.y_m) == place)
    );
    assert_ne!(found[0].heading_rad, found[2].heading_rad, "headings stay random");
    let named = PlumeNavigation::default()
        .for_folder(folder.path())
        .unwrap()
        .input_files(&config);
    let named: Vec<_> = named
        .iter()
        .map(|file| (file.key.as_str(), file.name.as_str()))
        .collect();
    assert_eq!(named, [("agents.start.file", "starts.csv")]);
}

#[test]
fn problems_in_a_file_are_told_with_their_line() {
    for (text, message) in [
        (
            "x_m,y_m\n1,2\n1,a\n",
            "starts.csv:3: y_m is \"a\", which isn't a number",
        ),
        ("x_m,y_m\n1,\n", "starts.csv:2: y_m is \"\", which isn't a number"),
        ("x_m,y_m\n# later\n1,NaN\n", "starts.csv:3: y_m = NaN is outside"),
        (
            "x_m,y_m,heading_rad\n1,2,7\n",
            "starts.csv:2: heading_rad = 7 is outside",
        ),
        (
            "x_m,y_m,speed_factor\n1,2,0\n",
            "starts.csv:2: speed_factor = 0 is outside 0.001 to 1000",
        ),
        ("x_m,y_m\n1,2\n1,2,3\n", "starts.csv:3: 3 fields instead of 2"),
        ("x_m,y_m\n# none\n", "starts.csv has no places"),
        ("x_m\n1\n", "starts.csv:1 has no column y_m"),
        (
            "x_m,y_m,agent\n1,2,3\n",
            "starts.csv:1 has the column \"agent\" that means nothing here",
        ),
        ("x_m,y_m,x_m\n1,2,3\n", "starts.csv:1 has the column \"x_m\" twice"),
        ("x_m,y_m\n1,2\n26,2\n", "line 3: (26, 2) m is outside the domain"),
        (
            "x_m,y_m\n1,2\n1,2\n1,2\n1,2\n1,2\n",
            "gives 5 places for agents.count = 4",
        ),
    ] {
        let (folder, _) = in_folder(text);
        let found = problems(folder.path(), FROM_FILE);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].key, "agents.start.file");
        assert!(
            found[0].message.contains(message) && !found[0].hint.is_empty(),
            "{text}: {}",
            found[0].message
        );
    }
    let (folder, _) = in_folder("x_m,y_m,speed_factor\n1,2,2\n");
    let both = r#"{"agents": {"start": {"kind": "file", "file": "starts.csv"},
        "varied": {"speed_factor": {"kind": "normal"}}}}"#;
    let keys: Vec<String> = problems(folder.path(), both)
        .into_iter()
        .map(|problem| problem.key)
        .collect();
    assert_eq!(keys, ["agents.varied.speed_factor"]);
}

/// Factors of the file count where steps are compared with the source.
#[test]
fn fast_agents_of_a_file_need_short_steps() {
    let (folder, _) = in_folder("x_m,y_m,speed_factor,speed_max_factor\n15,0,1,1\n15,0,50,30\n");
    let found = problems(folder.path(), FROM_FILE);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].key, "episode.dt_s");
    assert!(found[0].message.contains("moves 0.5 m"), "{}", found[0].message);
}
