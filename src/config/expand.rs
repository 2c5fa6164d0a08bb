//! Resolved data → the study that the engine works on.

use super::{ConfigError, Diagnostic, Origin, ResolvedStudy, Study};
use crate::scenario::{MemberAxis, MetricColumn, Registry};
use crate::sweep::{Design, PointIndex, UnitPlan};
use std::sync::Arc;

/// Combinations of the values that decide the shape of the results which are looked at.
const MAX_SHAPES: u64 = 1_000_000;

/// Expands a study; see [`Study::new`].
pub(super) fn expand(resolved: ResolvedStudy, registry: &Registry) -> Result<Study, ConfigError> {
    let Some(scenario) = registry.get(&resolved.study.scenario) else {
        let known: Vec<&str> = registry.iter().map(|scenario| scenario.name()).collect();
        let message = format!("= \"{}\" isn't a scenario of this program", resolved.study.scenario);
        let hint = format!("it has {}", super::suggest::alternatives(known, 20));
        return Err(refuse(&resolved, "study.scenario", message, hint));
    };
    let design = Design::parse(&resolved.sweep).map_err(|mistakes| ConfigError {
        diagnostics: mistakes
            .into_iter()
            .map(|mistake| {
                diagnostic(
                    &resolved,
                    &format!("sweep.{}", mistake.path),
                    mistake.message,
                    mistake.hint,
                )
            })
            .collect(),
    })?;
    let shape = |point| scenario.shape(&design.configuration(&resolved.scenario, point));
    let points = design
        .points_covering(scenario.shape_keys(), MAX_SHAPES)
        .map_err(|count| {
            let keys = super::suggest::alternatives(scenario.shape_keys().iter().copied(), 10);
            let message = format!(
                "gives {keys} {count} combinations, but the shape of the results is settled from at most {MAX_SHAPES}"
            );
            refuse(&resolved, "sweep", message, format!("give {keys} fewer values"))
        })?;
    let mut agreed: Option<(MemberAxis, Vec<MetricColumn>)> = None;
    for point in points.into_iter().chain([PointIndex(0)]) {
        let (axis, metrics) = shape(point).map_err(|error| {
            let message = format!("gives a configuration at {point} that doesn't fit the scenario: {error}");
            refuse(&resolved, "sweep", message, "check the swept values".to_owned())
        })?;
        match &mut agreed {
            None => agreed = Some((axis, metrics)),
            Some((largest, columns)) => {
                if largest.name != axis.name || *columns != metrics {
                    let message = format!(
                        "changes the metrics or the members of the results at {point}; they must be the same at all points"
                    );
                    let keys = super::suggest::alternatives(scenario.shape_keys().iter().copied(), 10);
                    return Err(refuse(
                        &resolved,
                        "sweep",
                        message,
                        format!("make one study for each choice of {keys}"),
                    ));
                }
                largest.count = largest.count.max(axis.count);
            }
        }
    }
    let (member_axis, metrics) = agreed.expect("point 0 was looked at");
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
    })
}

fn refuse(resolved: &ResolvedStudy, key: &str, message: String, hint: String) -> ConfigError {
    ConfigError {
        diagnostics: vec![diagnostic(resolved, key, message, Some(hint))],
    }
}

fn diagnostic(resolved: &ResolvedStudy, key: &str, message: String, hint: Option<String>) -> Diagnostic {
    let origin = resolved
        .origins
        .iter()
        .find(|(known, _)| known.starts_with(key))
        .map(|(_, origin)| origin.clone());
    Diagnostic {
        origin: origin.unwrap_or(Origin::Default),
        key: key.to_owned(),
        message,
        hint,
        excerpt: None,
    }
}
