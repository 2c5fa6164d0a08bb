//! Winds that begin as they are told to.

use super::super::super::{GriddedWind, Wind, WindConfig, WindSample};
use super::super::{FarrellWind, FarrellWindConfig};
use super::config;
use crate::grids::Inputs;
use crate::grids::tests::fixture::{Attribute, Classic, Folder};
use crate::lanes::{F64x8, SimdLevel};
use crate::random::StreamSeed;

const VALUE: [f64; 8] = [0.4, -0.3, 0.1, 0.2, -0.2, 0.3, 0.25, -0.1];
const SLOPE: [f64; 8] = [0.05, 0.02, -0.04, 0.03, -0.01, 0.06, 0.0, -0.02];
const DAMPING: f64 = 0.1;
const BANDWIDTH: f64 = 0.4;
const DT_S: f64 = 0.01;

/// A grid of 6 × 5 nodes whose corners swing freely from VALUE and SLOPE, except for what `more` says.
fn swinging(more: &str) -> FarrellWindConfig {
    let config = config(&format!(
        r#"{{"speed_m_s": 1.2, "direction_rad": 0.3, "x_min_m": 0.0, "x_max_m": 20.0, "y_min_m": -10.0, "y_max_m": 10.0,
            "n_x": 6, "n_y": 5, "k_x_m2_s": 10.0, "k_y_m2_s": 8.0, "noise_form": "farrell", "noise_gain": 0.0,
            "noise_damping": {DAMPING}, "noise_bandwidth_rad_s": {BANDWIDTH}, "dt_s": {DT_S}, "spin_up_s": 0.0{more}}}"#
    ));
    assert_eq!(config.check(), []);
    config
}

fn begin(config: &FarrellWindConfig, inputs: &Inputs) -> FarrellWind {
    FarrellWind::new(config, 0.0, StreamSeed(3), SimdLevel::detect(), inputs).unwrap()
}

/// The wind at node (i, j) of the grid above.
fn at_node(wind: &FarrellWind, i: u32, j: u32) -> (f64, f64) {
    let mut sample = WindSample::new(1);
    let (x_m, y_m) = (4.0 * f64::from(i), -10.0 + 5.0 * f64::from(j));
    wind.sample(
        SimdLevel::detect(),
        &[0],
        &[F64x8::splat(x_m)],
        &[F64x8::splat(y_m)],
        &mut sample,
    );
    (sample.x_m_s[0].0[0], sample.y_m_s[0].0[0])
}

/// (updates, i, j, u, v): pompy 0.1.1 with NumPy 2, `WindModel(Rectangle(0, 20, -10, 10), n_x=6, n_y=5, u_av=1.2 cos 0.3,
/// v_av=1.2 sin 0.3, k_x=10, k_y=8, noise_gain=0, noise_damp=0.1, noise_bandwidth=0.4,
/// use_original_noise_updates=True)` with `noise_gen.state = [VALUE, SLOPE]`, after `update(0.01)` so many times; the field
/// begins as the mean wind.
const POMPY_MEAN: [(u32, u32, u32, f64, f64); 12] = [
    (1, 0, 0, 1.1485879647260864, 0.35380280873628367),
    (1, 5, 0, 1.1456471044201955, 0.3554675850556793),
    (1, 2, 3, 1.146403786950727, 0.3546242479936074),
    (1, 4, 4, 1.1466174044743604, 0.3546240700827857),
    (50, 0, 0, 1.2389386418617836, 0.3208471515151093),
    (50, 5, 0, 1.1157904871113489, 0.39219186236234416),
    (50, 2, 3, 1.1469418656894732, 0.35494604288096704),
    (50, 4, 4, 1.1566183977945044, 0.35453483034966987),
    (400, 0, 0, 1.3286102246575202, 0.3042172583698959),
    (400, 5, 0, 1.132385206888199, 0.46006338491624227),
    (400, 2, 3, 1.1852231661512098, 0.37099872096185216),
    (400, 4, 4, 1.18216131826506, 0.3559430834485215),
];

/// The same with `_u` and `_v` bilinear between 1.5, 0.9, 1.1, 1.3 and 0.2, 0.5, 0.1, 0.6 m/s at the corners at first.
const POMPY_GIVEN: [(u32, u32, u32, f64, f64); 12] = [
    (1, 0, 0, 1.3672826157702014, 0.2309877501329724),
    (1, 5, 0, 1.0333127445967185, 0.46930683474962487),
    (1, 2, 3, 1.2047966666666665, 0.3188626870748299),
    (1, 4, 4, 1.2143174249332245, 0.4496731297899545),
    (50, 0, 0, 1.3946193141420793, 0.23262357513854304),
    (50, 5, 0, 1.0342652351577308, 0.481280843580612),
    (50, 2, 3, 1.2069326714872426, 0.3105944948893591),
    (50, 4, 4, 1.216098234017863, 0.4340950178675036),
    (400, 0, 0, 1.3500394044226993, 0.29113449719204487),
    (400, 5, 0, 1.1335631264800838, 0.4748575679763447),
    (400, 2, 3, 1.2388976677388222, 0.31982977139568886),
    (400, 4, 4, 1.2153428443549323, 0.36437598041196145),
];

/// pompy moves the corners before the field, here the field moves first: so this wind begins with the noise as pompy's is
/// after its first update.
fn as_pompy() -> String {
    let mut value = VALUE;
    let mut slope = SLOPE;
    for channel in 0..8 {
        let (x0, x1) = (VALUE[channel], SLOPE[channel]);
        value[channel] = x0 + DT_S * x1;
        slope[channel] = x1 + DT_S * (-BANDWIDTH * BANDWIDTH * x0 - 2.0 * DAMPING * BANDWIDTH * x1);
    }
    format!(r#", "initial_noise": {{"kind": "given", "value_m_s": {value:?}, "slope_m_s2": {slope:?}}}"#)
}

fn assert_as(wind: &mut FarrellWind, expected: &[(u32, u32, u32, f64, f64)]) {
    for &(updates, i, j, u, v) in expected {
        wind.advance(f64::from(updates) * DT_S).unwrap();
        let found = at_node(wind, i, j);
        let error = (found.0 - u).abs().max((found.1 - v).abs());
        assert!(error < 1e-12, "{updates} ({i}, {j}): {found:?}, not ({u}, {v})");
    }
}

#[test]
fn given_corners_move_the_wind_as_in_pompy() {
    let mean = swinging(&format!(r#"{}, "initial_field": {{"kind": "mean"}}"#, as_pompy()));
    assert_as(&mut begin(&mean, &Inputs::default()), &POMPY_MEAN);
    let field = r#"{"kind": "given", "x_m_s": [1.5, 0.9, 1.1, 1.3], "y_m_s": [0.2, 0.5, 0.1, 0.6]}"#;
    let given = swinging(&format!(r#"{}, "initial_field": {field}"#, as_pompy()));
    assert_as(&mut begin(&given, &Inputs::default()), &POMPY_GIVEN);
}

/// What is given is the state before anything moves; the noise that drives it afterwards is that of any other beginning.
#[test]
fn given_states_hold_at_the_beginning() {
    let noise = format!(r#", "initial_noise": {{"kind": "given", "value_m_s": {VALUE:?}}}"#);
    let mut wind = begin(&swinging(&noise), &Inputs::default());
    let mean = (1.2 * f64::cos(0.3), 1.2 * f64::sin(0.3));
    // Bilinear between the corners of the ring, one spacing outside: node (0, 0) is at 1/7 and 1/6 of the way.
    let between = |corners: &[f64]| {
        let (x, y) = (1.0 / 7.0, 1.0 / 6.0);
        (corners[0] * (1.0 - x) + corners[1] * x) * (1.0 - y) + (corners[2] * (1.0 - x) + corners[3] * x) * y
    };
    let expected = (mean.0 + between(&VALUE[..4]), mean.1 + between(&VALUE[4..]));
    let found = at_node(&wind, 0, 0);
    assert!(
        (found.0 - expected.0).abs() < 1e-14 && (found.1 - expected.1).abs() < 1e-14,
        "{found:?}"
    );
    // The corners swing, and come to rest.
    wind.advance(5.0).unwrap();
    assert!((at_node(&wind, 0, 0).0 - expected.0).abs() > 0.01);
    wind.advance(400.0).unwrap();
    let found = at_node(&wind, 2, 2);
    assert!(
        (found.0 - mean.0).abs() < 1e-5 && (found.1 - mean.1).abs() < 1e-5,
        "{found:?}"
    );

    let uniform = begin(
        &swinging(&format!(r#"{noise}, "initial_field": {{"kind": "mean"}}"#)),
        &Inputs::default(),
    );
    for (i, j) in [(0, 0), (5, 4), (3, 2)] {
        let found = at_node(&uniform, i, j);
        assert!((found.0 - mean.0).abs() < 1e-15 && (found.1 - mean.1).abs() < 1e-15);
    }
}

/// The standard movie's first frame as a wind of u = value and v = −value cm/s, on nodes inside its grid (x 10 to 11 m, y −1
/// to 0.5 m): what a wind of kind `gridded` is there at time 0.
#[test]
fn a_field_comes_from_a_file() {
    let folder = Folder::new();
    let mut file = Classic::standard();
    let mut v = file.variable("concentration").clone();
    v.name = "v".to_owned();
    file.variables.push(v);
    file.variable("concentration").name = "u".to_owned();
    for name in ["u", "v"] {
        file.set(name, "units", Attribute::Text("cm s-1".to_owned()));
    }
    folder.write("wind.nc", &file.encoded());
    let file = format!(r#"{{"kind": "gridded", "file": {:?}}}"#, folder.path("wind.nc"));
    let config = config(&format!(
        r#"{{"x_min_m": 10.0, "x_max_m": 11.0, "y_min_m": -1.0, "y_max_m": 0.5, "n_x": 11, "n_y": 6, "k_x_m2_s": 0.1,
            "k_y_m2_s": 0.1, "noise_gain": 0.0, "spin_up_s": 0.0, "initial_field": {file}}}"#
    ));
    let inputs = Inputs::default();
    let wind = begin(&config, &inputs);
    let table = file.replace(r#""kind": "gridded", "#, "");
    let gridded = serde_json::from_str(&table).unwrap();
    let gridded = GriddedWind::new(&gridded, 0.0, StreamSeed(1), &inputs).unwrap();
    let (x_m, y_m) = (
        F64x8([10.0, 10.1, 10.3, 10.5, 10.7, 10.8, 10.9, 11.0]),
        F64x8([-1.0, -0.7, -0.4, -0.1, 0.2, 0.5, -1.0, -0.4]),
    );
    let [mut found, mut expected] = [WindSample::new(1), WindSample::new(1)];
    wind.sample(SimdLevel::detect(), &[0], &[x_m], &[y_m], &mut found);
    gridded.sample(SimdLevel::detect(), &[0], &[x_m], &[y_m], &mut expected);
    for (found, expected) in [(&found.x_m_s, &expected.x_m_s), (&found.y_m_s, &expected.y_m_s)] {
        for lane in 0..8 {
            let (found, expected) = (found[0].0[lane], expected[0].0[lane]);
            assert!((found - expected).abs() < 1e-12, "{lane}: {found} {expected}");
        }
    }
    assert!(
        expected.x_m_s[0].0.iter().any(|u| u.abs() > 1e-4),
        "there is a wind in the file"
    );
}

/// What a wind begins with counts for the longest step, and is part of its identity; the ordinary beginning isn't, so
/// that winds of studies from before these keys keep their random numbers.
#[test]
fn beginnings_count_for_steps_and_identity() {
    let fast = r#", "initial_noise": {"kind": "given", "value_m_s": [60.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}"#;
    let text = format!(r#"{{"noise_gain": 0.0{fast}}}"#);
    let problems = config(&text).check();
    assert!(matches!(&problems[..], [one] if one.key == "wind.dt_s"), "{problems:?}");
    assert!(problems[0].message.contains("begins with"), "{problems:?}");
    let long_step = config(r#"{"noise_gain": 0.0, "noise_bandwidth_rad_s": 90.0, "initial_noise": {"kind": "given"}}"#);
    assert_eq!(long_step.check()[0].key, "wind.dt_s", "a swing has to be resolved");

    let key = |text: &str| WindConfig::from(config(text)).key().0;
    // Computed by the version before the keys.
    assert_eq!(key("{}"), DEFAULT_KEY);
    let other = [
        r#"{"initial_noise": {"kind": "given"}}"#,
        r#"{"initial_field": {"kind": "mean"}}"#,
        r#"{"initial_field": {"kind": "given"}}"#,
    ];
    for (i, text) in other.iter().enumerate() {
        assert_ne!(key(text), key("{}"), "{text}");
        assert!(other[..i].iter().all(|before| key(before) != key(text)), "{text}");
    }
}

const DEFAULT_KEY: [u8; 16] = [
    16, 241, 11, 239, 162, 119, 221, 140, 152, 79, 160, 90, 93, 176, 144, 165,
];
