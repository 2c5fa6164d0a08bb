//! What can't be used is told: the file, what was found, what was expected, and what to do.

use super::super::{AxesConfig, CacheConfig, Choice, MissingPolicy, Quantity, Request, UniformAxesConfig};
use super::fixture::{Attribute, Classic, Folder, SHAPE, Values, movie, request, uniform_request};

/// The error of opening the file and reading its first and last frame.
fn error(folder: &Folder, name: &str, request: &Request) -> String {
    let found = folder.open(name, request, &CacheConfig::default());
    let error = match found {
        Ok(frames) => frames.probe().expect_err(name),
        Err(error) => error,
    };
    let text = error.to_string();
    assert!(text.contains(name) && text.contains("(hint: "), "{text}");
    text
}

fn assert_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} isn't in: {text}");
    }
}

/// The standard movie with one problem, and what the message must say.
type Problem = (fn(&mut Classic), &'static [&'static str]);

fn text(value: &str) -> Attribute {
    Attribute::Text(value.to_owned())
}

fn axis(file: &mut Classic, name: &str, change: impl Fn(usize, f64) -> f64) {
    let Values::Doubles(values) = &mut file.variable(name).values else {
        panic!("an axis is in double precision");
    };
    for (index, value) in values.iter_mut().enumerate() {
        *value = change(index, *value);
    }
}

const MISTAKES: &[Problem] = &[
    (
        |file| file.variable("concentration").dimensions = vec![1, 2],
        &["no numeric variable over time, y and x", "x"],
    ),
    (
        |file| {
            file.dimensions.push(("z".to_owned(), 2));
            file.variable("concentration").dimensions = vec![0, 3, 1, 2];
            let twice = [movie(), movie()].concat();
            file.variable("concentration").values = Values::Floats(twice);
        },
        &["(time = 7, z = 2, y = 4, x = 5)", "one level", "isel({\"z\": 0})"],
    ),
    // One of three says what it is, and it isn't where it should be.
    (
        |file| {
            file.variable("concentration").dimensions = vec![1, 0, 2];
            file.variable("y").name = "u".to_owned();
            file.dimensions[1].0 = "u".to_owned();
        },
        &["(u, time, x)", "(time, y, x)", "axes.order", "ncpdq"],
    ),
    (
        |file| {
            let mut other = file.variable("concentration").clone();
            other.name = "tracer".to_owned();
            file.variables.push(other);
            file.variable("concentration").name = "smoke".to_owned();
        },
        &["several variables fit", "smoke, tracer", "`variable`"],
    ),
    (
        |file| {
            file.variable("concentration").values = Values::Text(vec![b'a'; 140]);
        },
        &["no numeric variable"],
    ),
    (
        |file| file.variables.retain(|variable| variable.name != "x"),
        &["dimension x of concentration has no coordinate variable", "dx_m"],
    ),
    (
        |file| file.variables.retain(|variable| variable.name != "time"),
        &["dimension time", "frame_interval_s"],
    ),
    (
        |file| file.set("y", "units", text("degrees_north")),
        &["y has the unit \"degrees_north\"", "a length"],
    ),
    (
        |file| file.variable("x").attributes.clear(),
        &["x has the unit \"\"", "ncatted"],
    ),
    (
        |file| file.set("time", "units", text("fortnights")),
        &["time has the unit \"fortnights\"", "seconds since"],
    ),
    (
        |file| file.set("time", "units", text("months since 2000-01-01")),
        &["months since 2000-01-01"],
    ),
    (
        |file| axis(file, "x", |index, value| if index == 3 { f64::NAN } else { value }),
        &["axis x is NaN at position 3"],
    ),
    (
        |file| {
            axis(
                file,
                "time",
                |index, value| if index == 6 { f64::INFINITY } else { value },
            )
        },
        &["axis time is inf at position 6"],
    ),
    (
        |file| axis(file, "y", |index, value| if index == 2 { value + 0.1 } else { value }),
        &["axis y isn't evenly spaced", "position 2", "0.1"],
    ),
    (|file| axis(file, "x", |_, _| 4.0), &["axis x isn't evenly spaced"]),
    (|file| axis(file, "x", |index, _| index as f64 * 1e308), &["axis x"]),
    (
        |file| axis(file, "time", |index, value| if index == 4 { 3.0 } else { value }),
        &["time time doesn't increase: 3 s at position 4"],
    ),
    (|file| axis(file, "time", |_, value| -value), &["doesn't increase"]),
    (
        |file| {
            file.dimensions[2].1 = 1;
            for name in ["x", "concentration"] {
                match &mut file.variable(name).values {
                    Values::Floats(values) => values.truncate(28),
                    Values::Doubles(values) => values.truncate(1),
                    _ => unreachable!("not in this file"),
                }
            }
        },
        &["axis x has 1 entries, not at least 2"],
    ),
    (
        |file| file.set("concentration", "scale_factor", Attribute::Double(0.0)),
        &["attribute scale_factor of concentration is 0, not one finite number"],
    ),
    (
        |file| file.set("concentration", "add_offset", Attribute::Double(f64::NAN)),
        &["attribute add_offset", "NaN"],
    ),
    (
        |file| file.set("concentration", "scale_factor", Attribute::Doubles(vec![1.0, 2.0])),
        &["attribute scale_factor", "is [1, 2], not one"],
    ),
    (
        |file| file.set("concentration", "scale_factor", text("big")),
        &["attribute scale_factor", "is the text \"big\", not one"],
    ),
    (
        |file| file.variable("concentration").values = Values::Floats(vec![f32::NAN; 140]),
        &[
            "concentration is missing",
            "frame 0, row 0, column 0",
            "not finite",
            "of the frame's 20 values 20 are missing",
            "_FillValue",
        ],
    ),
    // A frame of 4 GiB in a file of a few hundred bytes.
    (
        |file| {
            file.dimensions[1].1 = 32_768;
            file.dimensions[2].1 = 32_768;
        },
        &["the header is corrupt"],
    ),
    (|file| file.dimensions[0].1 = u32::MAX - 8, &["time"]),
    (|file| file.dimensions[0].1 = 9, &[]),
];

#[test]
fn every_problem_is_told() {
    for (place, (change, parts)) in MISTAKES.iter().enumerate() {
        let folder = Folder::new();
        let mut file = Classic::standard();
        change(&mut file);
        let name = format!("problem{place}.nc");
        folder.write(&name, &file.encoded());
        assert_contains(&error(&folder, &name, &request()), parts);
    }
}

#[test]
fn what_is_no_container_is_named() {
    let folder = Folder::new();
    let cases: &[(&str, &[u8], &[&str])] = &[
        ("empty.nc", b"", &["is empty"]),
        ("text.nc", b"x,y,c\n1,2,3\n", &["is text"]),
        ("movie.nc", b"RIFF\x10\0\0\0AVI LIST", &["is a video"]),
        ("picture.nc", b"\x89PNG\r\n\x1a\n\0\0\0\0", &["is an image"]),
        (
            "packed.nc",
            b"\x1f\x8b\x08\0\0\0\0\0\0\0\0\0",
            &["is a compressed archive"],
        ),
        ("weather.nc", b"GRIB\0\0\0\x02\0\0\0\0", &["is a GRIB file"]),
        (
            "version.nc",
            b"CDF\x09\0\0\0\0\0\0\0\0\0\0",
            &["not a NetCDF or HDF5 file"],
        ),
        ("noise.nc", b"\x01\x02\xfe\xff\x80\x90\xa0\xb0", &["of another format"]),
        ("array.nc", b"\x93NUMPY\x01\0v\0{", &["is a NumPy array", "numpy.load"]),
        (
            "arrays.nc",
            b"PK\x03\x04\x14\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x07\0\0\0c.npy\0",
            &["an archive of NumPy arrays", "in.npz"],
        ),
        (
            "old.mat",
            b"MATLAB 5.0 MAT-file, Platform",
            &["a MATLAB file of version 7 or before", "-v7.3"],
        ),
        ("hdf4.nc", b"\x0e\x03\x13\x01", &["an HDF4 file", "h4toh5convert"]),
        ("stack.nc", b"MM\0+", &["an image", "plume-nav-sim import"]),
        ("film.nc", b"\x1a\x45\xdf\xa3", &["a video", "plume-nav-sim import"]),
        ("short.nc", b"\x89HDF\r\n\x1a\n", &["short.nc"]),
    ];
    for &(name, bytes, parts) in cases {
        folder.write(name, bytes);
        assert_contains(&error(&folder, name, &request()), parts);
    }
    assert_contains(
        &error(&folder, "absent.nc", &request()),
        &["can't be read", "study file's folder"],
    );
    std::fs::create_dir(folder.path("folder.nc")).unwrap();
    assert_contains(&error(&folder, "folder.nc", &request()), &["is a folder"]);
    folder.write("folder.nc/.zgroup", b"{}");
    assert_contains(&error(&folder, "folder.nc", &request()), &["a Zarr store", "open_zarr"]);
    assert_contains(
        &error(&folder, "", &request()).replace("(hint", "hint"),
        &["is a folder"],
    );
}

#[test]
fn a_file_that_was_cut_off_is_told() {
    let folder = Folder::new();
    let bytes = Classic::standard().encoded();
    folder.write("cut.nc", &bytes[..bytes.len() - 10]);
    assert_contains(&error(&folder, "cut.nc", &request()), &["is cut off", "checksum"]);
    folder.write_hdf5("whole.h5");
    let bytes = std::fs::read(folder.path("whole.h5")).unwrap();
    folder.write("cut.h5", &bytes[..bytes.len() - 300]);
    error(&folder, "cut.h5", &uniform_request());
}

#[test]
fn a_file_that_becomes_shorter_while_it_is_open() {
    let folder = Folder::new();
    folder.write("a.nc", &Classic::standard().encoded());
    let frames = folder.open("a.nc", &request(), &CacheConfig::default()).unwrap();
    frames.get(0).unwrap();
    std::fs::File::options()
        .write(true)
        .open(folder.path("a.nc"))
        .unwrap()
        .set_len(300)
        .unwrap();
    assert_contains(&frames.get(6).unwrap_err().to_string(), &["became shorter"]);
}

#[test]
fn requests_that_the_file_cannot_meet() {
    let folder = Folder::new();
    folder.write("a.nc", &Classic::standard().encoded());
    folder.write_hdf5("a.h5");
    let named = Request {
        choice: Choice::Named("conc".to_owned()),
        ..request()
    };
    assert_contains(
        &error(&folder, "a.nc", &named),
        &["no variable \"conc\"", "time, y, x, concentration"],
    );
    let axis = Request {
        choice: Choice::Named("time".to_owned()),
        ..request()
    };
    assert_contains(
        &error(&folder, "a.nc", &axis),
        &["time has the shape (time = 7)", "(time, y, x)"],
    );
    assert_contains(
        &error(&folder, "a.h5", &request()),
        &["no coordinate variable", "kind = \"uniform\""],
    );
    let wind = Request {
        choice: Choice::Like {
            standard_names: &["eastward_wind"],
            names: &["eastward_wind", "u"],
            only: false,
        },
        quantity: Quantity::Velocity,
        ..request()
    };
    assert_contains(&error(&folder, "a.nc", &wind), &["no variable \"eastward_wind or u\""]);
    let wind = Request {
        quantity: Quantity::Velocity,
        ..request()
    };
    assert_contains(&error(&folder, "a.nc", &wind), &["has the unit \"kg m-3\"", "a speed"]);
}

/// What a file's names hold doesn't reach the terminal.
#[test]
fn names_from_the_file_control_nothing() {
    let folder = Folder::new();
    let mut file = Classic::standard();
    file.variable("concentration").name = "\x1b[2Jgone\n".to_owned();
    file.set("y", "units", text("\x1b[31m"));
    folder.write("a.nc", &file.encoded());
    let named = Request {
        choice: Choice::Named("c".repeat(100_000)),
        ..request()
    };
    for request in [&named, &request()] {
        let found = error(&folder, "a.nc", request);
        assert!(found.len() < 2000 && !found.chars().any(char::is_control), "{found:?}");
    }
}

/// Datasets of kinds that hold no numbers, and shapes without values.
#[test]
fn hdf5_of_other_kinds() {
    let folder = Folder::new();
    let uniform = |name: &str| Request {
        choice: Choice::Named(name.to_owned()),
        axes: AxesConfig::Uniform(UniformAxesConfig::default()),
        ..request()
    };
    {
        let file = hdf5::File::create(folder.path("a.h5")).unwrap();
        let text: hdf5::types::VarLenUnicode = "a".parse().unwrap();
        let dataset = file
            .new_dataset::<hdf5::types::VarLenUnicode>()
            .shape(SHAPE)
            .create("text")
            .unwrap();
        dataset.write_raw(&vec![text; 140]).unwrap();
        file.new_dataset::<f32>().shape((0, 4, 5)).create("nothing").unwrap();
        file.new_dataset::<f32>().shape((7, 4)).create("flat").unwrap();
        file.new_dataset::<f32>()
            .shape((70_000, 60_000, 3))
            .chunk((10, 10, 3))
            .create("tall")
            .unwrap();
        file.new_dataset::<f32>()
            .shape((3, 70_000, 60_000))
            .chunk((1, 10, 10))
            .create("huge")
            .unwrap();
        file.new_dataset::<f32>()
            .shape((1 << 40, 2, 2))
            .chunk((1, 2, 2))
            .create("endless")
            .unwrap();
    }
    for (name, parts) in [
        ("text", &["text holds text, not numbers"][..]),
        ("nothing", &["axis time has 0 entries"]),
        ("flat", &["flat has the shape (7, 4)"]),
        ("huge", &["a frame of huge takes 16800000000 bytes"]),
        ("endless", &["the time axis takes"]),
        (
            "tall",
            &[
                "tall was never written at 70000 of its 70000 frames",
                "missing = \"zero\"",
            ],
        ),
    ] {
        assert_contains(&error(&folder, "a.h5", &uniform(name)), parts);
    }
    // Where that is said to be meant: the fill value 0, in frames that are small enough.
    let tall = Request {
        missing: MissingPolicy::Zero,
        ..uniform("tall")
    };
    let frames = folder.open("a.h5", &tall, &CacheConfig::default()).unwrap();
    assert!(frames.get(69_999).unwrap().iter().all(|value| *value == 0.0));
}
