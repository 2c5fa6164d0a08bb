//! TOML text → [`Node`]: syntax errors, and values that JSON can't hold, are refused with their place.

use super::report::Report;
use super::source::{Place, Source, SourceKind};
use super::tree::{Data, Field, Node, Table};
use crate::file_kind::FileKind;
use crate::signals;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags};
use serde_json::{Number, Value};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Largest study file or preset, bytes: far above any hand-written one, far below what fills a node's memory.
pub(super) const MAX_FILE_BYTES: u64 = 16 << 20;

/// Deepest nesting of tables and lists. The seam needs about six.
const MAX_DEPTH: usize = 64;

/// Syntax errors of one file that are reported; later ones are mostly consequences.
const MAX_SYNTAX_ERRORS: usize = 20;

/// Digits of a number that a message shows.
const MAX_DIGITS: usize = 40;

/// Reads a file into a source, or reports why not. `place` is what asked for the file.
pub(super) fn read_file(path: &Path, layer: u32, report: &mut Report) -> Option<Arc<Source>> {
    let here = Place::whole(&Source::new(SourceKind::File(path.to_owned()), layer, String::new()));
    let mut refuse = |message: String, hint: &str| report.add_bare(&here, &message, hint);
    if path.as_os_str().is_empty() {
        refuse("no study file was given".to_owned(), "give the path of a TOML file");
        return None;
    }
    let hint = match FileKind::obstacle(path) {
        Some(FileKind::Folder) => {
            refuse(
                "is a directory, not a study file".to_owned(),
                "give the path of a TOML file in it",
            );
            return None;
        }
        // `<(command)` and `/dev/stdin`.
        Some(FileKind::Pipe | FileKind::CharacterDevice) | None => "check the path and the file system",
        Some(kind) => {
            refuse(format!("{kind}: expected a study file"), "give the path of a TOML file");
            return None;
        }
    };
    let bytes = match read_bytes(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let (reason, hint) = match error.kind() {
                ErrorKind::NotFound => ("no such file".to_owned(), missing_file_hint(path)),
                ErrorKind::PermissionDenied => (
                    "permission denied".to_owned(),
                    "check the permissions with `ls -l`".to_owned(),
                ),
                ErrorKind::Interrupted => (
                    "a signal arrived before anything was written to it".to_owned(),
                    "another program has to write the study into the pipe".to_owned(),
                ),
                _ => (error.to_string(), hint.to_owned()),
            };
            refuse(format!("can't be read: {reason}"), &hint);
            return None;
        }
    };
    if bytes.len() as u64 > MAX_FILE_BYTES {
        refuse(
            format!("is larger than {} MiB", MAX_FILE_BYTES >> 20),
            "a study file is a short text: is this a results file? Long lists of values are better given as ranges",
        );
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(Source::new(SourceKind::File(path.to_owned()), layer, text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let byte = error.as_bytes()[valid];
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let source = Source::new(SourceKind::File(path.to_owned()), layer, text);
            let is_hdf5 = error.as_bytes().starts_with(b"\x89HDF");
            let hint = if is_hdf5 {
                "this is an HDF5 file: give the study file, not the results"
            } else {
                "save the file as UTF-8"
            };
            let place = Place::new(&source, valid..valid + 1);
            report.add_bare(
                &place,
                &format!("isn't UTF-8 text: byte 0x{byte:02x} at offset {valid}"),
                hint,
            );
            None
        }
    }
}

/// Between two looks whether a signal has come while nothing has.
const LOOK: rustix::event::Timespec = rustix::event::Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

/// What a file has, up to a little more than is allowed; also what comes through a pipe, as long as nobody asks to stop.
fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    // A pipe that nobody has opened for writing would keep us here, past any signal.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let mut bytes = Vec::new();
    if file.metadata()?.is_file() {
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    let mut block = vec![0; 64 << 10];
    while bytes.len() as u64 <= MAX_FILE_BYTES {
        if signals::requested().is_some() {
            return Err(ErrorKind::Interrupted.into());
        }
        let mut ready = [PollFd::new(&file, PollFlags::IN)];
        match poll(&mut ready, Some(&LOOK)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => continue,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        match (&file).read(&mut block) {
            Ok(0) => break,
            Ok(count) => bytes.extend_from_slice(&block[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bytes)
}

/// Names the file of the folder that was probably meant.
fn missing_file_hint(path: &Path) -> String {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let Ok(entries) = std::fs::read_dir(folder) else {
        return format!("the folder {} doesn't exist either", folder.display());
    };
    let mut names: Vec<String> = entries
        .flatten()
        .take(1000)
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    let wanted = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    match super::suggest::nearest(&wanted, names.iter().map(String::as_str)) {
        Some(name) => format!("did you mean {}?", folder.join(name).display()),
        None => "check the path; it is taken relative to the working directory".to_owned(),
    }
}

/// A whole document.
pub(super) fn parse_document(source: &Arc<Source>, report: &mut Report) -> Option<Node> {
    let (table, errors) = DeTable::parse_recoverable(source.text());
    if !errors.is_empty() {
        for error in errors.iter().take(MAX_SYNTAX_ERRORS) {
            report_syntax(source, error, report);
            // All that follows has the same cause.
            if is_yaml(line_at(source.text(), error.span().map_or(0, |span| span.start))) {
                break;
            }
        }
        return None;
    }
    let span = table.span();
    let data = convert_table(table.into_inner(), source, "", 0, report);
    Some(Node {
        place: Place::new(source, span.start..span.start),
        data,
    })
}

/// One value in TOML syntax, as in the environment and in `--set`; a bare word is a string.
pub(super) fn parse_value(text: &str, source: &Arc<Source>, report: &mut Report) -> Node {
    let place = Place::whole(source);
    let trimmed = text.trim();
    let is_bare_word = trimmed.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | '+' | '-'));
    let (value, errors) = DeValue::parse_recoverable(trimmed);
    if errors.is_empty() {
        let mut node = convert(value, source, "", 0, report);
        relocate(&mut node, &place);
        return node;
    }
    if let Some(what) = hidden(trimmed) {
        let message = format!("\"{}\" has {what}", super::check::short(trimmed));
        report.add(&place, "", &message, HIDDEN_HINT);
        return Node {
            place,
            data: Data::Refused,
        };
    }
    if is_bare_word && !trimmed.contains('"') {
        return Node::text(trimmed, place);
    }
    report.add(
        &place,
        "",
        &format!(
            "`{}` isn't a TOML value: {}",
            super::check::short(trimmed),
            tidy(errors[0].message())
        ),
        "numbers, true, false, \"text\", [lists] and { inline = \"tables\" } are values; quote it for your shell",
    );
    Node {
        place,
        data: Data::Refused,
    }
}

/// Spans of a value that was parsed on its own aren't offsets into its source.
fn relocate(node: &mut Node, place: &Place) {
    node.place = place.clone();
    match &mut node.data {
        Data::Array(items) => items.iter_mut().for_each(|item| relocate(item, place)),
        Data::Table(table) => table.values_mut().for_each(|field| {
            field.key = place.clone();
            relocate(&mut field.node, place);
        }),
        Data::Scalar(_) | Data::Refused => {}
    }
}

fn report_syntax(source: &Arc<Source>, error: &toml::de::Error, report: &mut Report) {
    let place = Place::new(source, error.span().unwrap_or(0..0));
    let message = tidy(error.message());
    let typed = place.word_around();
    let number = number_meant(typed).filter(|number| number != typed);
    let line = line_at(source.text(), error.span().map_or(0, |span| span.start));
    let written;
    let hint = if let Some(decimal) = decimal_comma(line) {
        written = format!("a decimal number has a point: {decimal}");
        written.as_str()
    } else if is_yaml(line) {
        "this looks like YAML; a study is TOML: a table begins with [wind], and a value is given with speed_m_s = 1.5"
    } else if let Some(number) = number {
        written = format!("write {number} for {typed}");
        written.as_str()
    } else if let Some(pair) = missing_comma(line) {
        written = format!("values of a list are separated by commas: {pair}");
        written.as_str()
    } else if let Some(word) = capital_truth(line) {
        written = format!("write {} in lower case", word.to_lowercase());
        written.as_str()
    } else if message.contains("unclosed") {
        "what was opened with [, { or a quote has to be closed"
    } else if message.contains("duplicate") {
        "keep one of the two; a table may be opened once"
    } else if message.contains("recursion") {
        "nest less deeply"
    } else if message.contains("string") || message.contains("quot") {
        "text needs quotes on both sides: name = \"text\""
    } else {
        "this isn't TOML: see https://toml.io"
    };
    report.add(&place, "", &format!("syntax error: {message}"), hint);
}

/// `1.0, 2.0` for two numbers in a list with only a blank between them.
fn missing_comma(line: &str) -> Option<String> {
    let (_, list) = line.split_once('[')?;
    let is_number = |word: &str| word.parse::<f64>().is_ok();
    let (list, words) = (list.trim_end_matches([']', ' ']), |item: &str| -> Vec<String> {
        item.split_whitespace().map(str::to_owned).collect()
    });
    list.split(',').map(words).find_map(|words| match words.as_slice() {
        [first, second, ..] if is_number(first) && is_number(second) => Some(format!("{first}, {second}")),
        _ => None,
    })
}

/// `True` and its like after an equals sign.
fn capital_truth(line: &str) -> Option<&str> {
    let (_, value) = line.split_once('=')?;
    let word = value.split(['#', ',', ']', '}']).next()?.trim();
    ["true", "false"]
        .iter()
        .any(|truth| word.eq_ignore_ascii_case(truth))
        .then_some(word)
        .filter(|word| word.starts_with(char::is_uppercase))
}

/// The line of a text that has the byte at `at`.
fn line_at(text: &str, at: usize) -> &str {
    let start = text
        .bytes()
        .take(at)
        .rposition(|byte| byte == b'\n')
        .map_or(0, |newline| newline + 1);
    text.get(start..)
        .and_then(|rest| rest.lines().next())
        .unwrap_or_default()
}

/// Whether a line begins like one of YAML: `wind:`, `speed_m_s: 1.5`, `- 1.5`.
fn is_yaml(line: &str) -> bool {
    let line = line.trim();
    let is_key =
        |key: &str| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
    line.starts_with("- ")
        || line
            .split_once(':')
            .is_some_and(|(key, value)| is_key(key.trim_end()) && (value.is_empty() || value.starts_with(' ')))
}

/// The decimal number that a value with one comma was meant for: `1.5` of `speed_m_s = 1,5`.
fn decimal_comma(line: &str) -> Option<String> {
    let (_, value) = line.split_once('=')?;
    let value = value.split('#').next().unwrap_or(value).trim();
    let (whole, fraction) = value.split_once(',')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole.trim_start_matches(['-', '+'])) && digits(fraction)).then(|| format!("{whole}.{fraction}"))
}

/// The parser's message on one line.
fn tidy(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `path` is the dotted key of the table, for messages.
fn convert_table(table: DeTable<'_>, source: &Arc<Source>, path: &str, depth: usize, report: &mut Report) -> Data {
    let mut converted = Table::new();
    for (key, value) in table {
        let key_place = Place::new(source, key.span());
        let path = if path.is_empty() {
            key.get_ref().to_string()
        } else {
            format!("{path}.{}", key.get_ref())
        };
        let node = convert(value, source, &path, depth + 1, report);
        converted.insert(key.into_inner().into_owned(), Field { key: key_place, node });
    }
    Data::Table(converted)
}

fn convert(value: Spanned<DeValue<'_>>, source: &Arc<Source>, path: &str, depth: usize, report: &mut Report) -> Node {
    let place = Place::new(source, value.span());
    if depth > MAX_DEPTH {
        report.add(
            &place,
            path,
            &format!("has tables and lists nested more than {MAX_DEPTH} deep"),
            "nest less deeply",
        );
        return Node {
            place,
            data: Data::Refused,
        };
    }
    let data = match value.into_inner() {
        DeValue::String(text) => match hidden(&text) {
            None => Data::Scalar(Value::String(text.into_owned())),
            Some(what) => {
                let message = format!("{}\"{}\" has {what}", equals(path), super::check::short(&text));
                report.add(&place, path, &message, HIDDEN_HINT);
                Data::Refused
            }
        },
        DeValue::Boolean(flag) => Data::Scalar(Value::Bool(flag)),
        DeValue::Integer(integer) => match parse_integer(integer.as_str(), integer.radix()) {
            Some(number) => Data::Scalar(Value::Number(number)),
            None => {
                report.add(
                    &place,
                    path,
                    &match integer.as_str() {
                        long if long.len() > MAX_DIGITS => format!("of {} digits needs more than 64 bits", long.len()),
                        text => format!("{}{text} needs more than 64 bits", equals(path)),
                    },
                    "integers go from -9223372036854775808 to 18446744073709551615; write a float, as in 1e20",
                );
                Data::Refused
            }
        },
        DeValue::Float(float) => match float.as_str().parse::<f64>().ok().and_then(Number::from_f64) {
            Some(number) => Data::Scalar(Value::Number(number)),
            None => {
                refuse_float(float.as_str(), &place, path, report);
                Data::Refused
            }
        },
        DeValue::Datetime(date) => {
            report.add(
                &place,
                path,
                &format!("{}{date} is a date or time, and no key takes one", equals(path)),
                "write it in quotes if text is meant",
            );
            Data::Refused
        }
        DeValue::Array(items) => Data::Array(
            items
                .into_iter()
                .enumerate()
                .map(|(i, item)| convert(item, source, &format!("{path}[{i}]"), depth + 1, report))
                .collect(),
        ),
        DeValue::Table(table) => convert_table(table, source, path, depth, report),
    };
    Node { place, data }
}

fn refuse_float(digits: &str, place: &Place, path: &str, report: &mut Report) {
    let what = if digits.contains(['i', 'n']) {
        "isn't a finite number"
    } else {
        "overflows a 64-bit float"
    };
    let digits = crate::printable::short(digits, MAX_DIGITS);
    let message = format!("{}{digits} {what}", equals(path));
    let hint = "give a finite number; leave the key out to get its default";
    report.add(place, path, &message, hint);
}

fn parse_integer(digits: &str, radix: u32) -> Option<Number> {
    i64::from_str_radix(digits, radix)
        .map(Number::from)
        .or_else(|_| u64::from_str_radix(digits, radix).map(Number::from))
        .ok()
}

/// What stands in a text and can't be seen there: results, tables and terminals can't hold it, or would obey it.
fn hidden(text: &str) -> Option<String> {
    let character = text.chars().find(|c| crate::printable::is_hidden(*c))?;
    Some(format!("the character U+{:04X}, which is invisible", character as u32))
}

const HIDDEN_HINT: &str =
    "write text in one line, without characters that control a terminal or the direction of writing";

/// The TOML text of the number that was probably meant: `0.5` for `.5`, `5.0` for `5.`. Nothing for what is no number.
pub(super) fn number_meant(text: &str) -> Option<String> {
    let is_decimal = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-' | '_'))
    };
    if text.is_empty() || text.len() > 60 || !is_decimal(text) {
        return None;
    }
    if let Ok(value) = DeValue::parse(text)
        && matches!(value.get_ref(), DeValue::Integer(_) | DeValue::Float(_))
    {
        return Some(text.to_owned());
    }
    let number: f64 = text
        .replace('_', "")
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())?;
    Some(format!("{number:?}"))
}

/// What stands between a key and its value in a message; nothing where the key isn't known.
fn equals(path: &str) -> &'static str {
    if path.is_empty() { "" } else { "= " }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> (Option<Value>, Vec<String>) {
        let mut report = Report::default();
        let source = Source::new(SourceKind::File("s.toml".into()), 1, text.to_owned());
        let node = parse_document(&source, &mut report);
        (node.map(|node| node.to_value()), report.into_messages())
    }

    fn value(text: &str) -> (Value, Vec<String>) {
        let mut report = Report::default();
        let source = Source::new(SourceKind::Environment("E".into()), 1, text.to_owned());
        let node = parse_value(text, &source, &mut report);
        (node.to_value(), report.into_messages())
    }

    #[test]
    fn all_kinds_of_values_are_read() {
        let (tree, errors) =
            read("a = 1_000\nb = 0xff\nc = -2.5e-3\nd = true\ne = [1, \"x\"]\n[f]\ng.h = 18446744073709551615\n");
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(
            tree.unwrap(),
            json!({"a": 1000, "b": 255, "c": -2.5e-3, "d": true, "e": [1, "x"], "f": {"g": {"h": u64::MAX}}})
        );
    }

    #[test]
    fn every_syntax_error_is_reported() {
        let (tree, errors) = read("a = \nb = 1\nc = 'x\n");
        assert!(tree.is_none());
        assert!(errors.len() >= 2, "{errors:?}");
        assert!(errors[0].starts_with("s.toml:1:"), "{errors:?}");
    }

    #[test]
    fn other_ways_of_writing_are_recognised() {
        for (text, hint) in [
            ("[wind]\nspeed_m_s = 1,5\n", "a decimal number has a point: 1.5"),
            ("x = -0,25 # west\n", "a decimal number has a point: -0.25"),
            ("wind:\n  speed_m_s: 2\n", "this looks like YAML"),
            ("[sweep]\nvalues = [1.0 2.0]\n", "separated by commas: 1.0, 2.0"),
            ("[study]\ncommon_random_numbers = True\n", "write true in lower case"),
            ("[wind]\nvalues = [1.0, 2.0\n", "has to be closed"),
        ] {
            let (_, errors) = read(text);
            assert!(errors.len() == 1 && errors[0].contains(hint), "{errors:?}");
        }
    }

    #[test]
    fn bare_words_are_strings_and_broken_values_are_not() {
        assert_eq!(value("surge_cast"), (json!("surge_cast"), vec![]));
        assert_eq!(value("navigator/surge_cast").0, json!("navigator/surge_cast"));
        assert_eq!(value(" 1.5 ").0, json!(1.5));
        assert_eq!(value("[1, 2]").0, json!([1, 2]));
        assert_eq!(value("[1, 2").1.len(), 1);
        assert_eq!(value("").1.len(), 1);
        assert_eq!(value("nan").1.len(), 1);
    }

    #[test]
    fn deep_nesting_is_refused_without_a_deep_stack() {
        for text in [
            format!("a = {}1{}", "[".repeat(100_000), "]".repeat(100_000)),
            format!("a = {}1{}", "{b = ".repeat(100_000), "}".repeat(100_000)),
            format!("{}a = 1", "a.".repeat(100_000)),
            format!("[{}a]\nx = 1", "a.".repeat(100_000)),
            format!("a = {}1{}", "{b.b.b.b.b.b = ".repeat(70), "}".repeat(70)),
        ] {
            let (_, errors) = read(&text);
            assert!(!errors.is_empty());
        }
    }
}
