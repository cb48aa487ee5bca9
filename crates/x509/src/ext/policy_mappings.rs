//! `policyMappings`, RFC 5280 section 4.2.1.5.

use super::ExtensionValue;
use crate::asn1::{DerError, DerProblem, Oid, Writer, whole_sequence};
use crate::oids;

/// Pairs of issuer's and subject's policies that count as equal, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyMappings(pub Vec<(Oid, Oid)>);

impl PolicyMappings {
    /// The most pairs that are read.
    pub const MAX: usize = 256;
}

impl ExtensionValue for PolicyMappings {
    const OID: Oid = oids::POLICY_MAPPINGS;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let field = "policyMappings";
        let mut inside = whole_sequence(value, field)?;
        let mut pairs = Vec::new();
        if inside.is_empty() {
            return Err(DerError::new(field, inside.at(), DerProblem::Empty));
        }
        while !inside.is_empty() {
            if pairs.len() >= Self::MAX {
                return Err(DerError::new(field, inside.at(), DerProblem::TooMany { max: Self::MAX }));
            }
            let mut pair = inside.sequence(field)?;
            pairs.push((pair.oid("issuerDomainPolicy")?, pair.oid("subjectDomainPolicy")?));
            pair.finish(field)?;
        }
        Ok(Self(pairs))
    }

    fn write(&self, writer: &mut Writer) {
        writer.sequence(|inside| {
            for (issuer, subject) in &self.0 {
                inside.sequence(|pair| {
                    pair.oid(issuer);
                    pair.oid(subject);
                });
            }
        });
    }
}
