//! Reading field files with Python, and pictures for importing.

use crate::python::run_script;
use crate::support::Bench;
use serde_json::Value;
use std::path::Path;

/// Opens a field file with xarray and checks what `expected` says (see the script).
pub fn read_by_xarray(python: &Path, bench: &Bench, file: &str, expected: &Value) {
    run_script(python, bench, "read_field.py", [file, &expected.to_string()]);
}

/// Columns and rows of [`frame`].
pub const SIZE: (usize, usize) = (32, 24);

/// Level of a test frame: a ramp to the right and downwards that moves on by one each frame.
pub fn level(frame: usize, column: usize, row: usize) -> u8 {
    (3 * column + 5 * row + frame) as u8
}

/// A test frame as a PGM file.
pub fn pgm(frame: usize) -> Vec<u8> {
    let (columns, rows) = SIZE;
    let mut bytes = format!("P5\n{columns} {rows}\n255\n").into_bytes();
    bytes.extend((0..rows).flat_map(|row| (0..columns).map(move |column| level(frame, column, row))));
    bytes
}

/// Writes test frames `frame_0.pgm`, `frame_1.pgm` … into a new folder.
pub fn write_frames(folder: &Path, count: usize) {
    std::fs::create_dir(folder).expect("a new folder");
    for frame in 0..count {
        std::fs::write(folder.join(format!("frame_{frame}.pgm")), pgm(frame)).expect("written");
    }
}
