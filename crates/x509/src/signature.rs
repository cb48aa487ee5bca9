//! Signature algorithms and signatures, RFC 5280 section 4.1.1.2, RFC 4055, RFC 5758, RFC 8410.

mod identifier;
mod verify;

use std::fmt;

use hf_core::algorithm::KeyAlgorithm;

use crate::asn1::Writer;

pub(crate) use identifier::read;
pub(crate) use verify::verify;

/// A signature as it stands in the BIT STRING: for ECDSA the DER of `r` and `s`, for RSA and Ed25519 the octets.
#[derive(Clone, PartialEq, Eq)]
pub struct Signature(Vec<u8>);

impl Signature {
    /// From the octets of the BIT STRING.
    pub fn new(octets: impl Into<Vec<u8>>) -> Self {
        Self(octets.into())
    }

    /// The octets of the BIT STRING.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({} octets)", self.0.len())
    }
}

/// Algorithms that are understood. Handfast signs with five of them; the others are read in certificates of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureAlgorithm {
    /// `ecdsa-with-SHA256`. Signed with by P-256 keys.
    EcdsaSha256,
    /// `ecdsa-with-SHA384`. Signed with by P-384 keys.
    EcdsaSha384,
    /// `ecdsa-with-SHA512`. Signed with by P-521 keys.
    EcdsaSha512,
    /// Ed25519. Signed with by Ed25519 keys.
    Ed25519,
    /// PKCS#1 v1.5 with SHA-256. Signed with by RSA keys.
    RsaPkcs1Sha256,
    /// PKCS#1 v1.5 with SHA-384.
    RsaPkcs1Sha384,
    /// PKCS#1 v1.5 with SHA-512.
    RsaPkcs1Sha512,
    /// RSASSA-PSS with SHA-256, MGF1 with the same, salt as long as the digest.
    RsaPssSha256,
    /// RSASSA-PSS with SHA-384, MGF1 with the same, salt as long as the digest.
    RsaPssSha384,
    /// RSASSA-PSS with SHA-512, MGF1 with the same, salt as long as the digest.
    RsaPssSha512,
    /// ECDSA with SHA-1: broken, never verified.
    EcdsaSha1,
    /// PKCS#1 v1.5 with SHA-1: broken, never verified.
    RsaPkcs1Sha1,
    /// PKCS#1 v1.5 with MD5: broken, never verified.
    RsaPkcs1Md5,
}

impl SignatureAlgorithm {
    /// What a key of this algorithm signs with.
    pub fn default_for(key: KeyAlgorithm) -> Self {
        match key {
            KeyAlgorithm::EcdsaP256 => Self::EcdsaSha256,
            KeyAlgorithm::EcdsaP384 => Self::EcdsaSha384,
            KeyAlgorithm::EcdsaP521 => Self::EcdsaSha512,
            KeyAlgorithm::Ed25519 => Self::Ed25519,
            KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 | KeyAlgorithm::Rsa8192 => {
                Self::RsaPkcs1Sha256
            }
        }
    }

    /// Whether its digest is broken, so that its signatures prove nothing.
    pub fn is_broken(self) -> bool {
        matches!(self, Self::EcdsaSha1 | Self::RsaPkcs1Sha1 | Self::RsaPkcs1Md5)
    }

    /// The name shown to people, for example `ECDSA with SHA-256`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EcdsaSha256 => "ECDSA with SHA-256",
            Self::EcdsaSha384 => "ECDSA with SHA-384",
            Self::EcdsaSha512 => "ECDSA with SHA-512",
            Self::Ed25519 => "Ed25519",
            Self::RsaPkcs1Sha256 => "RSA PKCS#1 v1.5 with SHA-256",
            Self::RsaPkcs1Sha384 => "RSA PKCS#1 v1.5 with SHA-384",
            Self::RsaPkcs1Sha512 => "RSA PKCS#1 v1.5 with SHA-512",
            Self::RsaPssSha256 => "RSASSA-PSS with SHA-256",
            Self::RsaPssSha384 => "RSASSA-PSS with SHA-384",
            Self::RsaPssSha512 => "RSASSA-PSS with SHA-512",
            Self::EcdsaSha1 => "ECDSA with SHA-1",
            Self::RsaPkcs1Sha1 => "RSA PKCS#1 v1.5 with SHA-1",
            Self::RsaPkcs1Md5 => "RSA PKCS#1 v1.5 with MD5",
        }
    }

    /// Write the `AlgorithmIdentifier`.
    pub(crate) fn write(self, writer: &mut Writer) {
        identifier::write(self, writer);
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a signature was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It does not belong to these octets and this key.
    #[error("the signature does not match: another key made it, or the content was changed")]
    Mismatch,
    /// The digest is broken.
    #[error("signed with {algorithm}, whose digest is broken: expected SHA-256 or stronger")]
    Broken {
        /// The algorithm found.
        algorithm: SignatureAlgorithm,
    },
    /// Not an algorithm that is understood.
    #[error("the signature algorithm {oid} is not supported")]
    Unsupported {
        /// The algorithm's identifier.
        oid: crate::asn1::Oid,
    },
    /// A key of another kind.
    #[error("signed with {algorithm}, but the key is {key}")]
    WrongKey {
        /// The algorithm found.
        algorithm: SignatureAlgorithm,
        /// The key's kind.
        key: String,
    },
    /// An RSA key too small to prove anything, or too large to verify with.
    #[error("the RSA key has {bits} bits: expected 2048 to 8192")]
    KeySize {
        /// Bits of the modulus.
        bits: u32,
    },
    /// Inner and outer algorithm differ, RFC 5280 section 4.1.1.2.
    #[error("the signature algorithm outside differs from the one inside the signed part")]
    AlgorithmMismatch,
}
