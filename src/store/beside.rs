//! Folders beside a results file, which move with it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder `results.h5.ENDING`.
pub(super) fn folder(results: &Path, ending: &str) -> PathBuf {
    // Beside the file itself, not beside a link to it.
    let results = results.canonicalize().unwrap_or_else(|_| results.to_owned());
    let mut name = results.file_name().map_or_else(OsString::new, ToOwned::to_owned);
    name.push(".");
    name.push(ending);
    results.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_beside_the_file_and_not_beside_a_link() {
        let here = tempfile::tempdir().unwrap();
        let real = here.path().canonicalize().unwrap().join("real.h5");
        std::fs::write(&real, "").unwrap();
        let link = here.path().join("link.h5");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert_eq!(folder(&link, "tables"), real.with_file_name("real.h5.tables"));
        let none = here.path().join("none.h5");
        assert_eq!(folder(&none, "saved"), none.with_file_name("none.h5.saved"));
    }
}
