//! Imports point one way, as the tables of `docs/explanation/architecture.md` say; and functions are short.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};

/// A table of the page: which children of a module may import which of its other children.
struct Layers {
    /// The module whose children are looked at: `crate`, or a path in it.
    parent: Vec<String>,
    /// A child that may import in a circle: its imports are listed like any other's, but nobody is below it.
    hub: Option<String>,
    /// Child → what it may import.
    allowed: BTreeMap<String, BTreeSet<String>>,
}

/// The tables of the page: each follows a line `<!-- imports of PARENT -->` or `<!-- imports of PARENT; hub CHILD -->`
/// and has the columns `module` and `imports` somewhere.
fn tables(page: &str) -> Vec<Layers> {
    let mut tables = Vec::new();
    for part in page.split("<!-- imports of ").skip(1) {
        let (parent, rest) = part.split_once(" -->").expect("the mark is a whole comment");
        let (parent, hub) = match parent.split_once("; hub ") {
            Some((parent, hub)) => (parent, Some(hub.to_owned())),
            None => (parent, None),
        };
        let rows: Vec<Vec<&str>> = (rest.trim_start().lines())
            .take_while(|line| line.starts_with('|'))
            .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
            .collect();
        let column = |name: &str| {
            let found = rows[0].iter().position(|heading| *heading == name);
            found.unwrap_or_else(|| panic!("the table of {parent} has a column `{name}`"))
        };
        let (module, imports) = (column("module"), column("imports"));
        let names =
            |cell: &str| -> BTreeSet<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
        let mut allowed = BTreeMap::new();
        for row in &rows[2..] {
            for child in names(row[module]) {
                allowed.insert(child, names(row[imports]));
            }
        }
        let parent = parent
            .split("::")
            .filter(|name| *name != "crate")
            .map(str::to_owned)
            .collect();
        tables.push(Layers { parent, hub, allowed });
    }
    tables
}

/// All paths of a file that lead somewhere in the crate, as absolute ones.
struct Paths {
    module: Vec<String>,
    found: BTreeSet<Vec<String>>,
}

impl Paths {
    /// Adds a path as it stands in the module.
    fn add(&mut self, path: &[String]) {
        let mut base = self.module.clone();
        let mut rest = path;
        match rest.first().map(String::as_str) {
            Some("crate") => {
                base.clear();
                rest = &rest[1..];
            }
            Some("self") => rest = &rest[1..],
            Some("super") => {}
            _ => return,
        }
        while rest.first().is_some_and(|name| name == "super") {
            base.pop().expect("no path leads out of the crate");
            rest = &rest[1..];
        }
        base.extend_from_slice(rest);
        self.found.insert(base);
    }

    fn add_tree(&mut self, prefix: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.add(&with(&name.ident)),
            syn::UseTree::Rename(name) => self.add(&with(&name.ident)),
            syn::UseTree::Glob(_) => self.add(prefix),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(prefix, tree)),
        }
    }
}

/// Whether an item is compiled in tests alone.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && (attribute.parse_args::<syn::Path>()).is_ok_and(|condition| condition.is_ident("test"))
    })
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if is_test(&item.attrs) {
            return;
        }
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            self.add_tree(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(&names);
        visit::visit_path(self, path);
    }
}

/// Source files below `folder` with their modules, without those of tests.
fn sources(folder: &Path, module: &[String], found: &mut Vec<(PathBuf, Vec<String>)>) {
    let mut entries: Vec<PathBuf> = (std::fs::read_dir(folder).expect("a folder of sources"))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let is_test = name == "tests" || name.ends_with("_tests") || name == "test_support" || name == "fixture";
        if is_test || name == "main" {
            continue;
        }
        if path.is_dir() {
            sources(&path, &[module, &[name]].concat(), found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let module = match name.as_str() {
                "mod" | "lib" => module.to_vec(),
                _ => [module, &[name]].concat(),
            };
            found.push((path, module));
        }
    }
}

/// Names that a module hands on from its children, with the child that each comes from.
fn handed_on(files: &[(PathBuf, Vec<String>)], parent: &[String]) -> BTreeMap<String, String> {
    fn leaves(tree: &syn::UseTree, found: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => leaves(&path.tree, found),
            syn::UseTree::Name(name) => found.push(name.ident.to_string()),
            syn::UseTree::Rename(name) => found.push(name.rename.to_string()),
            syn::UseTree::Glob(_) => {}
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, found)),
        }
    }
    let (file, _) = (files.iter().find(|(_, module)| module == parent)).expect("the parent has a file");
    let text = std::fs::read_to_string(file).expect("a source");
    let mut names = BTreeMap::new();
    for item in syn::parse_file(&text).expect("it compiles").items {
        if let syn::Item::Use(item) = item
            && let syn::UseTree::Path(path) = item.tree
        {
            let mut found = Vec::new();
            leaves(&path.tree, &mut found);
            names.extend(found.into_iter().map(|name| (name, path.ident.to_string())));
        }
    }
    names
}

#[test]
fn imports_point_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/explanation/architecture.md")).expect("the page");
    let tables = tables(&page);
    assert!(!tables.is_empty(), "the page has its tables");
    let mut files = Vec::new();
    sources(&root.join("src"), &[], &mut files);
    assert!(files.len() > 200, "only {} sources were found", files.len());

    // What the parent hands on counts where it is made.
    let handed_on: Vec<BTreeMap<String, String>> =
        tables.iter().map(|table| handed_on(&files, &table.parent)).collect();
    let mut wrong = Vec::new();
    let mut used: Vec<BTreeSet<(String, String)>> = vec![BTreeSet::new(); tables.len()];
    for (file, module) in &files {
        let text = std::fs::read_to_string(file).expect("a source");
        let mut paths = Paths {
            module: module.clone(),
            found: BTreeSet::new(),
        };
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        paths.visit_file(&parsed);
        for ((table, handed_on), used) in tables.iter().zip(&handed_on).zip(&mut used) {
            let depth = table.parent.len();
            let below =
                |path: &[String]| (path.len() > depth && path[..depth] == table.parent).then(|| path[depth].clone());
            // The parent's own file ties its children together; it imports any.
            let Some(from) = below(module) else { continue };
            for name in paths.found.iter().filter_map(|path| below(path)) {
                let to = handed_on.get(&name).unwrap_or(&name).clone();
                if to == from || !table.allowed.contains_key(&to) {
                    continue;
                }
                let allowed = table.allowed.get(&from);
                let allowed =
                    allowed.unwrap_or_else(|| panic!("docs/explanation/architecture.md doesn't know `{from}`"));
                if !allowed.contains(&to) {
                    wrong.push(format!("{}: {from} imports {to}", file.display()));
                }
                used.insert((from.clone(), to));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "against docs/explanation/architecture.md:\n{}",
        wrong.join("\n")
    );

    // A permission that nobody uses hides the next import that goes the wrong way.
    for (table, used) in tables.iter().zip(&used) {
        let unused: Vec<String> = (table.allowed.iter())
            .flat_map(|(from, allowed)| allowed.iter().map(move |to| (from.clone(), to.clone())))
            .filter(|pair| !used.contains(pair))
            .map(|(from, to)| format!("{from} imports {to}"))
            .collect();
        assert!(
            unused.is_empty(),
            "docs/explanation/architecture.md allows what isn't so:\n{}",
            unused.join("\n")
        );
        let mut allowed = table.allowed.clone();
        if let Some(hub) = &table.hub {
            let imports = allowed.get_mut(hub).expect("the hub has a row");
            imports.clear();
        }
        assert_acyclic(allowed);
    }
}

/// Fails if modules import each other in a circle.
fn assert_acyclic(mut left: BTreeMap<String, BTreeSet<String>>) {
    while !left.is_empty() {
        let ground: Vec<String> = (left.iter())
            .filter(|(_, imports)| imports.iter().all(|name| !left.contains_key(name)))
            .map(|(name, _)| name.clone())
            .collect();
        assert!(
            !ground.is_empty(),
            "these import each other in a circle: {:?}",
            left.keys()
        );
        for name in ground {
            left.remove(&name);
        }
    }
}

/// Lines of a function at most, from `fn` to its closing brace.
const MAX_FUNCTION_LINES: usize = 80;

/// Lines of the functions of a file, by name. A table of data counts as the line that it begins on.
#[derive(Default)]
struct Functions {
    found: Vec<(String, usize)>,
    /// Lines of tables in the function at hand.
    of_tables: usize,
}

fn lines_between(from: proc_macro2::Span, to: proc_macro2::Span) -> usize {
    to.end().line - from.start().line
}

impl Functions {
    fn measure(&mut self, signature: &syn::Signature, block: &syn::Block, look_inside: impl FnOnce(&mut Self)) {
        let of_outer = std::mem::take(&mut self.of_tables);
        look_inside(self);
        let lines = lines_between(signature.fn_token.span, block.brace_token.span.close()) + 1;
        let of_tables = std::mem::replace(&mut self.of_tables, of_outer);
        self.found.push((signature.ident.to_string(), lines - of_tables));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.measure(&item.sig, &item.block, |own| visit::visit_item_fn(own, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.measure(&item.sig, &item.block, |own| visit::visit_impl_item_fn(own, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.measure(&item.sig, block, |own| visit::visit_trait_item_fn(own, item));
        }
    }

    fn visit_expr_array(&mut self, array: &'ast syn::ExprArray) {
        let brackets = array.bracket_token.span;
        self.of_tables += lines_between(brackets.open(), brackets.close());
    }
}

fn functions_of(text: &str) -> Vec<(String, usize)> {
    let mut functions = Functions::default();
    functions.visit_file(&syn::parse_file(text).unwrap_or_else(|error| panic!("{error} in:\n{text}")));
    functions.found
}

#[test]
fn functions_are_measured_without_their_tables() {
    let text = "trait Long {\n    fn plain() {\n        let x = [\n            1,\n            2,\n        ];\n    }\n    fn none();\n}\n\
                fn outer() {\n    fn inner() {\n    }\n}\n";
    let expected = [("plain", 3), ("inner", 2), ("outer", 4)].map(|(name, lines)| (name.to_owned(), lines));
    assert_eq!(functions_of(text), expected);
}

#[test]
fn functions_are_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["src", "tests", "examples", "benches"] {
        found.extend(crate::pages::files(&root.join(folder), "rs"));
    }
    assert!(found.len() > 300, "only {} sources were found", found.len());
    let mut long = Vec::new();
    for file in found {
        let text = std::fs::read_to_string(&file).expect("a source");
        let path = file.strip_prefix(root).unwrap_or(&file).display();
        let functions = functions_of(&text).into_iter();
        long.extend(
            functions
                .filter(|(_, lines)| *lines > MAX_FUNCTION_LINES)
                .map(|(name, lines)| format!("{path}: `{name}` has {lines} lines")),
        );
    }
    assert!(
        long.is_empty(),
        "functions of more than {MAX_FUNCTION_LINES} lines:\n{}",
        long.join("\n")
    );
}
