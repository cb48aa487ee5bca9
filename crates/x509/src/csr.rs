//! Certificate requests, RFC 2986 (PKCS#10) with the attributes of RFC 2985.
//!
//! A request is read as [`UnverifiedCsr`]; only the check of its own signature makes a [`VerifiedCsr`], which alone can
//! be asked what it wants.

mod read;
mod template;

use std::fmt;

use hf_core::name::SanSet;

use crate::asn1::{DerError, Oid};
use crate::certificate::canonical;
use crate::distinguished_name::DistinguishedName;
use crate::error::X509Error;
use crate::ext::{BasicConstraints, ExtendedKeyUsage, ExtensionValue, KeyUsage, SubjectAltName};
use crate::general_name::GeneralName;
use crate::pem::{self, Label, PemError};
use crate::public_key::PublicKey;
use crate::raw::RawExtension;
use crate::signature::{Signature, SignatureAlgorithm, SignatureError};

pub use template::{CsrTemplate, RequestedExtension};

/// Why a request was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsrError {
    /// The octets are no request.
    #[error("not a certificate request in DER")]
    Syntax(#[source] DerError),
    /// The text is no PEM, or holds no request.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// The request's own signature does not prove possession of the key.
    #[error("the request's own signature is not accepted")]
    Signature(#[source] SignatureError),
    /// More alternative names than a certificate may carry.
    #[error("asks for {count} names, at most {max} are allowed in one certificate")]
    TooManyNames {
        /// How many.
        count: usize,
        /// The most allowed.
        max: usize,
    },
    /// What it asks for cannot be read.
    #[error("what the request asks for cannot be read")]
    Extension(#[source] X509Error),
}

/// A request whose own signature nobody has checked.
pub struct UnverifiedCsr(read::Layout);

impl UnverifiedCsr {
    /// From DER of at most [`crate::limits::MAX_OBJECT`] octets.
    pub fn from_der(der: &[u8]) -> Result<Self, CsrError> {
        read::read(der).map(Self).map_err(CsrError::Syntax)
    }

    /// From PEM text that holds exactly one request.
    pub fn from_pem(text: &str) -> Result<Self, CsrError> {
        Self::from_der(&pem::one(text, Label::Request)?)
    }

    /// The DER.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The key that it claims; check its strength before [`Self::verify`] spends time on it.
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    /// Check the request's own signature, then that what it asks for can be read.
    pub fn verify(self) -> Result<VerifiedCsr, CsrError> {
        let layout = self.0;
        let algorithm = layout
            .algorithm
            .clone()
            .map_err(|oid| CsrError::Signature(SignatureError::Unsupported { oid }))?;
        layout
            .public_key
            .verify(algorithm, layout.info.of(&layout.der), &layout.signature())
            .map_err(CsrError::Signature)?;
        let mut csr = VerifiedCsr { layout, names: SanSet::new() };
        if let Some(duplicate) = csr.layout.duplicate_extension() {
            return Err(CsrError::Extension(X509Error::DuplicateExtension { oid: duplicate }));
        }
        let found = csr.view::<SubjectAltName>()?.map(|names| names.0).unwrap_or_default();
        if found.len() > SanSet::MAX_NAMES {
            return Err(CsrError::TooManyNames { count: found.len(), max: SanSet::MAX_NAMES });
        }
        csr.names = canonical(&found).map_err(CsrError::Extension)?;
        Ok(csr)
    }
}

impl fmt::Debug for UnverifiedCsr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnverifiedCsr({})", self.0.subject)
    }
}

/// A request whose sender has the private key of the key in it.
pub struct VerifiedCsr {
    layout: read::Layout,
    names: SanSet,
}

impl VerifiedCsr {
    /// The DER.
    pub fn der(&self) -> &[u8] {
        &self.layout.der
    }

    /// The DER of the part that is signed.
    pub fn info_der(&self) -> &[u8] {
        self.layout.info.of(&self.layout.der)
    }

    /// Its signature, which was found good.
    pub fn signature(&self) -> Signature {
        self.layout.signature()
    }

    /// The algorithm of its signature; `None` never comes, since one that is not understood cannot be found good.
    pub fn signature_algorithm(&self) -> Option<SignatureAlgorithm> {
        self.layout.algorithm.as_ref().ok().copied()
    }

    /// The subject that it asks for.
    pub fn subject(&self) -> &DistinguishedName {
        &self.layout.subject
    }

    /// Its key.
    pub fn public_key(&self) -> &PublicKey {
        &self.layout.public_key
    }

    /// The alternative names that it asks for.
    pub fn names(&self) -> &SanSet {
        &self.names
    }

    /// The alternative names as found.
    pub fn general_names(&self) -> Result<Vec<GeneralName>, CsrError> {
        Ok(self.view::<SubjectAltName>()?.map(|names| names.0).unwrap_or_default())
    }

    /// Every extension that it asks for, as found. Nothing of it is a grant.
    pub fn requested_extensions(&self) -> impl Iterator<Item = RawExtension<'_>> {
        self.layout.extensions.iter().map(|span| RawExtension::new(*span, &self.layout.der))
    }

    /// The `basicConstraints` that it asks for.
    pub fn basic_constraints(&self) -> Result<Option<BasicConstraints>, CsrError> {
        self.view()
    }

    /// The `keyUsage` that it asks for.
    pub fn key_usage(&self) -> Result<Option<KeyUsage>, CsrError> {
        self.view()
    }

    /// The `extKeyUsage` that it asks for.
    pub fn extended_key_usage(&self) -> Result<Option<ExtendedKeyUsage>, CsrError> {
        self.view()
    }

    /// One PEM block.
    pub fn to_pem(&self) -> String {
        pem::encode(Label::Request, &self.layout.der)
    }

    /// Attributes other than the extension request, by their type.
    pub fn other_attributes(&self) -> &[Oid] {
        &self.layout.other_attributes
    }

    fn view<E: ExtensionValue>(&self) -> Result<Option<E>, CsrError> {
        let Some(found) = self.requested_extensions().find(|extension| extension.is(&E::OID)) else {
            return Ok(None);
        };
        E::decode(found.value())
            .map(Some)
            .map_err(|source| CsrError::Extension(X509Error::Extension { oid: E::OID, source }))
    }
}

impl fmt::Debug for VerifiedCsr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedCsr({})", self.layout.subject)
    }
}

#[cfg(test)]
mod tests;
