//! Text → value: RFC 8259 with bounded depth, every digit of numbers and every duplicate name kept.

use std::fmt;

/// Deepest nesting that is read. CFSSL's own messages nest 5 deep; 32 is what the reliability rules set for parsers.
pub const MAX_DEPTH: usize = 32;

/// A JSON value. Objects keep order and duplicates; numbers keep their text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoValue {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string, escapes resolved.
    String(String),
    /// An array.
    Array(Vec<Self>),
    /// An object, in the order written, duplicates included.
    Object(Vec<(String, Self)>),
}

impl GoValue {
    /// The value of the last field with this name: an exact match before one in another case.
    pub fn field(&self, name: &str) -> Option<&Self> {
        let Self::Object(fields) = self else { return None };
        let found = |same: fn(&str, &str) -> bool| fields.iter().rev().find(|(key, _)| same(key, name));
        found(|key, name| key == name).or_else(|| found(same_name)).map(|(_, value)| value)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// What kind of value it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }
}

/// Whether Go takes `key` for the field `name`: equal but for the case of letters.
pub(super) fn same_name(key: &str, name: &str) -> bool {
    key.eq_ignore_ascii_case(name)
}

/// Why JSON was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GoJsonError {
    /// The text is no JSON.
    #[error("invalid JSON at line {line}, column {column}: {problem}")]
    Syntax {
        /// Line, counted from 1.
        line: usize,
        /// Character in the line, counted from 1.
        column: usize,
        /// What is wrong there.
        problem: JsonProblem,
    },
    /// A value is of the wrong type.
    #[error("{}cannot use a JSON {found} as {expected}", in_field(path))]
    Type {
        /// Names from the outermost object to the value, with dots; empty for the whole.
        path: String,
        /// What was found.
        found: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// A value is of the right type, but its text is not: no base64, no time, no number of that size.
    #[error("{}{problem}", in_field(path))]
    Value {
        /// Names from the outermost object to the value, with dots; empty for the whole.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl GoJsonError {
    /// The same error seen from one level further out.
    pub(super) fn inside(mut self, name: &str) -> Self {
        if let Self::Type { path, .. } | Self::Value { path, .. } = &mut self {
            let name: String = name.chars().take(64).flat_map(char::escape_debug).collect();
            *path = if path.is_empty() { name } else { format!("{name}.{path}") };
        }
        self
    }
}

fn in_field(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("field `{path}`: ") }
}

/// What is wrong with text that is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonProblem {
    /// Not UTF-8.
    #[error("not valid UTF-8")]
    Utf8,
    /// A byte order mark, RFC 8259 section 8.1.
    #[error("a byte order mark is not part of JSON")]
    ByteOrderMark,
    /// Nothing more, where something is needed.
    #[error("unexpected end of JSON input")]
    End,
    /// A character that cannot stand here.
    #[error("unexpected character `{}`", .0.escape_debug())]
    Character(char),
    /// Nested too deep.
    #[error("nested deeper than {MAX_DEPTH} levels")]
    Depth,
    /// Something after the value.
    #[error("unexpected characters after the value")]
    Trailing,
    /// A backslash before something else than an escape.
    #[error("invalid escape")]
    Escape,
    /// A number in no form of RFC 8259 section 6.
    #[error("invalid number")]
    Number,
}

/// Parse one JSON text.
///
/// # Errors
/// With line and column of the first fault.
pub fn parse(bytes: &[u8]) -> Result<GoValue, GoJsonError> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Err(fault(bytes, error.valid_up_to(), JsonProblem::Utf8)),
    };
    let mut reader = Reader { text, at: 0 };
    let parsed = reader.document();
    parsed.map_err(|problem| fault(bytes, reader.at, problem))
}

fn fault(bytes: &[u8], at: usize, problem: JsonProblem) -> GoJsonError {
    let before = String::from_utf8_lossy(bytes.get(..at).unwrap_or(bytes));
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    GoJsonError::Syntax { line, column, problem }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<GoValue, JsonProblem> {
        if self.text.starts_with('\u{feff}') {
            return Err(JsonProblem::ByteOrderMark);
        }
        let value = self.value(0)?;
        self.space();
        if self.peek().is_some() { Err(JsonProblem::Trailing) } else { Ok(value) }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The character here is no good.
    fn unexpected(&self) -> JsonProblem {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(character) => JsonProblem::Character(character),
            None => JsonProblem::End,
        }
    }

    fn expect(&mut self, wanted: u8) -> Result<(), JsonProblem> {
        if self.peek() != Some(wanted) {
            return Err(self.unexpected());
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<GoValue, JsonProblem> {
        self.space();
        if depth > MAX_DEPTH {
            return Err(JsonProblem::Depth);
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(GoValue::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", GoValue::Bool(true)),
            Some(b'f') => self.word("false", GoValue::Bool(false)),
            Some(b'n') => self.word("null", GoValue::Null),
            Some(_) | None => Err(self.unexpected()),
        }
    }

    fn word(&mut self, word: &str, value: GoValue) -> Result<GoValue, JsonProblem> {
        for byte in word.bytes() {
            self.expect(byte)?;
        }
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Result<GoValue, JsonProblem> {
        self.expect(b'[')?;
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(GoValue::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if !self.more(b']')? {
                return Ok(GoValue::Array(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<GoValue, JsonProblem> {
        self.expect(b'{')?;
        let mut fields = Vec::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(GoValue::Object(fields));
        }
        loop {
            self.space();
            let name = self.string()?;
            self.space();
            self.expect(b':')?;
            fields.push((name, self.value(depth + 1)?));
            if !self.more(b'}')? {
                return Ok(GoValue::Object(fields));
            }
        }
    }

    /// A comma: more follows. The closing bracket: nothing does.
    fn more(&mut self, close: u8) -> Result<bool, JsonProblem> {
        self.space();
        if self.peek() == Some(b',') {
            self.at += 1;
            return Ok(true);
        }
        self.expect(close)?;
        Ok(false)
    }

    fn number(&mut self) -> Result<GoValue, JsonProblem> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let zero = self.peek() == Some(b'0');
        if self.digits()? > 1 && zero {
            return Err(JsonProblem::Number);
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(GoValue::Number(self.text.get(start..self.at).unwrap_or_default().to_owned()))
    }

    fn digits(&mut self) -> Result<usize, JsonProblem> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(JsonProblem::Number) } else { Ok(self.at - start) }
    }

    fn string(&mut self) -> Result<String, JsonProblem> {
        self.expect(b'"')?;
        let mut found = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            // All of these are ASCII, so octets tell as much as characters.
            let ends = |octet: u8| matches!(octet, 0..=0x1f | b'"' | b'\\');
            let plain = rest.bytes().position(ends).unwrap_or(rest.len());
            found.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(found);
                }
                Some(b'\\') => {
                    self.at += 1;
                    found.push(self.escape()?);
                }
                Some(_) | None => return Err(self.unexpected()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonProblem> {
        let Some(letter) = self.peek() else { return Err(JsonProblem::End) };
        self.at += 1;
        Ok(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.code_point()?,
            _ => return Err(JsonProblem::Escape),
        })
    }

    /// Four hexadecimal digits, or two such for a character beyond the first plane. Half a pair becomes U+FFFD, as in Go.
    fn code_point(&mut self) -> Result<char, JsonProblem> {
        let first = self.hexadecimal()?;
        if (0xd800..0xdc00).contains(&first) && self.text.get(self.at..self.at + 2) == Some("\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.hexadecimal()?;
            if (0xdc00..0xe000).contains(&second) {
                let joined = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = back;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hexadecimal(&mut self) -> Result<u32, JsonProblem> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(JsonProblem::Escape)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(JsonProblem::Escape);
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| JsonProblem::Escape)
    }
}

/// Compact JSON without Go's escapes, for messages and tests.
impl fmt::Display for GoValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::to_string(self))
    }
}
