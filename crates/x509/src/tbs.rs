//! From the contents of a certificate to the octets that are signed, and from these and a signature to a certificate.
//!
//! Keys sign only [`ToBeSigned`], which only this crate makes: certificates, requests, CRLs, OCSP responses.

use hf_core::name::SanSet;
use hf_core::serial::Serial;
use hf_core::time::Validity;

use crate::asn1::{Writer, length_octets, tag, time};
use crate::certificate::Certificate;
use crate::distinguished_name::DistinguishedName;
use crate::error::{BuildError, X509Error};
use crate::ext::{
    self, AuthorityInfoAccess, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
    CrlDistributionPoints, ExtendedKeyUsage, KeyIdentifier, KeyUsage, NameConstraints, PrecertificatePoison,
};
use crate::public_key::{KeyIdentifierMethod, PublicKey};
use crate::signature::{Signature, SignatureAlgorithm};
use crate::{limits, oids};

/// Everything that a certificate of Handfast says. The subject key identifier is made from the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TbsCertificate {
    /// The serial number, unique for the issuer.
    pub serial: Serial,
    /// What the issuer signs with.
    pub signature_algorithm: SignatureAlgorithm,
    /// The issuer's subject.
    pub issuer: DistinguishedName,
    /// First and last second.
    pub validity: Validity,
    /// Who it is about; may be empty when there are alternative names.
    pub subject: DistinguishedName,
    /// The subject's key.
    pub public_key: PublicKey,
    /// The extensions.
    pub extensions: Extensions,
}

/// The extensions of a certificate of Handfast. Criticality follows RFC 5280 section 4.2.1 and is not a choice.
///
/// Always written: basic constraints, subject and authority key identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extensions {
    /// Critical, also on leaves: whoever reads a leaf knows that it is none of an authority.
    pub basic_constraints: BasicConstraints,
    /// Critical. Left out when empty.
    pub key_usage: KeyUsage,
    /// Purposes, not critical. Left out when empty.
    pub extended_key_usage: Vec<crate::asn1::Oid>,
    /// How the subject key identifier is made of the key.
    pub subject_key_identifier: KeyIdentifierMethod,
    /// The subject key identifier of the issuer's certificate; of a self-signed certificate its own.
    pub authority_key_identifier: KeyIdentifier,
    /// Alternative names: critical when the subject is empty (RFC 5280 section 4.1.2.6). Left out when empty.
    pub subject_alt_names: SanSet,
    /// Critical.
    pub name_constraints: Option<NameConstraints>,
    /// URIs of CRLs, one distribution point each. Left out when empty.
    pub crl_distribution_points: Vec<String>,
    /// Where the issuer's certificate and its status service are.
    pub authority_info_access: Option<AuthorityInfoAccess>,
    /// Policies, not critical.
    pub certificate_policies: Option<CertificatePolicies>,
    /// `id-pkix-ocsp-nocheck`, RFC 6960 section 4.2.2.2.1, for responders' certificates.
    pub ocsp_no_check: bool,
    /// Extensions of other kinds, as given.
    pub further: Vec<FurtherExtension>,
    /// Critical, written last: it is a pre-certificate, RFC 6962 section 3.1, which nobody accepts.
    pub precertificate_poison: bool,
}

/// An extension that this crate does not know how to build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FurtherExtension {
    /// Its identifier.
    pub id: crate::asn1::Oid,
    /// Whether whoever does not know it must refuse the certificate.
    pub critical: bool,
    /// `extnValue`, DER.
    pub value: Vec<u8>,
}

impl Extensions {
    /// Those of a leaf without usages and names, signed by the key with this identifier.
    pub fn new(authority_key_identifier: KeyIdentifier) -> Self {
        Self {
            basic_constraints: BasicConstraints::default(),
            key_usage: KeyUsage::NONE,
            extended_key_usage: Vec::new(),
            subject_key_identifier: KeyIdentifierMethod::default(),
            authority_key_identifier,
            subject_alt_names: SanSet::new(),
            name_constraints: None,
            crl_distribution_points: Vec::new(),
            authority_info_access: None,
            certificate_policies: None,
            ocsp_no_check: false,
            further: Vec::new(),
            precertificate_poison: false,
        }
    }
}

/// What kind of object is to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ToBeSignedKind {
    /// A `TBSCertificate`.
    Certificate,
    /// A `CertificationRequestInfo`.
    Request,
    /// A `TBSCertList`.
    Crl,
    /// A `ResponseData` of OCSP.
    Ocsp,
    /// A request for renewal of our own API, which is text.
    Renewal,
}

/// The exact octets that a key signs. Only this crate makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToBeSigned {
    buffer: Vec<u8>,
    /// Where the octets begin; what is before is room for the header of the signed object.
    start: usize,
    algorithm: SignatureAlgorithm,
    kind: ToBeSignedKind,
}

impl ToBeSigned {
    pub(crate) fn new(bytes: Vec<u8>, algorithm: SignatureAlgorithm, kind: ToBeSignedKind) -> Self {
        Self { buffer: bytes, start: 0, algorithm, kind }
    }

    /// With unused octets in front.
    pub(crate) fn with_room(
        buffer: Vec<u8>,
        start: usize,
        algorithm: SignatureAlgorithm,
        kind: ToBeSignedKind,
    ) -> Self {
        Self { buffer, start, algorithm, kind }
    }

    /// The octets to be signed, in DER.
    pub fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// The algorithm that the object names.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// What kind of object it is.
    pub fn kind(&self) -> ToBeSignedKind {
        self.kind
    }

    /// The signed object in DER. Whether the signature is right is not looked at.
    pub fn assemble(&self, signature: &Signature) -> Vec<u8> {
        let (trailer, header) = self.around(signature);
        [header.as_slice(), self.bytes(), &trailer].concat()
    }

    /// The same, in the memory that the octets have already; for CRLs of many megabytes.
    pub fn into_assembled(mut self, signature: &Signature) -> Vec<u8> {
        let (trailer, header) = self.around(signature);
        self.buffer.extend_from_slice(&trailer);
        let from = self.start.saturating_sub(header.len());
        self.buffer.splice(from..self.start, header);
        self.buffer.drain(..from);
        self.buffer
    }

    /// What follows the signed octets, and the header before them.
    fn around(&self, signature: &Signature) -> (Vec<u8>, Vec<u8>) {
        let mut writer = Writer::with_capacity(signature.as_bytes().len() + 80);
        self.algorithm.write(&mut writer);
        writer.bit_octets(signature.as_bytes());
        let trailer = writer.into_bytes();
        let (octets, count) = length_octets(self.bytes().len() + trailer.len());
        let mut header = vec![tag::SEQUENCE];
        header.extend(octets.iter().take(count));
        (trailer, header)
    }

    /// The signed certificate. Fails for another kind of object.
    pub fn assemble_certificate(&self, signature: &Signature) -> Result<Certificate, X509Error> {
        Certificate::from_der(&self.assemble(signature))
    }
}

impl TbsCertificate {
    /// Encode, after refusing what no certificate can say. Lints judge the result, not this.
    pub fn finalize(&self) -> Result<ToBeSigned, X509Error> {
        self.check()?;
        let mut writer = Writer::with_capacity(1024);
        writer.sequence(|tbs| {
            tbs.nested(tag::context_constructed(0), |version| version.number(tag::INTEGER, 2));
            tbs.unsigned(tag::INTEGER, self.serial.as_unsigned());
            self.signature_algorithm.write(tbs);
            tbs.raw(self.issuer.to_der());
            tbs.sequence(|validity| {
                time::write(validity, self.validity.not_before());
                time::write(validity, self.validity.not_after());
            });
            tbs.raw(self.subject.to_der());
            tbs.raw(self.public_key.spki_der());
            tbs.nested(tag::context_constructed(3), |explicit| {
                explicit.sequence(|list| self.write_extensions(list));
            });
        });
        let bytes = writer.into_bytes();
        if bytes.len() > limits::MAX_OBJECT {
            return Err(BuildError::TooLarge { octets: bytes.len(), max: limits::MAX_OBJECT }.into());
        }
        Ok(ToBeSigned::new(bytes, self.signature_algorithm, ToBeSignedKind::Certificate))
    }

    fn check(&self) -> Result<(), BuildError> {
        let extensions = &self.extensions;
        let uris = &extensions.crl_distribution_points;
        let constraints = extensions.name_constraints.as_ref();
        if self.signature_algorithm.is_broken() {
            return Err(BuildError::BrokenAlgorithm { algorithm: self.signature_algorithm });
        }
        if self.issuer.is_empty() {
            return Err(BuildError::NoIssuer);
        }
        if self.subject.is_empty() && extensions.subject_alt_names.is_empty() {
            return Err(BuildError::NoName);
        }
        if constraints.is_some_and(|found| found.permitted.is_empty() && found.excluded.is_empty()) {
            return Err(BuildError::EmptyExtension { extension: "nameConstraints" });
        }
        if extensions.authority_info_access.as_ref().is_some_and(|found| found.0.is_empty()) {
            return Err(BuildError::EmptyExtension { extension: "authorityInfoAccess" });
        }
        if extensions.certificate_policies.as_ref().is_some_and(|found| found.0.is_empty()) {
            return Err(BuildError::EmptyExtension { extension: "certificatePolicies" });
        }
        if uris.iter().any(|uri| uri.is_empty() || !uri.is_ascii() || uri.contains('\0')) {
            return Err(BuildError::NotAscii { extension: "cRLDistributionPoints" });
        }
        Ok(())
    }

    /// In a fixed order: what the key is, whose it is, what it may do, where to ask.
    fn write_extensions(&self, list: &mut Writer) {
        let extensions = &self.extensions;
        let own = self.public_key.key_identifier_by(extensions.subject_key_identifier);
        ext::write_extension(list, false, &own);
        let authority = AuthorityKeyIdentifier::of(extensions.authority_key_identifier.clone());
        ext::write_extension(list, false, &authority);
        ext::write_extension(list, true, &extensions.basic_constraints);
        if !extensions.key_usage.is_empty() {
            ext::write_extension(list, true, &extensions.key_usage);
        }
        if !extensions.extended_key_usage.is_empty() {
            ext::write_extension(list, false, &ExtendedKeyUsage(extensions.extended_key_usage.clone()));
        }
        if !extensions.subject_alt_names.is_empty() {
            let critical = self.subject.is_empty();
            ext::write_raw_extension(list, &oids::SUBJECT_ALT_NAME, critical, |writer| {
                ext::write_san_set(&extensions.subject_alt_names, writer);
            });
        }
        if let Some(constraints) = &extensions.name_constraints {
            ext::write_extension(list, true, constraints);
        }
        if let Some(policies) = &extensions.certificate_policies {
            ext::write_extension(list, false, policies);
        }
        if !extensions.crl_distribution_points.is_empty() {
            let points = CrlDistributionPoints::from_uris(extensions.crl_distribution_points.iter().cloned());
            ext::write_extension(list, false, &points);
        }
        if let Some(access) = &extensions.authority_info_access {
            ext::write_extension(list, false, access);
        }
        if extensions.ocsp_no_check {
            ext::write_raw_extension(list, &oids::OCSP_NO_CHECK, false, Writer::null);
        }
        for further in &extensions.further {
            ext::write_raw_extension(list, &further.id, further.critical, |value| value.raw(&further.value));
        }
        if extensions.precertificate_poison {
            ext::write_extension(list, true, &PrecertificatePoison);
        }
    }
}

#[cfg(test)]
mod tests;
