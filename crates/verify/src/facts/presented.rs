//! Names of a `subjectAltName`, each read as what it is.

use hf_core::name::{DnsName, EmailAddress, UriName};
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::general_name::GeneralName;

use crate::names;

/// One name that a certificate presents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Presented {
    /// `dNSName`, possibly with a wildcard.
    Dns(DnsName),
    /// `rfc822Name`.
    Email(EmailAddress),
    /// `uniformResourceIdentifier`.
    Uri(UriName),
    /// `iPAddress`, 4 or 16 octets.
    Ip(Vec<u8>),
    /// `directoryName`.
    Directory(DistinguishedName),
    /// A kind that no rule looks into.
    Other {
        /// The kind in the words of the RFC.
        kind: &'static str,
    },
    /// A name that breaks the syntax of its kind.
    Malformed {
        /// The kind in the words of the RFC.
        kind: &'static str,
        /// As it stands in the certificate.
        text: String,
    },
}

impl Presented {
    /// Read one name.
    pub(crate) fn read(name: &GeneralName) -> Self {
        let read = match name {
            GeneralName::Dns(text) => names::dns::presented(text).map(Self::Dns),
            GeneralName::Email(text) => names::email::presented(text).map(Self::Email),
            GeneralName::Uri(text) => names::uri::presented(text).map(Self::Uri),
            GeneralName::Ip(octets) => names::ip::presented(octets).map(|_| Self::Ip(octets.clone())),
            GeneralName::Directory(name) => Some(Self::Directory(name.clone())),
            GeneralName::Other { .. }
            | GeneralName::X400(_)
            | GeneralName::EdiParty(_)
            | GeneralName::RegisteredId(_) => Some(Self::Other { kind: name.kind() }),
        };
        read.unwrap_or_else(|| Self::Malformed { kind: name.kind(), text: name.to_string() })
    }
}

impl std::fmt::Display for Presented {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dns(name) => name.fmt(f),
            Self::Email(name) => name.fmt(f),
            Self::Uri(name) => name.fmt(f),
            Self::Ip(octets) => match names::ip::presented(octets) {
                Some(address) => address.fmt(f),
                None => f.write_str("a malformed address"),
            },
            Self::Directory(name) => name.fmt(f),
            Self::Other { kind } => write!(f, "a name of kind {kind}"),
            Self::Malformed { kind, text } => write!(f, "a malformed {kind} `{text}`"),
        }
    }
}
