//! The value that only policy makes.

use std::sync::Arc;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::finding::Finding;
use hf_core::name::SanSet;
use hf_core::serial::Serial;
use hf_core::time::{Timestamp, Validity};
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::public_key::PublicKey;

use super::proposal::{AuthorityWish, Proposal, Wishes};
use crate::issuer::IssuerFacts;
use crate::profile::Profile;
use crate::request::WantedExtension;

/// Permission for one certificate, with everything that goes into it. Not `Clone`: one grant, one certificate.
#[derive(Debug)]
pub struct Grant {
    proposal: Proposal,
    key_algorithm: KeyAlgorithm,
    validity: Validity,
    notices: Vec<Finding>,
}

impl Grant {
    /// Called by [`super::Policy::decide`] alone. Whatever the rules let pass, the certificate ends with the first of
    /// those above it.
    pub(super) fn new(proposal: Proposal, key_algorithm: KeyAlgorithm, notices: Vec<Finding>) -> Self {
        let validity =
            proposal.validity.ending_by(proposal.issuer.earliest_end()).unwrap_or(proposal.validity);
        Self { proposal, key_algorithm, validity, notices }
    }

    /// The profile, as it was when the request was judged.
    pub fn profile(&self) -> &Arc<Profile> {
        &self.proposal.profile
    }

    /// The issuer for which the grant holds, and no other.
    pub fn issuer(&self) -> &Arc<IssuerFacts> {
        &self.proposal.issuer
    }

    /// The subject.
    pub fn subject(&self) -> &DistinguishedName {
        &self.proposal.subject
    }

    /// The names, all of them.
    pub fn names(&self) -> &SanSet {
        &self.proposal.names
    }

    /// The key.
    pub fn public_key(&self) -> &PublicKey {
        &self.proposal.public_key
    }

    /// The algorithm of the key.
    pub fn key_algorithm(&self) -> KeyAlgorithm {
        self.key_algorithm
    }

    /// Validity, not beyond any certificate above.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// For an authority: how far down and for which names.
    pub fn authority(&self) -> Option<&AuthorityWish> {
        self.proposal.authority.as_ref()
    }

    /// The serial number that the requester brings; `None`: a random one.
    pub fn serial(&self) -> Option<&Serial> {
        self.proposal.wishes.serial.as_ref()
    }

    /// Extensions beyond those of the profile. One that is asked for goes before the same one of the signing request.
    pub fn further_extensions(&self) -> Vec<WantedExtension> {
        let Wishes { extensions, copied, .. } = &self.proposal.wishes;
        let copied = copied.iter().filter(|copy| !extensions.iter().any(|wish| wish.id == copy.id));
        extensions.iter().chain(copied).cloned().collect()
    }

    /// Whether the requester wants the pre-certificate alone.
    pub fn wants_precertificate(&self) -> bool {
        self.proposal.wishes.precertificate
    }

    /// Whether there are extensions beyond those of the profile.
    pub fn has_further_extensions(&self) -> bool {
        !self.proposal.wishes.extensions.is_empty() || !self.proposal.wishes.copied.is_empty()
    }

    /// The moment for which it was decided.
    pub fn decided_at(&self) -> Timestamp {
        self.proposal.now
    }

    /// What the requester should know, though it was granted.
    pub fn notices(&self) -> &[Finding] {
        &self.notices
    }
}
