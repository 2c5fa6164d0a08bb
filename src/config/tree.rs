//! Configuration as a tree in which every value knows where it was typed, and the merging of such trees.

use super::source::Place;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Where the value is.
    pub(super) place: Place,
    /// The value.
    pub(super) data: Data,
}

/// The value of a [`Node`].
#[derive(Clone, Debug)]
pub(super) enum Data {
    /// Null, boolean, number or string.
    Scalar(Value),
    /// A list.
    Array(Vec<Node>),
    /// A table.
    Table(Table),
    /// Something that was refused already; not to be complained about again.
    Refused,
}

/// Keys and their values.
pub(super) type Table = BTreeMap<String, Field>;

/// One entry of a table.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// Where the key is.
    pub(super) key: Place,
    /// Its value.
    pub(super) node: Node,
}

impl Node {
    /// A tree from plain data, all of it at `place`.
    pub(super) fn from_value(value: &Value, place: &Place) -> Self {
        let data = match value {
            Value::Array(items) => Data::Array(items.iter().map(|item| Self::from_value(item, place)).collect()),
            Value::Object(map) => Data::Table(
                map.iter()
                    .map(|(key, value)| {
                        let node = Self::from_value(value, place);
                        let key_place = place.clone();
                        (key.clone(), Field { key: key_place, node })
                    })
                    .collect(),
            ),
            scalar => Data::Scalar(scalar.clone()),
        };
        Self {
            place: place.clone(),
            data,
        }
    }

    /// The plain data. What was refused becomes null.
    pub(super) fn to_value(&self) -> Value {
        match &self.data {
            Data::Scalar(value) => value.clone(),
            Data::Array(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            Data::Table(table) => Value::Object(
                table
                    .iter()
                    .map(|(key, field)| (key.clone(), field.node.to_value()))
                    .collect::<Map<_, _>>(),
            ),
            Data::Refused => Value::Null,
        }
    }

    /// An empty table.
    pub(super) fn empty_table(place: Place) -> Self {
        Self {
            place,
            data: Data::Table(Table::new()),
        }
    }

    /// A string.
    pub(super) fn text(text: &str, place: Place) -> Self {
        Self {
            place,
            data: Data::Scalar(Value::from(text)),
        }
    }

    pub(super) fn as_table(&self) -> Option<&Table> {
        match &self.data {
            Data::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(super) fn as_table_mut(&mut self) -> Option<&mut Table> {
        match &mut self.data {
            Data::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(super) fn as_array(&self) -> Option<&[Self]> {
        match &self.data {
            Data::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar(value) => value.as_str(),
            _ => None,
        }
    }

    /// The entry `key` of a table.
    pub(super) fn field(&self, key: &str) -> Option<&Field> {
        self.as_table()?.get(key)
    }

    /// The value of the entry `key` of a table.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.field(key).map(|field| &field.node)
    }

    /// The entry at a dotted key, which may index lists: `axes[1].values[0]`. The longest part of the key that
    /// exists is found; nothing only if not even the first part does.
    pub(super) fn nearest(&self, key: &str) -> Option<&Self> {
        let mut found = None;
        let mut node = self;
        for segment in key.split(['.', '[']).filter(|segment| !segment.is_empty()) {
            let next = match segment.strip_suffix(']') {
                Some(index) => index
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| node.as_array()?.get(index)),
                None => node.get(segment),
            };
            let Some(next) = next else { break };
            node = next;
            found = Some(next);
        }
        found
    }

    /// The entry at exactly this key, which may index lists.
    pub(super) fn at_path_mut(&mut self, key: &str) -> Option<&mut Self> {
        let mut node = self;
        for segment in key.split(['.', '[']).filter(|segment| !segment.is_empty()) {
            node = match (segment.strip_suffix(']'), &mut node.data) {
                (Some(index), Data::Array(items)) => items.get_mut(index.parse::<usize>().ok()?)?,
                (None, Data::Table(table)) => &mut table.get_mut(segment)?.node,
                _ => return None,
            };
        }
        Some(node)
    }

    /// Takes out the value at a dotted key without indices.
    pub(super) fn remove_at(&mut self, key: &str) -> Option<Self> {
        let (path, last) = key.rsplit_once('.').unwrap_or(("", key));
        let table = self.at_path_mut(path)?.as_table_mut()?;
        table.remove(last).map(|field| field.node)
    }

    /// The value at a dotted key without indices.
    pub(super) fn at(&self, key: &str) -> Option<&Self> {
        key.split('.').try_fold(self, |node, segment| node.get(segment))
    }

    /// Lays `over` on top of `self`: tables merge key by key, everything else is replaced. A table whose `kind`
    /// differs is another component: it is replaced as a whole, because keys of the old kind mean nothing to the new.
    pub(super) fn merge(&mut self, over: Self) {
        if let (Data::Table(base), Data::Table(_)) = (&self.data, &over.data)
            && !is_other_kind(base, &over)
        {
            let place = over.place.clone();
            let Data::Table(over) = over.data else {
                unreachable!("matched above")
            };
            let Data::Table(base) = &mut self.data else {
                unreachable!("matched above")
            };
            self.place = place;
            for (key, field) in over {
                match base.get_mut(&key) {
                    Some(existing) => {
                        existing.key = field.key;
                        existing.node.merge(field.node);
                    }
                    None => {
                        base.insert(key, field);
                    }
                }
            }
            return;
        }
        *self = over;
    }
}

fn is_other_kind(base: &Table, over: &Node) -> bool {
    let Some(over_kind) = over.get("kind") else {
        return false;
    };
    base.get("kind")
        .is_none_or(|kind| kind.node.as_str() != over_kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn merged(base: Value, over: Value) -> Value {
        let place = Place::default_layer();
        let mut tree = Node::from_value(&base, &place);
        tree.merge(Node::from_value(&over, &place));
        tree.to_value()
    }

    #[test]
    fn tables_merge_and_lists_replace() {
        assert_eq!(
            merged(
                json!({"a": {"x": 1, "y": [1, 2]}, "b": 1}),
                json!({"a": {"y": [3], "z": 4}})
            ),
            json!({"a": {"x": 1, "y": [3], "z": 4}, "b": 1})
        );
    }

    #[test]
    fn another_kind_replaces_the_component_and_the_same_kind_merges() {
        let base = json!({"n": {"kind": "a", "x": 1}});
        assert_eq!(
            merged(base.clone(), json!({"n": {"kind": "b"}})),
            json!({"n": {"kind": "b"}})
        );
        assert_eq!(
            merged(base.clone(), json!({"n": {"kind": "a", "y": 2}})),
            json!({"n": {"kind": "a", "x": 1, "y": 2}})
        );
        assert_eq!(
            merged(base, json!({"n": {"y": 2}})),
            json!({"n": {"kind": "a", "x": 1, "y": 2}})
        );
    }

    #[test]
    fn nearest_follows_keys_and_indices_as_far_as_they_go() {
        let tree = Node::from_value(&json!({"axes": [{"values": [1, 2]}, 3]}), &Place::default_layer());
        let at = |key: &str| tree.nearest(key).map(Node::to_value);
        assert_eq!(at("axes[0].values[1]"), Some(json!(2)));
        assert_eq!(at("axes[1].nothing"), Some(json!(3)));
        assert_eq!(at("axes[9]"), Some(json!([{"values": [1, 2]}, 3])));
        assert_eq!(at("other"), None);
    }
}
