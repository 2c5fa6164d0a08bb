//! Which variable of a file is meant.

use super::axis_order::rank_problem;
use super::container::Container;
use super::error::GridProblem;
use super::movie::Choice;
use super::one_per_frame;
use super::variable::Variable;

/// Names that are listed in a message.
const LISTED: usize = 8;

/// The variable that `choice` means.
pub(super) fn choose<'a>(file: &'a Container, choice: &Choice) -> Result<&'a Variable, GridProblem> {
    match choice {
        Choice::Named(wanted) => named(file, wanted),
        Choice::Like {
            standard_names,
            names,
            only,
        } => like(file, standard_names, names, *only),
    }
}

fn named<'a>(file: &'a Container, wanted: &str) -> Result<&'a Variable, GridProblem> {
    let path = wanted.trim_matches('/');
    if let Some(found) = file.variables().iter().find(|variable| variable.path == path) {
        return Ok(found);
    }
    // It may be below a link that can't be followed.
    let is_at = |above: &str| {
        path.strip_prefix(above)
            .is_some_and(|below| below.is_empty() || below.starts_with('/'))
    };
    match file.unreadable().iter().find(|(unreadable, _)| is_at(unreadable)) {
        Some((_, problem)) => Err(problem.clone()),
        None => Err(GridProblem::NoVariable {
            wanted: wanted.to_owned(),
            there: there(file),
        }),
    }
}

fn like<'a>(
    file: &'a Container,
    standard_names: &[&str],
    names: &[&str],
    only: bool,
) -> Result<&'a Variable, GridProblem> {
    let candidates = candidates(file);
    let by_standard: Vec<&Variable> = (candidates.iter().copied())
        .filter(|variable| {
            let standard = variable.text("standard_name");
            standard_names.iter().any(|part| standard.contains(part))
        })
        .collect();
    match by_standard[..] {
        [found] => return Ok(found),
        [] => {}
        _ => return Err(ambiguous(&by_standard)),
    }
    for name in names {
        if let Some(found) = candidates.iter().find(|variable| variable.name() == *name) {
            return Ok(found);
        }
        let is_called = |path: &str| path.rsplit('/').next() == Some(*name);
        if let Some((_, problem)) = file.unreadable().iter().find(|(path, _)| is_called(path)) {
            return Err(problem.clone());
        }
    }
    match candidates[..] {
        [found] if only => Ok(found),
        [_, _, ..] if only => Err(ambiguous(&candidates)),
        _ if only => Err(none_fits(file)),
        _ => Err(GridProblem::NoVariable {
            wanted: names.join(" or "),
            there: there(file),
        }),
    }
}

/// Why a file has no movie.
fn none_fits(file: &Container) -> GridProblem {
    if let Some(problem) = one_per_frame::problem(file.variables()) {
        return problem;
    }
    let has_too_many = |variable: &&Variable| variable.is_numeric() && variable.dimensions.len() > 4;
    match (file.variables().iter().find(has_too_many), file.unreadable()) {
        (Some(variable), _) => rank_problem(variable),
        // What could be the movie can't be read.
        (None, [(_, problem), ..]) => problem.clone(),
        (None, []) => GridProblem::NoCandidate { there: there(file) },
    }
}

/// Variables of numbers with as many dimensions as a movie has. Of several paths to one dataset the first counts;
/// enumerations, which commonly are masks, count only if there is nothing else.
fn candidates(file: &Container) -> Vec<&Variable> {
    let mut found: Vec<&Variable> = Vec::new();
    for variable in file.variables() {
        let is_known = variable.address.is_some() && found.iter().any(|known| known.address == variable.address);
        if variable.is_numeric() && matches!(variable.dimensions.len(), 3 | 4) && !is_known {
            found.push(variable);
        }
    }
    if found.iter().any(|variable| !variable.kind.is_enumeration()) {
        found.retain(|variable| !variable.kind.is_enumeration());
    }
    found
}

fn ambiguous(candidates: &[&Variable]) -> GridProblem {
    GridProblem::Ambiguous {
        candidates: list(candidates.iter().map(|variable| variable.path.as_str())),
    }
}

fn there(file: &Container) -> String {
    let readable = file.variables().iter().map(|variable| variable.path.as_str());
    list(readable.chain(file.unreadable().iter().map(|(path, _)| path.as_str())))
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.take(LISTED + 1).collect();
    if names.len() > LISTED {
        names[LISTED] = "…";
    }
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
