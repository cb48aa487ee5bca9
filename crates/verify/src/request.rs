//! What is asked: which certificate, with what beside it, for which purpose, name and time.

use hf_core::name::{DnsName, EmailAddress, IpName};
use hf_core::time::Timestamp;
use hf_x509::asn1::Oid;
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::ext::KeyUsage;

/// One question to the gate and to the explainer.
///
/// The order of `intermediates`, `trust_anchors` and `crls` does not matter, and they may hold what is not needed.
#[derive(Clone, Debug)]
pub struct VerifyRequest {
    /// The certificate to verify; it may be that of an authority.
    pub leaf: Certificate,
    /// Certificates that may stand between leaf and trust anchor.
    pub intermediates: Vec<Certificate>,
    /// Certificates that are trusted, self-signed or not.
    pub trust_anchors: Vec<Certificate>,
    /// Revocation lists; looked at when `crl_check` says so.
    pub crls: Vec<CertificateList>,
    /// Whether each certificate of the path must be covered by one of `crls`.
    pub crl_check: bool,
    /// The second at which the path must be valid.
    pub time: Timestamp,
    /// What the leaf will be used for.
    pub purpose: Purpose,
    /// Names that the leaf must have, all of them.
    pub names: Vec<RequestedName>,
    /// The most intermediates, self-issued ones not counted (RFC 5280 section 6.1); `None` leaves our own limit.
    pub max_depth: Option<u32>,
    /// Key purposes that the leaf must allow besides that of `purpose`.
    pub eku: Vec<Oid>,
    /// Key usages that the leaf must allow.
    pub key_usage: KeyUsage,
    /// Whether the leaf's key must be good for what TLS does with it for `purpose`. A path of RFC 5280 alone may end in a
    /// certificate whose key signs nothing but certificates; no server can be run with it.
    pub tls: bool,
    /// Certificate policies, RFC 5280 section 6.1.1 (c) to (g); `None` accepts any.
    pub policies: Option<PolicyRequest>,
    /// What was given and could not be read, each with its reason; the explainer warns of it.
    pub unreadable: Vec<String>,
}

impl VerifyRequest {
    /// A request without intermediates, names or revocation lists, for any purpose.
    pub fn new(leaf: Certificate, trust_anchors: Vec<Certificate>, time: Timestamp) -> Self {
        Self {
            leaf,
            intermediates: Vec::new(),
            trust_anchors,
            crls: Vec::new(),
            crl_check: false,
            time,
            purpose: Purpose::Any,
            names: Vec::new(),
            max_depth: None,
            eku: Vec::new(),
            key_usage: KeyUsage::NONE,
            tls: false,
            policies: None,
            unreadable: Vec::new(),
        }
    }
}

/// What the leaf will be used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To authenticate a TLS server, `id-kp-serverAuth`.
    Server,
    /// To authenticate a TLS client, `id-kp-clientAuth`.
    Client,
    /// Nothing in particular.
    #[default]
    Any,
}

impl Purpose {
    /// The word of the command line: `server`, `client` or `any`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
            Self::Any => "any",
        }
    }

    /// From the word of the command line.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Server, Self::Client, Self::Any].into_iter().find(|purpose| purpose.as_str() == word)
    }

    /// The key purpose that certificates on the path must allow, RFC 5280 section 4.2.1.12.
    pub(crate) fn key_purpose(self) -> Option<Oid> {
        match self {
            Self::Server => Some(hf_x509::oids::SERVER_AUTH),
            Self::Client => Some(hf_x509::oids::CLIENT_AUTH),
            Self::Any => None,
        }
    }
}

/// A name that the leaf must have in its `subjectAltName`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RequestedName {
    /// A host name.
    Dns(DnsName),
    /// An IP address.
    Ip(IpName),
    /// An e-mail address; the local part is compared with regard to case.
    Email(EmailAddress),
}

impl std::fmt::Display for RequestedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dns(name) => write!(f, "DNS name {name}"),
            Self::Ip(name) => write!(f, "IP address {name}"),
            Self::Email(name) => write!(f, "e-mail address {name}"),
        }
    }
}

/// Inputs to policy processing, RFC 5280 section 6.1.1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyRequest {
    /// Acceptable policies; empty stands for `anyPolicy`.
    pub initial: Vec<Oid>,
    /// `initial-explicit-policy`: the path must be valid for one of `initial`.
    pub require_explicit: bool,
    /// `initial-policy-mapping-inhibit`: no mapping of policies.
    pub inhibit_mapping: bool,
    /// `initial-any-policy-inhibit`: `anyPolicy` in a certificate counts for nothing.
    pub inhibit_any: bool,
}
