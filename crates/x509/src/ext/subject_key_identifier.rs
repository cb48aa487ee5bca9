//! `subjectKeyIdentifier`, RFC 5280 section 4.2.1.2.

use std::fmt;

use super::ExtensionValue;
use crate::asn1::{DerError, Oid, Reader, Writer, tag};
use crate::{hex, oids};

/// Octets that name a key; 20 of them in what Handfast makes (RFC 7093), any number elsewhere. Text form: hexadecimal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyIdentifier(Box<[u8]>);

impl KeyIdentifier {
    /// From its octets.
    pub fn new(octets: &[u8]) -> Self {
        Self(octets.into())
    }

    /// Its octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for KeyIdentifier {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for KeyIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0, f)
    }
}

impl fmt::Debug for KeyIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyIdentifier({self})")
    }
}

impl ExtensionValue for KeyIdentifier {
    const OID: Oid = oids::SUBJECT_KEY_IDENTIFIER;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let mut reader = Reader::new(value);
        let octets = reader.expect(tag::OCTET_STRING, "subjectKeyIdentifier")?.content;
        reader.finish("subjectKeyIdentifier")?;
        Ok(Self::new(octets))
    }

    fn write(&self, writer: &mut Writer) {
        writer.primitive(tag::OCTET_STRING, &self.0);
    }
}
