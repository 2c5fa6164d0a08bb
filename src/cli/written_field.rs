//! What is said about a field file once it is there.

use crate::export::{FieldFile, WrittenField};
use crate::quantity::{bytes, count, counted, significant};
use std::fmt::Write;
use std::path::Path;

/// Shape, size and ranges of a file, and how to look at it.
pub fn describe(path: &Path, file: &FieldFile, written: &WrittenField) -> String {
    let uncompressed = file.frame_bytes() * written.frames;
    let mut page = format!(
        "{}: {} of {} × {} values (time, y, x), {} ({} before compression)\n",
        path.display(),
        counted(written.frames, "frame"),
        count(file.y_m.len() as u64),
        count(file.x_m.len() as u64),
        bytes(written.bytes),
        bytes(uncompressed),
    );
    let mut line = |name: &str, low: f64, high: f64, unit: &str| {
        let _ = writeln!(
            page,
            "  {name:<16} {} to {} {unit}",
            significant(low),
            significant(high)
        );
    };
    line("time", written.first_time_s, written.last_time_s, "s");
    for (name, positions) in [("y", &file.y_m), ("x", &file.x_m)] {
        line(name, positions[0], positions[positions.len() - 1], "m");
    }
    for (variable, range) in file.variables.iter().zip(&written.ranges) {
        line(
            &variable.name,
            f64::from(range.low),
            f64::from(range.high),
            &variable.unit,
        );
    }
    let first = &file.variables[0].name;
    let _ = write!(
        page,
        "\nLook at it:\n  ncview {shell}\n  python3 -c 'import xarray, matplotlib.pyplot as p; \
         xarray.open_dataset(\"{quoted}\").{first}[-1].plot(); p.show()'\n",
        shell = shell_word(path),
        quoted = escaped(path),
    );
    page
}

/// How a study uses a file as its plume, and, if it has one, its wind.
pub fn usage(path: &Path, has_wind: bool) -> String {
    let file = toml_text(path);
    let mut page = format!(
        "\nUse it in a study (source_x_m and source_y_m say where the source is; the file doesn't):\n  [plume]\n  kind = \
         \"gridded\"\n  file = {file}\n"
    );
    if has_wind {
        let _ = write!(
            page,
            "  start = {{ kind = \"as_wind\" }}\n  [wind]\n  kind = \"gridded\"\n  file = {file}\n"
        );
    }
    page
}

/// A path as a TOML string.
fn toml_text(path: &Path) -> String {
    toml::Value::String(path.to_string_lossy().into_owned()).to_string()
}

/// A path as a word of a POSIX shell.
fn shell_word(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.into_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A path inside a Python string in double quotes that stands in a shell word in single quotes.
fn escaped(path: &Path) -> String {
    (path.to_string_lossy().replace('\\', r"\\").replace('"', "\\\"")).replace('\'', r"'\''")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_can_be_pasted() {
        assert_eq!(shell_word(Path::new("out/field-1.nc")), "out/field-1.nc");
        assert_eq!(shell_word(Path::new("my plume's.nc")), r"'my plume'\''s.nc'");
        assert_eq!(escaped(Path::new(r#"a"b\c"#)), r#"a\"b\\c"#);
        assert_eq!(toml_text(Path::new("a b.nc")), "\"a b.nc\"");
    }
}
