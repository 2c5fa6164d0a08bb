//! Dotted keys.

/// `a.b` from `a` and `b`.
pub(crate) fn join(key: &str, name: &str) -> String {
    if key.is_empty() {
        name.to_owned()
    } else {
        format!("{key}.{name}")
    }
}
