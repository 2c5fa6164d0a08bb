//! Names of columns, as people write them.

use crate::forms::KEY_KEY;
use arrow_schema::Schema;

/// Names that a message lists at most.
const MAX_LISTED: usize = 12;

/// How alike two names have to be for one to be taken for a slip of the other.
const LIKE: f64 = 0.85;

/// The column that is meant: by its name, by the dotted key of a swept value, or `member` for the members' own name.
///
/// # Errors
/// What was probably meant, or what there is.
pub(super) fn find(name: &str, schema: &Schema, member: &str) -> Result<usize, String> {
    let fields = schema.fields();
    let by_name = |name: &str| fields.iter().position(|field| field.name() == name);
    let by_key = || (fields.iter()).position(|field| field.metadata().get(KEY_KEY).is_some_and(|key| key == name));
    if let Some(column) = by_name(name).or_else(by_key) {
        return Ok(column);
    }
    if let Some(column) = (name == "member").then(|| by_name(member)).flatten() {
        return Ok(column);
    }
    let keys = fields.iter().filter_map(|field| field.metadata().get(KEY_KEY));
    let names = keys.chain(fields.iter().map(|field| field.name())).map(String::as_str);
    Err(hint(name, names))
}

/// What was probably meant, or what there is.
pub(super) fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let similarity = |candidate: &str| {
        let last_part = candidate.rsplit('.').next().unwrap_or(candidate);
        strsim::jaro_winkler(name, candidate).max(strsim::jaro_winkler(name, last_part))
    };
    let nearest = known.clone().max_by(|a, b| similarity(a).total_cmp(&similarity(b)));
    match nearest {
        Some(nearest) if name.len() < 120 && similarity(nearest) > LIKE => format!("did you mean `{nearest}`?"),
        _ => {
            let all: Vec<&str> = known.collect();
            let more = if all.len() > MAX_LISTED { ", …" } else { "" };
            let shown = all.iter().take(MAX_LISTED).map(|name| format!("`{name}`"));
            format!("there are {}{more}", shown.collect::<Vec<_>>().join(", "))
        }
    }
}
