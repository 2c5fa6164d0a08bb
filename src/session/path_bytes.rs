//! Paths between ranks, byte for byte: not every path is Unicode, and text would be.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

pub(super) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_os_str().as_bytes().serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    Vec::<u8>::deserialize(deserializer).map(|bytes| OsString::from_vec(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Place(#[serde(with = "super")] PathBuf);

    #[test]
    fn any_path_arrives_as_it_was() {
        for path in [&b"/data/r.h5"[..], b"", b"caf\xe9/\xff.h5", "caf\u{e9}".as_bytes()] {
            let place = Place(OsString::from_vec(path.to_vec()).into());
            let text = serde_json::to_vec(&place).unwrap();
            assert_eq!(serde_json::from_slice::<Place>(&text).unwrap(), place);
        }
    }
}
