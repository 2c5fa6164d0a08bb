//! Keys of a table in reference form: a section for each table inside it, and each key once, with the kinds that have it.

use super::catalogue::Row;
use super::suggest::alternatives;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Components by their dotted keys, each with its kinds in order and what they are.
type Kinds = BTreeMap<String, Vec<(String, String)>>;

/// A key with all that is said about it: one row for each combination of kinds that has it.
struct Entry {
    key: String,
    rows: Vec<Row>,
}

/// The keys of one table.
struct Section {
    /// Dotted key of the table.
    path: String,
    entries: Vec<Entry>,
}

/// The sections of the page of `table`. `with_heading` gives the table itself a heading, too.
pub(super) fn sections(table: &str, rows: Vec<Row>, with_heading: bool) -> String {
    let all = kinds(&rows);
    let repeated: Vec<&String> = (all.keys())
        .filter(|path| path.contains("[]") && is_again(&all, path, table))
        .collect();
    let mut out = String::new();
    for section in grouped(rows) {
        let is_inside = |path: &&&String| section.path.starts_with(&format!("{path}."));
        if repeated.iter().any(|path| is_inside(&path)) {
            continue;
        }
        if section.path != table || with_heading {
            let _ = writeln!(out, "\n## `{}`", section.path);
        }
        if repeated.contains(&&section.path) {
            let _ = writeln!(out, "\nIts keys are those of [`[{table}]`]({table}.md) itself.");
        } else {
            one_section(&mut out, &section, &all);
        }
    }
    out
}

/// All components of the rows.
fn kinds(rows: &[Row]) -> Kinds {
    let mut all = Kinds::new();
    for row in rows.iter().filter(|row| !row.kinds.is_empty()) {
        let component = row.key.rsplit_once('.').map_or("", |(component, _)| component);
        let known = all.entry(component.to_owned()).or_default();
        for kind in &row.kinds {
            if !known.iter().any(|(name, _)| *name == kind.0) {
                known.push(kind.clone());
            }
        }
    }
    all
}

/// Whether the component at `path` is that of the whole table once more.
fn is_again(all: &Kinds, path: &str, table: &str) -> bool {
    let Some(kinds) = all.get(table) else { return false };
    all[path]
        .iter()
        .all(|(kind, _)| kinds.iter().any(|(known, _)| known == kind))
}

/// The rows by key, and the keys by table, both in the order in which they come first.
fn grouped(rows: Vec<Row>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for row in rows {
        let path = row.key.rsplit_once('.').map_or("", |(path, _)| path).to_owned();
        let known = sections.iter().position(|section| section.path == path);
        let index = known.unwrap_or_else(|| {
            let entries = Vec::new();
            sections.push(Section { path, entries });
            sections.len() - 1
        });
        let entries = &mut sections[index].entries;
        match entries.iter_mut().find(|entry| entry.key == row.key) {
            Some(entry) => entry.rows.push(row),
            None => entries.push(Entry {
                key: row.key.clone(),
                rows: vec![row],
            }),
        }
    }
    sections
}

fn one_section(out: &mut String, section: &Section, all: &Kinds) {
    // The key that chooses a kind is there whatever the kind.
    let own = all.get(&section.path);
    let is_choice = |entry: &Entry| entry.rows.iter().any(|row| !row.kinds.is_empty());
    let mut conditions = Vec::new();
    let mut columns = Vec::new();
    for component in components(&section.entries) {
        let sets: BTreeSet<BTreeSet<&str>> = (section.entries.iter())
            .filter(|entry| component != section.path || !is_choice(entry))
            .map(|entry| kinds_of(entry, component))
            .collect();
        match sets.first() {
            Some(set) if sets.len() == 1 && component != section.path => {
                if let Some(words) = some_kinds(set, &all[component]) {
                    conditions.push(format!("`{component}.kind` is {words}"));
                }
            }
            _ => columns.push(component),
        }
    }
    if !conditions.is_empty() {
        let _ = writeln!(out, "\nIf {}.", conditions.join(" and "));
    }
    if let Some(kinds) = own
        && kinds.iter().any(|(_, help)| !help.is_empty())
    {
        out.push_str("\n| kind | what it is |\n|---|---|\n");
        for (kind, help) in kinds {
            let _ = writeln!(out, "| `{kind}` | {} |", cell(help));
        }
    }
    let names: String = columns
        .iter()
        .map(|component| format!(" kinds of `{component}` |"))
        .collect();
    let rules = "---|".repeat(columns.len());
    let _ = writeln!(
        out,
        "\n| key |{names} accepts | unit | default | meaning |\n|---|{rules}---|---|---|---|"
    );
    for entry in &section.entries {
        let kinds: String = columns
            .iter()
            .map(|component| match *component == section.path && is_choice(entry) {
                true => " |".to_owned(),
                false => {
                    let words = some_kinds(&kinds_of(entry, component), &all[*component]);
                    format!(" {} |", words.unwrap_or_else(|| "all".to_owned()))
                }
            })
            .collect();
        let _ = writeln!(
            out,
            "| `{}` |{kinds} {} | {} | {} | {} |",
            entry.key,
            cell(&combined(entry, |row| row.accepts.clone())),
            entry.rows[0].unit,
            cell(&combined(entry, |row| match row.default.as_str() {
                "" => String::new(),
                default => format!("`{default}`"),
            })),
            cell(&combined(entry, |row| row.doc.clone())),
        );
    }
}

/// The components whose kinds decide which of the keys there are, the outermost first.
fn components(entries: &[Entry]) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for (component, _) in entries
        .iter()
        .flat_map(|entry| &entry.rows)
        .flat_map(|row| &row.requires)
    {
        if !found.contains(&component.as_str()) {
            found.push(component);
        }
    }
    found
}

/// The kinds of a component that have the key.
fn kinds_of<'a>(entry: &'a Entry, component: &str) -> BTreeSet<&'a str> {
    (entry.rows.iter().flat_map(|row| &row.requires))
        .filter(|(name, _)| name == component)
        .map(|(_, kind)| kind.as_str())
        .collect()
}

/// The kinds in words; nothing if they are all of them.
fn some_kinds(kinds: &BTreeSet<&str>, all: &[(String, String)]) -> Option<String> {
    let (here, others): (Vec<&str>, Vec<&str>) =
        (all.iter().map(|(kind, _)| kind.as_str())).partition(|kind| kinds.contains(kind));
    match others.len() {
        0 => None,
        1..=3 if here.len() > 2 * others.len() => Some(format!("all but {}", listed(&others))),
        _ => Some(listed(&here)),
    }
}

fn listed(kinds: &[&str]) -> String {
    let words: Vec<String> = kinds.iter().map(|kind| format!("`{kind}`")).collect();
    words.join(", ")
}

/// What the rows say; where they don't agree, what most say, and behind it what the others do.
fn combined(entry: &Entry, of_row: impl Fn(&Row) -> String) -> String {
    let mut values: Vec<(String, Vec<&Row>)> = Vec::new();
    for row in &entry.rows {
        let value = of_row(row);
        match values.iter_mut().find(|(known, _)| *known == value) {
            Some((_, rows)) => rows.push(row),
            None => values.push((value, vec![row])),
        }
    }
    if let [(value, _)] = values.as_slice() {
        return value.clone();
    }
    // The component whose kinds tell the values apart, the innermost if there are several.
    let of = |rows: &[&Row], component: &str| -> BTreeSet<String> {
        (rows.iter().flat_map(|row| row.requires.clone()))
            .filter(|(name, _)| name == component)
            .map(|(_, kind)| kind)
            .collect()
    };
    let names = components(std::slice::from_ref(entry));
    let tells_apart = |component: &&str| {
        let sets: Vec<BTreeSet<String>> = values.iter().map(|(_, rows)| of(rows, component)).collect();
        let united: BTreeSet<&String> = sets.iter().flatten().collect();
        united.len() == sets.iter().map(BTreeSet::len).sum::<usize>()
    };
    let component = (names.iter().rev().copied().find(|name| tells_apart(name))).unwrap_or_default();
    values.sort_by_key(|(_, rows)| std::cmp::Reverse(rows.len()));
    let most = values[0].1.len() * 2 > entry.rows.len();
    let parts: Vec<String> = (values.iter().enumerate())
        .map(|(index, (value, rows))| {
            let kinds: Vec<String> = of(rows, component).into_iter().collect();
            let kinds = alternatives(kinds.iter().map(String::as_str), 20);
            let value = if value.is_empty() {
                "none"
            } else {
                value.trim_end_matches('.')
            };
            match index == 0 && most {
                true => value.to_owned(),
                false => format!("{kinds}: {value}"),
            }
        })
        .collect();
    parts.join("; ")
}

/// Text that may stand in a cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
