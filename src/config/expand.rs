//! Resolved data → the study that the engine works on.

use super::points::describe;
use super::{ConfigError, Diagnostic};
use crate::results::{MemberDetail, MetricColumn};
use crate::scenario::{ErasedScenario, Registry, UnitShape};
use crate::study::{Origin, ResolvedStudy, Study};
use crate::sweep::{Design, PointIndex, UnitPlan};
use serde_json::Value;
use std::sync::Arc;

/// Combinations of the values that decide the shape of the results which are looked at.
pub(super) const MAX_SHAPES: u64 = 1_000_000;

/// Combinations of those values whose columns are compared to find whether they can agree.
const MAX_COMPARED: u64 = 10_000;

/// Characters of a metric's unit at most.
const MAX_UNIT: usize = 100;

/// Expands a resolved study. Pure: every rank gets the same from the same data.
///
/// # Errors
/// If the design is impossible (the messages blame keys of the study).
pub fn expand(resolved: ResolvedStudy, registry: &Registry) -> Result<Study, ConfigError> {
    let Some(scenario) = registry.get(&resolved.study.scenario) else {
        let known: Vec<&str> = registry.iter().map(|scenario| scenario.name()).collect();
        let message = format!("= \"{}\" isn't a scenario of this program", resolved.study.scenario);
        let hint = format!("it has {}", super::suggest::alternatives(known, 20));
        return Err(refuse(&resolved, "study.scenario", message, hint));
    };
    let scenario = scenario.for_folder(&resolved.folder);
    let design = Design::parse(&resolved.sweep).map_err(|problems| ConfigError {
        diagnostics: problems
            .into_iter()
            .map(|problem| {
                diagnostic(
                    &resolved,
                    &format!("sweep.{}", problem.path),
                    problem.message,
                    problem.hint,
                )
            })
            .collect(),
    })?;
    let UnitShape {
        member_axis,
        metrics,
        features,
    } = common_shape(&resolved, &design, scenario.as_ref())?;
    let points_are_dependent =
        resolved.study.common_random_numbers || shares_randomness(&resolved, &design, scenario.as_ref());
    if let Some(column) = metrics.iter().find(|column| !is_unit(&column.unit)) {
        let unit = super::check::short(&column.unit);
        let message = format!("gives the metric `{}` the unit \"{unit}\"", column.name);
        let hint = format!("a unit has 1 to {MAX_UNIT} characters, without control characters");
        return Err(refuse(&resolved, "study.scenario", message, hint));
    }
    if let Some(problem) = features.problem() {
        let hint = "this is a fault of the scenario, not of the study".to_owned();
        return Err(refuse(&resolved, "study.scenario", problem, hint));
    }
    let unmakeable = features.products.iter().find(|product| product.of_members);
    if let (Some(product), MemberDetail::Statistics) = (unmakeable, resolved.output.members) {
        let message = format!("keeps no values of members, and {} is made from them", product.name);
        let hint = "leave output.members out, or make none of such files".to_owned();
        return Err(refuse(&resolved, "output.members", message, hint));
    }
    let clashes = super::names::clashes(&resolved, &design, &member_axis, &metrics);
    if !clashes.is_empty() {
        let hint = || Some("give the axis another `name`".to_owned());
        let diagnostics = clashes
            .into_iter()
            .map(|clash| diagnostic(&resolved, &clash.key, clash.message, hint()))
            .collect();
        return Err(ConfigError { diagnostics });
    }
    let plan = UnitPlan {
        points: design.point_count(),
        replicates: resolved.study.replicates,
    };
    Ok(Study {
        resolved: Arc::new(resolved),
        design: Arc::new(design),
        plan,
        scenario,
        member_axis,
        metrics: Arc::new(metrics),
        features: Arc::new(features),
        points_are_dependent,
    })
}

/// The shape that the units of all points have together: where points have other numbers of members, the largest.
fn common_shape(
    resolved: &ResolvedStudy,
    design: &Design,
    scenario: &dyn ErasedScenario,
) -> Result<UnitShape, ConfigError> {
    let shape = |point| scenario.shape(&design.configuration(&resolved.scenario, point));
    let points = design
        .points_covering(scenario.shape_keys(), MAX_SHAPES)
        .map_err(|count| {
            let keys = super::suggest::alternatives(scenario.shape_keys().iter().copied(), 10);
            let message = format!(
                "gives {keys} {count} combinations, but the shape of the results is determined from at most {MAX_SHAPES}"
            );
            refuse(resolved, "sweep", message, format!("give {keys} fewer values"))
        })?;
    let mut agreed: Option<(PointIndex, UnitShape)> = None;
    for point in points.into_iter().chain([PointIndex(0)]) {
        let shape = shape(point).map_err(|error| {
            let message = format!("gives a configuration at {point} that doesn't fit the scenario: {error}");
            refuse(resolved, "sweep", message, "check the swept values".to_owned())
        })?;
        match &mut agreed {
            None => agreed = Some((point, shape)),
            Some((first, largest)) => {
                if let Some(what) = difference(largest, &shape) {
                    let (first_of_all, point_of_other) = (*first, point);
                    let [first, point] = [*first, point].map(|point| describe(point, &design.assignments(point)));
                    let message = format!(
                        "{} at {first}, but {} at {point}; the results need the same metrics and members at all points",
                        what[0], what[1]
                    );
                    let hint = hint_at_shapes(resolved, scenario, design, [first_of_all, point_of_other]);
                    return Err(refuse(resolved, "sweep", message, hint));
                }
                largest.member_axis.count = largest.member_axis.count.max(shape.member_axis.count);
                for (column, other) in largest.metrics.iter_mut().zip(&shape.metrics) {
                    column.support = column.support.common(other.support);
                }
                largest.features.saves |= shape.features.saves;
            }
        }
    }
    let (_, shape) = agreed.expect("point 0 was checked");
    Ok(shape)
}

/// Sets what gives all points the same columns, if theirs differ and the study says nothing of it.
pub(super) fn agree_on_columns(resolved: &mut ResolvedStudy, design: &Design, scenario: &dyn ErasedScenario) {
    if scenario.common_columns().is_empty() {
        return;
    }
    let Ok(points) = design.points_covering(scenario.shape_keys(), MAX_COMPARED) else {
        return;
    };
    let columns = |point| {
        let shape = scenario.shape(&design.configuration(&resolved.scenario, point));
        shape.ok().map(|shape| shape.metrics)
    };
    let mut all = points.into_iter().map(columns);
    let first = all.next();
    let alike = |columns: &Option<Vec<MetricColumn>>| match (columns, &first) {
        (Some(columns), Some(Some(first))) => {
            columns.len() == first.len() && columns.iter().zip(first).all(|(a, b)| a.is_like(b))
        }
        (columns, first) => Some(columns) == first.as_ref(),
    };
    if all.all(|columns| alike(&columns)) {
        return;
    }
    for (key, text) in scenario.common_columns() {
        let pointer = format!("/{}", key.replace('.', "/"));
        if !resolved.origins.contains_key(*key)
            && let Some(value) = resolved.scenario.pointer_mut(&pointer)
        {
            *value = Value::from(*text);
        }
    }
}

/// How points with other columns or members can be had in one file, or what they depend on.
fn hint_at_shapes(
    resolved: &ResolvedStudy,
    scenario: &dyn ErasedScenario,
    design: &Design,
    points: [PointIndex; 2],
) -> String {
    let mut common = resolved.scenario.clone();
    for (key, text) in scenario.common_columns() {
        if let Some(value) = common.pointer_mut(&format!("/{}", key.replace('.', "/"))) {
            *value = Value::from(*text);
        }
    }
    let [first, other] = points.map(|point| scenario.shape(&design.configuration(&common, point)));
    if let (Ok(first), Ok(other)) = (first, other)
        && difference(&first, &other).is_none()
    {
        let settings = scenario
            .common_columns()
            .iter()
            .map(|(key, text)| format!("{key} = \"{text}\""));
        return format!("set {}", settings.collect::<Vec<_>>().join(" and "));
    }
    let keys = super::suggest::alternatives(scenario.shape_keys().iter().copied(), 10);
    format!("make one study for each of them; what matters is {keys}")
}

/// Whether units of any point may share random numbers with those of another point. Where there are too many
/// combinations to look at, they are taken to.
fn shares_randomness(resolved: &ResolvedStudy, design: &Design, scenario: &dyn ErasedScenario) -> bool {
    let Ok(points) = design.points_covering(scenario.randomness_keys(), MAX_SHAPES) else {
        return true;
    };
    points.into_iter().chain([PointIndex(0)]).any(|point| {
        let configuration = design.configuration(&resolved.scenario, point);
        scenario.shares_randomness(&configuration).unwrap_or(true)
    })
}

/// Whether a text can stand as the unit of a metric. It may come from a foreign file, so its meaning isn't judged.
fn is_unit(text: &str) -> bool {
    !text.chars().any(char::is_control) && (1..=MAX_UNIT).contains(&text.chars().count())
}

/// What the shapes of two points have each that the other hasn't; `None` if both fit into one file.
fn difference(first: &UnitShape, other: &UnitShape) -> Option<[String; 2]> {
    if first.member_axis.name != other.member_axis.name {
        return Some([first, other].map(|shape| format!("has the member axis `{}`", shape.member_axis.name)));
    }
    if first.features.kept() != other.features.kept() {
        let form = |shape: &UnitShape| serde_json::to_string(&shape.features).unwrap_or_default();
        return Some([first, other].map(|shape| format!("declares {} besides metrics", form(shape))));
    }
    let (mine, theirs) = (first.metrics.as_slice(), other.metrics.as_slice());
    let missing = |from: &[MetricColumn], name: &str| from.iter().all(|column| column.name != name);
    for (these, those, turned) in [(mine, theirs, false), (theirs, mine, true)] {
        if let Some(column) = these.iter().find(|column| missing(those, &column.name)) {
            let mut words = [format!("has the metric `{}`", column.name), "not".to_owned()];
            if turned {
                words = [format!("has no metric `{}`", column.name), "has it".to_owned()];
            }
            return Some(words);
        }
    }
    let (a, b) = mine.iter().zip(theirs).find(|(a, b)| !a.is_like(b))?;
    Some(if a.name != b.name {
        [a, b].map(|column| format!("has the metric `{}` in this place", column.name))
    } else if a.unit != b.unit {
        [
            format!("has the metric `{}` in \"{}\"", a.name, a.unit),
            format!("in \"{}\"", b.unit),
        ]
    } else {
        let form = |column: &MetricColumn| {
            serde_json::to_string(&(&column.kind, &column.aggregation, &column.long_name)).unwrap_or_default()
        };
        [
            format!("has the metric `{}` as {}", a.name, form(a)),
            format!("as {}", form(b)),
        ]
    })
}

/// A problem at `key`, where the study's layers aren't at hand any more.
pub(super) fn refuse(resolved: &ResolvedStudy, key: &str, message: String, hint: String) -> ConfigError {
    ConfigError {
        diagnostics: vec![diagnostic(resolved, key, message, Some(hint))],
    }
}

fn diagnostic(resolved: &ResolvedStudy, key: &str, message: String, hint: Option<String>) -> Diagnostic {
    Diagnostic {
        origin: blame(resolved, key).unwrap_or(&Origin::Default).clone(),
        key: key.to_owned(),
        message,
        hint,
        excerpt: None,
    }
}

/// Where `key` came from: itself or a part of it, else the axis that sets it, else the component that holds it.
fn blame<'a>(resolved: &'a ResolvedStudy, key: &str) -> Option<&'a Origin> {
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let of = |wanted: &dyn Fn(&str) -> bool| resolved.origins.iter().find(|(known, _)| wanted(known)).map(|(_, o)| o);
    let axes = resolved.sweep.get("axes").and_then(Value::as_array);
    let axis = axes.into_iter().flatten().position(|axis| {
        let keys = crate::sweep::keys_always_varied_by(axis);
        keys.iter().any(|swept| within(key, swept) || within(swept, key))
    });
    axis.and_then(|axis| of(&|known| within(known, &format!("sweep.axes[{axis}]"))))
        .or_else(|| of(&|known| within(known, key)))
        .or_else(|| of(&|known| within(key, known)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{EndReason, MemberAxis, MetricKind, UnitFeatures};

    fn shape(axis: &str, metrics: &[MetricColumn]) -> UnitShape {
        UnitShape {
            member_axis: MemberAxis {
                name: axis.to_owned(),
                count: 1,
            },
            metrics: metrics.to_vec(),
            features: UnitFeatures::PLAIN,
        }
    }

    fn column(name: &str, unit: &str) -> MetricColumn {
        MetricColumn::new(name, MetricKind::Real, unit, "something")
    }

    #[test]
    fn units_are_short_and_printable() {
        for unit in ["1", "kg m-3", "molecules cm-3", "µg/m³"] {
            assert!(is_unit(unit), "{unit}");
        }
        for unit in ["", "m\n", "\u{1b}[2J", "\0", &"m".repeat(101)] {
            assert!(!is_unit(unit), "{unit:?}");
        }
    }

    #[test]
    fn what_differs_is_named() {
        let told = |a: &[MetricColumn], b: &[MetricColumn]| {
            difference(&shape("agent", a), &shape("agent", b)).map(|[a, b]| format!("{a} / {b}"))
        };
        let (x, y) = (column("x", "m"), column("y", "s"));
        let both = [x.clone(), y.clone()];
        assert_eq!(told(&both, &both), None);
        for (a, b, words) in [
            (
                vec![x.clone()],
                vec![column("x", "molecules cm-3")],
                r#"has the metric `x` in "m" / in "molecules cm-3""#,
            ),
            (both.to_vec(), vec![x.clone()], "has the metric `y` / not"),
            (vec![x.clone()], both.to_vec(), "has no metric `y` / has it"),
            (
                both.to_vec(),
                vec![y.clone(), x.clone()],
                "has the metric `x` in this place / has the metric `y` in this place",
            ),
            (
                vec![x.clone()],
                vec![x.clone().conditional("some")],
                r#"has the metric `x` as ["real","all_members","something"] / as ["real",{"conditional":"some"},"something"]"#,
            ),
        ] {
            assert_eq!(told(&a, &b).as_deref(), Some(words));
        }
        let of_axes = difference(&shape("agent", &both), &shape("cell", &both));
        assert_eq!(
            of_axes,
            Some([
                "has the member axis `agent`".to_owned(),
                "has the member axis `cell`".to_owned()
            ])
        );
        let mut ending = shape("agent", &both);
        ending.features.ends.push(EndReason::new("extinct", "nobody is left"));
        let of_features = difference(&shape("agent", &both), &ending).expect("a difference");
        assert!(of_features[1].contains("extinct"), "{of_features:?}");
    }
}
