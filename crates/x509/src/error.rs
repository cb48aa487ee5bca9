//! What can go wrong when octets become types and types become octets.

use std::fmt;

use hf_core::serial::SerialError;
use hf_core::time::ValidityError;

use crate::asn1::{DerError, Oid};
use crate::general_name::IdentifierError;
use crate::pem::PemError;

/// What the octets were expected to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// An X.509 certificate.
    Certificate,
    /// The part of a certificate that is signed.
    TbsCertificate,
    /// A PKCS#10 request.
    Request,
    /// A CRL.
    Crl,
    /// A PKCS#7 bundle of certificates.
    Pkcs7,
    /// An OCSP request.
    OcspRequest,
    /// An OCSP response.
    OcspResponse,
}

impl ObjectKind {
    /// The indefinite article that goes before it.
    fn article(self) -> &'static str {
        match self {
            Self::OcspRequest | Self::OcspResponse => "an",
            Self::Certificate | Self::TbsCertificate | Self::Request | Self::Crl | Self::Pkcs7 => "a",
        }
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate => "certificate",
            Self::TbsCertificate => "certificate to be signed",
            Self::Request => "certificate request",
            Self::Crl => "CRL",
            Self::Pkcs7 => "PKCS#7 bundle",
            Self::OcspRequest => "OCSP request",
            Self::OcspResponse => "OCSP response",
        })
    }
}

/// Why an object could not be read or built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum X509Error {
    /// The octets are not such an object.
    #[error("not {} {object} in DER", object.article())]
    Syntax {
        /// What was expected.
        object: ObjectKind,
        /// Where and why.
        source: DerError,
    },
    /// The text is no PEM, or holds something else.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// One extension's value cannot be read.
    #[error("the extension {} cannot be read", extension_name(oid))]
    Extension {
        /// Which extension.
        oid: Oid,
        /// Where in its value and why.
        source: DerError,
    },
    /// RFC 5280 section 4.2: not more than one instance.
    #[error("the extension {} is there more than once", extension_name(oid))]
    DuplicateExtension {
        /// Which extension.
        oid: Oid,
    },
    /// A name that Handfast cannot hold.
    #[error("the name at place {} of subjectAltName is refused", index + 1)]
    Name {
        /// Place, counted from 0.
        index: usize,
        /// Why.
        source: IdentifierError,
    },
    /// The serial number is not one that RFC 5280 allows.
    #[error("the serial number is refused")]
    Serial(#[source] SerialError),
    /// The validity ends before it begins.
    #[error("the validity is refused")]
    Validity(#[source] ValidityError),
    /// A certificate that was asked for cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// The name of the extension when it is known, else its numbers.
fn extension_name(oid: &Oid) -> String {
    oid.name().map_or_else(|| oid.to_string(), str::to_owned)
}

/// Why what was asked for cannot be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// RFC 5280 section 4.1.2.6.
    #[error("neither subject nor alternative name: a certificate needs at least one of them")]
    NoName,
    /// The issuer's name must not be empty, RFC 5280 section 4.1.2.4.
    #[error("the issuer's name is empty")]
    NoIssuer,
    /// An extension that needs at least one element has none.
    #[error("the extension {extension} is asked for without any content")]
    EmptyExtension {
        /// The extension in the RFC's words.
        extension: &'static str,
    },
    /// Text outside ASCII in a place that holds ASCII alone.
    #[error("the extension {extension} holds a text with characters outside ASCII or a NUL")]
    NotAscii {
        /// The extension in the RFC's words.
        extension: &'static str,
    },
    /// Larger than [`crate::limits::MAX_OBJECT`].
    #[error("{octets} octets long, at most {max} are allowed")]
    TooLarge {
        /// How many octets.
        octets: usize,
        /// The most allowed.
        max: usize,
    },
    /// The issuer's algorithm does not fit what is being built.
    #[error("{algorithm} is broken and never signed with")]
    BrokenAlgorithm {
        /// The algorithm.
        algorithm: crate::signature::SignatureAlgorithm,
    },
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_cannot_be_read_is_named_with_its_article() {
        let said = |octets: &[u8]| crate::ocsp::OcspResponse::from_der(octets).unwrap_err().to_string();
        assert_eq!(said(&[1]), "not an OCSP response in DER");
        let certificate = crate::certificate::Certificate::from_der(&[1]).unwrap_err().to_string();
        assert_eq!(certificate, "not a certificate in DER");
    }
}
