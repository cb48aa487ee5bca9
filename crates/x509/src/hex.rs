//! Octets as lower-case hexadecimal digits, without separators.

use std::fmt::{self, Write};

/// Write two digits for each octet.
pub(crate) fn write(octets: &[u8], out: &mut impl Write) -> fmt::Result {
    octets.iter().try_for_each(|octet| write!(out, "{octet:02x}"))
}

/// The first `most` octets as text.
pub(crate) fn text(octets: &[u8], most: usize) -> String {
    octets.iter().take(most).fold(String::new(), |mut text, octet| {
        for digit in [octet >> 4, octet & 0xf] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
        text
    })
}
