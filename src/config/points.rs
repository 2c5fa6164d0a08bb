//! Checks whole design points: single values that are allowed can be impossible together.

use super::check::Check;
use super::inputs;
use super::report::Report;
use super::schema::Schema;
use super::source::{FILE_LAYER, Place, Source, SourceKind};
use super::swept::Slot;
use super::tree::{Data, Node};
use crate::scenario::{ErasedScenario, Severity};
use crate::sweep::{Assignment, Design, PointIndex, ValuePlace, VariedKey};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Designs up to this size are checked point by point.
pub(super) const MAX_CHECKED: u64 = 4096;

/// Points spread over a larger design, besides those that show every value of every axis.
const SPREAD: u64 = 1024;

/// What the points are checked against.
pub(super) struct PointCheck<'a> {
    pub(super) schema: &'a Schema,
    pub(super) scenario: &'a dyn ErasedScenario,
    pub(super) design: &'a Design,
    /// The scenario's tables with all defaults, before any swept value is put in.
    pub(super) base: &'a Value,
    /// The merged study, for the places of keys that aren't swept.
    pub(super) tree: &'a Node,
    /// The place of the sweep.
    pub(super) place: &'a Place,
    pub(super) slots: &'a [Slot],
    /// The swept keys, with the places of their values in `sweep`.
    pub(super) varied: &'a [VariedKey],
    pub(super) sweep: Option<&'a Node>,
    /// Input files that were looked for, by name, and what is wrong with them.
    pub(super) files: RefCell<BTreeMap<String, Option<(String, String)>>>,
}

/// A problem that one or more points share.
struct Shared {
    severity: Severity,
    place: Place,
    hint: String,
    first: String,
    count: u64,
}

impl PointCheck<'_> {
    /// Checks every point of a small design, and of a larger one the points of [`sample`].
    /// Warnings go to their own report.
    pub(super) fn run(&self, report: &mut Report, warnings: &mut Report) {
        let points = sample(self.design);
        let mut shared: BTreeMap<(String, String), Shared> = BTreeMap::new();
        for point in &points {
            self.point(PointIndex(*point), &mut shared);
            if shared.len() > 100 {
                break;
            }
        }
        for ((key, message), problem) in shared {
            let report = match problem.severity {
                Severity::Error => &mut *report,
                Severity::Warning => &mut *warnings,
            };
            // A variable of the environment belongs to no point, and its place names it already.
            if key.starts_with("PLUME_NAV_SIM_") {
                report.add(&problem.place, "", &message, &problem.hint);
                continue;
            }
            let message = match (problem.first.is_empty(), problem.count) {
                (true, _) => message,
                (false, 1) => format!("{message}, at {}", problem.first),
                (false, count) => format!(
                    "{message}, at {} and {} more of {} points that were checked",
                    problem.first,
                    count - 1,
                    points.len()
                ),
            };
            report.add(&problem.place, &key, &message, &problem.hint);
        }
    }

    fn point(&self, point: PointIndex, shared: &mut BTreeMap<(String, String), Shared>) {
        let assignments = self.design.assignments(point);
        let configuration = self.design.configuration(self.base, point);
        let mut add = |severity: Severity, key: &str, message: String, hint: String| {
            let first = describe(point, &assignments);
            let place = self.blame(key, &assignments);
            shared
                .entry((key.to_owned(), message))
                .or_insert(Shared {
                    severity,
                    place,
                    hint,
                    first,
                    count: 0,
                })
                .count += 1;
        };
        let mut is_sound = true;
        let resolved = self.schema.resolve(self.schema.root());
        let mut tables: Vec<&str> = assignments.iter().filter_map(|a| a.key.split('.').next()).collect();
        tables.sort_unstable();
        tables.dedup();
        for name in tables {
            let Some(value) = configuration.get(name) else { continue };
            let Some((_, schema)) = resolved.properties().into_iter().find(|(known, _)| *known == name) else {
                continue;
            };
            let mut check = Check::new(self.schema);
            check.value(&Node::from_value(value, self.place), schema, name);
            is_sound &= check.problems.is_empty();
            for problem in check.problems {
                add(Severity::Error, &problem.key, problem.message, problem.hint);
            }
        }
        if !is_sound {
            return;
        }
        let mut is_readable = true;
        for file in self.scenario.input_files(&configuration).unwrap_or_default() {
            let mut files = self.files.borrow_mut();
            let found = files
                .entry(file.name.clone())
                .or_insert_with(|| inputs::unreadable(&file));
            if let Some((message, hint)) = found {
                is_readable = false;
                add(Severity::Error, &file.key, message.clone(), hint.clone());
            }
        }
        if !is_readable {
            return;
        }
        match self.scenario.check(&configuration) {
            Ok(problems) => {
                for problem in problems {
                    add(problem.severity, &problem.key, problem.message, problem.hint);
                }
            }
            Err(error) => add(
                Severity::Error,
                "",
                format!("the configuration doesn't fit the scenario: {error}"),
                String::new(),
            ),
        }
    }

    /// The place to blame for a problem at `key`: the swept value that is, holds or lies in it, else where it is set.
    fn blame(&self, key: &str, assignments: &[Assignment]) -> Place {
        let within = |inner: &str, outer: &str| {
            inner == outer
                || inner
                    .strip_prefix(outer)
                    .is_some_and(|rest| rest.starts_with(['.', '[']))
        };
        let responsible = assignments
            .iter()
            .rev()
            .find(|a| within(key, &a.key))
            .or_else(|| assignments.iter().find(|a| !key.is_empty() && within(&a.key, key)));
        if key.starts_with("PLUME_NAV_SIM_") {
            let kind = SourceKind::Environment(key.to_owned());
            return Place::whole(&Source::new(kind, FILE_LAYER + 1, String::new()));
        }
        if let Some(assignment) = responsible {
            let of_key = || self.slots.iter().filter(|slot| slot.key == assignment.key);
            let exact = of_key()
                .find(|slot| slot.value == assignment.value)
                .or_else(|| of_key().next());
            let place = exact.map(|slot| &slot.place).or_else(|| self.typed(assignment));
            return place.unwrap_or(self.place).clone();
        }
        match self.tree.nearest(key) {
            Some(node) if !node.place.is_default() => node.place.clone(),
            _ => self.place.clone(),
        }
    }
}

impl PointCheck<'_> {
    /// Where a swept number was typed, or what it was made of.
    fn typed(&self, assignment: &Assignment) -> Option<&Place> {
        let of_key = self.varied.iter().filter(|varied| varied.key == assignment.key);
        let mut first = None;
        for place in of_key.flat_map(|varied| &varied.values) {
            let (ValuePlace::List { path, .. } | ValuePlace::Alternative { path, .. } | ValuePlace::Number { path }) =
                place;
            let Some(node) = self.sweep.and_then(|sweep| sweep.nearest(path)) else {
                continue;
            };
            let is_it = |node: &&Node| matches!(&node.data, Data::Scalar(value) if *value == assignment.value);
            let exact = match node.as_array() {
                Some(items) => items.iter().find(is_it),
                None => Some(node).filter(is_it),
            };
            if let Some(exact) = exact {
                return Some(&exact.place);
            }
            first = first.or_else(|| node.as_array().map_or(Some(node), <[Node]>::first));
        }
        first.map(|node| &node.place)
    }
}

/// `design point 3 (wind.speed_m_s = 2, navigator = surge_cast)`; nothing where there is no sweep.
pub(super) fn describe(point: PointIndex, assignments: &[Assignment]) -> String {
    if assignments.is_empty() {
        return String::new();
    }
    let values: Vec<String> = assignments
        .iter()
        .take(8)
        .map(|a| format!("{} = {}", a.key, a.shown()))
        .collect();
    let more = if assignments.len() > 8 { ", …" } else { "" };
    format!("design {point} ({}{more})", values.join(", "))
}

/// The points to look at: all of them up to [`MAX_CHECKED`]; otherwise, with every other axis at its first value, up
/// to `2048 / axes` evenly spaced values of each axis, and [`SPREAD`] points spread over the whole design.
fn sample(design: &Design) -> Vec<u64> {
    let count = design.point_count();
    if count <= MAX_CHECKED {
        return (0..count).collect();
    }
    let lengths = design.dimension_lengths();
    let mut points = Vec::new();
    let share = (2048 / lengths.len().max(1) as u64).max(1);
    let mut stride = count;
    for (_, length) in &lengths {
        stride /= (*length).max(1);
        let shown = share.min(*length);
        points.extend((0..shown).map(|i| spaced(i, shown, *length) * stride));
    }
    points.extend((0..SPREAD).map(|i| spaced(i, SPREAD, count)));
    // A second spread that doesn't keep step with any axis: multiples of the golden ratio.
    points.extend((0..SPREAD).map(|i| {
        let fraction = (i as f64 * 0.618_033_988_749_894_9).fract();
        ((fraction * count as f64) as u64).min(count - 1)
    }));
    points.retain(|point| *point < count);
    points.sort_unstable();
    points.dedup();
    points
}

/// Value `i` of `shown` that are evenly spaced over `0..length`, both ends included.
fn spaced(i: u64, shown: u64, length: u64) -> u64 {
    if shown < 2 {
        0
    } else {
        (u128::from(i) * u128::from(length - 1) / u128::from(shown - 1)) as u64
    }
}
