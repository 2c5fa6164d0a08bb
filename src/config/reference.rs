//! `docs/configuration.md`: the guide, which is written by hand, and the tables of keys, which are made from the types.

use super::catalogue::{self, Row};
use super::RecordSettings;
use super::presets::Presets;
use super::schema::Schema;
use super::study_schema::{self, ENGINE_KEYS};
use crate::scenario::Registry;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;

/// The page about configuration: what a study file may say, with every key of every scenario.
#[must_use]
pub fn reference_markdown(registry: &Registry) -> String {
    let mut out = include_str!("guide.md")
        .trim_end()
        .replace("@keys of a sweep@", &keys_of_a_sweep());
    out.push_str("\n\n## Engine keys\n");
    let engine = Schema::new(study_schema::document(registry, None));
    for (table, value) in engine.resolve(engine.root()).properties() {
        if matches!(table, "defaults" | "sweep") {
            continue;
        }
        tables(&mut out, table, catalogue::rows(&engine, value, table, None));
    }
    for scenario in registry.iter() {
        let _ = writeln!(
            out,
            "\n## Keys of the scenario `{}`\n\n{}.",
            scenario.name(),
            sentence(scenario.summary())
        );
        let schema = Schema::new(study_schema::document(registry, Some(&**scenario)));
        for (table, value) in schema.resolve(schema.root()).properties() {
            let is_ours = table == RecordSettings::TABLE && scenario.defaults().get(table).is_none();
            if !ENGINE_KEYS.contains(&table) && !is_ours {
                tables(
                    &mut out,
                    table,
                    catalogue::rows(&schema, value, table, Some(&**scenario)),
                );
            }
        }
    }
    let presets = Presets::builtin_only();
    let found = presets.list();
    if !found.is_empty() {
        out.push_str("\n## Presets\n\n| preset | what it is |\n|---|---|\n");
        for (name, location) in &found {
            let _ = writeln!(out, "| `{name}` | {} |", cell(&presets.summary(location)));
        }
    }
    out
}

/// Writes the page to `path`.
///
/// # Errors
/// If the file can't be written.
pub fn write_reference(registry: &Registry, path: &Path) -> std::io::Result<()> {
    std::fs::write(path, reference_markdown(registry))
}

/// Every table that may stand in a sweep, with its keys, from the schema of the sweep.
fn keys_of_a_sweep() -> String {
    let schema = Schema::new(crate::sweep::schema().clone());
    let mut out = String::from("All keys of these tables:\n\n| table | key | accepts | meaning |\n|---|---|---|---|\n");
    let mut rows = |table: &str, value: &Value| {
        for (key, property) in schema.resolve(value).properties() {
            let resolved = schema.resolve(property);
            let mut accepts: String = (resolved.types().into_iter().map(super::check::type_words))
                .collect::<Vec<_>>()
                .join(" or ");
            if let Some(words) = resolved.enumeration() {
                let words: Vec<&str> = words.into_iter().filter_map(Value::as_str).collect();
                if let [_] = words[..] {
                    continue;
                }
                accepts = super::suggest::alternatives(words, 20);
            }
            let doc = resolved.keyword("description").and_then(Value::as_str).unwrap_or("");
            let doc = doc.split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(out, "| {table} | `{key}` | {} | {} |", cell(&accepts), cell(&doc));
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
    out.trim_end().to_owned()
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

fn tables(out: &mut String, table: &str, rows: Vec<Row>) {
    let _ = writeln!(
        out,
        "\n### `[{table}]`\n\n| key | accepts | unit | default | meaning |\n|---|---|---|---|---|"
    );
    for row in rows {
        let only = row.only.map(|only| format!(" Only with `{only}`.")).unwrap_or_default();
        let default = if row.default.is_empty() {
            String::new()
        } else {
            format!("`{}`", row.default)
        };
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {}{only} |",
            row.key,
            cell(&row.accepts),
            row.unit,
            cell(&default),
            cell(&row.doc)
        );
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn sentence(text: &str) -> String {
    let mut characters = text.trim_end_matches('.').chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
        let page = reference_markdown(&Registry::builtin());
        if std::env::var_os("PLUME_NAV_SIM_BLESS").is_some() {
            write_reference(&Registry::builtin(), &path).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == page,
            "docs/configuration.md is out of date; renew it with: PLUME_NAV_SIM_BLESS=1 cargo test --lib config::reference"
        );
    }
}
