//! Compiles the presets of `conf/` into the program, so that it works without the folder, and the git revision, so that
//! results say which program made them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=conf");
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-env-changed=PLUME_NAV_SIM_GIT_REVISION");
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo names the output folder"));
    fs::write(out.join("builtin_presets.rs"), presets()).expect("the output folder is writable");
    println!("cargo::rustc-env=PLUME_NAV_SIM_GIT_REVISION={}", revision());
}

/// Source of a table of all presets, with their texts: a path would be that of the copy of the project which was built
/// first, where several share a target folder.
fn presets() -> String {
    let root = PathBuf::from("conf");
    let mut presets = Vec::new();
    collect(&root, &root, &mut presets);
    presets.sort();
    let mut table = String::from(
        "/// Name and text of every preset of the project's `conf/`.\nconst BUILTIN_PRESETS: &[(&str, &str)] = &[\n",
    );
    for (name, path) in presets {
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{} can't be read: {error}", path.display()));
        writeln!(table, "    ({name:?}, {text:?}),").expect("writing to a string succeeds");
    }
    table.push_str("];\n");
    table
}

/// Adds `(group/name, path)` of every preset below `folder`; whole studies in `conf/studies` aren't presets.
fn collect(root: &Path, folder: &Path, presets: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path != root.join("studies") {
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

/// The revision that is built: given (a source archive has no history, its packager may name it), from git, or unknown.
fn revision() -> String {
    if let Ok(given) = std::env::var("PLUME_NAV_SIM_GIT_REVISION")
        && !given.is_empty()
    {
        return given;
    }
    for path in ["HEAD", "index"] {
        if let Some(file) = git(&["rev-parse", "--git-path", path]) {
            println!("cargo::rerun-if-changed={file}");
        }
    }
    let Some(revision) = git(&["rev-parse", "HEAD"]) else {
        return "unknown".to_owned();
    };
    match git(&["status", "--porcelain", "--untracked-files=no"]) {
        Some(_) => format!("{revision}-dirty"),
        None => revision,
    }
}

/// What git prints, if it prints anything.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}
