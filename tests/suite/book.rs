//! The pages are a book: all of them are in its table of contents, every link and anchor leads somewhere, and what
//! sources and messages say about pages is so.

use crate::pages::{files, root};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A page without its blocks of code.
struct Page {
    path: PathBuf,
    /// Lines with their numbers; code within a line has lost its brackets, so that no link is found in it.
    lines: Vec<(usize, String)>,
}

impl Page {
    fn read(path: PathBuf) -> Self {
        let text = std::fs::read_to_string(&path).expect("a page");
        let mut is_code = false;
        let mut lines = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                is_code = !is_code;
            } else if !is_code {
                lines.push((index + 1, without_brackets_in_code(line)));
            }
        }
        assert!(!is_code, "{}: a block of code has no end", path.display());
        Self { path, lines }
    }

    /// Headings with their levels.
    fn headings(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines.iter().filter_map(|(_, line)| {
            let level = line.chars().take_while(|character| *character == '#').count();
            let text = line[level..].strip_prefix(' ')?;
            (level > 0).then_some((level, text))
        })
    }

    /// What mdBook and the pages of code hosts call the headings in addresses.
    fn anchors(&self) -> BTreeSet<String> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut anchors = BTreeSet::new();
        for (_, heading) in self.headings() {
            let plain: String = links(heading).fold(heading.to_owned(), |text, link| {
                text.replace(&format!("]({link})"), "").replace('[', "")
            });
            let name: String = (plain.trim().chars())
                .filter_map(|character| match character {
                    ' ' => Some('-'),
                    '-' | '_' => Some(character),
                    _ => character.is_alphanumeric().then(|| character.to_ascii_lowercase()),
                })
                .collect();
            let count = counts.entry(name.clone()).or_default();
            anchors.insert(match *count {
                0 => name,
                _ => format!("{name}-{count}"),
            });
            *count += 1;
        }
        anchors
    }
}

fn without_brackets_in_code(line: &str) -> String {
    let parts = line.split('`').enumerate();
    let plain: Vec<String> = parts
        .map(|(index, part)| match index % 2 {
            0 => part.to_owned(),
            _ => part.replace(['[', ']', '(', ')'], ""),
        })
        .collect();
    plain.concat()
}

/// Where the links of a line lead.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
}

/// `a/./b/../c` as `a/c`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => assert!(plain.pop(), "{} leads out", path.display()),
            other => plain.push(other),
        }
    }
    plain
}

fn docs() -> PathBuf {
    root().join("docs")
}

fn pages_of_the_book() -> Vec<PathBuf> {
    let mut pages = files(&docs(), "md");
    pages.retain(|path| *path != docs().join("SUMMARY.md"));
    pages
}

#[test]
fn every_page_is_in_the_table_of_contents() {
    let settings = std::fs::read_to_string(root().join("book.toml")).expect("the book's settings");
    let settings: toml::Table = settings.parse().expect("TOML");
    assert_eq!(settings["book"]["src"].as_str(), Some("docs"));
    let summary = Page::read(docs().join("SUMMARY.md"));
    let mut listed = BTreeSet::new();
    for (number, line) in &summary.lines {
        for target in links(line) {
            assert!(
                listed.insert(plain(&docs().join(target))),
                "SUMMARY.md:{number}: {target} is there twice"
            );
        }
        // Anything else would be left out of the book without a word.
        let text = line.trim_start();
        let is_entry = text.is_empty() || ["#", "- [", "["].iter().any(|start| text.starts_with(start));
        assert!(is_entry, "SUMMARY.md:{number}: {line}");
        assert!(
            (line.len() - text.len()).is_multiple_of(2),
            "SUMMARY.md:{number}: {line}"
        );
    }
    let pages: BTreeSet<PathBuf> = pages_of_the_book().into_iter().collect();
    assert!(pages.len() > 50, "{} pages", pages.len());
    let missing: Vec<&PathBuf> = pages.difference(&listed).collect();
    assert!(missing.is_empty(), "these aren't in docs/SUMMARY.md: {missing:?}");
    let gone: Vec<&PathBuf> = listed.difference(&pages).collect();
    assert!(gone.is_empty(), "docs/SUMMARY.md has what isn't there: {gone:?}");
}

#[test]
fn every_link_and_anchor_leads_somewhere() {
    let mut pages = files(&docs(), "md");
    pages.extend(["README.md", "CHANGELOG.md"].map(|name| root().join(name)));
    let pages: BTreeMap<PathBuf, Page> = (pages.into_iter())
        .map(|path| (path.clone(), Page::read(path)))
        .collect();
    let mut wrong = Vec::new();
    let mut followed = 0;
    for page in pages.values() {
        let mut tell = |number: usize, text: String| wrong.push(format!("{}:{number}: {text}", page.path.display()));
        for (number, line) in &page.lines {
            for link in links(line).filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
                followed += 1;
                let (target, anchor) = match link.split_once('#') {
                    Some((target, anchor)) => (target, Some(anchor)),
                    None => (link, None),
                };
                let path = match target {
                    "" => page.path.clone(),
                    _ => plain(&page.path.parent().expect("a folder").join(target)),
                };
                if !path.exists() {
                    tell(*number, format!("{link} leads nowhere"));
                } else if page.path.starts_with(docs()) && !path.starts_with(docs()) {
                    tell(*number, format!("{link} leads out of the book"));
                } else if page.path.starts_with(docs()) && path.is_dir() {
                    tell(*number, format!("{link} is a folder, which the book has no page for"));
                }
                let Some(anchor) = anchor else { continue };
                if !pages.get(&path).is_some_and(|page| page.anchors().contains(anchor)) {
                    tell(*number, format!("{link}: there is no such heading"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(followed > 200, "{followed} links");
}

#[test]
fn every_page_has_one_title() {
    for path in pages_of_the_book() {
        let page = Page::read(path);
        let titles = page.headings().filter(|(level, _)| *level == 1).count();
        assert_eq!(titles, 1, "{}", page.path.display());
        let (level, _) = page.headings().next().expect("a heading");
        assert_eq!(level, 1, "{} begins with its title", page.path.display());
    }
}

#[test]
fn pages_that_sources_name_are_there() {
    let mut sources = Vec::new();
    for (folder, ending) in [
        ("src", "rs"),
        ("examples", "rs"),
        ("benches", "rs"),
        ("tests", "rs"),
        ("tests", "sh"),
        ("tests", "py"),
        ("jobs", "sh"),
        ("jobs", "pbs"),
        ("slurm", "sbatch"),
        ("conf", "toml"),
    ] {
        sources.extend(files(&root().join(folder), ending));
    }
    sources.push(root().join("Cargo.toml"));
    let mut wrong = Vec::new();
    let mut named = 0;
    for path in sources {
        let text = std::fs::read_to_string(&path).expect("a source");
        for (index, line) in text.lines().enumerate() {
            for rest in line.split("docs/").skip(1) {
                let name = rest.split(|c: char| !(c.is_ascii_alphanumeric() || "/_-.#".contains(c)));
                let name = name.map(|name| name.trim_end_matches('.')).next().unwrap_or_default();
                let Some((page, _)) = name.split_once(".md") else {
                    continue;
                };
                named += 1;
                if !docs().join(page).with_extension("md").is_file() {
                    wrong.push(format!("{}:{}: docs/{name}", path.display(), index + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "these pages aren't there:\n{}", wrong.join("\n"));
    assert!(named > 10, "{named} pages are named");
}
