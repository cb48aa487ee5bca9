//! `subjectAltName`, RFC 5280 section 4.2.1.6.

use hf_core::name::SanSet;

use super::ExtensionValue;
use crate::asn1::{DerError, DerProblem, Oid, Writer, whole_sequence};
use crate::general_name::{GeneralName, IdentifierError, write_identifier};
use crate::oids;

/// Names of the subject as the certificate lists them, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectAltName(pub Vec<GeneralName>);

impl SubjectAltName {
    /// The names as canonical ones. The first that cannot be one is an error.
    pub fn to_set(&self) -> Result<SanSet, IdentifierError> {
        self.0.iter().map(GeneralName::to_identifier).collect()
    }
}

impl ExtensionValue for SubjectAltName {
    const OID: Oid = oids::SUBJECT_ALT_NAME;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let inside = whole_sequence(value, "subjectAltName")?;
        let names = GeneralName::read_all(inside, "subjectAltName")?;
        for name in &names {
            if let (GeneralName::Ip(octets), None) = (name, name.address()) {
                return Err(DerError::new(
                    "subjectAltName",
                    0,
                    DerProblem::IpAddress { octets: octets.len() },
                ));
            }
        }
        Ok(Self(names))
    }

    fn write(&self, writer: &mut Writer) {
        writer.sequence(|inside| self.0.iter().for_each(|name| name.write(inside)));
    }
}

/// Write the extension's value from canonical names.
pub(crate) fn write_set(names: &SanSet, writer: &mut Writer) {
    writer.sequence(|inside| names.iter().for_each(|name| write_identifier(name, inside)));
}
