//! What a door asks the authority for, and what it gets.

use hf_core::finding::Finding;
use hf_core::name::SanSet;
use hf_core::principal::{Channel, Principal};
use hf_core::time::{Lifetime, Timestamp};
use hf_store::audit::Origin;
use hf_x509::certificate::Certificate;
use hf_x509::csr::VerifiedCsr;

use crate::policy::AuthorityWish;

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
    /// Identifies the request: a repetition with the same key gets the certificate that exists.
    pub dedup_key: Option<String>,
    /// For an authority: how far down and for which names. `None` for a leaf.
    pub authority_wish: Option<AuthorityWish>,
}

impl IssueRequest {
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
