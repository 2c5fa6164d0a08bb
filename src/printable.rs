//! Text of other people on a terminal or in a table: what controls either is written out instead.

use std::borrow::Cow;

/// Whether a character does something to a terminal, or changes how the text around it reads, instead of being seen:
/// control characters, marks that turn the direction of writing, separators of lines, and characters without a width.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

/// `text` with hidden characters as `\u001b`: the way of JSON and TOML, so that their texts stay what they are.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    escape(text, is_hidden)
}

/// [`printable`] for text of several lines.
#[must_use]
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    escape(text, |character| {
        is_hidden(character) && !matches!(character, '\n' | '\t')
    })
}

fn escape(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_escaped(character) {
            // All hidden characters are of the basic plane.
            out.push_str(&format!("\\u{:04x}", character as u32));
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// The first `most` characters, printable, with an ellipsis where there are more.
#[must_use]
pub fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", printable(&text[..end])),
        None => printable(text).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_controls_a_terminal_or_the_reading_is_written_out() {
        assert_eq!(
            printable("a\u{1b}[2Jb\0\u{202e}c\u{9b}\n"),
            "a\\u001b[2Jb\\u0000\\u202ec\\u009b\\u000a"
        );
        assert_eq!(printable("µg/m³ – Größe 雪"), "µg/m³ – Größe 雪");
        assert_eq!(printable_lines("a\n\tb\r"), "a\n\tb\\u000d");
        let read: String = serde_json::from_str(&format!("\"{}\"", printable("x\u{2066}\u{7}"))).unwrap();
        assert_eq!(read, "x\u{2066}\u{7}");
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        assert_eq!(short("ééé", 2), "éé…");
        assert_eq!(short("éé", 2), "éé");
    }
}
