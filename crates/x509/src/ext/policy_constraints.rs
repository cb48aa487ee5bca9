//! `policyConstraints`, RFC 5280 section 4.2.1.11, and `inhibitAnyPolicy`, section 4.2.1.14.

use super::ExtensionValue;
use crate::asn1::{DerError, DerProblem, Oid, Reader, Writer, tag, whole_sequence};
use crate::oids;

/// After how many further certificates policies are required and mapping ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PolicyConstraints {
    /// `requireExplicitPolicy`.
    pub require_explicit_policy: Option<u32>,
    /// `inhibitPolicyMapping`.
    pub inhibit_policy_mapping: Option<u32>,
}

impl ExtensionValue for PolicyConstraints {
    const OID: Oid = oids::POLICY_CONSTRAINTS;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let field = "policyConstraints";
        let mut inside = whole_sequence(value, field)?;
        let mut skip = |number| match inside.optional(tag::context(number), field)? {
            Some(element) => {
                element.small_integer(field, u64::from(u32::MAX)).map(|skip| u32::try_from(skip).ok())
            }
            None => Ok(None),
        };
        let constraints = Self { require_explicit_policy: skip(0)?, inhibit_policy_mapping: skip(1)? };
        if constraints == Self::default() {
            return Err(DerError::new(field, inside.at(), DerProblem::Empty));
        }
        inside.finish(field)?;
        Ok(constraints)
    }

    fn write(&self, writer: &mut Writer) {
        writer.sequence(|inside| {
            for (number, skip) in [(0, self.require_explicit_policy), (1, self.inhibit_policy_mapping)] {
                if let Some(skip) = skip {
                    inside.number(tag::context(number), u64::from(skip));
                }
            }
        });
    }
}

/// After how many further certificates `anyPolicy` no longer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InhibitAnyPolicy(pub u32);

impl ExtensionValue for InhibitAnyPolicy {
    const OID: Oid = oids::INHIBIT_ANY_POLICY;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let field = "inhibitAnyPolicy";
        let mut reader = Reader::new(value);
        let skip = reader.expect(tag::INTEGER, field)?.small_integer(field, u64::from(u32::MAX))?;
        reader.finish(field)?;
        Ok(Self(u32::try_from(skip).unwrap_or(u32::MAX)))
    }

    fn write(&self, writer: &mut Writer) {
        writer.number(tag::INTEGER, u64::from(self.0));
    }
}
