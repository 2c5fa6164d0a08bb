//! Texts that configuration is read from, and places in them.

use crate::study::Origin;
use std::cmp::Ordering;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, OnceLock};

/// Characters of a source line that an excerpt shows at most.
const EXCERPT_WIDTH: usize = 110;

/// Bytes between places whose number of characters is known.
const STRIDE: usize = 4096;

/// The layer of the study file, for the order of messages. Presets are below it, environment and command line above.
pub(super) const FILE_LAYER: u32 = 1_000_000;

/// What kind of text it is, and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SourceKind {
    /// The built-in defaults, which have no text.
    Default,
    /// A file.
    File(PathBuf),
    /// The value of an environment variable.
    Environment(String),
    /// The argument of one `--set`.
    CommandLine(String),
}

/// One text of configuration.
#[derive(Debug)]
pub(super) struct Source {
    kind: SourceKind,
    /// Position among the layers, for sorting messages.
    layer: u32,
    text: String,
    /// Byte offset of the start of each line.
    line_starts: Vec<usize>,
    /// Characters before every [`STRIDE`]th byte, counted when a column is first asked for: a line may be megabytes long.
    characters: OnceLock<Vec<usize>>,
}

impl Source {
    /// A text; `layer` is its position among the layers.
    pub(super) fn new(kind: SourceKind, layer: u32, text: String) -> Arc<Self> {
        let mut line_starts = vec![0];
        if matches!(kind, SourceKind::File(_)) {
            line_starts.extend(
                text.bytes()
                    .enumerate()
                    .filter(|(_, b)| *b == b'\n')
                    .map(|(i, _)| i + 1),
            );
        }
        Arc::new(Self {
            kind,
            layer,
            text,
            line_starts,
            characters: OnceLock::new(),
        })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Line (from 0) of a byte offset.
    fn line_of(&self, offset: usize) -> usize {
        self.line_starts
            .partition_point(|start| *start <= offset)
            .saturating_sub(1)
    }

    /// Characters before the byte `offset`, which begins one.
    fn characters_before(&self, offset: usize) -> usize {
        let is_start = |byte: &&u8| (**byte).cast_signed() >= -0x40;
        let bytes = self.text.as_bytes();
        let sums = self.characters.get_or_init(|| {
            let mut sum = 0;
            let chunks = bytes.chunks(STRIDE).map(|chunk| {
                let before = sum;
                sum += chunk.iter().filter(is_start).count();
                before
            });
            chunks.collect()
        });
        let chunk = offset / STRIDE;
        let begin = chunk * STRIDE;
        match sums.get(chunk) {
            Some(before) => before + bytes[begin..offset].iter().filter(is_start).count(),
            None => self.text.chars().count(),
        }
    }

    /// The text of a line without its end.
    fn line_text(&self, line: usize) -> &str {
        let start = self.line_starts[line];
        let end = self.line_starts.get(line + 1).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }
}

/// A stretch of one source.
#[derive(Clone, Debug)]
pub(super) struct Place {
    source: Arc<Source>,
    span: Range<usize>,
}

impl Place {
    /// A stretch of `source`, in bytes. Offsets inside a character are moved to its start.
    pub(super) fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        let floor = |offset: usize| {
            let mut offset = offset.min(source.text.len());
            while !source.text.is_char_boundary(offset) {
                offset -= 1;
            }
            offset
        };
        let start = floor(span.start);
        Self {
            source: source.clone(),
            span: start..floor(span.end).max(start),
        }
    }

    /// All of a source.
    pub(super) fn whole(source: &Arc<Source>) -> Self {
        Self::new(source, 0..source.text.len())
    }

    /// The built-in defaults.
    pub(super) fn default_layer() -> Self {
        static DEFAULTS: LazyLock<Arc<Source>> = LazyLock::new(|| Source::new(SourceKind::Default, 0, String::new()));
        Self {
            source: DEFAULTS.clone(),
            span: 0..0,
        }
    }

    /// Whether nobody typed this.
    pub(super) fn is_default(&self) -> bool {
        self.source.kind == SourceKind::Default
    }

    /// Whether it is of the study file, the environment or the command line, and not of a preset.
    pub(super) fn is_typed(&self) -> bool {
        self.source.layer >= FILE_LAYER
    }

    /// Whether it is of the command line.
    pub(super) fn is_command_line(&self) -> bool {
        matches!(self.source.kind, SourceKind::CommandLine(_))
    }

    /// This place in the words of messages.
    pub(super) fn origin(&self) -> Origin {
        match &self.source.kind {
            SourceKind::Default => Origin::Default,
            SourceKind::Environment(variable) => Origin::Environment {
                variable: variable.clone(),
            },
            SourceKind::CommandLine(argument) => Origin::CommandLine {
                argument: argument.clone(),
            },
            SourceKind::File(path) => {
                let line = self.source.line_of(self.span.start);
                // A file without a text has no line to name: it couldn't be read, or is empty.
                if self.source.text.is_empty() {
                    return Origin::File {
                        path: path.clone(),
                        line: 0,
                        column: 0,
                    };
                }
                Origin::File {
                    path: path.clone(),
                    line: line + 1,
                    column: self.source.characters_before(self.span.start)
                        - self.source.characters_before(self.source.line_starts[line])
                        + 1,
                }
            }
        }
    }

    /// The source line with carets under the stretch; only files have one.
    pub(super) fn excerpt(&self) -> Option<String> {
        if !matches!(self.source.kind, SourceKind::File(_)) {
            return None;
        }
        let line = self.source.line_of(self.span.start);
        let text = self.source.line_text(line);
        let line_start = self.source.line_starts[line];
        let start = (self.span.start - line_start).min(text.len());
        let end = (self.span.end.max(self.span.start) - line_start).min(text.len());
        // A long line is shown as a window around the caret, found from there: a line may be megabytes long.
        let before: usize = text[..start].chars().rev().take(EXCERPT_WIDTH * 3 / 4).count();
        let (first, cut) = if before < EXCERPT_WIDTH * 3 / 4 {
            (before, 0)
        } else {
            let lead = text[..start].char_indices().rev().nth(EXCERPT_WIDTH / 4 - 1);
            (EXCERPT_WIDTH / 4, lead.map_or(0, |(at, _)| at))
        };
        let window = &text[cut..];
        let shown_end = window
            .char_indices()
            .nth(EXCERPT_WIDTH)
            .map_or(text.len(), |(at, _)| cut + at);
        let shown = plain(&text[cut..shown_end]);
        let length = text[start..end.max(start)].chars().take(EXCERPT_WIDTH).count().max(1);
        let (head, lead) = if cut > 0 { ("…", 1) } else { ("", 0) };
        let tail = if shown_end < text.len() { "…" } else { "" };
        let number = (line + 1).to_string();
        let gutter = " ".repeat(number.len());
        let carets = "^".repeat(length.min(EXCERPT_WIDTH.saturating_sub(first).max(1)));
        let indent = " ".repeat(first + lead);
        Some(format!(
            "  {number} | {head}{shown}{tail}\n  {gutter} | {indent}{carets}"
        ))
    }

    /// The typed text around the beginning of the stretch, up to spaces, commas and brackets.
    pub(super) fn word_around(&self) -> &str {
        let text = &self.source.text;
        let is_edge = |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}' | '=' | '#' | '"' | '\'');
        let start = text[..self.span.start].rfind(is_edge).map_or(0, |at| at + 1);
        let start = (start..=self.span.start)
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(self.span.start);
        let end = text[self.span.start..]
            .find(is_edge)
            .map_or(text.len(), |at| self.span.start + at);
        &text[start..end]
    }

    /// Order of layers, then of places in them.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.source, &other.source) {
            return self.span.start.cmp(&other.span.start);
        }
        (self.source.layer, &self.source.kind_name(), self.span.start).cmp(&(
            other.source.layer,
            &other.source.kind_name(),
            other.span.start,
        ))
    }
}

impl Source {
    fn kind_name(&self) -> String {
        match &self.kind {
            SourceKind::Default => String::new(),
            SourceKind::File(path) => path.display().to_string(),
            SourceKind::Environment(name) | SourceKind::CommandLine(name) => name.clone(),
        }
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source) && self.span == other.span
    }
}

/// A line with one visible character for each: what would move the cursor or turn the text is shown as a dot.
fn plain(text: &str) -> String {
    let visible = |c: char| match c {
        '\t' => ' ',
        c if crate::printable::is_hidden(c) => '·',
        c => c,
    };
    text.chars().map(visible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Arc<Source> {
        Source::new(SourceKind::File("a.toml".into()), 1, text.to_owned())
    }

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let source = file("α = 1\nβγ = \"x\"\n");
        let at = source.text().find("\"x\"").unwrap();
        let place = Place::new(&source, at..at + 3);
        assert_eq!(place.origin().to_string(), "a.toml:2:6");
        assert_eq!(place.excerpt().unwrap(), "  2 | βγ = \"x\"\n    |      ^^^");
    }

    #[test]
    fn a_long_line_is_cut_to_a_window_around_the_caret() {
        let text = format!("{}here{}", "a".repeat(5000), "b".repeat(5000));
        let place = Place::new(&file(&text), 5000..5004);
        let excerpt = place.excerpt().unwrap();
        let lines: Vec<&str> = excerpt.lines().collect();
        assert!(lines[0].chars().count() < 130, "{excerpt}");
        let column = lines[1].chars().position(|c| c == '^').unwrap();
        let under: String = lines[0].chars().skip(column).take(4).collect();
        assert_eq!(under, "here");
    }

    #[test]
    fn any_offset_gives_a_place() {
        let source = file("é\r\n\n");
        for start in 0..8 {
            for end in 0..8 {
                let place = Place::new(&source, start..end);
                assert!(place.excerpt().is_some());
                assert_ne!(place.origin(), Origin::Default);
            }
        }
    }
}
