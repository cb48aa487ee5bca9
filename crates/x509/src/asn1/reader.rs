//! A strict reader of DER that knows where it is.

use super::{DerError, DerProblem, Oid, Tag, tag};

/// A stretch of octets inside an object, as offsets from its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    start: usize,
    end: usize,
}

impl Span {
    /// The octets of the stretch; nothing when `object` is not the one it was made for.
    pub(crate) fn of(self, object: &[u8]) -> &[u8] {
        object.get(self.start..self.end).unwrap_or_default()
    }

    /// Without its first octets.
    pub(crate) fn skip(self, octets: usize) -> Self {
        Self { start: (self.start + octets).min(self.end), end: self.end }
    }
}

/// One element: identifier octet, content, and the whole with its header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    pub(crate) whole: &'a [u8],
    /// Offset of the header.
    pub(crate) at: usize,
}

impl<'a> Element<'a> {
    fn content_at(&self) -> usize {
        self.at + self.whole.len() - self.content.len()
    }

    /// Where the whole element lies.
    pub(crate) fn span(&self) -> Span {
        Span { start: self.at, end: self.at + self.whole.len() }
    }

    /// Where the content lies.
    pub(crate) fn content_span(&self) -> Span {
        let start = self.content_at();
        Span { start, end: start + self.content.len() }
    }

    /// Read the content as a series of elements.
    pub(crate) fn reader(&self) -> Reader<'a> {
        Reader { rest: self.content, at: self.content_at() }
    }

    /// The same, but counting offsets from the beginning of this element.
    pub(crate) fn reader_from_zero(&self) -> Reader<'a> {
        Reader { rest: self.content, at: self.whole.len() - self.content.len() }
    }

    /// Read the content after so many octets as a series of elements, for what a BIT STRING wraps.
    pub(crate) fn content_reader_after(&self, octets: usize) -> Reader<'a> {
        Reader { rest: self.content.get(octets..).unwrap_or_default(), at: self.content_at() + octets }
    }

    pub(crate) fn fault(&self, field: &'static str, problem: DerProblem) -> DerError {
        DerError::new(field, self.at, problem)
    }

    /// Content octets of an INTEGER, minimal, possibly negative.
    pub(crate) fn integer_octets(&self, field: &'static str) -> Result<&'a [u8], DerError> {
        if matches!(self.content, [] | [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..]) {
            return Err(self.fault(field, DerProblem::IntegerNotMinimal));
        }
        Ok(self.content)
    }

    /// An INTEGER or ENUMERATED that is not negative and at most `max`.
    pub(crate) fn small_integer(&self, field: &'static str, max: u64) -> Result<u64, DerError> {
        let octets = self.unsigned_integer(field)?;
        if octets.len() > 8 {
            return Err(self.fault(field, DerProblem::IntegerTooLarge { max }));
        }
        let value = octets.iter().fold(0_u64, |value, octet| value << 8 | u64::from(*octet));
        if value > max {
            return Err(self.fault(field, DerProblem::IntegerTooLarge { max }));
        }
        Ok(value)
    }

    /// The magnitude of an INTEGER that must not be negative, without its leading zero.
    pub(crate) fn unsigned_integer(&self, field: &'static str) -> Result<&'a [u8], DerError> {
        match self.integer_octets(field)? {
            [0, rest @ ..] if !rest.is_empty() => Ok(rest),
            [first, ..] if first & 0x80 != 0 => Err(self.fault(field, DerProblem::IntegerNegative)),
            octets => Ok(octets),
        }
    }

    /// A BOOLEAN.
    pub(crate) fn boolean(&self, field: &'static str) -> Result<bool, DerError> {
        match self.content {
            [0x00] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(self.fault(field, DerProblem::Boolean)),
        }
    }

    /// A BIT STRING: its octets and how many bits of the last one are unused.
    pub(crate) fn bits(&self, field: &'static str) -> Result<(&'a [u8], u8), DerError> {
        let fault = || self.fault(field, DerProblem::BitString);
        let (unused, octets) = self.content.split_first().ok_or_else(fault)?;
        let last = octets.last().copied().unwrap_or(0);
        let padding = 1_u8.checked_shl(u32::from(*unused)).map_or(0xff, |bit| bit.wrapping_sub(1));
        if *unused > 7 || last & padding != 0 || (octets.is_empty() && *unused != 0) {
            return Err(fault());
        }
        Ok((octets, *unused))
    }

    /// A BIT STRING of whole octets.
    pub(crate) fn bit_octets(&self, field: &'static str) -> Result<&'a [u8], DerError> {
        let (octets, unused) = self.bits(field)?;
        if unused == 0 { Ok(octets) } else { Err(self.fault(field, DerProblem::BitsNotOctets)) }
    }

    /// A BIT STRING of named bits: no trailing zero bits. Bit 0 is the highest of the result; bits beyond 16 are refused.
    pub(crate) fn named_bits(&self, field: &'static str) -> Result<u16, DerError> {
        let (octets, unused) = self.bits(field)?;
        if octets.last().is_some_and(|last| last >> unused & 1 == 0) {
            return Err(self.fault(field, DerProblem::NamedBits));
        }
        match octets {
            [] => Ok(0),
            [first] => Ok(u16::from_be_bytes([*first, 0])),
            [first, second] => Ok(u16::from_be_bytes([*first, *second])),
            _ => Err(self.fault(field, DerProblem::TooLarge { octets: octets.len(), max: 2 })),
        }
    }

    /// An OBJECT IDENTIFIER.
    pub(crate) fn oid(&self, field: &'static str) -> Result<Oid, DerError> {
        Oid::from_content(self.content).map_err(|_| self.fault(field, DerProblem::Oid))
    }

    /// Refuse what is no OBJECT IDENTIFIER without making one.
    pub(crate) fn check_oid(&self, field: &'static str) -> Result<(), DerError> {
        Oid::check_content(self.content).map_err(|_| self.fault(field, DerProblem::Oid))
    }

    /// An `IA5String` (or an implicit tag of one): ASCII without NUL.
    pub(crate) fn ia5(&self, field: &'static str) -> Result<&'a str, DerError> {
        if self.content.contains(&0) {
            return Err(self.fault(field, DerProblem::Nul));
        }
        let text = std::str::from_utf8(self.content).ok().filter(|text| text.is_ascii());
        text.ok_or_else(|| self.fault(field, DerProblem::Characters { string: Tag(tag::IA5_STRING) }))
    }
}

/// Reads elements one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// From the beginning of an object.
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self { rest: input, at: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, whatever it is.
    pub(crate) fn any(&mut self, field: &'static str) -> Result<Element<'a>, DerError> {
        let (tag, header, length) =
            header(self.rest).map_err(|problem| DerError::new(field, self.at, problem))?;
        let truncated = || DerError::new(field, self.at, DerProblem::Truncated);
        let end = header.checked_add(length).ok_or_else(truncated)?;
        let (whole, rest) = self.rest.split_at_checked(end).ok_or_else(truncated)?;
        let content = whole.get(header..).unwrap_or_default();
        let element = Element { tag, content, whole, at: self.at };
        self.rest = rest;
        self.at += end;
        Ok(element)
    }

    /// The next element, which must have this tag.
    pub(crate) fn expect(&mut self, expected: u8, field: &'static str) -> Result<Element<'a>, DerError> {
        match self.peek() {
            Some(found) if found == expected => self.any(field),
            Some(found) => {
                let problem = DerProblem::UnexpectedTag { expected: Tag(expected), found: Tag(found) };
                Err(DerError::new(field, self.at, problem))
            }
            None => Err(DerError::new(field, self.at, DerProblem::Missing { expected: Tag(expected) })),
        }
    }

    /// The next element if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8, field: &'static str) -> Result<Option<Element<'a>>, DerError> {
        if self.peek() == Some(tag) { self.any(field).map(Some) } else { Ok(None) }
    }

    /// The inside of the SEQUENCE that comes next.
    pub(crate) fn sequence(&mut self, field: &'static str) -> Result<Self, DerError> {
        self.expect(tag::SEQUENCE, field).map(|element| element.reader())
    }

    /// The OBJECT IDENTIFIER that comes next.
    pub(crate) fn oid(&mut self, field: &'static str) -> Result<Oid, DerError> {
        self.expect(tag::OBJECT_IDENTIFIER, field)?.oid(field)
    }

    /// Refuse what is left over.
    pub(crate) fn finish(&self, field: &'static str) -> Result<(), DerError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(DerError::new(field, self.at, DerProblem::Trailing { octets: self.rest.len() }))
    }
}

/// Identifier octet, length of the header and length of the content.
fn header(input: &[u8]) -> Result<(u8, usize, usize), DerProblem> {
    let [tag, first, rest @ ..] = input else { return Err(DerProblem::Truncated) };
    if tag & 0x1f == 0x1f {
        return Err(DerProblem::HighTag);
    }
    match *first {
        0x80 => Err(DerProblem::IndefiniteLength),
        short @ 0..0x80 => Ok((*tag, 2, usize::from(short))),
        long => {
            let count = usize::from(long & 0x7f);
            if count > 4 {
                return Err(DerProblem::LengthTooLong);
            }
            let octets = rest.get(..count).ok_or(DerProblem::Truncated)?;
            let length = octets.iter().fold(0_usize, |length, octet| length << 8 | usize::from(*octet));
            if octets.first() == Some(&0) || length < 0x80 {
                return Err(DerProblem::LengthNotMinimal);
            }
            Ok((*tag, 2 + count, length))
        }
    }
}

/// The inside of the one SEQUENCE that `input` consists of.
pub(crate) fn whole_sequence<'a>(input: &'a [u8], field: &'static str) -> Result<Reader<'a>, DerError> {
    let mut reader = Reader::new(input);
    let inside = reader.sequence(field)?;
    reader.finish(field)?;
    Ok(inside)
}
