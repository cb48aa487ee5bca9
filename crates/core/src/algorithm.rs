//! The closed set of key algorithms that Handfast makes and accepts for its own certificates.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Algorithm and size of a key pair, RFC 5480 (EC), RFC 8410 (Ed25519), RFC 8017 (RSA).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyAlgorithm {
    /// ECDSA on P-256, signatures with SHA-256. The default: every peer reads it.
    #[default]
    #[serde(rename = "ecdsa-p256")]
    EcdsaP256,
    /// ECDSA on P-384, signatures with SHA-384.
    #[serde(rename = "ecdsa-p384")]
    EcdsaP384,
    /// ECDSA on P-521, signatures with SHA-512. For those who bring it: browsers refuse it.
    #[serde(rename = "ecdsa-p521")]
    EcdsaP521,
    /// Ed25519, RFC 8032. Refused by some TLS stacks, so never a default for leaves.
    #[serde(rename = "ed25519")]
    Ed25519,
    /// RSA with a modulus of 2048 bits, signatures PKCS#1 v1.5 with SHA-256.
    #[serde(rename = "rsa-2048")]
    Rsa2048,
    /// RSA with a modulus of 3072 bits, signatures PKCS#1 v1.5 with SHA-256.
    #[serde(rename = "rsa-3072")]
    Rsa3072,
    /// RSA with a modulus of 4096 bits, signatures PKCS#1 v1.5 with SHA-256.
    #[serde(rename = "rsa-4096")]
    Rsa4096,
    /// RSA with a modulus of 8192 bits. For those who bring it: slow to make and to sign with.
    #[serde(rename = "rsa-8192")]
    Rsa8192,
}

impl KeyAlgorithm {
    /// Those that profiles take unless they say otherwise, strongest default first.
    pub const ALL: [Self; 6] =
        [Self::EcdsaP256, Self::EcdsaP384, Self::Ed25519, Self::Rsa2048, Self::Rsa3072, Self::Rsa4096];

    /// Every algorithm that can be certified, also those that only who asks by name gets.
    pub const EVERY: [Self; 8] = [
        Self::EcdsaP256,
        Self::EcdsaP384,
        Self::Ed25519,
        Self::Rsa2048,
        Self::Rsa3072,
        Self::Rsa4096,
        Self::EcdsaP521,
        Self::Rsa8192,
    ];

    /// The name used on the command line and in files, for example `ecdsa-p256`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EcdsaP256 => "ecdsa-p256",
            Self::EcdsaP384 => "ecdsa-p384",
            Self::EcdsaP521 => "ecdsa-p521",
            Self::Ed25519 => "ed25519",
            Self::Rsa2048 => "rsa-2048",
            Self::Rsa3072 => "rsa-3072",
            Self::Rsa4096 => "rsa-4096",
            Self::Rsa8192 => "rsa-8192",
        }
    }

    /// Whether the key is an RSA key, whatever its size.
    pub fn is_rsa(self) -> bool {
        matches!(self, Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 | Self::Rsa8192)
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no key algorithm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{found}` is not a key algorithm: expected one of `ecdsa-p256`, `ecdsa-p384`, `ed25519`, `rsa-2048`, `rsa-3072`, `rsa-4096`"
)]
pub struct UnknownKeyAlgorithm {
    /// What was found instead.
    pub found: String,
}

impl FromStr for KeyAlgorithm {
    type Err = UnknownKeyAlgorithm;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::EVERY
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
            .ok_or_else(|| UnknownKeyAlgorithm { found: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        assert!(KeyAlgorithm::ALL.iter().all(|algorithm| KeyAlgorithm::EVERY.contains(algorithm)));
        for algorithm in KeyAlgorithm::EVERY {
            assert_eq!(algorithm.as_str().parse::<KeyAlgorithm>().unwrap(), algorithm);
        }
        assert!("rsa-1024".parse::<KeyAlgorithm>().is_err());
    }
}
