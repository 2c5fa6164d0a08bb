//! What is said about a field file once it is there.

use crate::export::{FieldFile, WrittenField};
use crate::quantity::{at_most, bytes, count, counted, significant};
use std::fmt::Write;
use std::path::{Path, PathBuf};

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

/// Where the source of a written plume is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// The file tells it.
    InFile { x_m: f64, y_m: f64 },
    /// Beyond the file's nodes.
    Beyond { x_m: f64, y_m: f64 },
    /// It moves; there it begins.
    Moves { x_m: f64, y_m: f64 },
    /// Nobody said it.
    Unknown,
}

/// How a study uses a file as its plume, and, if it has one, its wind. What is printed is a piece of a study as it
/// stands, for one that lies in the folder `beside`.
pub fn usage(path: &Path, beside: Option<&Path>, file: &FieldFile, source: Source, duration_s: f64) -> String {
    if file.x_m.len() < 2 || file.y_m.len() < 2 {
        return "\nA study can't use it as its plume: at least two columns and two rows are needed.\n".to_owned();
    }
    let (shown, has_wind) = (
        toml_text(&seen_from(path, beside)),
        file.variables.iter().any(|variable| variable.name == "eastward_wind"),
    );
    let keys = |x_m: f64, y_m: f64| format!("  source_x_m = {x_m:?}\n  source_y_m = {y_m:?}\n");
    let (place, source) = match source {
        Source::InFile { x_m, y_m } => (
            format!("the file says that the source is at ({x_m}, {y_m}) m"),
            String::new(),
        ),
        Source::Beyond { x_m, y_m } => ("the source isn't between the file's nodes".to_owned(), keys(x_m, y_m)),
        Source::Moves { x_m, y_m } => (
            "the source moves; in the study it stays where it begins".to_owned(),
            keys(x_m, y_m),
        ),
        Source::Unknown => (
            "add source_x_m and source_y_m: nothing says where the source is".to_owned(),
            String::new(),
        ),
    };
    let mut page =
        format!("\nUse it in a study ({place}):\n  [plume]\n  kind = \"gridded\"\n  file = {shown}\n{source}");
    if has_wind {
        let _ = write!(
            page,
            "  start = {{ kind = \"as_wind\" }}\n  [wind]\n  kind = \"gridded\"\n  file = {shown}\n"
        );
    }
    if duration_s > 0.0 {
        let _ = write!(
            page,
            "  [episode]\n  duration_s = {} # at most: the file has no more\n",
            at_most(duration_s)
        );
    }
    page
}

/// A path as a study in `beside` has to write it: relative ones start at the study's folder.
fn seen_from(path: &Path, beside: Option<&Path>) -> PathBuf {
    let Some(beside) = beside else { return path.to_owned() };
    let folder = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new(".")).canonicalize()
    };
    let (Ok(study), Ok(own), Some(name)) = (folder(beside), folder(path), path.file_name()) else {
        return path.to_owned();
    };
    match own.strip_prefix(&study) {
        Ok(below) => below.join(name),
        Err(_) => own.join(name),
    }
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
