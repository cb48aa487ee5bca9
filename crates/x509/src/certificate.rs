//! Certificates as found, RFC 5280 section 4.
//!
//! The structure is read strictly; what is odd but readable stays readable (a serial number of zero, version 1, unknown
//! critical extensions, extensions that cannot be decoded), so that it can be shown and judged. Every typed view of an
//! extension says by itself whether it can be read.

mod views;

pub(crate) use views::canonical;

use std::fmt;
use std::sync::Arc;

use hf_core::serial::{Serial, SerialError};
use hf_core::time::{Timestamp, Validity};

use crate::asn1::{DerError, Oid, Reader, Span, tag, whole_sequence};
use crate::digest::sha256;
use crate::distinguished_name::DistinguishedName;
use crate::error::{ObjectKind, X509Error};
use crate::ext::{CrlDistributionPoints, ExtensionValue as _};
use crate::limits;
use crate::pem::{self, Label};
use crate::public_key::PublicKey;
use crate::raw::{self, RawExtension, TbsLayout};
use crate::signature::{self, Signature, SignatureAlgorithm, SignatureError};

/// A certificate. Cheap to clone. Equality is that of the octets.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Box<[u8]>,
    tbs: Span,
    layout: TbsLayout,
    outer_algorithm: Span,
    algorithm: Result<SignatureAlgorithm, Oid>,
    signature: Span,
    issuer: DistinguishedName,
    subject: DistinguishedName,
    public_key: PublicKey,
}

impl Certificate {
    /// From DER of at most [`limits::MAX_OBJECT`] octets.
    pub fn from_der(der: &[u8]) -> Result<Self, X509Error> {
        read(der).map_err(|source| X509Error::Syntax { object: ObjectKind::Certificate, source })
    }

    /// From PEM text that holds exactly one certificate; other blocks and text around it do not count.
    pub fn from_pem(text: &str) -> Result<Self, X509Error> {
        Self::from_der(&pem::one(text, Label::Certificate)?)
    }

    /// Every certificate in PEM text, at least one.
    pub fn many_from_pem(text: &str) -> Result<Vec<Self>, X509Error> {
        pem::all(text, Label::Certificate)?.iter().map(|der| Self::from_der(der)).collect()
    }

    /// The DER.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The DER of the part that is signed.
    pub fn tbs_der(&self) -> &[u8] {
        self.0.tbs.of(&self.0.der)
    }

    /// One PEM block.
    pub fn to_pem(&self) -> String {
        pem::encode(Label::Certificate, &self.0.der)
    }

    /// SHA-256 of the DER, the usual fingerprint.
    pub fn sha256(&self) -> [u8; 32] {
        sha256(&self.0.der)
    }

    /// The version by name: 1, 2 or 3.
    pub fn version(&self) -> u8 {
        self.0.layout.version + 1
    }

    /// The serial number, when RFC 5280 section 4.1.2.2 allows it.
    pub fn serial(&self) -> Result<Serial, SerialError> {
        Serial::from_der_content(self.serial_octets())
    }

    /// The content octets of the serial number, whatever they are.
    pub fn serial_octets(&self) -> &[u8] {
        self.0.layout.serial.of(&self.0.der)
    }

    /// Who signed.
    pub fn issuer(&self) -> &DistinguishedName {
        &self.0.issuer
    }

    /// Who it is about.
    pub fn subject(&self) -> &DistinguishedName {
        &self.0.subject
    }

    /// The first second of the validity.
    pub fn not_before(&self) -> Timestamp {
        self.0.layout.not_before
    }

    /// The last second of the validity.
    pub fn not_after(&self) -> Timestamp {
        self.0.layout.not_after
    }

    /// Both ends; fails when the end lies before the beginning.
    pub fn validity(&self) -> Result<Validity, X509Error> {
        Validity::new(self.not_before(), self.not_after()).map_err(X509Error::Validity)
    }

    /// Whether `time` is inside the validity, both ends included.
    pub fn is_valid_at(&self, time: Timestamp) -> bool {
        self.not_before() <= time && time <= self.not_after()
    }

    /// The subject's key, possibly of a kind that is not supported.
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    /// The signature algorithm, or the identifier of one that is not understood.
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm, &Oid> {
        self.0.algorithm.as_ref().map(|algorithm| *algorithm)
    }

    /// The signature.
    pub fn signature(&self) -> Signature {
        Signature::new(self.0.signature.of(&self.0.der))
    }

    /// Whether issuer and subject are the same name.
    pub fn is_self_issued(&self) -> bool {
        self.0.issuer.matches(&self.0.subject)
    }

    /// Whether it is self-issued and its own key made the signature.
    pub fn is_self_signed(&self) -> bool {
        self.is_self_issued() && self.verify_signed_by(self.public_key()).is_ok()
    }

    /// Whether the private key of `issuer` made the signature. Names are not compared.
    pub fn verify_signed_by(&self, issuer: &PublicKey) -> Result<(), SignatureError> {
        if self.0.outer_algorithm.of(&self.0.der) != self.0.layout.algorithm.of(&self.0.der) {
            return Err(SignatureError::AlgorithmMismatch);
        }
        let algorithm = self.0.algorithm.clone().map_err(|oid| SignatureError::Unsupported { oid })?;
        issuer.verify(algorithm, self.tbs_der(), &self.signature())
    }

    /// Every extension as found, in order.
    pub fn extensions(&self) -> impl Iterator<Item = RawExtension<'_>> {
        self.0.layout.extensions.iter().map(|span| RawExtension::new(*span, &self.0.der))
    }

    /// The first extension of this kind as found.
    pub fn extension(&self, oid: &Oid) -> Option<RawExtension<'_>> {
        self.extensions().find(|extension| extension.is(oid))
    }

    /// The first extension that is there more than once, which RFC 5280 section 4.2 forbids.
    pub fn duplicate_extension(&self) -> Option<Oid> {
        raw::duplicate(&self.0.layout.extensions, &self.0.der)
    }
}

/// The URIs of `cRLDistributionPoints` in a `TBSCertificate`, which need not have been signed; none when there is no such
/// extension.
pub fn crl_uris(tbs_der: &[u8]) -> Result<Vec<String>, X509Error> {
    let read = || {
        limits::check(tbs_der, "tbsCertificate", limits::MAX_OBJECT)?;
        let mut outer = Reader::new(tbs_der);
        let layout = raw::read_tbs(&outer.expect(tag::SEQUENCE, "tbsCertificate")?)?;
        let mut extensions = layout.extensions.iter().map(|span| RawExtension::new(*span, tbs_der));
        let Some(found) = extensions.find(|extension| extension.is(&CrlDistributionPoints::OID)) else {
            return Ok(Vec::new());
        };
        let points = CrlDistributionPoints::decode(found.value())?;
        Ok(points.uris().map(str::to_owned).collect())
    };
    read().map_err(|source| X509Error::Syntax { object: ObjectKind::Certificate, source })
}

fn read(der: &[u8]) -> Result<Certificate, DerError> {
    limits::check(der, "Certificate", limits::MAX_OBJECT)?;
    let mut outer = whole_sequence(der, "Certificate")?;
    let tbs = outer.expect(tag::SEQUENCE, "tbsCertificate")?;
    let outer_algorithm = outer.expect(tag::SEQUENCE, "signatureAlgorithm")?;
    let signature = outer.expect(tag::BIT_STRING, "signatureValue")?;
    outer.finish("Certificate")?;
    signature.bit_octets("signatureValue")?;
    let layout = raw::read_tbs(&tbs)?;
    let mut inner = Reader::new(layout.algorithm.of(der));
    let algorithm = signature::read(&inner.any("tbsCertificate.signature")?, "tbsCertificate.signature")?;
    let name = |span: Span, field| DistinguishedName::from_checked(span.of(der), field);
    Ok(Certificate(Arc::new(Inner {
        tbs: tbs.span(),
        outer_algorithm: outer_algorithm.span(),
        algorithm,
        signature: signature.content_span().skip(1),
        issuer: name(layout.issuer, "tbsCertificate.issuer")?,
        subject: name(layout.subject, "tbsCertificate.subject")?,
        public_key: PublicKey::from_checked(layout.public_key.of(der))?,
        layout,
        der: der.into(),
    })))
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl std::hash::Hash for Certificate {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.der.hash(state);
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.0.subject)
    }
}
