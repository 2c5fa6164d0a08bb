//! The environment layer: `PLUME_NAV_SIM__PLUME__SOURCE_X_M=2` sets `plume.source_x_m`.

use super::LayerSources;
use super::presets::FOLDER_VARIABLE;
use super::read::parse_value;
use super::report::Report;
use super::source::{Place, Source, SourceKind};
use super::tree::{Field, Node};
use std::path::Path;

/// Variables that start so are configuration.
pub(super) const PREFIX: &str = "PLUME_NAV_SIM__";

/// Variables of the program and its scripts that aren't configuration, without `PLUME_NAV_SIM_`.
const KNOWN: [&str; 14] = [
    "BLESS",
    "CONF",
    "FEATURES",
    "FOUND_FOR",
    "GIT_REVISION",
    "LAUNCHER",
    "MAX_REQUEUES",
    "MAX_RUNS",
    "MPI",
    "MPIRUN",
    "ROOT",
    "RUN",
    "SCRIPT",
    "SIMD",
];

/// Beginnings of more such variables.
const KNOWN_STARTS: [&str; 2] = ["MAX_", "TEST_"];

/// The table and the key that a name with too few underscores was probably meant for.
fn meant(rest: &str, tables: &[&str]) -> Option<String> {
    let words = rest.replace("__", "_");
    let table = tables.iter().find(|table| {
        words
            .strip_prefix(&table.to_uppercase())
            .is_some_and(|key| key.len() > 1 && key.starts_with('_'))
    })?;
    Some(format!(
        "{PREFIX}{}__{}",
        table.to_uppercase(),
        &words[table.len() + 1..]
    ))
}

/// Refuses `PLUME_NAV_SIM_…` that is neither configuration nor known: a value that is ignored in silence is a wrong
/// study. `tables` are the top-level tables of the study.
pub(super) fn refuse_mistyped(variables: &[(String, String)], tables: &[&str], layer: u32, report: &mut Report) {
    for (variable, text) in variables {
        let Some(rest) = variable.strip_prefix("PLUME_NAV_SIM_") else {
            continue;
        };
        let is_known = KNOWN.contains(&rest) || KNOWN_STARTS.iter().any(|start| rest.starts_with(start));
        if rest.starts_with('_') || is_known {
            continue;
        }
        let hint = match meant(rest, tables) {
            Some(name) => format!("did you mean {name}?"),
            None => match super::suggest::nearest(rest, KNOWN) {
                Some(near) => format!("did you mean PLUME_NAV_SIM_{near}?"),
                None => format!("unset it; a value of a study is {PREFIX}TABLE__KEY"),
            },
        };
        let source = Source::new(SourceKind::Environment(variable.clone()), layer, text.clone());
        report.add(&Place::whole(&source), "", "isn't a variable of this program", &hint);
    }
}

/// Refuses variables of this program whose values can't be what they should: text, or a folder that is there.
pub(super) fn refuse_unreadable(sources: &LayerSources, layer: u32, report: &mut Report) {
    let mut refuse = |variable: &str, message: &str, hint: &str| {
        let source = Source::new(SourceKind::Environment(variable.to_owned()), layer, String::new());
        report.add(&Place::whole(&source), "", message, hint);
    };
    for variable in &sources.not_text {
        refuse(variable, "isn't UTF-8 text", "set it again, with characters in UTF-8");
    }
    let folder = sources
        .environment
        .iter()
        .find(|(name, value)| name == FOLDER_VARIABLE && !value.is_empty());
    if let Some((variable, folder)) = folder
        && !Path::new(folder).is_dir()
    {
        let message = format!("names {}, which isn't a folder", super::check::short(folder));
        refuse(variable, &message, "give the folder of presets, or unset it");
    }
}

/// Variables with the prefix as one tree; all others are not looked at.
pub(super) fn read(variables: &[(String, String)], layer: u32, report: &mut Report) -> Option<Node> {
    let mut ours: Vec<&(String, String)> = variables.iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
    ours.sort();
    let mut tree: Option<Node> = None;
    for (variable, text) in ours {
        let source = Source::new(SourceKind::Environment(variable.clone()), layer, text.clone());
        let place = Place::whole(&source);
        let segments: Vec<String> = variable[PREFIX.len()..].split("__").map(str::to_lowercase).collect();
        if segments.iter().any(String::is_empty) {
            let hint = format!("write {PREFIX}TABLE__KEY, with two underscores between the parts of a key");
            report.add(&place, "", "doesn't name a key", &hint);
            continue;
        }
        if text.trim().is_empty() {
            report.add(
                &place,
                &segments.join("."),
                "is empty",
                "give it a value, or unset the variable",
            );
            continue;
        }
        let value = parse_value(text, &source, report);
        let root = tree.get_or_insert_with(|| Node::empty_table(place.clone()));
        if let Err(key) = insert(root, &segments, value, &place) {
            let hint = "unset one of the variables".to_owned();
            report.add(&place, &key, "is set as a value and as a table", &hint);
        }
    }
    tree
}

/// Puts `value` at a path of tables, which are made where they are missing.
///
/// # Errors
/// The dotted key that holds something else than a table.
pub(super) fn insert(root: &mut Node, segments: &[String], value: Node, key_place: &Place) -> Result<(), String> {
    let mut node = root;
    for (depth, segment) in segments.iter().enumerate() {
        let is_last = depth + 1 == segments.len();
        let Some(table) = node.as_table_mut() else {
            return Err(segments[..depth].join("."));
        };
        if is_last {
            if table
                .get(segment)
                .is_some_and(|field| field.node.as_table().is_some() != value.as_table().is_some())
            {
                return Err(segments.join("."));
            }
            let field = Field {
                key: key_place.clone(),
                node: value,
            };
            table.insert(segment.clone(), field);
            return Ok(());
        }
        let field = table.entry(segment.clone()).or_insert_with(|| Field {
            key: key_place.clone(),
            node: Node::empty_table(key_place.clone()),
        });
        node = &mut field.node;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read_all(pairs: &[(&str, &str)]) -> (Option<Value>, Vec<String>) {
        let variables: Vec<(String, String)> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let mut report = Report::default();
        let tree = read(&variables, 1, &mut report);
        (tree.map(|tree| tree.to_value()), report.into_messages())
    }

    #[test]
    fn variables_become_a_tree() {
        let (tree, errors) = read_all(&[
            ("PATH", "/bin"),
            ("PLUME_NAV_SIM_CONF", "/x"),
            ("PLUME_NAV_SIM__WIND__SPEED_M_S", "2"),
            ("PLUME_NAV_SIM__NAVIGATOR", "{ kind = \"a\" }"),
            ("PLUME_NAV_SIM__STUDY__NAME", "fast one"),
        ]);
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(
            tree.unwrap(),
            json!({"wind": {"speed_m_s": 2}, "navigator": {"kind": "a"}, "study": {"name": "fast one"}})
        );
    }

    #[test]
    fn mistyped_names_are_refused_with_the_right_one() {
        let told = |name: &str| {
            let mut report = Report::default();
            let variables = [(name.to_owned(), "1".to_owned())];
            refuse_mistyped(&variables, &["study", "wind"], 1, &mut report);
            report.into_messages().concat()
        };
        for name in ["PLUME_NAV_SIM_WIND_SPEED_M_S", "PLUME_NAV_SIM_WIND__SPEED_M_S"] {
            assert!(
                told(name).ends_with("(hint: did you mean PLUME_NAV_SIM__WIND__SPEED_M_S?)"),
                "{}",
                told(name)
            );
        }
        assert!(told("PLUME_NAV_SIM_SMID").contains("PLUME_NAV_SIM_SIMD?"));
        assert!(told("PLUME_NAV_SIM_ZZZZZ").contains("unset it"));
        for name in [
            "PLUME_NAV_SIM",
            "PLUME_NAV_SIM_MAX_RUNS",
            "PLUME_NAV_SIM_TEST_SOLO",
            "PLUME_NAV_SIM__X",
            "PATH",
        ] {
            assert_eq!(told(name), "");
        }
    }

    #[test]
    fn conflicts_and_gaps_are_told() {
        let (_, errors) = read_all(&[
            ("PLUME_NAV_SIM__A", "1"),
            ("PLUME_NAV_SIM__A__B", "2"),
            ("PLUME_NAV_SIM____C", "2"),
            ("PLUME_NAV_SIM__D", " "),
        ]);
        assert_eq!(errors.len(), 3, "{errors:?}");
        assert!(
            errors
                .iter()
                .all(|error| error.starts_with("environment PLUME_NAV_SIM__")),
            "{errors:?}"
        );
    }
}
