//! Types of Go that have a JSON form of their own: `big.Int`, `[]byte`, `time.Time`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hf_core::time::Timestamp;
use num_bigint::BigInt;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::GoValue;

/// Name by which a number of any size asks the reader and the writer of this module for its digits.
pub(super) const NUMBER: &str = "$handfast::go_json::number";

/// Name by which a value of any kind asks the reader of this module for its text, so that no digit is lost.
pub(super) const VALUE: &str = "$handfast::go_json::value";

/// Most digits of a number: 8192 bits are 2467 digits (the modulus of the largest RSA key), and some to spare.
const MAX_DIGITS: usize = 5_000;

/// A whole number of any size, Go's `big.Int`: bare digits in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BigInteger(pub BigInt);

impl BigInteger {
    /// From the octets of an unsigned number, big-endian.
    pub fn from_unsigned(octets: &[u8]) -> Self {
        Self(BigInt::from_bytes_be(num_bigint::Sign::Plus, octets))
    }

    /// The octets of the number, big-endian, without its sign.
    pub fn to_unsigned(&self) -> Vec<u8> {
        self.0.to_bytes_be().1
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.0.sign() == num_bigint::Sign::Minus
    }
}

impl fmt::Display for BigInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for BigInteger {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(NUMBER, &self.0.to_string())
    }
}

impl<'de> Deserialize<'de> for BigInteger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits;
        impl Visitor<'_> for Digits {
            type Value = BigInteger;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number")
            }

            fn visit_str<E: Error>(self, digits: &str) -> Result<BigInteger, E> {
                if digits.len() > MAX_DIGITS {
                    return Err(E::custom(format_args!("a number of more than {MAX_DIGITS} digits")));
                }
                digits.parse().map(BigInteger).map_err(|_| E::custom("expected a whole number"))
            }
        }
        deserializer.deserialize_newtype_struct(NUMBER, Digits)
    }
}

/// A value of any kind, as this module's reader has it. Other readers have none.
impl<'de> Deserialize<'de> for GoValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = GoValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value in this module's reader")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<GoValue, E> {
                super::parse(text.as_bytes()).map_err(E::custom)
            }
        }
        deserializer.deserialize_newtype_struct(VALUE, Text)
    }
}

/// Octets, Go's `[]byte`: standard base64 with padding. Line breaks inside are passed over; `null` is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct GoBytes(pub Vec<u8>);

impl GoBytes {
    /// The octets.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// Whether there are none; such a field is left out where Go says `omitempty`.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for GoBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for GoBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Base64;
        impl Visitor<'_> for Base64 {
            type Value = GoBytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("standard base64 with padding")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<GoBytes, E> {
                let broken = text.bytes().any(|octet| matches!(octet, b'\r' | b'\n'));
                let decoded = if broken {
                    STANDARD.decode(text.replace(['\r', '\n'], ""))
                } else {
                    STANDARD.decode(text)
                };
                decoded.map(GoBytes).map_err(|_| E::custom("expected standard base64 with padding"))
            }
        }
        deserializer.deserialize_str(Base64)
    }
}

/// A point in time, Go's `time.Time`: RFC 3339. Go's zero time, which CFSSL clients always send, is "not given".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoTime(pub Option<Timestamp>);

/// How Go writes its zero time.
const ZERO: &str = "0001-01-01T00:00:00Z";

/// The same in seconds before 1970.
const ZERO_SECONDS: i64 = -62_135_596_800;

impl GoTime {
    /// The time, when one is given.
    pub fn given(self) -> Option<Timestamp> {
        self.0
    }
}

impl From<Timestamp> for GoTime {
    fn from(time: Timestamp) -> Self {
        Self(Some(time))
    }
}

impl fmt::Display for GoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(time) => time.fmt(f),
            None => f.write_str(ZERO),
        }
    }
}

impl Serialize for GoTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for GoTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(Self(None));
        }
        let time: Timestamp = text.parse().map_err(D::Error::custom)?;
        Ok(Self((time.unix_seconds() != ZERO_SECONDS).then_some(time)))
    }
}
