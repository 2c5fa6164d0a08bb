//! Text of other people on a terminal or in a table: what controls either is written out instead.

use std::borrow::Cow;

/// Whether a character does something to a terminal, or changes how the text around it reads, instead of being seen:
/// control characters, marks that turn the direction of writing, separators of lines, characters without a width or a
/// shape, and those that each font shows as it likes. What scripts and emoji are joined with counts as seen.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
                | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..
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

/// Lines of at most `width` characters, broken at blanks; a word that is longer, and what is between two backquotes, stay whole, so that
/// paths and commands can be copied.
/// Lines that are indented, as excerpts of files are, stay as they are.
#[must_use]
pub fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        if line.starts_with(char::is_whitespace) || line.chars().count() <= width {
            out.push_str(line);
            continue;
        }
        let mut used = 0;
        for word in words(line) {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > width {
                out.push_str("\n  ");
                used = 2;
            } else if used > 0 {
                out.push(' ');
                used += 1;
            }
            out.push_str(word);
            used += length;
        }
    }
    out
}

/// What blanks part, but for those between backquotes.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    line.split(move |character| {
        quoted ^= character == '`';
        character == ' ' && !quoted
    })
}

fn escape(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_escaped(character) {
            let number = character as u32;
            out.push_str(&match number {
                0..=0xffff => format!("\\u{number:04x}"),
                _ => format!("\\U{number:08x}"),
            });
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
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 8), "one two\n  three");
        assert_eq!(
            wrapped("/a/long/path/to.h5 and more", 10),
            "/a/long/path/to.h5\n  and more"
        );
        assert_eq!(wrapped("  12 | kept as it is", 8), "  12 | kept as it is");
        assert_eq!(wrapped("short\nlines", 8), "short\nlines");
    }

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
    fn what_nobody_sees_is_written_out() {
        for hidden in [
            '\u{ad}', '\u{34f}', '\u{115f}', '\u{2800}', '\u{3164}', '\u{e123}', '\u{ffa0}', '\u{fff9}',
        ] {
            assert_eq!(printable(&format!("a{hidden}")), format!("a\\u{:04x}", hidden as u32));
        }
        assert_eq!(printable("\u{e0041}\u{10fffd}"), "\\U000e0041\\U0010fffd");
        // Emoji of several characters, a word in Persian, accents on their own.
        for seen in ["👩\u{200d}🔬❤\u{fe0f}", "می\u{200c}خواهم", "e\u{301}"] {
            assert_eq!(printable(seen), seen);
        }
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        assert_eq!(short("ééé", 2), "éé…");
        assert_eq!(short("éé", 2), "éé");
    }

    #[test]
    fn commands_stay_whole() {
        let text = "a hint that is long enough (`python3 -c 'a; b; c'`) to be broken";
        let lines: Vec<String> = wrapped(text, 24).lines().map(str::to_owned).collect();
        assert!(lines.len() > 2);
        assert!(
            lines.iter().any(|line| line.contains("`python3 -c 'a; b; c'`")),
            "{lines:?}"
        );
    }
}
