//! `certificatePolicies`, RFC 5280 section 4.2.1.4.

use super::ExtensionValue;
use crate::asn1::{DerError, DerProblem, Element, Oid, Writer, tag, whole_sequence};
use crate::oids;

/// Policies under which the certificate was issued, at least one, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificatePolicies(pub Vec<PolicyInformation>);

/// One policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyInformation {
    /// `policyIdentifier`.
    pub policy: Oid,
    /// `policyQualifiers`; empty when absent.
    pub qualifiers: Vec<PolicyQualifier>,
}

/// `PolicyQualifierInfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyQualifier {
    /// `id-qt-cps`: where the practice statement is.
    PracticeStatement(String),
    /// Any other: its type and the DER of its value.
    Other {
        /// The type.
        kind: Oid,
        /// The value in DER.
        value: Vec<u8>,
    },
}

impl PolicyQualifier {
    /// `id-qt-unotice` with an explicit text alone, as `UTF8String`.
    pub fn user_notice(text: &str) -> Self {
        let mut writer = Writer::with_capacity(text.len() + 8);
        writer.sequence(|notice| notice.primitive(tag::UTF8_STRING, text.as_bytes()));
        Self::Other { kind: oids::QUALIFIER_USER_NOTICE, value: writer.into_bytes() }
    }
}

impl CertificatePolicies {
    /// The most policies that are read.
    pub const MAX: usize = 256;

    /// Policies without qualifiers.
    pub fn from_oids<I: IntoIterator<Item = Oid>>(policies: I) -> Self {
        let one = |policy| PolicyInformation { policy, qualifiers: Vec::new() };
        Self(policies.into_iter().map(one).collect())
    }
}

impl ExtensionValue for CertificatePolicies {
    const OID: Oid = oids::CERTIFICATE_POLICIES;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let field = "certificatePolicies";
        let mut inside = whole_sequence(value, field)?;
        let mut policies: Vec<PolicyInformation> = Vec::new();
        if inside.is_empty() {
            return Err(DerError::new(field, inside.at(), DerProblem::Empty));
        }
        while !inside.is_empty() {
            if policies.len() >= Self::MAX {
                return Err(DerError::new(field, inside.at(), DerProblem::TooMany { max: Self::MAX }));
            }
            let element = inside.expect(tag::SEQUENCE, "PolicyInformation")?;
            let policy = read_policy(&element)?;
            if policies.iter().any(|known| known.policy == policy.policy) {
                return Err(element.fault(field, DerProblem::Duplicate));
            }
            policies.push(policy);
        }
        Ok(Self(policies))
    }

    fn write(&self, writer: &mut Writer) {
        writer.sequence(|inside| self.0.iter().for_each(|policy| write_policy(policy, inside)));
    }
}

fn read_policy(element: &Element<'_>) -> Result<PolicyInformation, DerError> {
    let mut inside = element.reader();
    let policy = inside.oid("policyIdentifier")?;
    let mut qualifiers = Vec::new();
    if let Some(list) = inside.optional(tag::SEQUENCE, "policyQualifiers")? {
        let mut list = list.reader();
        if list.is_empty() {
            return Err(DerError::new("policyQualifiers", list.at(), DerProblem::Empty));
        }
        while !list.is_empty() {
            let mut qualifier = list.sequence("PolicyQualifierInfo")?;
            let kind = qualifier.oid("policyQualifierId")?;
            let value = qualifier.any("qualifier")?;
            qualifier.finish("PolicyQualifierInfo")?;
            qualifiers.push(if kind == oids::QUALIFIER_CPS && value.tag == tag::IA5_STRING {
                PolicyQualifier::PracticeStatement(value.ia5("cPSuri")?.to_owned())
            } else {
                PolicyQualifier::Other { kind, value: value.whole.to_vec() }
            });
        }
    }
    inside.finish("PolicyInformation")?;
    Ok(PolicyInformation { policy, qualifiers })
}

fn write_policy(policy: &PolicyInformation, writer: &mut Writer) {
    writer.sequence(|inside| {
        inside.oid(&policy.policy);
        if policy.qualifiers.is_empty() {
            return;
        }
        inside.sequence(|list| {
            for qualifier in &policy.qualifiers {
                list.sequence(|one| match qualifier {
                    PolicyQualifier::PracticeStatement(uri) => {
                        one.oid(&oids::QUALIFIER_CPS);
                        one.primitive(tag::IA5_STRING, uri.as_bytes());
                    }
                    PolicyQualifier::Other { kind, value } => {
                        one.oid(kind);
                        one.raw(value);
                    }
                });
            }
        });
    });
}
