//! Values → text as Go's encoder writes it.

use std::fmt::Write as _;

use super::GoValue;

/// Compact, or indented by this much a level.
#[derive(Clone, Copy)]
pub(super) enum Layout<'a> {
    /// On one line.
    Compact,
    /// Go's `MarshalIndent` with no prefix.
    Indented(&'a str),
}

/// The text of `value`, without a line feed at the end.
pub(super) fn write(value: &GoValue, layout: Layout<'_>) -> String {
    let mut writer = Writer { out: String::new(), layout, depth: 0 };
    writer.value(value);
    writer.out
}

struct Writer<'a> {
    out: String,
    layout: Layout<'a>,
    depth: usize,
}

impl Writer<'_> {
    fn value(&mut self, value: &GoValue) {
        match value {
            GoValue::Null => self.out.push_str("null"),
            GoValue::Bool(true) => self.out.push_str("true"),
            GoValue::Bool(false) => self.out.push_str("false"),
            GoValue::Number(digits) => self.out.push_str(digits),
            GoValue::String(text) => self.string(text),
            GoValue::Array(items) => self.list('[', ']', items, Self::value),
            GoValue::Object(fields) => self.list('{', '}', fields, |writer, (name, value)| {
                writer.string(name);
                writer.out.push(':');
                if matches!(writer.layout, Layout::Indented(_)) {
                    writer.out.push(' ');
                }
                writer.value(value);
            }),
        }
    }

    fn list<T>(&mut self, open: char, close: char, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.out.push(open);
        self.depth += 1;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.line();
            each(self, item);
        }
        self.depth -= 1;
        if !items.is_empty() {
            self.line();
        }
        self.out.push(close);
    }

    fn line(&mut self) {
        if let Layout::Indented(indent) = self.layout {
            self.out.push('\n');
            for _ in 0..self.depth {
                self.out.push_str(indent);
            }
        }
    }

    /// Go escapes what HTML and JavaScript could stumble over, and all control characters.
    fn string(&mut self, text: &str) {
        self.out.push('"');
        let mut rest = text;
        while let Some(at) = rest.bytes().position(may_need_escape) {
            let (plain, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.out.push_str(plain);
            let mut characters = from.chars();
            if let Some(character) = characters.next() {
                self.character(character);
            }
            rest = characters.as_str();
        }
        self.out.push_str(rest);
        self.out.push('"');
    }

    fn character(&mut self, character: char) {
        match character {
            '"' => self.out.push_str("\\\""),
            '\\' => self.out.push_str("\\\\"),
            '\n' => self.out.push_str("\\n"),
            '\r' => self.out.push_str("\\r"),
            '\t' => self.out.push_str("\\t"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing into a string cannot fail.
                let _ = write!(self.out, "\\u{:04x}", u32::from(character));
            }
            _ => self.out.push(character),
        }
    }
}

/// Whether a character that begins with this octet may have to be escaped: U+2028 and U+2029 begin with `e2`. Most texts are
/// base64, and are taken over in long pieces.
fn may_need_escape(octet: u8) -> bool {
    matches!(octet, 0..=0x1f | b'"' | b'\\' | b'<' | b'>' | b'&' | 0xe2)
}
