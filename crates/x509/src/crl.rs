//! Certificate revocation lists, version 2, RFC 5280 section 5: reading, and writing as a stream.

mod entry;
mod read;
mod views;
mod writer;

use std::fmt;
use std::sync::Arc;

use hf_core::time::Timestamp;

use crate::asn1::Oid;
use crate::distinguished_name::DistinguishedName;
use crate::error::{ObjectKind, X509Error};
use crate::pem::{self, Label};
use crate::public_key::PublicKey;
use crate::raw::{self, RawExtension};
use crate::signature::{Signature, SignatureAlgorithm, SignatureError};

pub(crate) use entry::{EntryParts, read_entry};
pub use entry::{RevokedCertificate, encode_entry};
pub(crate) use read::{TbsList, read_tbs_list};
pub use writer::{CrlTemplate, CrlWriter};

/// A CRL as found. Cheap to clone. Entries stay in their DER and are read one after the other.
#[derive(Clone)]
pub struct CertificateList(Arc<read::Layout>);

impl CertificateList {
    /// From DER of at most [`crate::limits::MAX_CRL`] octets. Every entry is checked.
    pub fn from_der(der: impl Into<Box<[u8]>>) -> Result<Self, X509Error> {
        read::read(der.into())
            .map(|layout| Self(Arc::new(layout)))
            .map_err(|source| X509Error::Syntax { object: ObjectKind::Crl, source })
    }

    /// From PEM text that holds exactly one CRL.
    pub fn from_pem(text: &str) -> Result<Self, X509Error> {
        Self::from_der(pem::one(text, Label::Crl)?)
    }

    /// Every CRL in PEM text, at least one.
    pub fn many_from_pem(text: &str) -> Result<Vec<Self>, X509Error> {
        pem::all(text, Label::Crl)?.into_iter().map(Self::from_der).collect()
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
        pem::encode(Label::Crl, &self.0.der)
    }

    /// The version by name: 1 or 2.
    pub fn version(&self) -> u8 {
        self.0.version + 1
    }

    /// Who signed.
    pub fn issuer(&self) -> &DistinguishedName {
        &self.0.issuer
    }

    /// When it was made.
    pub fn this_update(&self) -> Timestamp {
        self.0.this_update
    }

    /// When the next one is there at the latest; RFC 5280 section 5.1.2.5 requires it.
    pub fn next_update(&self) -> Option<Timestamp> {
        self.0.next_update
    }

    /// The signature algorithm, or the identifier of one that is not understood.
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm, &Oid> {
        self.0.algorithm.as_ref().map(|algorithm| *algorithm)
    }

    /// The signature.
    pub fn signature(&self) -> Signature {
        Signature::new(self.0.signature.of(&self.0.der))
    }

    /// Whether the private key of `issuer` made the signature. Names are not compared.
    pub fn verify_signed_by(&self, issuer: &PublicKey) -> Result<(), SignatureError> {
        if self.0.outer_algorithm.of(&self.0.der) != self.0.inner_algorithm.of(&self.0.der) {
            return Err(SignatureError::AlgorithmMismatch);
        }
        let algorithm = self.0.algorithm.clone().map_err(|oid| SignatureError::Unsupported { oid })?;
        issuer.verify(algorithm, self.tbs_der(), &self.signature())
    }

    /// How many entries.
    pub fn entry_count(&self) -> usize {
        self.0.entry_count
    }

    /// Every entry in order.
    pub fn entries(&self) -> impl Iterator<Item = RevokedCertificate<'_>> {
        entry::iterate(self.0.entries.of(&self.0.der))
    }

    /// The last entry for a serial number given as the content octets of its INTEGER. Takes time in proportion to the
    /// number of entries. The issuer of entries is not looked at: see [`RevokedCertificate::certificate_issuer`].
    pub fn find(&self, serial_octets: &[u8]) -> Option<RevokedCertificate<'_>> {
        self.entries().filter(|entry| entry.serial_octets() == serial_octets).last()
    }

    /// Every extension of the list itself as found, in order.
    pub fn extensions(&self) -> impl Iterator<Item = RawExtension<'_>> {
        self.0.extensions.iter().map(|span| RawExtension::new(*span, &self.0.der))
    }

    /// The first extension of this kind as found.
    pub fn extension(&self, oid: &Oid) -> Option<RawExtension<'_>> {
        self.extensions().find(|extension| extension.is(oid))
    }

    /// The first extension that is there more than once.
    pub fn duplicate_extension(&self) -> Option<Oid> {
        raw::duplicate(&self.0.extensions, &self.0.der)
    }
}

impl PartialEq for CertificateList {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for CertificateList {}

impl fmt::Debug for CertificateList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateList({}, {} entries)", self.0.issuer, self.0.entry_count)
    }
}

#[cfg(test)]
mod tests;
