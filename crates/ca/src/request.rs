//! What a door asks the authority for, and what it gets.

use hf_core::finding::Finding;
use hf_core::name::SanSet;
use hf_core::principal::{Channel, Principal};
use hf_core::serial::Serial;
use hf_core::time::{Lifetime, Timestamp, Validity};
use hf_store::audit::Origin;
use hf_x509::certificate::Certificate;
use hf_x509::csr::VerifiedCsr;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::tbs::FurtherExtension;

use crate::policy::{AuthorityWish, NamePattern};

/// A request for one certificate.
#[derive(Debug)]
pub struct IssueRequest {
    /// Who asks.
    pub principal: Principal,
    /// By which door.
    pub channel: Channel,
    /// Name of the authority that shall issue.
    pub authority: String,
    /// Name of the profile.
    pub profile: String,
    /// The signing request: proof that whoever made it has the private key.
    pub csr: VerifiedCsr,
    /// The names; `None`: those of the signing request.
    pub wanted_names: Option<SanSet>,
    /// How long, backdate included; `None`: as the profile says.
    pub wanted_lifetime: Option<Lifetime>,
    /// The subject; `None`: as the profile says. Granted only by a profile whose subject rule lets the requester choose.
    pub wanted_subject: Option<DistinguishedName>,
    /// First and last second; `None`: as the profile says. Beside `wanted_lifetime` it wins.
    pub wanted_validity: Option<Validity>,
    /// The serial number; `None`: a random one. Granted only by a profile that lets requesters bring theirs.
    pub wanted_serial: Option<Serial>,
    /// Further extensions. Granted only where the profile lists their identifiers.
    pub wanted_extensions: Vec<WantedExtension>,
    /// What the credential of the requester limits it to, beyond what the profile and the authority allow.
    pub limits: RequesterLimits,
    /// Identifies the request: a repetition with the same key gets the certificate that exists.
    pub dedup_key: Option<String>,
    /// For an authority: how far down and for which names. `None` for a leaf.
    pub authority_wish: Option<AuthorityWish>,
    /// Whether the pre-certificate (RFC 6962 section 3.1) is wanted, and nothing but it: nobody accepts it, and no log is
    /// asked. It is judged like the certificate that it announces.
    pub precertificate: bool,
}

/// An extension that a requester asks for.
pub type WantedExtension = FurtherExtension;

/// What a requester is limited to by its credential. The default limits nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequesterLimits {
    /// Names it may have certified; `None`: any; an empty list: none.
    pub names: Option<Vec<NamePattern>>,
    /// Profiles it may ask for; `None`: any.
    pub profiles: Option<Vec<String>>,
    /// Authorities it may ask; `None`: any.
    pub authorities: Option<Vec<String>>,
    /// The longest lifetime, backdate included; `None`: as the profile says.
    pub max_lifetime: Option<Lifetime>,
}

impl IssueRequest {
    /// A request that leaves everything else to the profile and to the signing request.
    pub fn new(
        principal: Principal,
        channel: Channel,
        authority: impl Into<String>,
        profile: impl Into<String>,
        csr: VerifiedCsr,
    ) -> Self {
        Self {
            principal,
            channel,
            authority: authority.into(),
            profile: profile.into(),
            csr,
            wanted_names: None,
            wanted_lifetime: None,
            wanted_subject: None,
            wanted_validity: None,
            wanted_serial: None,
            wanted_extensions: Vec::new(),
            limits: RequesterLimits::default(),
            dedup_key: None,
            authority_wish: None,
            precertificate: false,
        }
    }

    /// When, who and by which door, for audit events.
    pub(crate) fn origin(&self, at: Timestamp) -> Origin {
        Origin { at, principal: self.principal.clone(), channel: self.channel }
    }
}

/// A certificate that is on record.
#[derive(Clone, Debug)]
pub struct IssuedCertificate {
    /// The certificate.
    pub certificate: Certificate,
    /// The certificates above it: its issuer first, the root last as far as known.
    pub chain: Vec<Certificate>,
    /// Name of the issuing authority.
    pub authority: String,
    /// Name of the profile.
    pub profile: String,
    /// What the requester should know, though it was granted.
    pub notices: Vec<Finding>,
    /// Whether it had been issued before, for the same `dedup_key`.
    pub existed: bool,
}
