//! DER of key files (X.690 section 10): a strict reader that copies nothing and a writer for short structures.
//!
//! Separate from the reader of certificates because what it reads is secret: it borrows from a buffer that its owner
//! overwrites, and its errors carry positions, never contents.

use zeroize::Zeroizing;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// `[0]`, constructed.
pub(crate) const CONTEXT_0: u8 = 0xa0;
/// `[1]`, constructed.
pub(crate) const CONTEXT_1: u8 = 0xa1;
/// `[0]`, primitive.
pub(crate) const CONTEXT_0_PRIMITIVE: u8 = 0x80;
/// `[1]`, primitive.
pub(crate) const CONTEXT_1_PRIMITIVE: u8 = 0x81;

/// Octets of a key or key store that are not the DER they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct DerFault {
    /// The field in the words of its standard, for example `PrivateKeyInfo.version`.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: DerProblem,
}

/// What is wrong with the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DerProblem {
    /// The input ends inside the element.
    #[error("the octets end too early")]
    Truncated,
    /// The indefinite form or more octets than needed, X.690 section 10.1.
    #[error("a length that is not in the shortest definite form, which DER forbids")]
    Length,
    /// Another type.
    #[error("found tag {found:02x}, expected tag {expected:02x}")]
    Tag {
        /// The tag of the standard.
        expected: u8,
        /// The tag that is there.
        found: u8,
    },
    /// Octets after the end.
    #[error("{octets} octets are left over")]
    Trailing {
        /// How many.
        octets: usize,
    },
    /// Not in the form or range of this field.
    #[error("a value that this field cannot have")]
    Value,
    /// More elements than allowed.
    #[error("more than {max} elements")]
    TooMany {
        /// The most allowed.
        max: usize,
    },
}

impl DerFault {
    pub(crate) fn new(field: &'static str, problem: DerProblem) -> Self {
        Self { field, problem }
    }
}

/// One element.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
}

/// A position in DER.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets }
    }

    /// The inside of `octets`, which must be exactly one SEQUENCE.
    pub(crate) fn whole_sequence(octets: &'a [u8], field: &'static str) -> Result<Self, DerFault> {
        let mut reader = Self::new(octets);
        let inside = reader.sequence(field)?;
        reader.finish(field)?;
        Ok(inside)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, whatever its type.
    pub(crate) fn any(&mut self, field: &'static str) -> Result<Element<'a>, DerFault> {
        let fault = |problem| DerFault::new(field, problem);
        let (&tag, after_tag) = self.rest.split_first().ok_or_else(|| fault(DerProblem::Truncated))?;
        let (length, body) = length(after_tag).map_err(fault)?;
        let (content, rest) = body.split_at_checked(length).ok_or_else(|| fault(DerProblem::Truncated))?;
        self.rest = rest;
        Ok(Element { tag, content })
    }

    /// The content of the next element, which must be of type `tag`.
    pub(crate) fn expect(&mut self, tag: u8, field: &'static str) -> Result<&'a [u8], DerFault> {
        let element = self.any(field)?;
        if element.tag != tag {
            return Err(DerFault::new(field, DerProblem::Tag { expected: tag, found: element.tag }));
        }
        Ok(element.content)
    }

    /// The content of the next element if it is of type `tag`.
    pub(crate) fn optional(&mut self, tag: u8, field: &'static str) -> Result<Option<&'a [u8]>, DerFault> {
        if self.peek() == Some(tag) { self.expect(tag, field).map(Some) } else { Ok(None) }
    }

    pub(crate) fn sequence(&mut self, field: &'static str) -> Result<Self, DerFault> {
        self.expect(SEQUENCE, field).map(Self::new)
    }

    /// A non-negative INTEGER below 2^32.
    pub(crate) fn small(&mut self, field: &'static str) -> Result<u32, DerFault> {
        let content = self.unsigned(field)?;
        if content.len() > 4 {
            return Err(DerFault::new(field, DerProblem::Value));
        }
        Ok(content.iter().fold(0, |number, &octet| (number << 8) | u32::from(octet)))
    }

    /// The octets of a non-negative INTEGER without the leading zero; empty for 0.
    pub(crate) fn unsigned(&mut self, field: &'static str) -> Result<&'a [u8], DerFault> {
        let fault = || DerFault::new(field, DerProblem::Value);
        match self.expect(INTEGER, field)? {
            [] => Err(fault()),
            [0, next, ..] if *next < 0x80 => Err(fault()),
            [0, rest @ ..] => Ok(rest),
            [first, ..] if *first >= 0x80 => Err(fault()),
            content => Ok(content),
        }
    }

    /// A BIT STRING of whole octets.
    pub(crate) fn bit_octets(content: &'a [u8], field: &'static str) -> Result<&'a [u8], DerFault> {
        match content {
            [0, octets @ ..] => Ok(octets),
            _ => Err(DerFault::new(field, DerProblem::Value)),
        }
    }

    /// Nothing may be left.
    pub(crate) fn finish(&self, field: &'static str) -> Result<(), DerFault> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(DerFault::new(field, DerProblem::Trailing { octets: self.rest.len() }))
    }
}

/// A length and what follows it. At most four octets of length, in the shortest form.
fn length(octets: &[u8]) -> Result<(usize, &[u8]), DerProblem> {
    let (&first, rest) = octets.split_first().ok_or(DerProblem::Truncated)?;
    if first < 0x80 {
        return Ok((usize::from(first), rest));
    }
    let count = usize::from(first & 0x7f);
    if count == 0 || count > 4 {
        return Err(DerProblem::Length);
    }
    let (digits, rest) = rest.split_at_checked(count).ok_or(DerProblem::Truncated)?;
    let length = digits.iter().fold(0_usize, |length, &octet| (length << 8) | usize::from(octet));
    let minimal = length >= 0x80 && digits.first() != Some(&0);
    if minimal { Ok((length, rest)) } else { Err(DerProblem::Length) }
}

/// An element of type `tag` that holds `parts` one after the other. Overwritten when dropped, because most of them
/// hold secrets.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let digits = length.to_be_bytes();
    let digits = digits.get(length.leading_zeros() as usize / 8..).unwrap_or_default();
    let mut octets = Vec::with_capacity(length + 2 + digits.len());
    octets.push(tag);
    if length < 0x80 {
        octets.extend(u8::try_from(length));
    } else {
        octets.extend(u8::try_from(0x80 | digits.len()));
        octets.extend_from_slice(digits);
    }
    for part in parts {
        octets.extend_from_slice(part);
    }
    Zeroizing::new(octets)
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    element(SEQUENCE, parts)
}

/// A non-negative INTEGER.
pub(crate) fn integer(number: u32) -> Zeroizing<Vec<u8>> {
    let digits = number.to_be_bytes();
    let skip = (number.leading_zeros() as usize / 8).min(3);
    let digits = digits.get(skip..).unwrap_or_default();
    let sign: &[u8] = if digits.first().is_some_and(|first| *first >= 0x80) { &[0] } else { &[] };
    element(INTEGER, &[sign, digits])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_der_forbids_is_refused() {
        for (octets, problem) in [
            (&[0x30][..], DerProblem::Truncated),
            (&[0x30, 0x80, 0, 0], DerProblem::Length),
            (&[0x30, 0x81, 0x01, 0], DerProblem::Length),
            (&[0x30, 0x82, 0, 0x80], DerProblem::Length),
            (&[0x30, 0x85, 0, 0, 0, 0, 1], DerProblem::Length),
            (&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], DerProblem::Truncated),
            (&[0x30, 2, 1], DerProblem::Truncated),
        ] {
            assert_eq!(Reader::new(octets).any("x").err().map(|fault| fault.problem), Some(problem));
        }
        for integer in [&[2, 0][..], &[2, 1, 0x80], &[2, 2, 0, 1], &[2, 5, 1, 0, 0, 0, 0]] {
            assert!(Reader::new(integer).small("x").is_err());
        }
        assert!(Reader::whole_sequence(&[0x30, 0, 0], "x").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number: u32, content in proptest::collection::vec(any::<u8>(), 0..70_000)) {
            let text = element(OCTET_STRING, &[&content]);
            let whole = sequence(&[&integer(number), &text]);
            let mut reader = Reader::whole_sequence(&whole, "x").unwrap();
            prop_assert_eq!(reader.small("number").unwrap(), number);
            prop_assert_eq!(reader.expect(OCTET_STRING, "text").unwrap(), &content[..]);
            reader.finish("x").unwrap();
        }

        #[test]
        fn no_octets_make_it_panic(octets in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = Reader::new(&octets);
            while reader.any("x").is_ok() {}
        }
    }
}
