//! `keyUsage`, RFC 5280 section 4.2.1.3.

use std::fmt;
use std::ops::BitOr;

use super::ExtensionValue;
use crate::asn1::{DerError, Oid, Reader, Writer, tag};
use crate::oids;

/// A set of usages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// No usage; RFC 5280 wants at least one in a certificate.
    pub const NONE: Self = Self(0);
    /// (0) Sign anything but certificates and CRLs.
    pub const DIGITAL_SIGNATURE: Self = Self(1 << 15);
    /// (1) `nonRepudiation`, also called `contentCommitment`.
    pub const NON_REPUDIATION: Self = Self(1 << 14);
    /// (2) Encrypt keys; RSA only.
    pub const KEY_ENCIPHERMENT: Self = Self(1 << 13);
    /// (3) Encrypt data.
    pub const DATA_ENCIPHERMENT: Self = Self(1 << 12);
    /// (4) Agree on keys.
    pub const KEY_AGREEMENT: Self = Self(1 << 11);
    /// (5) Sign certificates.
    pub const KEY_CERT_SIGN: Self = Self(1 << 10);
    /// (6) Sign CRLs.
    pub const CRL_SIGN: Self = Self(1 << 9);
    /// (7) With key agreement: encipher only.
    pub const ENCIPHER_ONLY: Self = Self(1 << 8);
    /// (8) With key agreement: decipher only.
    pub const DECIPHER_ONLY: Self = Self(1 << 7);

    /// Every usage with its name in the RFC, in the order of the bits.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::DIGITAL_SIGNATURE, "digitalSignature"),
        (Self::NON_REPUDIATION, "nonRepudiation"),
        (Self::KEY_ENCIPHERMENT, "keyEncipherment"),
        (Self::DATA_ENCIPHERMENT, "dataEncipherment"),
        (Self::KEY_AGREEMENT, "keyAgreement"),
        (Self::KEY_CERT_SIGN, "keyCertSign"),
        (Self::CRL_SIGN, "cRLSign"),
        (Self::ENCIPHER_ONLY, "encipherOnly"),
        (Self::DECIPHER_ONLY, "decipherOnly"),
    ];

    /// Whether all usages of `other` are in this set.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The names in the RFC's words, in the order of the bits.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().filter(move |(usage, _)| self.contains(*usage)).map(|(_, name)| name)
    }

    /// The usage with this name in the RFC's words, in any case; `contentCommitment` too.
    pub fn from_name(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("contentCommitment") {
            return Some(Self::NON_REPUDIATION);
        }
        Self::ALL.into_iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(usage, _)| usage)
    }
}

impl BitOr for KeyUsage {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.names().enumerate() {
            write!(f, "{}{name}", if index > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

impl ExtensionValue for KeyUsage {
    const OID: Oid = oids::KEY_USAGE;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let mut reader = Reader::new(value);
        let bits = reader.expect(tag::BIT_STRING, "keyUsage")?.named_bits("keyUsage")?;
        reader.finish("keyUsage")?;
        Ok(Self(bits))
    }

    fn write(&self, writer: &mut Writer) {
        writer.named_bits(tag::BIT_STRING, self.0);
    }
}
