//! Typed views of a CRL's extensions. Each is `None` when absent and an error when unreadable or there twice.

use super::CertificateList;
use crate::asn1::{DerError, Oid};
use crate::error::X509Error;
use crate::ext::{
    AuthorityKeyIdentifier, CrlDistributionPoints, CrlNumber, ExtensionValue, IssuingDistributionPoint,
};
use crate::oids;

type View<T> = Result<Option<T>, X509Error>;

impl CertificateList {
    fn view_with<T>(&self, oid: &Oid, decode: fn(&[u8]) -> Result<T, DerError>) -> View<T> {
        let mut found = self.extensions().filter(|extension| extension.is(oid));
        let Some(extension) = found.next() else { return Ok(None) };
        if found.next().is_some() {
            return Err(X509Error::DuplicateExtension { oid: oid.clone() });
        }
        decode(extension.value())
            .map(Some)
            .map_err(|source| X509Error::Extension { oid: oid.clone(), source })
    }

    /// `cRLNumber`, RFC 5280 section 5.2.3.
    pub fn crl_number(&self) -> View<CrlNumber> {
        self.view_with(&oids::CRL_NUMBER, CrlNumber::decode)
    }

    /// `deltaCRLIndicator`, RFC 5280 section 5.2.4: the number of the CRL that this one adds to.
    pub fn delta_crl_indicator(&self) -> View<CrlNumber> {
        self.view_with(&oids::DELTA_CRL_INDICATOR, CrlNumber::decode)
    }

    /// `authorityKeyIdentifier`, RFC 5280 section 5.2.1.
    pub fn authority_key_identifier(&self) -> View<AuthorityKeyIdentifier> {
        self.view_with(&oids::AUTHORITY_KEY_IDENTIFIER, AuthorityKeyIdentifier::decode)
    }

    /// `issuingDistributionPoint`, RFC 5280 section 5.2.5.
    pub fn issuing_distribution_point(&self) -> View<IssuingDistributionPoint> {
        self.view_with(&oids::ISSUING_DISTRIBUTION_POINT, IssuingDistributionPoint::decode)
    }

    /// `freshestCRL`, RFC 5280 section 5.2.6.
    pub fn freshest_crl(&self) -> View<CrlDistributionPoints> {
        self.view_with(&oids::FRESHEST_CRL, CrlDistributionPoints::decode)
    }
}
