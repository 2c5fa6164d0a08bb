//! The bodies of `config show`, `config schema`, `config list` and `config validate`.

use super::presets::Presets;
use super::schema::Schema;
use super::{ConfigError, LayerSources, catalogue, study_schema};
use crate::scenario::{ErasedScenario, Registry};
use crate::study::{ResolvedStudy, toml_text};
use crate::sweep::{ValuePlace, varied_keys};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;

/// The resolved study as TOML; with origins, each given value is followed by where it came from.
#[must_use]
pub fn show(study: &ResolvedStudy, with_origins: bool) -> String {
    if !with_origins {
        return study.to_toml();
    }
    let lines = toml_text::lines(&study.document());
    let width = lines
        .iter()
        .filter(|line| line.key.is_some())
        .map(|line| line.text.chars().count())
        .filter(|width| *width <= 60)
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for line in &lines {
        match &line.key {
            // The lines of its items say it.
            Some(key)
                if (study.origins.range(format!("{key}[")..).next())
                    .is_some_and(|(known, _)| known.strip_prefix(key).is_some_and(|rest| rest.starts_with('['))) =>
            {
                out.push_str(&format!("{}\n", line.text));
            }
            Some(key) => {
                let origin = study
                    .origins
                    .get(key)
                    .map_or_else(|| "default".to_owned(), ToString::to_string);
                // A line break inside a comment would end it.
                let origin: String = origin.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                let padding = " ".repeat(width.saturating_sub(line.text.chars().count()));
                out.push_str(&format!("{}{padding}  # {origin}\n", line.text));
            }
            None => out.push_str(&format!("{}\n", line.text)),
        }
    }
    out
}

/// What the swept components of a study are with all their defaults, as comments; nothing without such components.
#[must_use]
pub fn swept_components(study: &ResolvedStudy, registry: &Registry) -> String {
    let Some(scenario) = registry.get(&study.study.scenario) else {
        return String::new();
    };
    let mut out = String::new();
    for varied in varied_keys(&study.sweep) {
        for place in &varied.values {
            let (ValuePlace::List { path, .. } | ValuePlace::Alternative { path, .. } | ValuePlace::Number { path }) =
                place;
            let Some(value) = study.sweep.pointer(&pointer(path)) else {
                continue;
            };
            let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for component in values.iter().filter(|value| value.is_object()).take(MAX_COMPONENTS) {
                let mut configuration = scenario.defaults();
                let Some(slot) = configuration.pointer_mut(&pointer(&varied.key)) else {
                    continue;
                };
                slot.clone_from(component);
                let complete = scenario.complete(&configuration).ok();
                if let Some(complete) = complete
                    .as_ref()
                    .and_then(|complete| complete.pointer(&pointer(&varied.key)))
                {
                    let _ = writeln!(out, "#   {} = {}", varied.key, toml_text::inline(complete));
                }
            }
        }
    }
    if out.is_empty() {
        return out;
    }
    format!("\n# The swept components with all their values:\n{out}")
}

/// Components of an axis that are shown in full.
const MAX_COMPONENTS: usize = 100;

/// The JSON pointer of a dotted key, which may index lists.
fn pointer(key: &str) -> String {
    format!("/{}", key.replace(['.', '['], "/").replace(']', ""))
}

/// JSON Schema (draft 2020-12) of a whole study file of `scenario`; nothing if there is no such scenario.
#[must_use]
pub fn schema(registry: &Registry, scenario: &str) -> Option<Value> {
    let document = study_schema::document(registry, Some(&*registry.get(scenario)?));
    Some(study_schema::for_editors(document))
}

/// The tables that keys of `scenario` (of all scenarios if none is named) are in, each once.
#[must_use]
pub fn families(registry: &Registry, scenario: Option<&str>) -> Vec<String> {
    let mut families: Vec<String> = Vec::new();
    for known in chosen(registry, scenario) {
        let schema = Schema::new(study_schema::document(registry, Some(known)));
        for (table, _) in schema.resolve(schema.root()).properties() {
            if !NOT_LISTED.contains(&table) && !families.iter().any(|family| family == table) {
                families.push(table.to_owned());
            }
        }
    }
    families
}

/// Tables whose keys aren't listed.
const NOT_LISTED: [&str; 2] = ["sweep", "defaults"];

fn chosen<'a>(registry: &'a Registry, scenario: Option<&'a str>) -> impl Iterator<Item = &'a dyn ErasedScenario> {
    (registry.iter())
        .filter(move |known| scenario.is_none_or(|name| name == known.name()))
        .map(|known| &**known)
}

/// Scenarios, presets and where each was found, and the keys of `scenario` (of all scenarios if none is named).
/// `study_folder` is where the search for `conf/` begins. Of a `family`, only its presets and keys; nothing if there are
/// none.
#[must_use]
pub fn list(
    registry: &Registry,
    scenario: Option<&str>,
    family: Option<&str>,
    study_folder: &Path,
    environment: &[(String, String)],
) -> Option<String> {
    let mut out = String::new();
    if family.is_none() {
        out.push_str("Scenarios\n");
        let width = registry.iter().map(|scenario| scenario.name().len()).max().unwrap_or(0);
        for scenario in registry.iter() {
            let _ = writeln!(out, "  {:width$}  {}", scenario.name(), scenario.summary());
        }
        out.push('\n');
    }
    let presets = Presets::beside(&study_folder.join("study.toml"), environment);
    let mut found = presets.list();
    if let Some(family) = family {
        found.retain(|name, _| name.split('/').next() == Some(family));
    }
    let mut is_empty = found.is_empty();
    out.push_str("Presets\n");
    if found.is_empty() {
        out.push_str("  none\n");
    }
    let width = found.keys().map(String::len).max().unwrap_or(0);
    for (name, location) in &found {
        let summary = presets.summary(location);
        let _ = writeln!(out, "  {name:width$}  {summary}  ({location})");
    }
    for known in chosen(registry, scenario) {
        let schema = Schema::new(study_schema::document(registry, Some(known)));
        let listed = |table: &str| !NOT_LISTED.contains(&table) && family.is_none_or(|family| family == table);
        let properties = schema.resolve(schema.root()).properties();
        if !properties.iter().any(|(table, _)| listed(table)) {
            continue;
        }
        is_empty = false;
        let _ = writeln!(out, "\nKeys of a study of `{}`", known.name());
        for (table, value) in properties.into_iter().filter(|(table, _)| listed(table)) {
            for row in catalogue::rows(&schema, value, table, Some(known)) {
                let unit = if row.unit.is_empty() {
                    String::new()
                } else {
                    format!(" [{}]", row.unit)
                };
                let default = if row.default.is_empty() {
                    String::new()
                } else {
                    format!(", default {}", row.default)
                };
                let only = row.only.map(|only| format!(" (with {only})")).unwrap_or_default();
                let _ = writeln!(out, "  {}{unit}: {}{default}{only}", row.key, row.accepts);
                if !row.doc.is_empty() {
                    let _ = writeln!(out, "      {}", row.doc);
                }
            }
        }
    }
    (family.is_none() || !is_empty).then_some(out)
}

/// Reads, checks and expands a study, and says in one paragraph what it is.
///
/// # Errors
/// Every problem that was found.
pub fn validate(sources: &LayerSources, registry: &Registry) -> Result<String, ConfigError> {
    let resolved = super::resolve::load(sources, registry)?;
    let hash: String = resolved
        .hash()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let study = super::expand::expand(resolved, registry)?;
    let settings = &study.resolved.study;
    let mut out = format!("{}: the study \"{}\" is valid\n", sources.file.display(), settings.name);
    let _ = writeln!(out, "  scenario       {}", settings.scenario);
    let lengths: Vec<String> = study
        .design
        .dimension_lengths()
        .iter()
        .map(|(name, length)| format!("{name} {length}"))
        .collect();
    let axes = if lengths.is_empty() {
        String::new()
    } else {
        format!(" ({})", lengths.join(" × "))
    };
    let _ = writeln!(out, "  design points  {}{axes}", study.plan.points);
    let _ = writeln!(out, "  replicates     {}", study.plan.replicates);
    let _ = writeln!(out, "  units          {}", study.plan.units());
    let _ = writeln!(
        out,
        "  members        {} × {}",
        study.member_axis.count, study.member_axis.name
    );
    let _ = writeln!(out, "  metrics        {}", study.metrics.len());
    let _ = writeln!(out, "  configuration  {hash}");
    Ok(out)
}
