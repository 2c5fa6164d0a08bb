//! What is wrong with `[record]`.

use super::super::component::Context;
use super::columns::known_columns;
use crate::scenario::Problems;

/// Columns that nobody can fill, or that are there twice, and intervals that are shorter than a step.
#[must_use]
pub fn problems(context: Context<'_>) -> Problems {
    let record = &context.config.record;
    let mut found = Problems::default();
    let known = known_columns();
    for (index, name) in record.columns.iter().enumerate() {
        if !known.contains(&name.as_str()) {
            found.add(
                "record.columns",
                format!("has {name:?}, which nothing in this program can record"),
                format!("it can record {}", known.join(", ")),
            );
        } else if record.columns[..index].contains(name) {
            found.add("record.columns", format!("has `{name}` twice"), "name it once");
        }
    }
    for (index, point) in record.points.iter().enumerate() {
        if record.points[..index].contains(point) {
            found.add("record.points", format!("has point {point} twice"), "name it once");
        }
    }
    for (index, event) in record.events.iter().enumerate() {
        if record.events[..index].contains(event) {
            found.add("record.events", "has an event twice", "name it once");
        }
    }
    if record.every_s > 0.0 {
        found.extend(context.shorter_than_step("record.every_s", record.every_s));
        if record.every_steps > 1 {
            found.add(
                "record.every_steps",
                "is set beside record.every_s, which would win",
                "set one of them",
            );
        }
    }
    found
}
