//! What names a resource in its URL, and what a challenge is answered with.

use std::fmt;
use std::str::FromStr;

use hf_core::random::{Random, RandomUnavailable};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::base64url;

/// Text that is no identifier of a resource, or no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {octets} octets in base64url without padding")]
pub struct IdError {
    /// How many octets it stands for.
    pub octets: usize,
}

macro_rules! random_text {
    ($(#[$doc:meta])* $name:ident, $octets:literal) => {
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
                match base64url::decode(text) {
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
    /// guesses the URL of another's resource.
    Id, 16
}

random_text! {
    /// The token of a challenge: 256 random bits (RFC 8555 section 8.1 asks for 128).
    Token, 32
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
        assert!("evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA".parse::<Token>().is_ok());
    }
}
