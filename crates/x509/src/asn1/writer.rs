//! A small writer of DER: content first, then the length in front of it.

use super::{Oid, tag};

/// Collects encoded elements.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    octets: Vec<u8>,
}

impl Writer {
    pub(crate) fn with_capacity(octets: usize) -> Self {
        Self { octets: Vec::with_capacity(octets) }
    }

    /// Append to what is there.
    pub(crate) fn onto(octets: Vec<u8>) -> Self {
        Self { octets }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.octets
    }

    /// Octets that are already DER.
    pub(crate) fn raw(&mut self, der: &[u8]) {
        self.octets.extend_from_slice(der);
    }

    /// A primitive element.
    pub(crate) fn primitive(&mut self, tag: u8, content: &[u8]) {
        self.octets.push(tag);
        self.length(content.len());
        self.octets.extend_from_slice(content);
    }

    /// An element around what `inside` writes.
    pub(crate) fn nested(&mut self, tag: u8, inside: impl FnOnce(&mut Self)) {
        self.octets.extend_from_slice(&[tag, 0]);
        let start = self.octets.len();
        inside(self);
        let end = self.octets.len();
        let (header, count) = length_octets(end.saturating_sub(start));
        // The one octet kept free is enough for content below 128 octets; else the content moves.
        if count > 1 {
            self.octets.resize(end + count - 1, 0);
            self.octets.copy_within(start..end, start + count - 1);
        }
        if let Some(place) = self.octets.get_mut(start - 1..start - 1 + count) {
            place.copy_from_slice(header.get(..count).unwrap_or_default());
        }
    }

    pub(crate) fn sequence(&mut self, inside: impl FnOnce(&mut Self)) {
        self.nested(tag::SEQUENCE, inside);
    }

    pub(crate) fn set(&mut self, inside: impl FnOnce(&mut Self)) {
        self.nested(tag::SET, inside);
    }

    pub(crate) fn oid(&mut self, oid: &Oid) {
        self.primitive(tag::OBJECT_IDENTIFIER, oid.as_content());
    }

    pub(crate) fn boolean(&mut self, value: bool) {
        self.primitive(tag::BOOLEAN, &[if value { 0xff } else { 0 }]);
    }

    pub(crate) fn null(&mut self) {
        self.primitive(tag::NULL, &[]);
    }

    /// A number that is not negative, with this tag.
    pub(crate) fn number(&mut self, tag: u8, value: u64) {
        let octets = value.to_be_bytes();
        let skip = octets.iter().take(7).take_while(|octet| **octet == 0).count();
        self.unsigned(tag, octets.get(skip..).unwrap_or_default());
    }

    /// A number given as big-endian magnitude without leading zeros.
    pub(crate) fn unsigned(&mut self, tag: u8, magnitude: &[u8]) {
        let pad = magnitude.first().is_none_or(|first| first & 0x80 != 0);
        self.octets.push(tag);
        self.length(magnitude.len() + usize::from(pad));
        if pad {
            self.octets.push(0);
        }
        self.octets.extend_from_slice(magnitude);
    }

    /// A BIT STRING of whole octets.
    pub(crate) fn bit_octets(&mut self, octets: &[u8]) {
        self.octets.push(tag::BIT_STRING);
        self.length(octets.len() + 1);
        self.octets.push(0);
        self.octets.extend_from_slice(octets);
    }

    /// A BIT STRING of named bits, bit 0 highest, trailing zeros left out (X.690 section 11.2.2).
    pub(crate) fn named_bits(&mut self, tag: u8, bits: u16) {
        let octets = bits.to_be_bytes();
        let used = 16 - bits.trailing_zeros().min(16);
        let count = usize::from(used > 0) + usize::from(used > 8);
        let unused = u8::try_from((8 - used % 8) % 8).unwrap_or(0);
        self.octets.push(tag);
        self.length(count + 1);
        self.octets.push(unused);
        self.octets.extend_from_slice(octets.get(..count).unwrap_or_default());
    }

    fn length(&mut self, length: usize) {
        let (octets, count) = length_octets(length);
        self.octets.extend_from_slice(octets.get(..count).unwrap_or_default());
    }
}

/// The length octets (the first `count` of them), as few as possible. Objects stay below 4 GiB.
pub(crate) fn length_octets(length: usize) -> ([u8; 5], usize) {
    let wide = u32::try_from(length).unwrap_or(u32::MAX);
    let [a, b, c, d] = wide.to_be_bytes();
    match wide {
        0..0x80 => ([d, 0, 0, 0, 0], 1),
        0x80..0x100 => ([0x81, d, 0, 0, 0], 2),
        0x100..0x1_0000 => ([0x82, c, d, 0, 0], 3),
        0x1_0000..0x100_0000 => ([0x83, b, c, d, 0], 4),
        _ => ([0x84, a, b, c, d], 5),
    }
}
