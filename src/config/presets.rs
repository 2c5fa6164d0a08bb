//! Finds presets, `group/name`, in the `conf/` folders and among the built-in copies.

use super::read::{parse_document, read_file};
use super::report::Report;
use super::source::{Place, Source, SourceKind};
use super::suggest::nearest;
use super::tree::Node;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

include!(concat!(env!("OUT_DIR"), "/builtin_presets.rs"));

/// The folder of `conf/` with whole studies, which aren't presets.
const STUDIES: &str = "studies";

/// Environment variable with one more folder of presets.
pub(super) const FOLDER_VARIABLE: &str = "PLUME_NAV_SIM_CONF";

/// Files that one folder may hold; the rest isn't listed.
const MAX_FILES: usize = 2000;

/// Where presets are looked for, first match wins.
#[derive(Clone, Debug)]
pub(super) struct Presets {
    folders: Vec<PathBuf>,
    builtin: &'static [(&'static str, &'static str)],
}

/// Where a preset was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Location {
    /// A file of one of the folders.
    File(PathBuf),
    /// Compiled in.
    Builtin(&'static str),
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Builtin(_) => f.write_str("built in"),
        }
    }
}

impl Presets {
    /// Folders for a study file: `conf/` beside it, in its parents, then the folder of `PLUME_NAV_SIM_CONF`.
    pub(super) fn beside(study_file: &Path, environment: &[(String, String)]) -> Self {
        let working_directory = std::env::current_dir().unwrap_or_default();
        let absolute = std::path::absolute(study_file).unwrap_or_else(|_| study_file.to_owned());
        let mut folders: Vec<PathBuf> = absolute
            .ancestors()
            .skip(1)
            .map(|folder| folder.join("conf"))
            .filter(|folder| folder.is_dir())
            .map(|folder| {
                folder
                    .strip_prefix(&working_directory)
                    .map_or(folder.clone(), Path::to_owned)
            })
            .collect();
        let given = environment
            .iter()
            .find(|(name, value)| name == FOLDER_VARIABLE && !value.is_empty());
        folders.extend(given.map(|(_, value)| PathBuf::from(value)));
        Self {
            folders,
            builtin: BUILTIN_PRESETS,
        }
    }

    /// Only what is compiled in.
    pub(super) fn builtin_only() -> Self {
        Self {
            folders: Vec::new(),
            builtin: BUILTIN_PRESETS,
        }
    }

    /// Presets in the same folders, with other built-in ones.
    #[cfg(test)]
    pub(super) fn with_builtin(mut self, builtin: &'static [(&'static str, &'static str)]) -> Self {
        self.builtin = builtin;
        self
    }

    /// Whether a text has the form of a name of a preset.
    pub(super) fn is_name(text: &str) -> bool {
        text.contains('/')
            && text.split('/').all(|part| {
                !part.is_empty()
                    && part
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
            })
            && !text.starts_with(&format!("{STUDIES}/"))
    }

    /// Where the preset `name` is.
    pub(super) fn locate(&self, name: &str) -> Option<Location> {
        let in_folder = self
            .folders
            .iter()
            .map(|folder| folder.join(format!("{name}.toml")))
            .find(|path| path.is_file());
        in_folder.map(Location::File).or_else(|| {
            self.builtin
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, text)| Location::Builtin(text))
        })
    }

    /// All presets by name, with the place that would be used.
    pub(super) fn list(&self) -> BTreeMap<String, Location> {
        let mut found = BTreeMap::new();
        for (name, text) in self.builtin {
            found.insert((*name).to_owned(), Location::Builtin(text));
        }
        for folder in self.folders.iter().rev() {
            let mut files = Vec::new();
            collect_files(folder, folder, 0, &mut files);
            for (name, path) in files {
                found.insert(name, Location::File(path));
            }
        }
        found
    }

    /// The text of a located preset as a source.
    fn source(&self, name: &str, location: &Location, layer: u32, report: &mut Report) -> Option<Arc<Source>> {
        match location {
            Location::File(path) => read_file(path, layer, report),
            Location::Builtin(text) => {
                let path = PathBuf::from(format!("<built-in>/{name}.toml"));
                Some(Source::new(SourceKind::File(path), layer, (*text).to_owned()))
            }
        }
    }

    /// The tree of the preset `name`, which is asked for at `place` (key `key`); reports why there is none.
    pub(super) fn load(&self, name: &str, place: &Place, key: &str, layer: u32, report: &mut Report) -> Option<Node> {
        if !Self::is_name(name) {
            let shown = super::check::short(name);
            let hint = match nearest(name, self.list().keys().map(String::as_str)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "presets are named group/name, with letters, digits, `_` and `-` only".to_owned(),
            };
            report.add(place, key, &format!("\"{shown}\" isn't the name of a preset"), &hint);
            return None;
        }
        let Some(location) = self.locate(name) else {
            report.add(
                place,
                key,
                &format!("there is no preset \"{}\"", super::check::short(name)),
                &self.unknown_hint(name),
            );
            return None;
        };
        let source = self.source(name, &location, layer, report)?;
        parse_document(&source, report)
    }

    fn unknown_hint(&self, name: &str) -> String {
        let all = self.list();
        if let Some(near) = nearest(name, all.keys().map(String::as_str)) {
            return format!("did you mean \"{near}\"?");
        }
        let group = name.split('/').next().unwrap_or("");
        let same: Vec<&str> = all
            .keys()
            .map(String::as_str)
            .filter(|known| known.split('/').next() == Some(group))
            .collect();
        if !same.is_empty() {
            return format!("the group has {}", super::suggest::alternatives(same, 10));
        }
        let folders: Vec<String> = self.folders.iter().map(|folder| folder.display().to_string()).collect();
        let searched = if folders.is_empty() {
            "no folder `conf/` was found".to_owned()
        } else {
            format!("searched {}", folders.join(", "))
        };
        format!("{searched} and the built-in presets; `config list` shows all")
    }

    /// What a preset says about itself: the comment that its file begins with, up to the end of the sentence that the
    /// first line ends in.
    pub(super) fn summary(&self, location: &Location) -> String {
        let text = match location {
            Location::Builtin(text) => (*text).to_owned(),
            Location::File(path) => std::fs::read_to_string(path).unwrap_or_default(),
        };
        opening(&text)
    }
}

/// See [`Presets::summary`].
fn opening(text: &str) -> String {
    let mut lines = (text.lines().map(str::trim))
        .skip_while(|line| line.is_empty())
        .map_while(|line| line.strip_prefix('#').map(str::trim))
        .take_while(|line| !line.is_empty())
        .fuse();
    let mut opening = lines.next().unwrap_or_default().to_owned();
    let ends = |text: &str| text.ends_with(['.', '!', '?', ':']);
    for line in lines {
        if ends(&opening) {
            break;
        }
        match line.find(". ") {
            Some(end) => {
                opening += &format!(" {}", &line[..=end]);
                break;
            }
            None => opening += &format!(" {line}"),
        }
    }
    opening
}

fn collect_files(root: &Path, folder: &Path, depth: usize, files: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if depth < 4 {
                collect_files(root, &path, depth + 1, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "toml") && files.len() < MAX_FILES {
            let relative = path.with_extension("");
            let Ok(relative) = relative.strip_prefix(root) else {
                continue;
            };
            let parts: Vec<String> = relative
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect();
            let name = parts.join("/");
            if Presets::is_name(&name) {
                files.push((name, path));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::opening;

    #[test]
    fn a_summary_ends_with_a_sentence() {
        for (text, expected) in [
            ("# One line\n[plume]\n", "One line"),
            ("\n# A. B.\n# C.\n", "A. B."),
            (
                "# Begins here and\n#goes on. Then more.\n# Much.\n",
                "Begins here and goes on.",
            ),
            ("# No end\n# in sight\n#\n# Another paragraph.\n", "No end in sight"),
            ("[plume]\n# Not this.\n", ""),
            ("", ""),
        ] {
            assert_eq!(opening(text), expected, "{text}");
        }
    }
}
