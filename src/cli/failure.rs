//! How a command says that it failed: to people in words, to programs as JSON.

use super::output;
use crate::config::Diagnostic;
use crate::quantity::readable;
use crate::telemetry::print_line;
use serde_json::{Value, json};
use std::ffi::OsString;

/// Whether the command line asks for JSON. Looked for in the arguments as they are: what can't be parsed is told as JSON,
/// too.
pub fn asks_for_json(arguments: impl Iterator<Item = OsString>) -> bool {
    let mut before = OsString::new();
    for argument in arguments {
        if argument == "--json" || argument == "--format=json" || (before == "--format" && argument == "json") {
            return true;
        }
        before = argument;
    }
    false
}

/// Says that the command failed. With `json`, standard output gets one object instead of the answer, and standard error
/// the same as an event.
pub fn tell(message: &str, problems: &[Diagnostic], code: u8, json: bool) {
    // Problems of a study are readable one by one; lines of its text are shown as they are.
    let shown = if problems.is_empty() {
        readable(message)
    } else {
        message.into()
    };
    let message = &*shown;
    if !json {
        print_line(&format!("error: {message}"));
        return;
    }
    let message = message.strip_prefix("error: ").unwrap_or(message).trim_end();
    let mut document = json!({ "outcome": "failed", "exit_code": code, "error": message });
    if !problems.is_empty() {
        document["problems"] = problems.iter().map(as_json).collect();
    }
    // Whoever closed standard output still has standard error.
    let _ = output::print(&format!("{document}\n"));
    let event = json!({ "event": "failed", "exit_code": code, "error": message });
    print_line(&event.to_string());
}

/// A problem or a warning for programs.
pub fn as_json(diagnostic: &Diagnostic) -> Value {
    json!({
        "origin": diagnostic.origin.to_string(), "key": diagnostic.key, "message": diagnostic.message,
        "hint": diagnostic.hint,
    })
}

#[cfg(test)]
mod tests {
    use super::asks_for_json;

    #[test]
    fn json_is_asked_for_in_two_ways() {
        for (arguments, expected) in [
            ("sweep study.toml --json", true),
            ("summary results.h5 --format json", true),
            ("summary results.h5 --format=json", true),
            ("summary results.h5 --format csv", false),
            ("sweep json --set study.name=--json", false),
            ("import json", false),
        ] {
            assert_eq!(
                asks_for_json(arguments.split(' ').map(Into::into)),
                expected,
                "{arguments}"
            );
        }
    }
}
