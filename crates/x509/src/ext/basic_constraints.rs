//! `basicConstraints`, RFC 5280 section 4.2.1.9.

use super::ExtensionValue;
use crate::asn1::{DerError, DerProblem, Oid, Writer, tag, whole_sequence};
use crate::oids;

/// Whether the subject is an authority, and how many intermediates may follow below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BasicConstraints {
    /// `cA`.
    pub ca: bool,
    /// `pathLenConstraint`: the most intermediate certificates that are not self-issued below this one.
    pub path_length: Option<u32>,
}

impl ExtensionValue for BasicConstraints {
    const OID: Oid = oids::BASIC_CONSTRAINTS;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let mut inside = whole_sequence(value, "basicConstraints")?;
        let ca = match inside.optional(tag::BOOLEAN, "basicConstraints.cA")? {
            Some(element) if !element.boolean("basicConstraints.cA")? => {
                return Err(element.fault("basicConstraints.cA", DerProblem::DefaultEncoded));
            }
            found => found.is_some(),
        };
        let field = "basicConstraints.pathLenConstraint";
        let path_length = match inside.optional(tag::INTEGER, field)? {
            Some(element) => {
                Some(u32::try_from(element.small_integer(field, u64::from(u32::MAX))?).unwrap_or(u32::MAX))
            }
            None => None,
        };
        inside.finish("basicConstraints")?;
        Ok(Self { ca, path_length })
    }

    fn write(&self, writer: &mut Writer) {
        writer.sequence(|inside| {
            if self.ca {
                inside.boolean(true);
            }
            if let Some(length) = self.path_length {
                inside.number(tag::INTEGER, u64::from(length));
            }
        });
    }
}
