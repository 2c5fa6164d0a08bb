//! Files that are written are read back through HDF5; other programs read them in the suite.

use super::*;
use crate::netcdf4::AttributeValue;
use std::fs;
use std::path::{Path, PathBuf};

fn description(rows: usize, columns: usize) -> FieldFile {
    let variable = |name: &str, standard_name: Option<&str>| FieldVariable {
        name: name.to_owned(),
        standard_name: standard_name.map(str::to_owned),
        long_name: format!("{name} of a test"),
        unit: "m s-1".to_owned(),
    };
    FieldFile {
        x_m: (0..columns).map(|i| i as f64 * 0.5).collect(),
        y_m: (0..rows).map(|i| i as f64 - 3.0).collect(),
        height_m: Some(1.5),
        variables: vec![variable("u", Some("eastward_wind")), variable("other", None)],
        attributes: vec![
            ("title", AttributeValue::Text("a test".to_owned())),
            ("seed", AttributeValue::U64(u64::MAX)),
            ("number", AttributeValue::F64(0.1)),
        ],
    }
}

/// Value of a variable in a cell of a frame: all different, exact in 32 bits.
fn value(variable: usize, frame: usize, cell: usize) -> f32 {
    (variable * 1000 + frame) as f32 + cell as f32 / 65_536.0
}

fn frame(description: &FieldFile, frame: usize) -> Vec<Vec<f32>> {
    (0..description.variables.len())
        .map(|variable| {
            (0..description.cells())
                .map(|cell| value(variable, frame, cell))
                .collect()
        })
        .collect()
}

fn write(path: &Path, description: &FieldFile, frames: usize) -> WrittenField {
    let mut writer = FrameWriter::create(path, false, description.clone(), Some(frames as u64)).unwrap();
    for i in 0..frames {
        writer.push(i as f64 * 0.25, &frame(description, i)).unwrap();
    }
    writer.finish().unwrap()
}

fn names(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

/// Shapes whose frames share a chunk (the last one partly filled), are one, and are several.
#[test]
fn every_value_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    for (i, (rows, columns, frames)) in [(3, 5, 10), (64, 64, 11), (130, 130, 3), (600, 700, 2), (1, 1, 1)]
        .into_iter()
        .enumerate()
    {
        let path = folder.path().join(format!("{i}.nc"));
        let description = description(rows, columns);
        let written = write(&path, &description, frames);
        assert_eq!(
            (written.frames, written.bytes),
            (frames as u64, fs::metadata(&path).unwrap().len())
        );
        assert_eq!(
            (written.first_time_s, written.last_time_s),
            (0.0, (frames - 1) as f64 * 0.25)
        );
        let file = hdf5::File::open(&path).unwrap();
        for (index, variable) in description.variables.iter().enumerate() {
            let dataset = file.dataset(&variable.name).unwrap();
            assert_eq!(dataset.shape(), [frames, rows, columns]);
            let ChunkShape {
                frames: together,
                rows: band,
                ..
            } = ChunkShape::of_frames(rows as u64, columns as u64);
            assert_eq!(dataset.chunk(), Some(vec![together as usize, band as usize, columns]));
            let found: Vec<f32> = dataset.read_raw().unwrap();
            let expected: Vec<f32> = (0..frames)
                .flat_map(|i| frame(&description, i).swap_remove(index))
                .collect();
            assert_eq!(found, expected, "{rows} × {columns}");
            let range = written.ranges[index];
            assert_eq!((range.low, range.high), (expected[0], expected[expected.len() - 1]));
            let actual: Vec<f32> = dataset.attr("actual_range").unwrap().read_raw().unwrap();
            assert_eq!(actual, [range.low, range.high]);
        }
        let times: Vec<f64> = file.dataset("time").unwrap().read_raw().unwrap();
        assert_eq!(times, (0..frames).map(|i| i as f64 * 0.25).collect::<Vec<_>>());
        assert_eq!(file.dataset("x").unwrap().read_raw::<f64>().unwrap(), description.x_m);
        assert_eq!(file.dataset("y").unwrap().read_raw::<f64>().unwrap(), description.y_m);
        assert_eq!(file.dataset("height").unwrap().read_scalar::<f64>().unwrap(), 1.5);
        assert_eq!(file.attr("seed").unwrap().read_scalar::<u64>().unwrap(), u64::MAX);
    }
    assert_eq!(names(folder.path()).len(), 5, "nothing else is left");
}

/// The same field gives the same bytes: no times or random names are in the file.
#[test]
fn equal_fields_are_equal_files() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a.nc"), folder.path().join("b.nc"));
    write(&a, &description(20, 30), 7);
    write(&b, &description(20, 30), 7);
    assert_eq!(fs::read(a).unwrap(), fs::read(b).unwrap());
}

#[test]
fn a_text_of_any_length_fits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    let mut description = description(2, 2);
    // HDF5's usual limit is 64 KiB.
    description
        .attributes
        .push(("configuration", AttributeValue::Text("ä".repeat(100_000))));
    write(&path, &description, 1);
    let file = hdf5::File::open(&path).unwrap();
    assert_eq!(file.attr("configuration").unwrap().dtype().unwrap().size(), 200_000);
}

#[test]
fn a_writer_that_is_dropped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    let description = description(4, 4);
    let mut writer = FrameWriter::create(&path, false, description.clone(), None).unwrap();
    writer.push(0.0, &frame(&description, 0)).unwrap();
    assert_eq!(names(folder.path()).len(), 1);
    assert!(!path.exists());
    drop(writer);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_field_file_is_replaced_only_if_asked_and_only_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    write(&path, &description(3, 3), 2);
    let before = fs::read(&path).unwrap();
    let description = description(2, 3);
    let create = |replace| FrameWriter::create(&path, replace, description.clone(), Some(1));
    assert!(matches!(create(false), Err(ExportError::Exists { .. })));
    let mut writer = create(true).unwrap();
    writer.push(0.0, &frame(&description, 0)).unwrap();
    assert!(fs::read(&path).unwrap() == before);
    writer.finish().unwrap();
    assert!(fs::read(&path).unwrap() != before);
    // A file that came meanwhile stays.
    fs::remove_file(&path).unwrap();
    let writer = create(false).unwrap();
    fs::write(&path, "mine").unwrap();
    assert!(matches!(writer.finish(), Err(ExportError::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    assert_eq!(names(folder.path()).len(), 1);
}

/// A slip must not cost a study, or results that took days.
#[test]
fn nothing_but_field_files_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.h5");
    let file = hdf5::File::create(&path).unwrap();
    crate::netcdf4::hdf::text_attribute(&file, "file_type", crate::store::FILE_TYPE).unwrap();
    drop(file);
    let text = folder.path().join("study.toml");
    fs::write(&text, "[study]").unwrap();
    for path in [&path, &text] {
        let error = check_place(path, true).unwrap_err();
        assert!(
            matches!(error, ExportError::NotAField { .. }) && error.is_user_error(),
            "{error}"
        );
    }
    // What a shell made by a redirection holds nothing.
    fs::write(&text, "").unwrap();
    assert!(check_place(&text, true).is_ok());
}

#[test]
fn a_value_that_is_no_number_is_named_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let description = description(3, 5);
    for (bad, word) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf")] {
        let mut writer = FrameWriter::create(&folder.path().join("a.nc"), false, description.clone(), None).unwrap();
        let mut values = frame(&description, 0);
        values[1][7] = bad;
        let message = writer.push(2.0, &values).unwrap_err().to_string();
        let expected = format!("other is {word} at t = 2 s, x = 1 m, y = -2 m");
        assert!(message.contains(&expected), "{message}");
    }
    assert!(names(folder.path()).is_empty());
}

#[test]
fn places_that_take_no_file_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for (path, says) in [
        ("", "is a folder"),
        ("nowhere/a.nc", "does not exist"),
        ("file/a.nc", "is not a folder"),
    ] {
        let path = folder.path().join(path);
        let Err(error) = FrameWriter::create(&path, true, description(1, 1), None) else {
            panic!("{path:?} is taken")
        };
        assert!(error.to_string().contains(says) && error.is_user_error(), "{error}");
    }
    let petabytes = FrameWriter::create(
        &folder.path().join("a.nc"),
        false,
        description(1000, 1000),
        Some(1 << 40),
    );
    assert!(matches!(petabytes, Err(ExportError::NoSpace { .. })));
    assert_eq!(names(folder.path()).len(), 1);
}

/// What the netCDF library makes of a file: dimensions, the growing one among them, attributes and values.
#[cfg(feature = "netcdf")]
#[test]
fn the_netcdf_library_reads_a_field() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("field.nc");
    let description = description(3, 5);
    write(&path, &description, 4);
    let file = netcdf::open(&path).unwrap();
    let dimensions: Vec<(String, usize, bool)> = (file.dimensions())
        .map(|dimension| (dimension.name(), dimension.len(), dimension.is_unlimited()))
        .collect();
    let expected = [("time", 4, true), ("y", 3, false), ("x", 5, false)];
    assert_eq!(
        dimensions,
        expected.map(|(name, length, grows)| (name.to_owned(), length, grows))
    );
    let x: Vec<f64> = file.variable("x").expect("x").get_values(..).unwrap();
    assert_eq!(x, description.x_m);
    for (index, variable) in description.variables.iter().enumerate() {
        let found = file.variable(&variable.name).expect("a variable");
        let names: Vec<String> = found.dimensions().iter().map(netcdf::Dimension::name).collect();
        assert_eq!(names, ["time", "y", "x"]);
        let unit = found.attribute_value("units").expect("a unit").unwrap();
        assert_eq!(unit, netcdf::AttributeValue::Str(variable.unit.clone()));
        let values: Vec<f32> = found.get_values(..).unwrap();
        let expected: Vec<f32> = (0..4)
            .flat_map(|frame| (0..15).map(move |cell| value(index, frame, cell)))
            .collect();
        assert_eq!(values, expected);
    }
}
