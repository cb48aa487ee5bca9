//! From a request to a proposal: the certificate as it would be, before policy judges it.
//!
//! Nothing is copied blindly. Names are the wanted ones, else those of the signing request; the subject is made by the
//! profile's rule; of the requested extensions only the names are used, and what else is asked for is held against the
//! profile.

use std::sync::Arc;

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::{Identifier, SanSet};
use hf_core::time::Timestamp;
use hf_keys::block_list::BlockList;
use hf_keys::weak;
use hf_x509::csr::{CsrError, VerifiedCsr};
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::public_key::PublicKey;

use crate::authority::Authority;
use crate::error::IssueError;
use crate::issuer::Signing;
use crate::policy::{KeyFacts, Proposal};
use crate::profile::{Profile, SubjectRule};
use crate::request::IssueRequest;

/// RFC 5280 appendix A.1, `ub-common-name`.
const LONGEST_COMMON_NAME: usize = 64;

const CSR_EXTENSIONS: FindingCode = FindingCode::new("HF-CSR-EXTENSIONS");

impl Authority {
    /// The certificate as it would be.
    pub fn propose(
        &self,
        request: &IssueRequest,
        issuer: &Signing,
        now: Timestamp,
    ) -> Result<Proposal, IssueError> {
        let profile = self.known_profile(&request.profile)?;
        let names = final_names(request, &profile);
        let asked = AskedFor::read(&request.csr, &profile)?;
        let public_key = request.csr.public_key().clone();
        Ok(Proposal {
            issuer: Arc::clone(issuer.facts()),
            subject: subject(&profile, &names, request.wanted_subject.as_ref(), request.csr.subject()),
            key: examine(&public_key, &self.block_list),
            validity: profile.validity(now, request.wanted_lifetime),
            names,
            public_key,
            csr_asks_for_authority: asked.authority,
            csr_purposes_beyond_profile: asked.purposes_beyond,
            authority: request.authority_wish.clone(),
            profile,
            now,
        })
    }

    /// The profile of this name.
    pub(crate) fn known_profile(&self, name: &str) -> Result<Arc<Profile>, IssueError> {
        self.profiles
            .get(name)
            .ok_or_else(|| IssueError::UnknownProfile { name: name.to_owned(), known: self.profiles.names() })
    }
}

/// What the examination of a key brings to light. Keys that this authority revoked as compromised are held against the store's block list when the
/// intent is recorded, in the same transaction.
pub(crate) fn examine(key: &PublicKey, block_list: &BlockList) -> KeyFacts {
    let weaknesses = weak::check(key, block_list).err().unwrap_or_default();
    KeyFacts { algorithm: key.key_algorithm(), weaknesses }
}

/// The wanted names, else those in the request, else its common name where that is a name: many tools still write only
/// that one.
fn final_names(request: &IssueRequest, profile: &Profile) -> SanSet {
    if let Some(wanted) = &request.wanted_names {
        return wanted.clone();
    }
    let csr = &request.csr;
    if !csr.names().is_empty() || profile.kind().is_authority() {
        return csr.names().clone();
    }
    csr.subject().common_name().and_then(|name| name.parse::<Identifier>().ok()).into_iter().collect()
}

fn subject(
    profile: &Profile,
    names: &SanSet,
    wanted: Option<&DistinguishedName>,
    requested: &DistinguishedName,
) -> DistinguishedName {
    match profile.subject_rule() {
        SubjectRule::Empty => DistinguishedName::empty(),
        SubjectRule::Requested => wanted.unwrap_or(requested).clone(),
        SubjectRule::Wanted => {
            wanted.map_or_else(|| requested.clone(), |wanted| wanted.completed_by(requested))
        }
        SubjectRule::CommonName => names
            .primary()
            .map(ToString::to_string)
            .filter(|name| name.len() <= LONGEST_COMMON_NAME)
            .map_or_else(DistinguishedName::empty, |name| DistinguishedName::common(&name)),
    }
}

/// What the extensions of the signing request ask for, apart from names.
struct AskedFor {
    authority: bool,
    purposes_beyond: Vec<String>,
}

impl AskedFor {
    fn read(csr: &VerifiedCsr, profile: &Profile) -> Result<Self, IssueError> {
        let refuse = |error| unreadable(csr, &error);
        let given = profile.extended_key_usage();
        let purposes_beyond = csr
            .extended_key_usage()
            .map_err(refuse)?
            .iter()
            .flat_map(|usage| usage.0.iter())
            .filter(|purpose| !given.contains(purpose))
            .map(ToString::to_string)
            .collect();
        let authority = csr.basic_constraints().map_err(refuse)?.is_some_and(|constraints| constraints.ca);
        Ok(Self { authority, purposes_beyond })
    }
}

fn unreadable(csr: &VerifiedCsr, error: &CsrError) -> IssueError {
    let finding = Finding::error(
        CSR_EXTENSIONS,
        csr.subject().to_string(),
        format!("the signing request is refused: {error}"),
    )
    .hint("make a new signing request, for example with `handfast csr`");
    IssueError::Refused { findings: vec![finding] }
}
