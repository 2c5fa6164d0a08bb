//! The same movie in many spellings gives the same frames.

use super::super::{CacheConfig, Choice, MissingPolicy, Quantity, Request};
use super::fixture::{Attribute, Classic, Folder, SHAPE, Values, Variable, movie, request, uniform_request, value};

fn assert_standard(name: &str, folder: &Folder, request: &Request) {
    let frames = folder
        .open(name, request, &CacheConfig::default())
        .unwrap_or_else(|error| panic!("{error}"));
    let movie = frames.movie();
    assert_eq!(
        (movie.x().first_m, movie.x().step_m, movie.x().count),
        (10.0, 0.25, 5),
        "{name}"
    );
    assert_eq!(
        (movie.y().first_m, movie.y().step_m, movie.y().count),
        (-1.0, 0.5, 4),
        "{name}"
    );
    let times: Vec<f64> = (0..SHAPE[0]).map(|frame| 0.5 * frame as f64).collect();
    assert_eq!(movie.times_s(), times, "{name}");
    frames.probe().unwrap();
    for frame in (0..SHAPE[0]).rev() {
        let found = frames.get(frame).unwrap();
        for row in 0..SHAPE[1] {
            for column in 0..SHAPE[2] {
                assert_eq!(
                    found[row * SHAPE[2] + column],
                    value(frame, row, column),
                    "{name} {frame}"
                );
            }
        }
    }
}

fn standard_as(change: impl FnOnce(&mut Classic)) {
    let folder = Folder::new();
    let mut file = Classic::standard();
    change(&mut file);
    folder.write("a.nc", &file.encoded());
    assert_standard("a.nc", &folder, &request());
}

fn scaled(values: &Values, factor: f64) -> Values {
    let Values::Doubles(values) = values else {
        panic!("an axis is in double precision");
    };
    Values::Doubles(values.iter().map(|value| value * factor).collect())
}

/// The standard movie with rows or columns the other way round.
fn flipped(rows: bool) -> Values {
    let [frames, height, width] = SHAPE;
    let mut values = Vec::new();
    for frame in 0..frames {
        for row in 0..height {
            for column in 0..width {
                values.push(if rows {
                    value(frame, height - 1 - row, column)
                } else {
                    value(frame, row, width - 1 - column)
                });
            }
        }
    }
    Values::Floats(values)
}

fn reverse(values: &mut Values) {
    let Values::Doubles(values) = values else {
        panic!("an axis is in double precision");
    };
    values.reverse();
}

#[test]
fn coordinates_in_other_spellings() {
    standard_as(|_| {});
    standard_as(|file| {
        for axis in ["x", "y"] {
            file.variable(axis).values = scaled(&file.variable(axis).values.clone(), 1e-3);
            file.set(axis, "units", Attribute::Text("km".to_owned()));
        }
        file.variable("time").values = scaled(&file.variable("time").values.clone(), 1000.0);
        file.set("time", "units", Attribute::Text("ms".to_owned()));
    });
    standard_as(|file| {
        reverse(&mut file.variable("y").values);
        file.variable("concentration").values = flipped(true);
    });
    standard_as(|file| {
        reverse(&mut file.variable("x").values);
        file.variable("concentration").values = flipped(false);
    });
    // Axes under names of their own, told by their attributes.
    standard_as(|file| {
        for (place, (name, axis)) in [("when", "T"), ("north", "Y"), ("east", "X")].into_iter().enumerate() {
            file.set(["time", "y", "x"][place], "axis", Attribute::Text(axis.to_owned()));
            file.dimensions[place].0 = name.to_owned();
        }
    });
    standard_as(|file| {
        file.dimensions.push(("height".to_owned(), 1));
        file.variable("concentration").dimensions = vec![0, 3, 1, 2];
    });
}

#[test]
fn values_in_other_spellings() {
    standard_as(|file| {
        let doubles = movie().iter().map(|value| f64::from(*value)).collect();
        file.variable("concentration").values = Values::Doubles(doubles);
    });
    // 0.5 + n as halves in shorts, counted from 300.
    standard_as(|file| {
        let packed = movie().iter().map(|value| ((value - 300.0) * 2.0) as i16).collect();
        file.variable("concentration").values = Values::Shorts(packed);
        file.set("concentration", "scale_factor", Attribute::Double(0.5));
        file.set("concentration", "add_offset", Attribute::Double(300.0));
    });
    // Beyond 32767 as unsigned shorts.
    standard_as(|file| {
        let packed = movie().iter().map(|value| (value * 80.0) as u16 as i16).collect();
        file.variable("concentration").values = Values::Shorts(packed);
        file.set("concentration", "_Unsigned", Attribute::Text("true".to_owned()));
        file.set("concentration", "scale_factor", Attribute::Double(1.0 / 80.0));
    });
}

#[test]
fn plain_hdf5_takes_its_axes_from_the_study() {
    let folder = Folder::new();
    folder.write_hdf5("a.h5");
    assert_standard("a.h5", &folder, &uniform_request());
    let named = Request {
        choice: Choice::Named("/group/movie".to_owned()),
        ..uniform_request()
    };
    assert_standard("a.h5", &folder, &named);
}

#[test]
fn missing_values_are_found_where_they_are() {
    let at = |place: usize, missing: f32, attribute: Option<(&str, Attribute)>| {
        let folder = Folder::new();
        let mut file = Classic::standard();
        let mut values = movie();
        values[place] = missing;
        file.variable("concentration").values = Values::Floats(values);
        if let Some((name, attribute)) = attribute {
            file.set("concentration", name, attribute);
        }
        folder.write("a.nc", &file.encoded());
        let place_text = format!("frame {}, row {}, column {}", place / 20, place / 5 % 4, place % 5);
        let frames = folder.open("a.nc", &request(), &CacheConfig::default()).unwrap();
        let error = frames.get(place / 20).unwrap_err().to_string();
        assert!(error.contains(&place_text), "{error}");
        // Its neighbours are as they were.
        assert!(frames.get(place / 20 + 1).is_ok());
        let zero = Request {
            missing: MissingPolicy::Zero,
            ..request()
        };
        let frames = folder.open("a.nc", &zero, &CacheConfig::default()).unwrap();
        assert_eq!(frames.get(place / 20).unwrap()[place % 20], 0.0);
    };
    at(33, f32::NAN, None);
    at(41, f32::INFINITY, None);
    at(58, 9.969_21e36, None);
    at(64, -999.9, Some(("_FillValue", Attribute::Double(-999.9))));
    at(65, -1.0, Some(("missing_value", Attribute::Double(-1.0))));
    at(77, 1e9, Some(("valid_range", Attribute::Doubles(vec![0.0, 1e6]))));
    at(78, 1e9, Some(("valid_max", Attribute::Double(1e6))));
}

#[test]
fn amounts_are_never_negative_and_velocities_may_be() {
    let folder = Folder::new();
    let mut file = Classic::standard();
    let negative = movie().iter().map(|value| -value).collect();
    file.variable("concentration").values = Values::Floats(negative);
    folder.write("a.nc", &file.encoded());
    file.set("concentration", "units", Attribute::Text("cm/s".to_owned()));
    file.variable("concentration").name = "u".to_owned();
    folder.write("b.nc", &file.encoded());
    let frames = folder.open("a.nc", &request(), &CacheConfig::default()).unwrap();
    assert!(
        frames
            .get(0)
            .unwrap()
            .iter()
            .all(|value| *value == 0.0 && value.is_sign_positive())
    );
    let wind = Request {
        quantity: Quantity::Velocity,
        ..request()
    };
    let frames = folder.open("b.nc", &wind, &CacheConfig::default()).unwrap();
    assert_eq!(frames.movie().unit(), "m s-1");
    assert_eq!(frames.get(0).unwrap()[1], -0.015);
}

#[test]
fn the_variable_is_found_by_name_standard_name_or_because_it_is_alone() {
    let folder = Folder::new();
    let mut file = Classic::standard();
    let other = Variable {
        name: "temperature".to_owned(),
        values: Values::Floats(vec![1.0; 140]),
        ..file.variable("concentration").clone()
    };
    file.variables.push(other);
    folder.write("named.nc", &file.encoded());
    assert_standard("named.nc", &folder, &request());
    file.variable("concentration").name = "odour".to_owned();
    file.set(
        "odour",
        "standard_name",
        Attribute::Text("mass_concentration_of_ethanol_in_air".to_owned()),
    );
    folder.write("standard.nc", &file.encoded());
    assert_standard("standard.nc", &folder, &request());
    file.variables.pop();
    file.variable("odour").attributes.pop();
    folder.write("alone.nc", &file.encoded());
    assert_standard("alone.nc", &folder, &request());
}

#[test]
fn the_default_fill_of_integers_is_missing_where_no_other_is_named() {
    let first = |attribute: Option<(&str, Attribute)>| {
        let folder = Folder::new();
        let mut file = Classic::standard();
        let mut values = vec![7_i16; 140];
        values[0] = -32_767;
        file.variable("concentration").values = Values::Shorts(values);
        file.set("concentration", "add_offset", Attribute::Double(40_000.0));
        if let Some((name, attribute)) = attribute {
            file.set("concentration", name, attribute);
        }
        folder.write("a.nc", &file.encoded());
        let frames = folder.open("a.nc", &request(), &CacheConfig::default()).unwrap();
        frames.get(0).map(|frame| frame[0])
    };
    assert!(first(None).is_err());
    assert!(first(Some(("_Unsigned", Attribute::Text("true".to_owned())))).is_err());
    assert_eq!(first(Some(("_FillValue", Attribute::Double(-1.0)))), Ok(7_233.0));
    // In plain HDF5 it is a number like any other.
    let folder = Folder::new();
    let file = hdf5::File::create(folder.path("a.h5")).unwrap();
    let dataset = file.new_dataset::<i16>().shape(SHAPE).create("movie").unwrap();
    dataset.write_raw(&vec![-32_767_i16; 140]).unwrap();
    dataset
        .new_attr::<f64>()
        .create("add_offset")
        .unwrap()
        .write_scalar(&40_000.0)
        .unwrap();
    drop((dataset, file));
    let frames = folder
        .open("a.h5", &uniform_request(), &CacheConfig::default())
        .unwrap();
    assert_eq!(frames.get(0).unwrap()[0], 7_233.0);
}
