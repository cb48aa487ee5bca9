//! From octets to lines and columns.

use crate::declared::Place;

/// The text of a file, with the beginnings of its lines.
pub(super) struct Source<'a> {
    text: &'a str,
    pub(super) file: &'a str,
    lines: Vec<usize>,
}

impl<'a> Source<'a> {
    pub(super) fn new(text: &'a str, file: &'a str) -> Self {
        let after_breaks =
            text.bytes().enumerate().filter(|(_, octet)| *octet == b'\n').map(|(at, _)| at + 1);
        Self { text, file, lines: std::iter::once(0).chain(after_breaks).collect() }
    }

    /// Line and column of an octet.
    pub(super) fn place(&self, at: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= at).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..at).unwrap_or("");
        Place { line, column: before.chars().count() + 1 }
    }

    /// The octet at a line and column.
    pub(super) fn offset(&self, place: Place) -> usize {
        let start = self.lines.get(place.line.saturating_sub(1)).copied().unwrap_or(0);
        let rest = self.text.get(start..).unwrap_or("");
        start + rest.char_indices().nth(place.column.saturating_sub(1)).map_or(0, |(at, _)| at)
    }

    /// The text of a span, cut to one line of at most 120 characters, control characters escaped.
    pub(super) fn excerpt(&self, span: std::ops::Range<usize>) -> String {
        let text = self.text.get(span).unwrap_or("");
        printable(text.lines().next().unwrap_or(""))
    }
}

/// At most 120 characters, control characters escaped, so that a hostile file cannot move the cursor of who reads the
/// message.
pub(super) fn printable(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars().take(120) {
        if character.is_control() {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let source = Source::new("a\nbé c\n", "f");
        assert_eq!(source.place(0).to_string(), "1:1");
        assert_eq!(source.place(2).to_string(), "2:1");
        assert_eq!(source.place(6).to_string(), "2:4");
        assert_eq!(source.offset(source.place(6)), 6);
        assert_eq!(source.place(99).to_string(), "3:1");
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(printable("a\u{1b}[2J"), "a\\u{1b}[2J");
    }
}
