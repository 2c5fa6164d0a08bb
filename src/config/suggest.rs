//! "Did you mean": the nearest of some known words.

/// The candidate that is most like `word`, if one is like it at all. Ties go to the first.
pub(super) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Comparing is quadratic in the length, and no key is that long.
    if word.is_empty() || word.len() > 120 {
        return None;
    }
    let wanted = word.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let score = likeness(&wanted, &candidate.to_lowercase());
        if score >= 0.7 && best.is_none_or(|(least, _)| score > least) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Edit distance scaled to 0…1; a word that starts with the other (`speed` for `speed_m_s`) is alike, too.
fn likeness(wanted: &str, candidate: &str) -> f64 {
    let edits = strsim::normalized_damerau_levenshtein(wanted, candidate);
    // One slip in a short word is a large share of it.
    if wanted.len() >= 3 && strsim::damerau_levenshtein(wanted, candidate) == 1 {
        return edits.max(0.75);
    }
    let is_start =
        wanted.len() >= 3 && candidate.len() >= 3 && (candidate.starts_with(wanted) || wanted.starts_with(candidate));
    let is_end =
        wanted.len() >= 3 && (candidate.ends_with(&format!("_{wanted}")) || candidate.ends_with(&format!("/{wanted}")));
    // The last words of a key, exactly: `speed_m_s` for `wind.speed_m_s`.
    if wanted.len() >= 3 && candidate.ends_with(&format!(".{wanted}")) {
        return edits.max(0.9);
    }
    if is_start || is_end { edits.max(0.75) } else { edits }
}

/// `a`, `b` or `c`, each in backquotes; after `most` of them an ellipsis.
pub(super) fn alternatives<'a>(words: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    if words.len() > most {
        return format!("{}, … ({} in all)", words[..most].join(", "), words.len());
    }
    match words.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, head)) => format!("{} or {last}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_keyboard_are_recognised() {
        let keys = ["speed_m_s", "direction_rad", "kind"];
        assert_eq!(nearest("speed_m_S", keys), Some("speed_m_s"));
        assert_eq!(nearest("spede_m_s", keys), Some("speed_m_s"));
        assert_eq!(nearest("speed", keys), Some("speed_m_s"));
        assert_eq!(nearest("knid", keys), Some("kind"));
        assert_eq!(nearest("temperature", keys), None);
        let keys_in_tables = ["navigator.surge_speed_m_s", "wind.speed_m_s"];
        assert_eq!(nearest("speed_m_s", keys_in_tables), Some("wind.speed_m_s"));
        assert_eq!(nearest("", keys), None);
        assert_eq!(
            nearest("surge_cast", ["navigator/surge_cast"]),
            Some("navigator/surge_cast")
        );
    }

    #[test]
    fn lists_read_like_sentences() {
        assert_eq!(alternatives(["a"], 3), "`a`");
        assert_eq!(alternatives(["a", "b", "c"], 3), "`a`, `b` or `c`");
        assert_eq!(alternatives(["a", "b", "c"], 2), "`a`, `b`, … (3 in all)");
    }
}
