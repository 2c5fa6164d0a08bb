//! Compiles the presets of `conf/` into the program, so that it works without the folder.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=conf");
    println!("cargo:rerun-if-changed=build.rs");
    let root =
        PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo names the package's folder")).join("conf");
    let mut presets = Vec::new();
    collect(&root, &root, &mut presets);
    presets.sort();
    let mut table = String::from(
        "/// Name and text of every preset of the project's `conf/`.\nconst BUILTIN_PRESETS: &[(&str, &str)] = &[\n",
    );
    for (name, path) in presets {
        writeln!(table, "    ({name:?}, include_str!({path:?})),").expect("writing to a string succeeds");
    }
    table.push_str("];\n");
    let out =
        PathBuf::from(std::env::var("OUT_DIR").expect("cargo names the output folder")).join("builtin_presets.rs");
    fs::write(out, table).expect("the output folder is writable");
}

/// Adds `(group/name, path)` of every preset below `folder`; whole studies in `conf/studies` aren't presets.
fn collect(root: &Path, folder: &Path, presets: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path != root.join("studies") {
                println!("cargo:rerun-if-changed={}", path.display());
                collect(root, &path, presets);
            }
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let relative = path.with_extension("");
            let relative = relative.strip_prefix(root).expect("found below the root");
            let parts: Vec<String> = relative
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect();
            if parts.len() > 1 {
                presets.push((parts.join("/"), path));
            }
        }
    }
}
