//! `authorityKeyIdentifier`, RFC 5280 section 4.2.1.1.

use super::{ExtensionValue, KeyIdentifier};
use crate::asn1::{DerError, DerProblem, Oid, Writer, tag, whole_sequence};
use crate::general_name::GeneralName;
use crate::oids;

/// Names the key that signed. Handfast writes the key identifier alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorityKeyIdentifier {
    /// `keyIdentifier`.
    pub key_identifier: Option<KeyIdentifier>,
    /// `authorityCertIssuer`; empty when absent.
    pub issuer: Vec<GeneralName>,
    /// `authorityCertSerialNumber`: content octets of the INTEGER.
    pub serial: Option<Vec<u8>>,
}

impl AuthorityKeyIdentifier {
    /// The usual form: the key identifier alone.
    pub fn of(key_identifier: KeyIdentifier) -> Self {
        Self { key_identifier: Some(key_identifier), issuer: Vec::new(), serial: None }
    }
}

impl ExtensionValue for AuthorityKeyIdentifier {
    const OID: Oid = oids::AUTHORITY_KEY_IDENTIFIER;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let field = "authorityKeyIdentifier";
        let mut inside = whole_sequence(value, field)?;
        let key_identifier =
            inside.optional(tag::context(0), field)?.map(|element| KeyIdentifier::new(element.content));
        let issuer = match inside.optional(tag::context_constructed(1), field)? {
            Some(element) => GeneralName::read_all(element.reader(), "authorityCertIssuer")?,
            None => Vec::new(),
        };
        let serial = match inside.optional(tag::context(2), field)? {
            Some(element) => Some(element.integer_octets("authorityCertSerialNumber")?.to_vec()),
            None => None,
        };
        // RFC 5280 appendix A.2: both or neither.
        if issuer.is_empty() != serial.is_none() {
            return Err(DerError::new(
                field,
                inside.at(),
                DerProblem::Missing { expected: crate::asn1::Tag(0x82) },
            ));
        }
        inside.finish(field)?;
        Ok(Self { key_identifier, issuer, serial })
    }

    fn write(&self, writer: &mut Writer) {
        writer.sequence(|inside| {
            if let Some(identifier) = &self.key_identifier {
                inside.primitive(tag::context(0), identifier.as_bytes());
            }
            if !self.issuer.is_empty() {
                inside.nested(tag::context_constructed(1), |names| {
                    self.issuer.iter().for_each(|name| name.write(names));
                });
            }
            if let Some(serial) = &self.serial {
                inside.primitive(tag::context(2), serial);
            }
        });
    }
}
