//! Where a movie's sources are, if the file says so.

use super::container::Container;
use super::error::GridProblem;
use super::variable::{Attributes, Variable};

/// Attributes of a variable, or of the file, with the sources' positions in the file's own coordinates, m.
const NAMES: [&str; 2] = ["source_x_m", "source_y_m"];

/// The sources' positions, x and y, m; none if the file doesn't say.
pub(super) fn sources(file: &Container, variable: &Variable) -> Result<Vec<[f64; 2]>, GridProblem> {
    for (attributes, owner) in [
        (&variable.attributes, variable.path.as_str()),
        (file.attributes(), "the file"),
    ] {
        let [x, y] = NAMES.map(|name| attributes.numbers(name));
        if x.is_some() || y.is_some() {
            return pairs(attributes, owner);
        }
    }
    Ok(Vec::new())
}

fn pairs(attributes: &Attributes, owner: &str) -> Result<Vec<[f64; 2]>, GridProblem> {
    let [x, y] = NAMES.map(|name| attributes.numbers(name));
    let problem = |reason| {
        let [x, y] = NAMES.map(|name| attributes.shown(name));
        GridProblem::Source {
            owner: owner.to_owned(),
            x,
            y,
            reason,
        }
    };
    attributes.check(owner)?;
    match (x, y) {
        (Some(x), Some(y)) if x.len() == y.len() && !x.is_empty() => {
            let pairs: Vec<[f64; 2]> = x.iter().zip(y).map(|(&x, &y)| [x, y]).collect();
            if pairs.as_flattened().iter().all(|number| number.is_finite()) {
                Ok(pairs)
            } else {
                Err(problem("they have to be finite numbers"))
            }
        }
        _ => Err(problem("both have to be there, one number per source")),
    }
}
