//! The octets of journal entries: fixed-size numbers big-endian, texts and octet strings with a 32-bit length.

use hf_core::serial::Serial;

pub(super) fn put_i64(buffer: &mut Vec<u8>, value: i64) {
    buffer.extend_from_slice(&value.to_be_bytes());
}

/// Values are bounded far below 4 GiB by [`super::limits`].
pub(super) fn put_bytes(buffer: &mut Vec<u8>, octets: &[u8]) {
    buffer.extend_from_slice(&u32::try_from(octets.len()).unwrap_or(u32::MAX).to_be_bytes());
    buffer.extend_from_slice(octets);
}

/// Reads what the functions above wrote; `None` when the octets end early or are something else.
#[derive(Debug)]
pub(super) struct Decoder<'a> {
    rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    pub(super) fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*head)
    }

    pub(super) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.u32()?).ok()?;
        let (head, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(head)
    }

    pub(super) fn text(&mut self) -> Option<String> {
        self.bytes().and_then(|octets| String::from_utf8(octets.to_vec()).ok())
    }

    pub(super) fn serial(&mut self) -> Option<Serial> {
        self.bytes().and_then(|octets| Serial::from_unsigned(octets).ok())
    }
}
