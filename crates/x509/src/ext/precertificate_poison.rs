//! The poison of pre-certificates, RFC 6962 section 3.1: critical and known to nobody, so that no client takes a
//! pre-certificate for a certificate.

use super::ExtensionValue;
use crate::asn1::{DerError, Oid, Reader, Writer, tag};
use crate::oids;

/// The poison. Its value is always `NULL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrecertificatePoison;

impl ExtensionValue for PrecertificatePoison {
    const OID: Oid = oids::PRECERTIFICATE_POISON;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let mut reader = Reader::new(value);
        let null = reader.expect(tag::NULL, "precertificatePoison")?;
        reader.finish("precertificatePoison")?;
        null.reader().finish("precertificatePoison")?;
        Ok(Self)
    }

    fn write(&self, writer: &mut Writer) {
        writer.null();
    }
}
