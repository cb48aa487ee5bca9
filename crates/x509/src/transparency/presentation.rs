//! As much of the TLS presentation language (RFC 5246 section 4) as RFC 6962 needs.

/// Reads one field after the other; `None` when the octets end before the field does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Presentation<'a>(&'a [u8]);

impl<'a> Presentation<'a> {
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// So many octets.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*array)
    }

    /// `opaque field<0..2^16-1>`.
    pub(crate) fn opaque16(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(u16::from_be_bytes(self.array()?));
        let (field, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(field)
    }
}

/// Append `opaque field<0..2^16-1>`. What is longer is cut: callers check it before.
pub(crate) fn opaque16(into: &mut Vec<u8>, field: &[u8]) {
    let length = u16::try_from(field.len()).unwrap_or(u16::MAX);
    into.extend_from_slice(&length.to_be_bytes());
    into.extend_from_slice(field.get(..usize::from(length)).unwrap_or(field));
}
