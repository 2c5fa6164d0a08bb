//! `docs/reference/keys/`: a page for each table of a study, made from the types that read it.

use super::catalogue::{self, Row};
use super::presets::Presets;
use super::reference_sections::{cell, sections};
use super::schema::Schema;
use super::study_schema::{self, ENGINE_KEYS};
use crate::scenario::{ErasedScenario, Registry};
use crate::study::RecordSettings;
use serde_json::Value;
use std::fmt::Write as _;

/// What stands above every page.
const MADE_BY: &str = "<!-- Made from the types: PLUME_NAV_SIM_BLESS=1 cargo test --lib config::reference -->\n\n";

/// Every page about keys: its path below `docs/reference/keys/`, and its text.
#[must_use]
pub fn reference_pages(registry: &Registry) -> Vec<(String, String)> {
    let mut pages = vec![
        ("engine.md".to_owned(), engine_page(registry)),
        ("sweep.md".to_owned(), sweep_page()),
    ];
    for scenario in registry.iter() {
        let schema = Schema::new(study_schema::document(registry, Some(&**scenario)));
        for (table, value) in schema.resolve(schema.root()).properties() {
            let is_ours = table == RecordSettings::TABLE && scenario.defaults().get(table).is_none();
            if !ENGINE_KEYS.contains(&table) && !is_ours {
                let path = format!("{}/{table}.md", scenario.name());
                pages.push((path, table_page(&schema, &**scenario, table, value)));
            }
        }
    }
    pages.push(("presets.md".to_owned(), presets_page()));
    pages
}

/// Tables that every study may have, whatever its scenario.
fn engine_page(registry: &Registry) -> String {
    let mut out = format!(
        "{MADE_BY}# Engine tables\n\nTables that a study may have whatever its scenario. [`[sweep]`](sweep.md) has a page of its own.\n"
    );
    let engine = Schema::new(study_schema::document(registry, None));
    for (table, value) in engine.resolve(engine.root()).properties() {
        if !matches!(table, "defaults" | "sweep") {
            let rows = catalogue::rows(&engine, value, table, None);
            out.push_str(&sections(table, rows, true));
        }
    }
    out
}

/// The page of one table of a scenario.
fn table_page(schema: &Schema, scenario: &dyn ErasedScenario, table: &str, value: &Value) -> String {
    let help = schema.resolve(value).keyword("description").and_then(Value::as_str);
    let help = help.and_then(|help| help.split("\n\n").next()).unwrap_or("");
    let rows: Vec<Row> = catalogue::rows(schema, value, table, Some(scenario));
    format!(
        "{MADE_BY}# `[{table}]`\n\n{} A table of the scenario `{}`.\n{}",
        sentence(help),
        scenario.name(),
        sections(table, rows, false)
    )
}

/// All presets that are built into the program.
fn presets_page() -> String {
    let mut out = format!(
        "{MADE_BY}# Presets\n\nParts of studies that are built into the program ([how they are found](../study-files.md#presets)).\n\n| preset | what it is |\n|---|---|\n"
    );
    let presets = Presets::builtin_only();
    for (name, location) in &presets.list() {
        let _ = writeln!(out, "| `{name}` | {} |", cell(&presets.summary(location)));
    }
    out
}

/// Every table that may stand in a sweep, with its keys, from the schema of the sweep.
fn sweep_page() -> String {
    let schema = Schema::new(crate::sweep::schema().clone());
    let mut out = format!(
        "{MADE_BY}# `[sweep]`\n\nThe tables that `axes` and `exclude` are made of; [study files](../study-files.md#sweeps) explain them with examples.\n"
    );
    let mut rows = |table: &str, value: &Value| {
        let _ = writeln!(
            out,
            "\n## {}\n\n| key | accepts | meaning |\n|---|---|---|",
            sentence(table).trim_end_matches('.')
        );
        for (key, property) in schema.resolve(value).properties() {
            let resolved = schema.resolve(property);
            let mut accepts: String = (resolved.types().into_iter().map(super::check::type_words))
                .collect::<Vec<_>>()
                .join(" or ");
            if let Some(words) = resolved.enumeration() {
                let words: Vec<&str> = words.into_iter().filter_map(Value::as_str).collect();
                accepts = super::suggest::alternatives(words, 20);
            }
            let help = resolved.keyword("description").and_then(Value::as_str).unwrap_or("");
            let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(out, "| `{key}` | {} | {} |", cell(&accepts), cell(&help));
        }
    };
    for (name, definition) in schema.root()["$defs"].as_object().into_iter().flatten() {
        match schema.component(definition) {
            Some(variants) => {
                for (kind, way) in &variants.kinds {
                    rows(&format!("variable, `{kind}`"), way);
                }
            }
            None => rows(&words_of_type(name), definition),
        }
    }
    out
}

/// `range axis` of `SweepRangeAxis`.
fn words_of_type(name: &str) -> String {
    let mut words = String::new();
    for character in name.trim_start_matches("Sweep").chars() {
        if character.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(character.to_lowercase());
    }
    words
}

/// With a capital and a full stop, on one line.
fn sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut characters = text.trim_end_matches('.').chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).chain(['.']).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::path::{Path, PathBuf};

    /// All files below `folder`, with their texts.
    fn written(folder: &Path, found: &mut BTreeMap<PathBuf, String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                written(&path, found);
            } else {
                found.insert(path.clone(), std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn the_pages_are_up_to_date() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/keys");
        let pages: BTreeMap<PathBuf, String> = (reference_pages(&Registry::builtin()).into_iter())
            .map(|(path, text)| (folder.join(path), text))
            .collect();
        if std::env::var_os("PLUME_NAV_SIM_BLESS").is_some() {
            let _ = std::fs::remove_dir_all(&folder);
            for (path, text) in &pages {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
        }
        let mut found = BTreeMap::new();
        written(&folder, &mut found);
        let differ: Vec<&PathBuf> = (pages.keys().chain(found.keys()))
            .filter(|path| pages.get(*path) != found.get(*path))
            .collect();
        assert!(
            differ.is_empty(),
            "these are out of date: {differ:?}; renew them with: PLUME_NAV_SIM_BLESS=1 cargo test --lib config::reference"
        );
    }

    #[test]
    fn each_key_stands_once() {
        for (path, text) in reference_pages(&Registry::builtin()) {
            if path == "sweep.md" {
                continue;
            }
            let mut keys = BTreeMap::new();
            let rows = text
                .lines()
                .filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
            for (key, _) in rows.filter(|(key, _)| key.contains('.')) {
                *keys.entry(key).or_insert(0) += 1;
            }
            assert!(keys.values().all(|count| *count == 1), "{path}: {keys:?}");
            assert!(!keys.is_empty() || path == "presets.md", "{path}");
        }
    }

    #[test]
    fn what_kinds_differ_in_is_told_apart() {
        let pages: BTreeMap<String, String> = reference_pages(&Registry::builtin()).into_iter().collect();
        let row = |page: &str, key: &str| {
            let start = format!("| `{key}` |");
            let found = pages[page].lines().find(|line| line.starts_with(&start));
            found.unwrap_or_else(|| panic!("{page} has no {key}")).to_owned()
        };
        let speed = row("plume/navigator.md", "navigator.speed_m_s");
        for part in ["| all but `surge_cast`", "| m/s |", "`0.5`; `walking_fly`: `0.006`"] {
            assert!(speed.contains(part), "{part}: {speed}");
        }
        let spread = row("plume/plume.md", "plume.spread.stability");
        assert!(
            spread.starts_with("| `plume.spread.stability` | `briggs` |"),
            "{spread}"
        );
        let heading = "## `plume.spread`\n\nIf `plume.kind` is `gaussian`, `gaussian_decaying`.\n";
        assert!(pages["plume/plume.md"].contains(heading));
        // A component that is used again in a list isn't written down again.
        assert!(!pages["plume/sensor.md"].contains("| `sensor.sensors[].threshold`"));
    }
}
