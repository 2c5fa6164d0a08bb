//! Tables: reading, refusing, interpolating.

use super::*;
use std::f64::consts::PI;
use std::io::Write;

fn read(text: &[u8]) -> Result<WindTable, String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text).unwrap();
    let place = file.path().display().to_string();
    WindTable::read(file.path()).map_err(|error| {
        assert!(!error.hint().is_empty());
        error.to_string().replace(&place, "wind.csv")
    })
}

#[test]
fn a_file_is_read_in_any_order_of_columns() {
    let table =
        read(b"\xef\xbb\xbf# site A\nspeed_m_s, time_s ,direction_rad\n1.5,-1,0\r\n# gap\n\n2,3e0, -0.25\n").unwrap();
    let same = WindTable::from_arrays(&[-1.0, 3.0], &[1.5, 2.0], &[0.0, -0.25]).unwrap();
    assert_eq!(table, same);
    assert_eq!(table.speeds_m_s(), (1.5, 2.0));
}

#[test]
fn each_problem_is_told_with_file_and_line() {
    const HEADER: &str = "time_s,speed_m_s,direction_rad\n";
    for (rows, message) in [
        (
            "0,1,0\n1,fast,0\n",
            "wind.csv:3: speed_m_s is \"fast\", which isn't a number",
        ),
        ("0,1,\n", "wind.csv:2: direction_rad is \"\", which isn't a number"),
        ("0,NaN,0\n", "wind.csv:2: speed_m_s = NaN is outside 0 to 100"),
        ("0,-1,0\n", "wind.csv:2: speed_m_s = -1 is outside 0 to 100"),
        ("0,1,7\n", "wind.csv:2: direction_rad = 7 is outside"),
        ("inf,1,0\n", "wind.csv:2: time_s = inf is outside"),
        ("0,1,0\n# later\n2,1,0\n1,1,0\n", "wind.csv:5: time_s = 1 isn't after 2"),
        ("0,1,0\n0,2,0\n", "wind.csv:3: time_s = 0 isn't after 0"),
        ("0,1,0\n1,2\n", "wind.csv:3: 2 fields instead of 3"),
        ("", "wind.csv has no entries"),
    ] {
        let error = read(format!("{HEADER}{rows}").as_bytes()).unwrap_err();
        assert!(error.starts_with(message), "{error}");
    }
    for (text, message) in [
        (
            "time,speed,direction\n0,1,0\n",
            "wind.csv:1 has the columns \"time,speed,direction\"",
        ),
        ("time_s,speed_m_s,speed_m_s\n0,1,0\n", "wind.csv:1 has the columns"),
        ("time_s,speed_m_s,direction_rad,gust\n", "wind.csv:1 has the columns"),
        ("", "wind.csv:1 has the columns \"\""),
    ] {
        let error = read(text.as_bytes()).unwrap_err();
        assert!(error.starts_with(message), "{error}");
    }
    let error = read(b"time_s,speed_m_s,direction_rad\n\xff\xfe,1,0\n").unwrap_err();
    assert!(error.contains("UTF-8"), "{error}");
    let long = read(format!("{}\n", "x".repeat(100_000)).as_bytes()).unwrap_err();
    assert!(long.len() < 300, "{long}");
}

#[test]
fn what_is_no_small_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = WindTable::read(folder.path()).unwrap_err();
    assert!(
        matches!(error, WindTableError::File(CsvError::NotAFile { .. })),
        "{error}"
    );
    let error = WindTable::read(&folder.path().join("missing.csv")).unwrap_err();
    assert!(
        matches!(error, WindTableError::File(CsvError::Unreadable { .. })),
        "{error}"
    );
    let huge = folder.path().join("huge.csv");
    std::fs::File::create(&huge).unwrap().set_len(MAX_BYTES + 1).unwrap();
    let error = WindTable::read(&huge).unwrap_err();
    assert!(
        matches!(error, WindTableError::File(CsvError::TooLarge { .. })),
        "{error}"
    );
    // Rows without end: short ones, so that the test is quick.
    let mut text = String::from("time_s,speed_m_s,direction_rad\n");
    for time in 0..=MAX_ROWS {
        text.push_str(&time.to_string());
        text.push_str(",1,0\n");
    }
    assert_eq!(
        read(text.as_bytes()).unwrap_err(),
        "wind.csv has more than 1000000 rows"
    );
}

#[test]
fn arrays_are_checked_alike() {
    let error = |time: &[f64], speed: &[f64], direction: &[f64]| {
        WindTable::from_arrays(time, speed, direction).unwrap_err().to_string()
    };
    assert!(error(&[0.0], &[1.0, 2.0], &[0.0]).contains("1 times, 2 speeds, 1 directions"));
    assert!(error(&[], &[], &[]).contains("no entries"));
    assert!(error(&[0.0, 0.0], &[1.0, 1.0], &[0.0, 0.0]).starts_with("entry 2 of the table: time_s = 0"));
}

fn at(table: &WindTable, time_s: f64, interpolation: Interpolation, at_end: AtEnd) -> (f64, f64) {
    let wind = table.at(time_s, interpolation, at_end);
    (wind.speed_m_s, wind.direction_rad)
}

#[test]
fn it_is_linear_between_entries_or_switches_at_them() {
    let table = WindTable::from_arrays(&[0.0, 10.0, 20.0], &[1.0, 3.0, 2.0], &[0.0, 1.0, -1.0]).unwrap();
    let linear = |time_s| at(&table, time_s, Interpolation::Linear, AtEnd::Hold);
    assert_eq!(linear(-5.0), (1.0, 0.0));
    assert_eq!(linear(0.0), (1.0, 0.0));
    assert_eq!(linear(2.5), (1.5, 0.25));
    assert_eq!(linear(10.0), (3.0, 1.0));
    assert_eq!(linear(15.0), (2.5, 0.0));
    assert_eq!(linear(20.0), (2.0, -1.0));
    assert_eq!(linear(1e6), (2.0, -1.0));
    let step = |time_s| at(&table, time_s, Interpolation::Step, AtEnd::Hold);
    assert_eq!(step(-5.0), (1.0, 0.0));
    assert_eq!(step(9.999), (1.0, 0.0));
    assert_eq!(step(10.0), (3.0, 1.0));
    assert_eq!(step(10.0 - 1e-12), (3.0, 1.0), "a boundary missed by rounding");
    assert_eq!(step(1e6), (2.0, -1.0));
}

/// From 3 to −3 rad it is 0.28 rad through π, not 6 rad through 0.
#[test]
fn the_direction_goes_the_shorter_way() {
    let table = WindTable::from_arrays(&[0.0, 1.0], &[1.0, 1.0], &[3.0, -3.0]).unwrap();
    let (_, direction) = at(&table, 0.5, Interpolation::Linear, AtEnd::Hold);
    assert!((direction - PI).abs() < 1e-15, "{direction}");
    let (_, direction) = at(&table, 0.25, Interpolation::Linear, AtEnd::Hold);
    assert!(
        (direction - (3.0 + 0.25 * (2.0 * PI - 6.0))).abs() < 1e-15,
        "{direction}"
    );
}

#[test]
fn a_loop_starts_again_at_the_first_entry() {
    let table = WindTable::from_arrays(&[2.0, 4.0, 6.0], &[1.0, 2.0, 1.0], &[0.0, 0.5, 0.0]).unwrap();
    for interpolation in [Interpolation::Linear, Interpolation::Step] {
        assert_eq!(at(&table, -9.0, interpolation, AtEnd::Loop), (1.0, 0.0));
        for time_s in [2.0, 3.0, 4.0, 5.5] {
            let first = at(&table, time_s, interpolation, AtEnd::Loop);
            for turns in [1.0, 2.0, 1000.0] {
                assert_eq!(at(&table, time_s + 4.0 * turns, interpolation, AtEnd::Loop), first);
            }
        }
    }
    assert_eq!(at(&table, 6.0, Interpolation::Step, AtEnd::Loop), (1.0, 0.0));
}
