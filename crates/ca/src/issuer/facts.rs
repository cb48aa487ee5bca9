//! What policy must know of an issuer and of every certificate above it, read once when the issuer is loaded.

#[cfg(test)]
use hf_core::time::Lifetime;
use hf_core::time::{Timestamp, Validity};

use hf_x509::asn1::Oid;
use hf_x509::certificate::Certificate;
use hf_x509::error::X509Error;
use hf_x509::oids;

use super::Constraints;
use crate::policy::NamePattern;
#[cfg(test)]
use crate::profile::Purpose;

/// The issuer as policy sees it.
#[derive(Clone, Debug)]
pub struct IssuerFacts {
    name: String,
    permitted: Vec<NamePattern>,
    parents: Vec<ParentFacts>,
    earliest_end: Timestamp,
}

impl IssuerFacts {
    /// `parents`: the issuer's own certificate first, its root last. Empty for a root that is about to sign itself.
    pub fn new(name: impl Into<String>, permitted: Vec<NamePattern>, parents: Vec<ParentFacts>) -> Self {
        let ends = parents.iter().map(|parent| parent.validity.not_after());
        let earliest_end = ends.min().unwrap_or(Timestamp::MAX);
        Self { name: name.into(), permitted, parents, earliest_end }
    }

    /// The authority's name in the trust domain.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names that it may certify; empty: any.
    pub fn permitted(&self) -> &[NamePattern] {
        &self.permitted
    }

    /// Its own certificate first, its root last.
    pub fn parents(&self) -> &[ParentFacts] {
        &self.parents
    }

    /// The last second in which all certificates above are valid.
    pub fn earliest_end(&self) -> Timestamp {
        self.earliest_end
    }

    /// How many authorities may follow below one that this issuer creates: `None` when none may be created at all,
    /// `Some(None)` when there is no limit (RFC 5280 section 4.2.1.9).
    pub fn depth_left(&self) -> Option<Option<u8>> {
        let mut left: Option<u8> = None;
        for (distance, parent) in self.parents.iter().enumerate() {
            let Some(length) = parent.path_length else { continue };
            let used = u8::try_from(distance + 1).unwrap_or(u8::MAX);
            let here = length.checked_sub(used)?;
            left = Some(left.map_or(here, |left| left.min(here)));
        }
        Some(left)
    }
}

/// One certificate above.
#[derive(Clone, Debug)]
pub struct ParentFacts {
    subject: String,
    validity: Validity,
    path_length: Option<u8>,
    purposes: Option<ParentPurposes>,
    constraints: Constraints,
}

/// The extended key usages of an authority.
#[derive(Clone, Debug)]
pub struct ParentPurposes {
    /// Whether `anyExtendedKeyUsage` is among them.
    pub any: bool,
    /// All of them.
    pub listed: Vec<Oid>,
}

impl ParentFacts {
    /// From a certificate. One whose limits cannot be read must not be signed under.
    pub fn read(certificate: &Certificate) -> Result<Self, X509Error> {
        let purposes = certificate.extended_key_usage()?.map(|usage| ParentPurposes {
            any: usage.contains(&oids::ANY_EXTENDED_KEY_USAGE),
            listed: usage.0.clone(),
        });
        let path_length = certificate.basic_constraints()?.and_then(|constraints| constraints.path_length);
        Ok(Self {
            subject: certificate.subject().to_string(),
            validity: certificate.validity()?,
            path_length: path_length.map(|length| u8::try_from(length).unwrap_or(u8::MAX)),
            purposes,
            constraints: certificate.name_constraints()?.map(Constraints::from).unwrap_or_default(),
        })
    }

    /// From the fields of the certificate.
    pub fn new(
        subject: String,
        validity: Validity,
        path_length: Option<u8>,
        purposes: Option<ParentPurposes>,
        constraints: Constraints,
    ) -> Self {
        Self { subject, validity, path_length, purposes, constraints }
    }

    /// The subject as text.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// First and last second.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The name constraints.
    pub fn constraints(&self) -> &Constraints {
        &self.constraints
    }

    /// Whether a certificate below may state this purpose.
    pub fn allows_purpose(&self, purpose: &Oid) -> bool {
        self.purposes.as_ref().is_none_or(|purposes| purposes.any || purposes.listed.contains(purpose))
    }

    /// The purposes as text.
    pub fn purposes_text(&self) -> String {
        let Some(purposes) = &self.purposes else { return "any".to_owned() };
        purposes.listed.iter().map(purpose_text).collect::<Vec<_>>().join(", ")
    }
}

/// A purpose as users know it: `serverAuth`, else the dotted identifier.
pub(crate) fn purpose_text(purpose: &Oid) -> String {
    match purpose.name() {
        Some(name) => name.trim_start_matches("id-kp-").to_owned(),
        None => purpose.to_string(),
    }
}

#[cfg(test)]
impl ParentFacts {
    /// An authority without limits but its end.
    pub(crate) fn for_tests(now: Timestamp, lifetime: Lifetime) -> Self {
        let validity = Validity::starting(now, lifetime);
        Self::new("CN=Parent".to_owned(), validity, None, None, Constraints::default())
    }

    pub(crate) fn with_path_length(mut self, length: Option<u8>) -> Self {
        self.path_length = length;
        self
    }

    pub(crate) fn with_purposes(mut self, purposes: &[Purpose]) -> Self {
        self.purposes = Some(ParentPurposes {
            any: false,
            listed: purposes.iter().map(|purpose| purpose.oid()).collect(),
        });
        self
    }

    pub(crate) fn with_constraints(mut self, constraints: Constraints) -> Self {
        self.constraints = constraints;
        self
    }
}
