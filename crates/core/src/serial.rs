//! Certificate serial numbers, RFC 5280 section 4.1.2.2.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::random::{Random, RandomUnavailable};
use crate::time::Timestamp;

/// A positive serial number of at most 20 octets: big-endian, without leading zeros.
///
/// Ordered first by length, then by value, so the order is that of the numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Serial(Box<[u8]>);

/// Octets that are not a serial number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SerialError {
    /// Longer than the 20 octets that RFC 5280 allows.
    #[error("serial number of {octets} octets: at most 20 are allowed")]
    TooLong {
        /// How many octets were found, leading zeros apart.
        octets: usize,
    },
    /// Zero is not positive.
    #[error("serial number is zero: it must be positive")]
    Zero,
    /// Negative in DER.
    #[error("serial number is negative: it must be positive")]
    Negative,
    /// Text that is no number.
    #[error(
        "`{found}` is not a serial number: expected hexadecimal digits, colons allowed, or `#` and a decimal number"
    )]
    Text {
        /// What was found.
        found: String,
    },
}

impl Serial {
    /// The most octets a serial number may have.
    pub const MAX_OCTETS: usize = 20;

    /// Make a new serial number of exactly 20 octets, of which 128 bits come from `random`.
    ///
    /// The first 32 bits are `01` and the low 30 bits of the second in which it was made. Serial numbers made one
    /// after the other so lie side by side in an index, and inserting stays cheap however many certificates are
    /// stored (decision record 0003). The 128 random bits are twice what CA/Browser Forum rules ask for.
    ///
    /// # Errors
    /// When the generator cannot deliver.
    pub fn generate(now: Timestamp, random: &dyn Random) -> Result<Self, RandomUnavailable> {
        const TOP: u32 = 0x4000_0000;
        const SECONDS: u32 = 0x3fff_ffff;
        let seconds = u32::try_from(now.unix_seconds().rem_euclid(1 << 30)).unwrap_or(0);
        let mut octets = [0_u8; Self::MAX_OCTETS];
        let (head, tail) = octets.split_at_mut(4);
        head.copy_from_slice(&(TOP | (seconds & SECONDS)).to_be_bytes());
        random.fill(tail)?;
        Ok(Self(octets.into()))
    }

    /// From an unsigned big-endian number; leading zeros are dropped.
    pub fn from_unsigned(octets: &[u8]) -> Result<Self, SerialError> {
        let start = octets.iter().position(|octet| *octet != 0).ok_or(SerialError::Zero)?;
        let significant = octets.get(start..).unwrap_or_default();
        if significant.len() > Self::MAX_OCTETS {
            return Err(SerialError::TooLong { octets: significant.len() });
        }
        Ok(Self(significant.into()))
    }

    /// The smallest serial number that [`Self::generate`] makes at this second.
    pub fn earliest(at: Timestamp) -> Self {
        struct Zeros;
        impl Random for Zeros {
            fn fill(&self, octets: &mut [u8]) -> Result<(), RandomUnavailable> {
                octets.fill(0);
                Ok(())
            }
        }
        Self::generate(at, &Zeros).unwrap_or_else(|_| Self(Box::from([1_u8].as_slice())))
    }

    /// From the content octets of a DER INTEGER (two's complement).
    pub fn from_der_content(content: &[u8]) -> Result<Self, SerialError> {
        if content.first().is_some_and(|first| first & 0x80 != 0) {
            return Err(SerialError::Negative);
        }
        Self::from_unsigned(content)
    }

    /// The number, big-endian, without leading zeros.
    pub fn as_unsigned(&self) -> &[u8] {
        &self.0
    }

    /// The content octets of a DER INTEGER: a leading zero where the top bit is set.
    pub fn to_der_content(&self) -> Vec<u8> {
        let mut content = Vec::with_capacity(self.0.len() + 1);
        if self.0.first().is_some_and(|first| first & 0x80 != 0) {
            content.push(0);
        }
        content.extend_from_slice(&self.0);
        content
    }
}

impl Ord for Serial {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

impl PartialOrd for Serial {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Serial {
    /// Lower-case hexadecimal, two digits an octet, no separators.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl FromStr for Serial {
    type Err = SerialError;

    /// Reads hexadecimal (with `:` between octets or a leading `0x`, in any case). A text of at most 40 hexadecimal digits is
    /// always hexadecimal; a decimal number is written with a leading `#`, for example `#1234`. More decimal digits than
    /// that can only be a decimal number, as those of the serial numbers that are made here.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || SerialError::Text { found: text.chars().take(80).collect() };
        if let Some(decimal) = text.strip_prefix('#') {
            return from_decimal(decimal).ok_or_else(fault).and_then(|octets| Self::from_unsigned(&octets));
        }
        if text.len() > 2 * Self::MAX_OCTETS && text.bytes().all(|digit| digit.is_ascii_digit()) {
            return from_decimal(text).ok_or_else(fault).and_then(|octets| Self::from_unsigned(&octets));
        }
        let digits: String = text.strip_prefix("0x").unwrap_or(text).chars().filter(|c| *c != ':').collect();
        if digits.is_empty() || digits.len() > 2 * Self::MAX_OCTETS + 2 {
            return Err(fault());
        }
        let padded = if digits.len() % 2 == 1 { format!("0{digits}") } else { digits };
        let octets: Option<Vec<u8>> = padded
            .as_bytes()
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect();
        Self::from_unsigned(&octets.ok_or_else(fault)?)
    }
}

/// Decimal digits to big-endian octets; at most 49 digits, which is what 20 octets can hold.
fn from_decimal(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > 49 {
        return None;
    }
    let mut octets = vec![0_u8; 24];
    for digit in text.chars() {
        let mut carry = digit.to_digit(10)?;
        for octet in octets.iter_mut().rev() {
            let value = u32::from(*octet) * 10 + carry;
            *octet = u8::try_from(value & 0xff).ok()?;
            carry = value >> 8;
        }
    }
    Some(octets)
}

impl Serialize for Serial {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Serial {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones;
    impl Random for Ones {
        fn fill(&self, octets: &mut [u8]) -> Result<(), RandomUnavailable> {
            octets.fill(0xff);
            Ok(())
        }
    }

    #[test]
    fn generated_serials_have_twenty_octets_and_128_random_bits() {
        for seconds in [-5, 0, 1_800_000_000, 253_402_300_799] {
            let serial = Serial::generate(Timestamp::from_unix_seconds(seconds), &Ones).unwrap();
            assert_eq!(serial.as_unsigned().len(), 20);
            assert_eq!(serial.to_der_content().len(), 20, "the sign bit is clear");
            assert_eq!(&serial.as_unsigned()[4..], &[0xff; 16]);
        }
    }

    #[test]
    fn the_earliest_is_at_or_before_all_of_its_second() {
        let at = Timestamp::from_unix_seconds(1_800_000_000);
        let before = Serial::generate(at.minus(crate::time::Lifetime::from_seconds(1)), &Ones).unwrap();
        assert!(Serial::earliest(at) <= Serial::generate(at, &Ones).unwrap());
        assert!(before < Serial::earliest(at));
    }

    #[test]
    fn text_forms_are_read() {
        let serial: Serial = "0A:ff:00".parse().unwrap();
        assert_eq!(serial.as_unsigned(), &[0x0a, 0xff, 0x00]);
        assert_eq!("aff00".parse::<Serial>().unwrap(), serial);
        assert_eq!("#720640".parse::<Serial>().unwrap(), serial);
        assert_eq!(serial.to_string(), "0aff00");
        let made = "611184838413216104014374186391310943494399162616";
        assert_eq!(made.parse::<Serial>().unwrap(), format!("#{made}").parse().unwrap());
        for bad in ["", "0", "xyz", "#", "#12a", &"f".repeat(41), &"#9".repeat(40)] {
            assert!(bad.parse::<Serial>().is_err(), "{bad}");
        }
    }

    #[test]
    fn der_content_keeps_the_number_positive() {
        assert_eq!(Serial::from_der_content(&[0x80]), Err(SerialError::Negative));
        assert_eq!(Serial::from_der_content(&[0, 0]), Err(SerialError::Zero));
        assert_eq!(Serial::from_der_content(&[1; 21]), Err(SerialError::TooLong { octets: 21 }));
        let serial = Serial::from_der_content(&[0, 0x80]).unwrap();
        assert_eq!(serial.to_der_content(), vec![0, 0x80]);
    }
}
