//! Names of axes and coordinates that the results need for something else.

use crate::results::{MemberAxis, MetricColumn};
use crate::stats::STATISTICS;
use crate::study::ResolvedStudy;
use crate::sweep::{Design, varied_keys};
use serde_json::Value;

/// A name that can't be had.
pub(super) struct Clash {
    /// Where in the study: `sweep.axes[1]`.
    pub(super) key: String,
    /// What is wrong.
    pub(super) message: String,
}

/// The axes whose own name, or the name of one of whose coordinates, is that of the member axis, of a metric or of one
/// of its statistics. Names that every results file has are the sweep's own business.
pub(super) fn clashes(
    resolved: &ResolvedStudy,
    design: &Design,
    members: &MemberAxis,
    metrics: &[MetricColumn],
) -> Vec<Clash> {
    let dimensions = design.dimension_lengths();
    let swept = design.swept_keys();
    let varied = varied_keys(&resolved.sweep);
    let mut names: Vec<&str> = (dimensions.iter().map(|(name, _)| name.as_str()))
        .chain(swept.iter().map(|key| key.name.as_str()))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .filter_map(|name| {
            let owner = owner(name, members, metrics)?;
            let key = swept.iter().find(|key| key.name == name).map(|key| key.key.as_str());
            let axes = resolved.sweep.get("axes").and_then(Value::as_array);
            let index = axes.and_then(|axes| {
                axes.iter()
                    .position(|axis| axis.get("name").and_then(Value::as_str) == Some(name))
                    .or_else(|| {
                        varied
                            .iter()
                            .find(|varied| Some(varied.key.as_str()) == key)
                            .and_then(|varied| {
                                let index = varied.table.strip_prefix("axes[")?.split(']').next()?;
                                index.parse().ok()
                            })
                    })
            });
            Some(Clash {
                key: index.map_or_else(|| "sweep".to_owned(), |index| format!("sweep.axes[{index}]")),
                message: format!("would be called `{name}` in the results, which is the name of {owner}"),
            })
        })
        .collect()
}

fn owner(name: &str, members: &MemberAxis, metrics: &[MetricColumn]) -> Option<String> {
    if name == members.name {
        return Some("the axis of the members".to_owned());
    }
    let metric = metrics.iter().find(|metric| {
        name.strip_prefix(&metric.name).is_some_and(|rest| {
            rest.is_empty()
                || rest
                    .strip_prefix('_')
                    .is_some_and(|suffix| STATISTICS.iter().any(|column| column.suffix == suffix))
        })
    })?;
    Some(if name == metric.name {
        "a metric".to_owned()
    } else {
        format!("a statistic of the metric `{}`", metric.name)
    })
}
