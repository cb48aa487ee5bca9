//! What names a resource in its URL, and what a challenge is answered with.

use std::fmt;
use std::str::FromStr;

use hf_core::random::{Random, RandomUnavailable};
use hf_core::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::base64url;

/// Text that is no identifier of a resource, or no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {octets} random octets in base64url without padding")]
pub struct IdError {
    /// How many random octets it stands for.
    pub octets: usize,
}

macro_rules! random_text {
    ($(#[$doc:meta])* $name:ident, $octets:literal, $random_part:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// How many random octets it stands for.
            pub const OCTETS: usize = $octets;

            /// A new one.
            pub fn generate(random: &dyn Random) -> Result<Self, RandomUnavailable> {
                let mut octets = [0; $octets];
                random.fill(&mut octets)?;
                Ok(Self(base64url::encode(&octets)))
            }

            /// As it stands in URLs and messages: base64url without padding.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                match base64url::decode($random_part(text)) {
                    Some(octets) if octets.len() == $octets => Ok(Self(text.to_owned())),
                    Some(_) | None => Err(IdError { octets: $octets }),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

random_text! {
    /// An account, order, authorization, challenge or key of an external account: 128 random bits, so that nobody
    /// guesses the URL of another's resource. With the time before them where [`Id::generate_at`] made it.
    Id, 16, behind_time
}

random_text! {
    /// The token of a challenge: 256 random bits (RFC 8555 section 8.1 asks for 128).
    Token, 32, std::convert::identity
}

/// Digits of the time that an identifier may begin with.
const TIME_DIGITS: usize = 8;

impl Id {
    /// A new one that sorts by the time at which it was made: eight hexadecimal digits of the second, then the random
    /// octets. What is stored in the order of its identifiers then lies together when it was made together, and storing
    /// one costs the same however many are stored.
    pub fn generate_at(now: Timestamp, random: &dyn Random) -> Result<Self, RandomUnavailable> {
        let second = now.unix_seconds().rem_euclid(1 << 32);
        Self::generate(random).map(|Self(random)| Self(format!("{second:08x}{random}")))
    }
}

/// What is random in the text of an identifier: what stands behind the time, or all of it.
fn behind_time(text: &str) -> &str {
    let is_digit = |octet: u8| matches!(octet, b'0'..=b'9' | b'a'..=b'f');
    match text.split_at_checked(TIME_DIGITS) {
        // One without a time is shorter, whatever it begins with.
        Some((time, random)) if random.len() * 3 / 4 == Id::OCTETS && time.bytes().all(is_digit) => random,
        Some(_) | None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_text_is_read() {
        let id: Id = "AAAAAAAAAAAAAAAAAAAAAA".parse().unwrap();
        assert_eq!(id.to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
        for bad in ["", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAAAAA==", "AAAA", "../../../../../../.."]
        {
            assert_eq!(bad.parse::<Id>(), Err(IdError { octets: 16 }), "{bad}");
        }
        let timed: Id = "6a000001AAAAAAAAAAAAAAAAAAAAAA".parse().unwrap();
        assert_eq!(timed.to_string(), "6a000001AAAAAAAAAAAAAAAAAAAAAA");
        for bad in ["6A000001", "6a00000", "6a0000011", "6a00000g", "-a000001", "\u{e4}000001"] {
            let bad = format!("{bad}AAAAAAAAAAAAAAAAAAAAAA");
            assert_eq!(bad.parse::<Id>(), Err(IdError { octets: 16 }), "{bad}");
        }
        assert!("6a000001AAAAAAAAAAAAAAAAAAAAAB".parse::<Id>().is_err());
        assert!("evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA".parse::<Token>().is_ok());
    }
    #[test]
    fn identifiers_with_a_time_sort_by_it_and_are_as_random_as_others() {
        let random = super::super::tests::Counting::default();
        let at = |second| Id::generate_at(Timestamp::from_unix_seconds(second), &random).unwrap().to_string();
        assert!(at(0x6a00_0001).starts_with("6a000001"));
        assert!(at(1_000) < at(1_001) && at(0x7fff_ffff) < at(0x8000_0000));
        let made: std::collections::HashSet<String> = (0..1_000).map(|_| at(5)).collect();
        assert_eq!(made.len(), 1_000);
        assert!(made.iter().all(|id| id.parse::<Id>().is_ok()));
    }
}
