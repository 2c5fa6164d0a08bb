//! The keys of a study that name files.

use super::PlumeConfig;
use crate::grids::Inputs;
use crate::scenario::InputFile;

/// Keys whose text is the path of a file that has to be there. Kinds without such a key have none.
pub(super) const PATH_KEYS: &[&str] = &["plume.file", "wind.file"];

/// All keys on which [`named_files`] depends.
pub(super) const FILE_KEYS: &[&str] = &["plume.kind", "plume.file", "wind.kind", "wind.file"];

/// The files that a configuration names.
pub(super) fn named_files(config: &PlumeConfig, inputs: &Inputs) -> Vec<InputFile> {
    let tables = serde_json::to_value(config).expect("a configuration type serialises to JSON");
    let file = |key: &&str| {
        let name = tables
            .pointer(&format!("/{}", key.replace('.', "/")))?
            .as_str()
            .filter(|name| !name.is_empty())?;
        Some(InputFile {
            key: (*key).to_owned(),
            name: name.to_owned(),
            path: inputs.locate(name),
        })
    };
    PATH_KEYS.iter().filter_map(file).collect()
}
