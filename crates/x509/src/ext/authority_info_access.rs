//! `authorityInfoAccess`, RFC 5280 section 4.2.2.1; `subjectInfoAccess` has the same value.

use super::ExtensionValue;
use crate::asn1::{DerError, DerProblem, Oid, Writer, whole_sequence};
use crate::general_name::GeneralName;
use crate::oids;

/// Where to find the issuer's certificate and its status service, at least one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorityInfoAccess(pub Vec<AccessDescription>);

/// One method and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessDescription {
    /// `accessMethod`, for example [`oids::AD_OCSP`].
    pub method: Oid,
    /// `accessLocation`.
    pub location: GeneralName,
}

impl AuthorityInfoAccess {
    /// The most descriptions that are read.
    pub const MAX: usize = 128;

    /// From URIs of OCSP responders and of issuer certificates.
    pub fn from_uris<I, J>(ocsp: I, ca_issuers: J) -> Self
    where
        I: IntoIterator<Item = String>,
        J: IntoIterator<Item = String>,
    {
        let describe = |method: Oid| {
            move |uri| AccessDescription { method: method.clone(), location: GeneralName::Uri(uri) }
        };
        let ocsp = ocsp.into_iter().map(describe(oids::AD_OCSP));
        Self(ocsp.chain(ca_issuers.into_iter().map(describe(oids::AD_CA_ISSUERS))).collect())
    }

    /// URIs of OCSP responders.
    pub fn ocsp(&self) -> impl Iterator<Item = &str> {
        self.uris(oids::AD_OCSP)
    }

    /// URIs of the issuer's certificate.
    pub fn ca_issuers(&self) -> impl Iterator<Item = &str> {
        self.uris(oids::AD_CA_ISSUERS)
    }

    fn uris(&self, method: Oid) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |description| description.method == method).filter_map(|description| {
            if let GeneralName::Uri(uri) = &description.location { Some(uri.as_str()) } else { None }
        })
    }
}

impl ExtensionValue for AuthorityInfoAccess {
    const OID: Oid = oids::AUTHORITY_INFO_ACCESS;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let field = "authorityInfoAccess";
        let mut inside = whole_sequence(value, field)?;
        let mut descriptions = Vec::new();
        if inside.is_empty() {
            return Err(DerError::new(field, inside.at(), DerProblem::Empty));
        }
        while !inside.is_empty() {
            if descriptions.len() >= Self::MAX {
                return Err(DerError::new(field, inside.at(), DerProblem::TooMany { max: Self::MAX }));
            }
            let mut description = inside.sequence("AccessDescription")?;
            let method = description.oid("accessMethod")?;
            let location = GeneralName::read(&description.any("accessLocation")?)?;
            description.finish("AccessDescription")?;
            descriptions.push(AccessDescription { method, location });
        }
        Ok(Self(descriptions))
    }

    fn write(&self, writer: &mut Writer) {
        writer.sequence(|inside| {
            for description in &self.0 {
                inside.sequence(|one| {
                    one.oid(&description.method);
                    description.location.write(one);
                });
            }
        });
    }
}
