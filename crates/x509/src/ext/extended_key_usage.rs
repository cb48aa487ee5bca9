//! `extKeyUsage`, RFC 5280 section 4.2.1.12.

use super::ExtensionValue;
use crate::asn1::{DerError, DerProblem, Oid, Writer, tag, whole_sequence};
use crate::oids;

/// Purposes, at least one, in the order of the encoding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExtendedKeyUsage(pub Vec<Oid>);

impl ExtendedKeyUsage {
    /// The most purposes that are read.
    pub const MAX: usize = 128;

    /// Whether `purpose` is listed itself; `anyExtendedKeyUsage` is not taken for it.
    pub fn contains(&self, purpose: &Oid) -> bool {
        self.0.contains(purpose)
    }
}

impl ExtensionValue for ExtendedKeyUsage {
    const OID: Oid = oids::EXTENDED_KEY_USAGE;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let field = "extKeyUsage";
        let mut inside = whole_sequence(value, field)?;
        let mut purposes = Vec::new();
        if inside.is_empty() {
            return Err(DerError::new(field, inside.at(), DerProblem::Empty));
        }
        while !inside.is_empty() {
            if purposes.len() >= Self::MAX {
                return Err(DerError::new(field, inside.at(), DerProblem::TooMany { max: Self::MAX }));
            }
            purposes.push(inside.expect(tag::OBJECT_IDENTIFIER, field)?.oid(field)?);
        }
        Ok(Self(purposes))
    }

    fn write(&self, writer: &mut Writer) {
        writer.sequence(|inside| self.0.iter().for_each(|purpose| inside.oid(purpose)));
    }
}
