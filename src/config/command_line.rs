//! The command-line layer: `--set plume.source_x_m=2`.

use super::environment::insert;
use super::read::parse_value;
use super::report::Report;
use super::source::{Place, Source, SourceKind};
use super::tree::{Data, Node};

/// Deepest key of `--set`.
const MAX_SEGMENTS: usize = 32;

/// All arguments of `--set` as one tree; of two for the same key the later holds.
pub(super) fn read(arguments: &[String], layer: u32, report: &mut Report) -> Option<Node> {
    let mut tree: Option<Node> = None;
    for argument in arguments {
        let source = Source::new(SourceKind::CommandLine(argument.clone()), layer, argument.clone());
        let place = Place::whole(&source);
        let Some((key, text)) = argument.split_once('=') else {
            report.add(&place, "", "has no `=`", "write --set table.key=value");
            continue;
        };
        let segments: Vec<String> = key.trim().split('.').map(|segment| segment.trim().to_owned()).collect();
        let is_key = |segment: &String| {
            !segment.is_empty()
                && segment
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        };
        if segments.len() > MAX_SEGMENTS || !segments.iter().all(is_key) {
            let message = format!("`{}` isn't a dotted key", super::check::short(key.trim()));
            let list = key
                .trim()
                .split_once('[')
                .map(|(list, _)| list)
                .filter(|list| !list.is_empty());
            let hint = match list {
                Some(list) => format!("a list is set as a whole: --set '{}=[…]'", super::check::short(list)),
                None => "write --set table.key=value".to_owned(),
            };
            report.add(&place, "", &message, &hint);
            continue;
        }
        if text.trim().is_empty() {
            report.add(
                &place,
                &segments.join("."),
                "has no value",
                "write --set table.key=value; an empty text is '\"\"'",
            );
            continue;
        }
        let value = parse_value(text, &source, report);
        let root = tree.get_or_insert_with(|| Node::empty_table(place.clone()));
        // The later argument wins also where one gives a value and the other a table.
        let mut layer = Node::empty_table(place.clone());
        if insert(&mut layer, &segments, value, &place).is_ok() {
            overlay(root, layer);
        }
    }
    tree
}

/// Like [`Node::merge`] without the rule for kinds: here the order of the arguments must not matter.
fn overlay(base: &mut Node, over: Node) {
    match (&mut base.data, over.data) {
        (Data::Table(base), Data::Table(over)) => {
            for (key, field) in over {
                match base.get_mut(&key) {
                    Some(existing) => overlay(&mut existing.node, field.node),
                    None => {
                        base.insert(key, field);
                    }
                }
            }
        }
        (data, over_data) => {
            *data = over_data;
            base.place = over.place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read_all(arguments: &[&str]) -> (Option<Value>, Vec<String>) {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        let mut report = Report::default();
        let tree = read(&arguments, 1, &mut report);
        (tree.map(|tree| tree.to_value()), report.into_messages())
    }

    #[test]
    fn later_arguments_win_and_words_are_strings() {
        let (tree, errors) = read_all(&[
            "a.x=1",
            "a.y = two words",
            "a.x=2.5",
            "b=[1, 2]",
            "b={c=1}",
            "n.y=1",
            "n.kind=k",
            "e=a=b",
        ]);
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(
            tree.unwrap(),
            json!({"a": {"x": 2.5, "y": "two words"}, "b": {"c": 1}, "n": {"y": 1, "kind": "k"}, "e": "a=b"})
        );
    }

    #[test]
    fn malformed_arguments_are_refused() {
        let (_, errors) = read_all(&["a.b", "=1", "a..b=1", "a.b=", "a b=1", "a=[1"]);
        assert_eq!(errors.len(), 6, "{errors:?}");
        assert!(errors.iter().all(|error| error.starts_with("--set ")), "{errors:?}");
    }
}
