//! Typed views of the standard extensions. Each is `None` when absent and an error when unreadable or there twice.

use hf_core::name::SanSet;

use super::Certificate;
use crate::asn1::DerError;
use crate::error::X509Error;
use crate::ext::{
    AuthorityInfoAccess, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
    CrlDistributionPoints, ExtendedKeyUsage, ExtensionValue, InhibitAnyPolicy, KeyIdentifier, KeyUsage,
    NameConstraints, PolicyConstraints, PolicyMappings, PrecertificatePoison, SignedCertificateTimestamps,
    SubjectAltName,
};
use crate::general_name::GeneralName;
use crate::oids;

type View<T> = Result<Option<T>, X509Error>;

impl Certificate {
    fn view<E: ExtensionValue>(&self) -> View<E> {
        self.view_with(&E::OID, E::decode)
    }

    fn view_with<T>(&self, oid: &crate::asn1::Oid, decode: fn(&[u8]) -> Result<T, DerError>) -> View<T> {
        let mut found = self.extensions().filter(|extension| extension.is(oid));
        let Some(extension) = found.next() else { return Ok(None) };
        if found.next().is_some() {
            return Err(X509Error::DuplicateExtension { oid: oid.clone() });
        }
        decode(extension.value())
            .map(Some)
            .map_err(|source| X509Error::Extension { oid: oid.clone(), source })
    }

    /// `basicConstraints`, RFC 5280 section 4.2.1.9.
    pub fn basic_constraints(&self) -> View<BasicConstraints> {
        self.view()
    }

    /// Whether it says that the subject is an authority; `false` when it cannot be read.
    pub fn is_ca(&self) -> bool {
        matches!(self.basic_constraints(), Ok(Some(BasicConstraints { ca: true, .. })))
    }

    /// `keyUsage`, RFC 5280 section 4.2.1.3.
    pub fn key_usage(&self) -> View<KeyUsage> {
        self.view()
    }

    /// `extKeyUsage`, RFC 5280 section 4.2.1.12.
    pub fn extended_key_usage(&self) -> View<ExtendedKeyUsage> {
        self.view()
    }

    /// `subjectKeyIdentifier`, RFC 5280 section 4.2.1.2.
    pub fn subject_key_identifier(&self) -> View<KeyIdentifier> {
        self.view()
    }

    /// `authorityKeyIdentifier`, RFC 5280 section 4.2.1.1.
    pub fn authority_key_identifier(&self) -> View<AuthorityKeyIdentifier> {
        self.view()
    }

    /// `subjectAltName` as found, RFC 5280 section 4.2.1.6; empty when absent.
    pub fn names(&self) -> Result<Vec<GeneralName>, X509Error> {
        Ok(self.view::<SubjectAltName>()?.map(|names| names.0).unwrap_or_default())
    }

    /// `subjectAltName` as canonical names; fails on the first that cannot be one. Empty when absent.
    pub fn san_set(&self) -> Result<SanSet, X509Error> {
        canonical(&self.names()?)
    }

    /// `issuerAltName`, RFC 5280 section 4.2.1.7; empty when absent.
    pub fn issuer_names(&self) -> Result<Vec<GeneralName>, X509Error> {
        let found = self.view_with(&oids::ISSUER_ALT_NAME, SubjectAltName::decode)?;
        Ok(found.map(|names| names.0).unwrap_or_default())
    }

    /// `nameConstraints`, RFC 5280 section 4.2.1.10.
    pub fn name_constraints(&self) -> View<NameConstraints> {
        self.view()
    }

    /// `cRLDistributionPoints`, RFC 5280 section 4.2.1.13.
    pub fn crl_distribution_points(&self) -> View<CrlDistributionPoints> {
        self.view()
    }

    /// `freshestCRL`, RFC 5280 section 4.2.1.15.
    pub fn freshest_crl(&self) -> View<CrlDistributionPoints> {
        self.view_with(&oids::FRESHEST_CRL, CrlDistributionPoints::decode)
    }

    /// `authorityInfoAccess`, RFC 5280 section 4.2.2.1.
    pub fn authority_information_access(&self) -> View<AuthorityInfoAccess> {
        self.view()
    }

    /// `subjectInfoAccess`, RFC 5280 section 4.2.2.2.
    pub fn subject_information_access(&self) -> View<AuthorityInfoAccess> {
        self.view_with(&oids::SUBJECT_INFO_ACCESS, AuthorityInfoAccess::decode)
    }

    /// `certificatePolicies`, RFC 5280 section 4.2.1.4.
    pub fn certificate_policies(&self) -> View<CertificatePolicies> {
        self.view()
    }

    /// `policyMappings`, RFC 5280 section 4.2.1.5.
    pub fn policy_mappings(&self) -> View<PolicyMappings> {
        self.view()
    }

    /// `policyConstraints`, RFC 5280 section 4.2.1.11.
    pub fn policy_constraints(&self) -> View<PolicyConstraints> {
        self.view()
    }

    /// `inhibitAnyPolicy`, RFC 5280 section 4.2.1.14.
    pub fn inhibit_any_policy(&self) -> View<InhibitAnyPolicy> {
        self.view()
    }

    /// Timestamps of logs, RFC 6962 section 3.3.
    pub fn signed_certificate_timestamps(&self) -> View<SignedCertificateTimestamps> {
        self.view()
    }

    /// The poison of pre-certificates, RFC 6962 section 3.1.
    pub fn precertificate_poison(&self) -> View<PrecertificatePoison> {
        self.view()
    }
}

/// Names as found to canonical ones, naming the place of the first that cannot be one.
pub(crate) fn canonical(names: &[GeneralName]) -> Result<SanSet, X509Error> {
    let place = |(index, name): (usize, &GeneralName)| {
        name.to_identifier().map_err(|source| X509Error::Name { index, source })
    };
    names.iter().enumerate().map(place).collect()
}
