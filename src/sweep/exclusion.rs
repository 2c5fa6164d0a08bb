//! Exclusion rules: which combinations of swept values are left out.

use super::axis::{Axis, Cell, Grid};
use super::canonical;
use super::error::Problems;
use super::form::{self, Form};
use super::key;
use super::selection::{AliveRun, Selection};
use super::table::BoundsTable;
use super::words::{describe, nearest};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashSet;

/// Most rules: one bit each.
const MAX_RULES: usize = 64;

/// Longest axis that rules may look at, since every value of it is compared once.
const MAX_AXIS_VALUES: u64 = 1_000_000;

/// One condition on one key.
#[derive(Clone, Debug)]
enum Condition {
    /// Equal to one of these.
    OneOf(Alternatives),
    /// A number within all the bounds given.
    Bounds(BoundsTable),
}

/// Typed values, so that a swept one is found among them at once.
#[derive(Clone, Debug, Default)]
struct Alternatives {
    texts: HashSet<String>,
    /// Last parts of names of presets, which components may be called by.
    presets: HashSet<String>,
    /// Canonical bytes of all that isn't text.
    others: HashSet<Vec<u8>>,
}

impl Alternatives {
    fn of(values: &[Value]) -> Self {
        let mut found = Self::default();
        for value in values {
            match value {
                Value::String(text) => {
                    found.presets.insert(text.rsplit('/').next().unwrap_or(text).to_owned());
                    found.texts.insert(text.clone());
                }
                other => drop(found.others.insert(canonical::bytes(other))),
            }
        }
        found
    }

    /// Whether one of them means the swept value: numbers as numbers, texts by label or content, components also by the
    /// name of their preset.
    fn contain(&self, cell: &Cell<'_>) -> bool {
        let name = cell.name();
        name.is_some_and(|name| self.texts.contains(name))
            || cell.value.as_str().is_some_and(|text| self.texts.contains(text))
            || (cell.value.is_object() && name.is_some_and(|name| self.presets.contains(name)))
            || (!self.others.is_empty() && self.others.contains(&canonical::bytes(&cell.value)))
    }
}

/// A condition, the rule that it belongs to and the axis that it looks at.
struct Placed {
    rule: usize,
    axis: usize,
    key: String,
    condition: Condition,
    path: String,
}

/// What the rules at `exclude` leave of `grid`; `None` if there are no rules.
pub(super) fn selection(value: &Value, grid: &Grid, problems: &mut Problems) -> Option<Selection> {
    let Value::Array(rules) = value else {
        problems.add(
            "exclude",
            format!("must be a list of tables, found {}", describe(value)),
        );
        return None;
    };
    if rules.is_empty() {
        return None;
    }
    if rules.len() > MAX_RULES {
        problems.add_with_hint(
            "exclude",
            format!("has {} rules; the maximum is {MAX_RULES}", rules.len()),
            "give lists of values or bounds instead of one rule per value",
        );
        return None;
    }
    let before = problems.count();
    let mut placed = Vec::new();
    for (rule, value) in rules.iter().enumerate() {
        place_rule(rule, value, grid, &mut placed, problems);
    }
    if problems.count() > before {
        return None;
    }
    let mut runs = Vec::with_capacity(grid.axes.len());
    let mut constrained = Vec::with_capacity(grid.axes.len());
    for (number, axis) in grid.axes.iter().enumerate() {
        let own: Vec<&Placed> = placed.iter().filter(|condition| condition.axis == number).collect();
        constrained.push(own.iter().fold(0, |mask, condition| mask | 1 << condition.rule));
        runs.push(runs_of(axis, &own, problems));
    }
    if problems.count() > before {
        return None;
    }
    match Selection::new(grid, runs, &constrained, rules.len()) {
        Ok(selection) if selection.count() == 0 => {
            problems.add_with_hint(
                "exclude",
                "leaves no design point: the sweep is empty",
                "each rule excludes the points at which all its conditions hold: narrow one, or take it out",
            );
            None
        }
        Ok(selection) => Some(selection),
        Err(_) => {
            problems.add_with_hint(
                "exclude",
                "has rules that divide the axes into too many parts to count",
                "join rules, or put their keys into one `zip` or `nested` axis",
            );
            None
        }
    }
}

/// Where a rule's condition on `key` stands: keys have dots, so they are quoted.
fn condition_path(rule: usize, key: &str) -> String {
    format!("exclude[{rule}].\"{key}\"")
}

fn place_rule(rule: usize, value: &Value, grid: &Grid, placed: &mut Vec<Placed>, problems: &mut Problems) {
    let Value::Object(entries) = value else {
        problems.add(
            format!("exclude[{rule}]"),
            format!("must be a table of conditions, found {}", describe(value)),
        );
        return;
    };
    if entries.is_empty() {
        problems.add(
            format!("exclude[{rule}]"),
            "has no condition, so it would exclude everything",
        );
    }
    for (key, value) in entries {
        let path = condition_path(rule, key);
        let axis = grid
            .axes
            .iter()
            .position(|axis| axis.keys().iter().any(|own| own.key == key));
        let Some(axis) = axis else {
            not_swept(key, &path, grid, problems);
            continue;
        };
        if grid.axes[axis].count() > MAX_AXIS_VALUES {
            problems.add(
                path,
                format!(
                    "refers to an axis of {} values; the maximum for rules is {MAX_AXIS_VALUES}",
                    grid.axes[axis].count()
                ),
            );
            continue;
        }
        if let Some(condition) = condition(value, &path, problems) {
            placed.push(Placed {
                rule,
                axis,
                key: key.clone(),
                condition,
                path,
            });
        }
    }
}

fn not_swept(key: &str, path: &str, grid: &Grid, problems: &mut Problems) {
    let swept: Vec<&str> = grid.axes.iter().flat_map(Axis::keys).map(|own| own.key).collect();
    let hint = if let Some(component) = swept.iter().find(|own| key::is_inside(key, own)) {
        format!("`{component}` is swept as a whole: compare it with a label")
    } else if let Some(best) = nearest(key, swept.iter().copied()) {
        format!("did you mean `{best}`?")
    } else {
        format!("swept are: {}", swept.join(", "))
    };
    problems.add_with_hint(path, "names a key that no axis sweeps", hint);
}

fn condition(value: &Value, path: &str, problems: &mut Problems) -> Option<Condition> {
    match value {
        Value::Array(entries) if entries.is_empty() => {
            problems.add(path, "must list at least one value");
            None
        }
        Value::Array(entries) => Some(Condition::OneOf(Alternatives::of(entries))),
        // A component is told from bounds by its kind.
        Value::Object(entries) if !entries.contains_key("kind") => {
            let before = problems.count();
            form::check(value, Form::named("SweepBounds")?, path, problems);
            if entries.is_empty() {
                problems.add(path, "has no bound");
            }
            let bounds = BoundsTable::deserialize(value).ok();
            bounds.filter(|_| problems.count() == before).map(Condition::Bounds)
        }
        Value::Null => {
            problems.add(path, format!("must be a value, found {}", describe(value)));
            None
        }
        single => Some(Condition::OneOf(Alternatives::of(std::slice::from_ref(single)))),
    }
}

impl Condition {
    fn holds(&self, cell: &Cell<'_>) -> bool {
        match self {
            Self::OneOf(values) => values.contain(cell),
            Self::Bounds(BoundsTable { above, below, min, max }) => cell.value.as_f64().is_some_and(|number| {
                above.is_none_or(|bound| number > bound)
                    && below.is_none_or(|bound| number < bound)
                    && min.is_none_or(|bound| number >= bound)
                    && max.is_none_or(|bound| number <= bound)
            }),
        }
    }
}

/// The rules of `sweep`, by number, that exclude nothing, because a condition of theirs never holds.
#[must_use]
pub fn idle_rules(sweep: &Value) -> Vec<usize> {
    let problems = super::Design::parse(sweep).err().unwrap_or_default();
    let idle = problems
        .iter()
        .filter(|problem| problem.message.starts_with(NEVER_HOLDS));
    idle.filter_map(|problem| problem.path.strip_prefix("exclude[")?.split(']').next()?.parse().ok())
        .collect()
}

/// Beginning of the message about a rule that excludes nothing.
const NEVER_HOLDS: &str = "never holds";

/// Divides an axis into runs by the rules that its digits satisfy. Conditions that never hold are problems: they are
/// misspelt more often than meant.
fn runs_of(axis: &Axis, own: &[&Placed], problems: &mut Problems) -> Vec<AliveRun> {
    let mut runs = vec![AliveRun {
        first: 0,
        alive: u64::MAX,
    }];
    if own.is_empty() {
        return runs;
    }
    runs.clear();
    let mut ever_held = vec![false; own.len()];
    let mut ever_alive = 0;
    for digit in 0..axis.count() {
        let mut holds = vec![false; own.len()];
        axis.visit(digit, &mut |cell| {
            for (slot, condition) in holds.iter_mut().zip(own) {
                *slot |= condition.key == cell.key && condition.condition.holds(&cell);
            }
        });
        let mut alive = u64::MAX;
        for ((held, condition), ever) in holds.iter().zip(own).zip(&mut ever_held) {
            *ever |= held;
            if !held {
                alive &= !(1 << condition.rule);
            }
        }
        ever_alive |= alive;
        if runs.last().is_none_or(|run| run.alive != alive) {
            runs.push(AliveRun { first: digit, alive });
        }
    }
    let mut blamed = 0_u64;
    for (condition, ever) in own.iter().zip(ever_held) {
        if !ever {
            blamed |= 1 << condition.rule;
            problems.add_with_hint(
                &condition.path,
                format!("{NEVER_HOLDS}: `{}` takes no such value", condition.key),
                "a rule that excludes nothing is refused; components are compared by label",
            );
        }
    }
    for condition in own {
        if ever_alive & (1 << condition.rule) == 0 && blamed & (1 << condition.rule) == 0 {
            blamed |= 1 << condition.rule;
            problems.add(
                format!("exclude[{}]", condition.rule),
                format!("{NEVER_HOLDS}: its conditions on one axis exclude each other"),
            );
        }
    }
    runs
}
