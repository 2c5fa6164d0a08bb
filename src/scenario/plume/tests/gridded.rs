//! Wind and plume from files.

use super::fixture::{config, run};
use crate::grids::Inputs;
use crate::grids::tests::fixture::{Attribute, Classic, Folder, SHAPE, Values, value};
use crate::lanes::{F64x8, SimdLevel};
use crate::random::{PointKey, Streams, StudySeed};
use crate::scenario::Scenario;
use crate::scenario::plume::field::Gradient;
use crate::scenario::plume::wind::WindSample;
use crate::scenario::plume::{PlumeConfig, PlumeNavigation, World};
use crate::sweep::Replicate;
use serde_json::{Value, json};

/// A folder with the standard movie as `plume.nc`: 7 frames each 0.5 s from 3 s on, x 10–11 m, y −1–0.5 m; and as
/// `wind.nc` a wind of u = value cm/s, v = −value cm/s on the same grid from 2 s on.
fn folder() -> Folder {
    let folder = Folder::new();
    let mut file = Classic::standard();
    folder.write("plume.nc", &file.encoded());
    let mut v = file.variable("concentration").clone();
    let Values::Floats(values) = &mut v.values else {
        panic!("the standard movie is in single precision");
    };
    values.iter_mut().for_each(|value| *value = -*value);
    v.name = "v".to_owned();
    file.variables.push(v);
    file.variable("concentration").name = "u".to_owned();
    for name in ["u", "v"] {
        file.set(name, "units", Attribute::Text("cm s-1".to_owned()));
    }
    let Values::Doubles(times) = &mut file.variable("time").values else {
        panic!("times are in double precision");
    };
    times.iter_mut().for_each(|time| *time -= 1.0);
    folder.write("wind.nc", &file.encoded());
    folder
}

fn path(folder: &Folder, name: &str) -> Value {
    json!(folder.path(name).to_str().unwrap())
}

/// A plume from the file with `keys` on top.
fn study(folder: &Folder, plume: &Value, wind: &Value) -> PlumeConfig {
    let mut plume_table = json!({
        "kind": "gridded", "file": path(folder, "plume.nc"), "source_x_m": 10.5, "source_y_m": 0.25,
    });
    let mut wind_table = json!({"kind": "gridded", "file": path(folder, "wind.nc")});
    for (table, keys) in [(&mut plume_table, plume), (&mut wind_table, wind)] {
        for (key, value) in keys.as_object().unwrap() {
            table[key] = value.clone();
        }
    }
    config(
        &json!({
            "plume": plume_table, "wind": wind_table,
            "agents": {"count": 9, "start": {"kind": "region", "x_min_m": 10.1, "x_max_m": 10.9, "y_min_m": -0.4,
                       "y_max_m": 0.4}, "turn_rate_max_rad_s": 50.0},
            "navigator": {"kind": "correlated_random_walk"},
            "episode": {"duration_s": 1.5, "dt_s": 0.02, "source_radius_m": 0.2,
                        "domain": {"x_min_m": 9.5, "x_max_m": 11.5, "y_min_m": -1.5, "y_max_m": 1.0}},
        })
        .to_string(),
    )
}

fn world(config: &PlumeConfig, replicate: u32) -> World {
    let streams = Streams::new(StudySeed(5), PointKey::COMMON, Replicate(replicate));
    World::realise(config, &streams, &Inputs::default()).unwrap_or_else(|failure| panic!("{failure}"))
}

/// Bilinear interpolation of the standard movie, one position at a time, from its definition.
fn reference(time_s: f64, x_m: f64, y_m: f64) -> Option<f64> {
    let (place_x, place_y) = ((x_m - 10.0) / 0.25, (y_m + 1.0) / 0.5);
    if !(0.0..=4.0).contains(&place_x) || !(0.0..=3.0).contains(&place_y) {
        return None;
    }
    let (column, row) = ((place_x as usize).min(3), (place_y as usize).min(2));
    let (s, t) = (place_x - column as f64, place_y - row as f64);
    let frame = ((time_s / 0.5) as usize).min(SHAPE[0] - 2);
    let weight = time_s / 0.5 - frame as f64;
    let mut sum = 0.0;
    for (step, in_time) in [(0, 1.0 - weight), (1, weight)] {
        for (up, in_y) in [(0, 1.0 - t), (1, t)] {
            for (right, in_x) in [(0, 1.0 - s), (1, s)] {
                sum += in_time * in_y * in_x * f64::from(value(frame + step, row + up, column + right));
            }
        }
    }
    Some(sum)
}

/// Positions inside, on nodes and edges, and outside.
fn positions() -> (Vec<F64x8>, Vec<F64x8>) {
    let mut x = vec![F64x8::splat(10.0), F64x8::splat(11.0), F64x8::splat(9.9)];
    let mut y = vec![F64x8::splat(-1.0), F64x8::splat(0.5), F64x8::splat(0.0)];
    for block in 0..6 {
        let mut lanes = [F64x8::ZERO; 2];
        for lane in 0..8 {
            lanes[0].0[lane] = 9.95 + 0.0237 * (8 * block + lane) as f64;
            lanes[1].0[lane] = -1.05 + 0.21 * lane as f64 + 0.011 * block as f64;
        }
        x.push(lanes[0]);
        y.push(lanes[1]);
    }
    x.push(F64x8([f64::NAN, f64::INFINITY, -1e300, 1e300, 10.5, 10.5, 10.5, 10.5]));
    y.push(F64x8([0.0, 0.0, 0.0, 0.0, f64::NAN, f64::NEG_INFINITY, 1e300, -1e300]));
    (x, y)
}

#[test]
fn samples_are_those_of_the_definition_at_every_simd_level() {
    let folder = folder();
    let scale = 2.5;
    let mut world = world(&study(&folder, &json!({"scale": scale}), &json!({})), 0);
    let (x, y) = positions();
    let blocks: Vec<usize> = (0..x.len()).collect();
    for time_s in [0.0, 0.2, 0.5, 1.3, 3.0] {
        world.advance(time_s).unwrap();
        let mut lowest: Option<Vec<F64x8>> = None;
        for simd in SimdLevel::available() {
            let mut found = vec![F64x8::splat(-1.0); x.len()];
            let mut wind = WindSample::new(x.len());
            world.plume().sample(simd, &blocks, &x, &y, 0.0, &mut found);
            world.wind().sample(simd, &blocks, &x, &y, &mut wind);
            for block in 0..x.len() {
                for lane in 0..8 {
                    let (x_m, y_m) = (x[block].0[lane], y[block].0[lane]);
                    let expected = reference(time_s, x_m, y_m);
                    let tolerance = 1e-12 * expected.unwrap_or(0.0);
                    let found = found[block].0[lane] / scale;
                    assert!(
                        (found - expected.unwrap_or(0.0)).abs() <= tolerance,
                        "{x_m} {y_m} {time_s}: {found}"
                    );
                    // Beyond the edge the wind is that at the edge.
                    let (u, v) = (wind.x_m_s[block].0[lane], wind.y_m_s[block].0[lane]);
                    if x_m.is_finite() && y_m.is_finite() {
                        let nearest = reference(time_s, x_m.clamp(10.0, 11.0), y_m.clamp(-1.0, 0.5)).unwrap();
                        assert!(
                            (u - 0.01 * nearest).abs() <= 1e-7 * nearest,
                            "{x_m} {y_m} {time_s}: {u}"
                        );
                        assert!((wind.direction_rad[block].0[lane] + std::f64::consts::FRAC_PI_4).abs() < 1e-12);
                    }
                    assert_eq!(u, -v);
                }
            }
            let lowest = lowest.get_or_insert_with(|| found.clone());
            assert_eq!(*lowest, found, "{simd:?}");
        }
    }
    // Sums of the frame 6: 600.5 + 15 + 2.
    assert!((world.wind().mean().speed_m_s - 6.175 * 2.0_f64.sqrt()).abs() < 1e-6);
}

/// The slope of the bilinear surface is that of its differences inside a cell.
#[test]
fn the_gradient_is_that_of_the_surface() {
    let folder = folder();
    let mut world = world(&study(&folder, &json!({"scale": 3.0}), &json!({})), 0);
    world.advance(0.7).unwrap();
    let simd = SimdLevel::detect();
    let (x, y) = (
        [F64x8::splat(10.33), F64x8::splat(9.0)],
        [F64x8::splat(-0.21), F64x8::splat(0.0)],
    );
    let mut gradient = Gradient::new(2);
    assert!(world.plume().sample_gradient(simd, &[0, 1], &x, &y, 0.0, &mut gradient));
    let at = |dx: f64, dy: f64| 3.0 * reference(0.7, 10.33 + dx, -0.21 + dy).unwrap();
    let h = 1e-3;
    let expected = [
        (at(h, 0.0) - at(-h, 0.0)) / (2.0 * h),
        (at(0.0, h) - at(0.0, -h)) / (2.0 * h),
    ];
    assert!((gradient.x_per_m[0].0[3] - expected[0]).abs() < 1e-9 * expected[0]);
    assert!((gradient.y_per_m[0].0[3] - expected[1]).abs() < 1e-9 * expected[1]);
    assert_eq!((gradient.x_per_m[1].0[0], gradient.y_per_m[1].0[0]), (0.0, 0.0));
}

#[test]
fn results_depend_neither_on_the_cache_nor_on_the_simd_level() {
    let folder = folder();
    let start = json!({"kind": "random", "latest_s": 1.0});
    let mut expected = None;
    for cache in [
        json!({"kind": "none"}),
        json!({"kind": "lru", "capacity_mib": 1}),
        json!({"kind": "preload"}),
    ] {
        let keys = json!({"cache": cache, "start": start});
        let plume = json!({"cache": cache, "start": {"kind": "as_wind"}, "at_end": "loop"});
        let config = study(&folder, &plume, &keys);
        for simd in SimdLevel::available() {
            let found: Vec<Vec<u64>> = run(&config, simd, 9, &mut ())
                .unwrap()
                .iter()
                .map(|column| column.iter().map(|value| value.to_bits()).collect())
                .collect();
            assert_eq!(
                *expected.get_or_insert_with(|| found.clone()),
                found,
                "{simd:?} {cache}"
            );
        }
    }
}

/// The value at a node tells the time in the movie: 100 more per frame.
fn time_of(world: &World) -> (f64, f64) {
    let position = ([F64x8::splat(10.0)], [F64x8::splat(-1.0)]);
    let mut found = [F64x8::ZERO];
    let mut wind = WindSample::new(1);
    let simd = SimdLevel::detect();
    world
        .plume()
        .sample(simd, &[0], &position.0, &position.1, 0.0, &mut found);
    world.wind().sample(simd, &[0], &position.0, &position.1, &mut wind);
    let time = |value: f64| (value - 0.5) / 200.0;
    (3.0 + time(found[0].0[0]), 2.0 + time(100.0 * wind.x_m_s[0].0[0]))
}

/// The plume's file begins 1 s after the wind's: in step means at the same time of both files.
#[test]
fn a_plume_in_step_with_its_wind() {
    let folder = folder();
    let wind = json!({"start": {"kind": "random", "earliest_s": 1.0, "latest_s": 2.5}, "at_end": "hold"});
    let config = study(&folder, &json!({"start": {"kind": "as_wind"}, "at_end": "hold"}), &wind);
    assert_eq!(super::fixture::errors(PlumeNavigation::default().check(&config)), []);
    let mut starts = Vec::new();
    for replicate in 0..20 {
        let world = world(&config, replicate);
        let (plume_s, wind_s) = time_of(&world);
        assert!((plume_s - wind_s).abs() < 1e-5, "{plume_s} {wind_s}");
        assert!((3.0..=4.5).contains(&(plume_s + 1e-9)), "{plume_s}");
        starts.push(plume_s);
    }
    starts.sort_by(f64::total_cmp);
    // 20 draws from 1.5 s, with fixed seeds: that they lie within 0.5 s has the probability 20·3⁻¹⁹.
    assert!(starts[19] - starts[0] > 0.5, "{starts:?}");
}

#[test]
fn fixed_starts_and_ends() {
    let folder = folder();
    let at = |at_end: &str, start_s: f64, time_s: f64| {
        let keys = json!({"start": {"kind": "fixed", "at_s": start_s}, "at_end": at_end});
        let mut world = world(&study(&folder, &keys, &keys), 0);
        world.advance(time_s).map(|()| time_of(&world).0 - 3.0)
    };
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    close(at("stop", 0.4, 0.6).unwrap(), 1.0);
    close(at("hold", 2.0, 60.0).unwrap(), 3.0);
    // A period is 3.5 s.
    close(at("loop", 2.0, 7.0).unwrap(), 2.0);
    let failure = at("stop", 2.0, 1.1).unwrap_err().to_string();
    assert!(
        failure.contains("ends 3 s after its first frame") && failure.contains("at_end"),
        "{failure}"
    );
}

/// That of the interpolation between its nodes.
#[test]
fn a_movie_has_a_slope_by_formula() {
    let folder = folder();
    let mut config = study(&folder, &json!({}), &json!({}));
    for method in ["automatic", "analytic", "finite_difference"] {
        config.sensor = serde_json::from_value(json!({"kind": "gradient", "method": method})).unwrap();
        assert_eq!(
            super::fixture::errors(PlumeNavigation::default().check(&config)),
            [],
            "{method}"
        );
    }
}

#[test]
fn problems_name_their_key() {
    let folder = folder();
    let none = json!({});
    let cases = [
        (json!({"file": "nowhere.nc"}), none.clone(), vec!["plume.file"]),
        (none.clone(), json!({"file": "nowhere.nc"}), vec!["wind.file"]),
        (json!({"variable": "smoke"}), none.clone(), vec!["plume.file"]),
        (none.clone(), json!({"eastward_variable": "w"}), vec!["wind.file"]),
        (
            json!({"start": {"kind": "fixed", "at_s": 2.0}}),
            none.clone(),
            vec!["episode.duration_s"],
        ),
        (
            json!({"start": {"kind": "fixed", "at_s": 4.0}}),
            none.clone(),
            vec!["plume.start"],
        ),
        (
            json!({"start": {"kind": "random"}}),
            none.clone(),
            vec!["episode.duration_s"],
        ),
        (
            json!({"start": {"kind": "random", "latest_s": 1.5}}),
            none.clone(),
            vec![],
        ),
        (
            json!({"start": {"kind": "random", "earliest_s": 2.0, "latest_s": 1.0}}),
            none.clone(),
            vec!["plume.start.earliest_s"],
        ),
        (
            json!({"start": {"kind": "random", "latest_s": 1.0}}),
            json!({"start": {"kind": "random", "latest_s": 1.0}}),
            vec!["plume.start.kind"],
        ),
        (json!({"origin_x_m": 5.0}), none.clone(), vec!["plume.origin_x_m"]),
        (
            json!({"origin_y_m": -5.0, "at_end": "hold"}),
            none.clone(),
            vec!["plume.origin_y_m"],
        ),
        (none.clone(), none.clone(), vec![]),
    ];
    for (plume, wind, keys) in cases {
        let problems = super::fixture::errors(PlumeNavigation::default().check(&study(&folder, &plume, &wind)));
        let found: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
        assert_eq!(found, keys, "{plume} {wind} {problems:?}");
        for problem in problems {
            assert!(
                !problem.hint.is_empty() && !problem.message.ends_with('.'),
                "{problem:?}"
            );
        }
    }
    let mut other = study(&folder, &json!({"start": {"kind": "as_wind"}}), &none);
    other.wind = PlumeConfig::default().wind;
    let found = super::fixture::errors(PlumeNavigation::default().check(&other));
    assert!(found.len() == 1 && found[0].key == "plume.start.kind", "{found:?}");
    let mut gaussian = study(&folder, &none, &none);
    gaussian.plume = config(r#"{"plume": {"kind": "gaussian", "source_x_m": 10.0}}"#).plume;
    let found = super::fixture::errors(PlumeNavigation::default().check(&gaussian));
    assert!(found.len() == 1 && found[0].key == "plume.kind", "{found:?}");
}

/// Replicates of a movie that starts at random moments have to differ, and points that differ in the cache must not.
#[test]
fn the_key_leaves_the_cache_out() {
    let folder = folder();
    let key = |plume: Value, wind: Value| {
        let config = study(&folder, &plume, &wind);
        (config.plume.key(&config.wind), config.wind.key())
    };
    let cache = json!({"cache": {"kind": "none"}});
    assert_eq!(key(json!({}), json!({})), key(cache.clone(), cache));
    assert_ne!(key(json!({}), json!({})).0, key(json!({"scale": 2.0}), json!({})).0);
}

#[test]
fn the_unit_is_that_of_the_file() {
    let folder = folder();
    let config = study(&folder, &json!({}), &json!({}));
    assert_eq!(config.plume.concentration_unit(&Inputs::default()).unwrap(), "kg m-3");
    let metrics = PlumeNavigation::default().metrics(&config);
    assert!(metrics.iter().any(|column| column.unit == "kg m-3"));
    // The header is enough, whatever is wrong with the axes.
    let mut file = Classic::standard();
    file.set("x", "units", Attribute::Text("degrees_east".to_owned()));
    folder.write("plume.nc", &file.encoded());
    assert!(
        config
            .plume
            .concentration_unit(&Inputs::default())
            .is_ok_and(|unit| unit == "kg m-3")
    );
    assert!(!super::fixture::errors(PlumeNavigation::default().check(&config)).is_empty());
}

/// Wind and plume of one recording, one of them or both played round.
#[test]
fn movies_that_would_fall_out_of_step_are_refused() {
    let folder = folder();
    // A wind over the plume's own times, and another one that is a frame's quarter longer.
    let mut file = Classic::standard();
    let mut v = file.variable("concentration").clone();
    v.name = "v".to_owned();
    file.variables.push(v);
    file.variable("concentration").name = "u".to_owned();
    for name in ["u", "v"] {
        file.set(name, "units", Attribute::Text("cm s-1".to_owned()));
    }
    folder.write("same.nc", &file.encoded());
    let Values::Doubles(times) = &mut file.variable("time").values else {
        panic!("times are in double precision");
    };
    times[6] += 0.125;
    folder.write("longer.nc", &file.encoded());
    let problems = |wind_file: &str, wind_end: &str, plume_end: &str, at_s: f64| {
        let start = json!({"kind": "fixed", "at_s": at_s});
        let wind = json!({"file": path(&folder, wind_file), "at_end": wind_end, "start": start});
        let plume = json!({"start": {"kind": "as_wind"}, "at_end": plume_end});
        super::fixture::errors(PlumeNavigation::default().check(&study(&folder, &plume, &wind)))
    };
    assert_eq!(problems("same.nc", "loop", "loop", 2.5), []);
    // Nothing begins again: an episode takes 1.5 s and the movies 3 s.
    assert_eq!(problems("longer.nc", "loop", "loop", 1.0), []);
    assert_eq!(problems("same.nc", "loop", "stop", 1.0), []);
    assert_eq!(problems("same.nc", "hold", "hold", 2.5), []);
    for (wind_file, wind_end, plume_end, at_s, parts) in [
        ("longer.nc", "loop", "loop", 2.5, ["period of 3.75 s", "of 3.5 s"]),
        ("same.nc", "loop", "hold", 2.5, ["only one of them", "of 3.5 s"]),
        ("same.nc", "hold", "loop", 2.5, ["only one of them", "of 3.5 s"]),
        // This wind begins 1 s earlier.
        ("wind.nc", "loop", "loop", 2.5, ["are 1 s apart", "of 3.5 s"]),
        ("wind.nc", "hold", "loop", 0.0, ["only one of them", "of 3.5 s"]),
    ] {
        let found = problems(wind_file, wind_end, plume_end, at_s);
        let [only] = &found[..] else {
            panic!("{wind_file} {wind_end} {plume_end}: {found:?}");
        };
        assert_eq!(only.key, "plume.at_end");
        assert!(parts.iter().all(|part| only.message.contains(part)), "{}", only.message);
    }
}
