//! From a request to a proposal: the certificate as it would be, before policy judges it.
//!
//! Nothing is copied blindly. Names are the wanted ones, else those of the signing request; the subject is made by the
//! profile's rule; of the requested extensions only the names are used, and what else is asked for is held against the
//! profile.

use std::sync::Arc;

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::{Identifier, SanSet};
use hf_core::time::{Timestamp, Validity};
use hf_keys::block_list::BlockList;
use hf_keys::weak;
use hf_x509::csr::{CsrError, VerifiedCsr};
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::oids;
use hf_x509::public_key::PublicKey;

use crate::authority::Authority;
use crate::error::IssueError;
use crate::issuer::Signing;
use crate::policy::{KeyFacts, Proposal, Wishes};
use crate::profile::{MANAGED_EXTENSIONS, Profile, SubjectRule};
use crate::request::{IssueRequest, WantedExtension};

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
        self.propose_under(self.known_profile(&request.profile)?, request, issuer, now)
    }

    /// The same under a profile that need not be known by name.
    pub(crate) fn propose_under(
        &self,
        profile: Arc<Profile>,
        request: &IssueRequest,
        issuer: &Signing,
        now: Timestamp,
    ) -> Result<Proposal, IssueError> {
        proposal(profile, request, issuer, &self.block_list, now)
    }

    /// The profile of this name.
    pub(crate) fn known_profile(&self, name: &str) -> Result<Arc<Profile>, IssueError> {
        self.profiles
            .get(name)
            .ok_or_else(|| IssueError::UnknownProfile { name: name.to_owned(), known: self.profiles.names() })
    }
}

/// The certificate as it would be.
pub(crate) fn proposal(
    profile: Arc<Profile>,
    request: &IssueRequest,
    issuer: &Signing,
    block_list: &BlockList,
    now: Timestamp,
) -> Result<Proposal, IssueError> {
    let requested = request.csr.subject();
    let wished = wished_subject(request, &profile);
    let names = final_names(request, &profile, wished.as_ref());
    let asked = AskedFor::read(&request.csr, &profile)?;
    let public_key = request.csr.public_key().clone();
    Ok(Proposal {
        issuer: Arc::clone(issuer.facts()),
        subject: wished.unwrap_or_else(|| subject(&profile, &names, requested)),
        key: examine(&public_key, block_list),
        validity: validity(request, &profile, now),
        names,
        public_key,
        csr_asks_for_authority: asked.authority,
        csr_purposes_beyond_profile: asked.purposes_beyond,
        authority: request.authority_wish.clone(),
        wishes: wishes(request, &profile),
        limits: request.limits.clone(),
        profile,
        now,
    })
}

/// What the examination of a key brings to light. Keys that this authority revoked as compromised are held against the store's block list when the
/// intent is recorded, in the same transaction.
pub(crate) fn examine(key: &PublicKey, block_list: &BlockList) -> KeyFacts {
    let weaknesses = weak::check(key, block_list).err().unwrap_or_default();
    KeyFacts { algorithm: key.key_algorithm(), compressed: key.is_compressed(), weaknesses }
}

/// The subject of a profile that lets the requester choose: what is wanted, completed from the signing request.
fn wished_subject(request: &IssueRequest, profile: &Profile) -> Option<DistinguishedName> {
    let requested = request.csr.subject();
    match (profile.subject_rule(), &request.wanted_subject) {
        (SubjectRule::Wanted, Some(wanted)) => Some(wanted.completed_by(requested)),
        (SubjectRule::Requested, Some(wanted)) => Some(wanted.clone()),
        (SubjectRule::Wanted | SubjectRule::Requested, None) => Some(requested.clone()),
        (SubjectRule::CommonName | SubjectRule::Empty, _) => None,
    }
}

/// The wanted names, else those in the request, else its common name where that is a name: many tools still write only
/// that one.
///
/// A chosen subject whose common name is a host adds that host: verifiers that read only the subject are told nothing
/// that policy did not see, and those that read only the names find it (RFC 9525 section 6.3).
fn final_names(request: &IssueRequest, profile: &Profile, subject: Option<&DistinguishedName>) -> SanSet {
    let csr = &request.csr;
    let given = request.wanted_names.as_ref().unwrap_or(csr.names());
    if profile.kind().is_authority() {
        return given.clone();
    }
    let common_name = || subject.unwrap_or(csr.subject()).common_name();
    if given.is_empty() && request.wanted_names.is_none() {
        return common_name().and_then(|name| name.parse::<Identifier>().ok()).into_iter().collect();
    }
    let host = subject.and_then(|_| common_name()).as_deref().and_then(host);
    match host.filter(|host| !given.iter().any(|name| name == host)) {
        Some(host) => given.iter().cloned().chain([host]).collect(),
        None => given.clone(),
    }
}

/// A common name that reads as a host name with a dot or as an address. Others, such as a database user, are free.
fn host(common_name: &str) -> Option<Identifier> {
    let name: Identifier = common_name.contains(['.', ':']).then(|| common_name.parse().ok())??;
    matches!(name, Identifier::Dns(_) | Identifier::Ip(_)).then_some(name)
}

fn subject(profile: &Profile, names: &SanSet, requested: &DistinguishedName) -> DistinguishedName {
    match profile.subject_rule() {
        SubjectRule::Empty => DistinguishedName::empty(),
        SubjectRule::Requested | SubjectRule::Wanted => requested.clone(),
        // An address is no common name: certbot, for one, reads it as a domain and refuses to renew.
        SubjectRule::CommonName => names
            .primary()
            .filter(|name| !matches!(name, Identifier::Ip(_)))
            .map(ToString::to_string)
            .filter(|name| name.len() <= LONGEST_COMMON_NAME)
            .map_or_else(DistinguishedName::empty, |name| DistinguishedName::common(&name)),
    }
}

/// What is wanted, else as the profile says; a limit of the credential shortens what was left open.
fn validity(request: &IssueRequest, profile: &Profile, now: Timestamp) -> Validity {
    if let Some(wanted) = request.wanted_validity {
        return wanted;
    }
    let open = request.wanted_lifetime.is_none() && profile.fixed_validity().is_none();
    let limited = request.limits.max_lifetime.filter(|most| open && *most < profile.default_lifetime());
    profile.validity(now, request.wanted_lifetime.or(limited))
}

/// What is wanted beyond names and lifetime. Of the signing request's extensions, those that the authority writes itself
/// are never taken over: what it computed would be overridden.
fn wishes(request: &IssueRequest, profile: &Profile) -> Wishes {
    let copied = request.csr.requested_extensions().filter(|extension| {
        profile.copies_extensions() && !MANAGED_EXTENSIONS.iter().any(|managed| extension.is(managed))
    });
    let spoken = request.csr.subject().attributes().filter(|attribute| attribute.kind == oids::COMMON_NAME);
    let spoken = spoken.filter_map(|attribute| host(&attribute.text().ok()?));
    Wishes {
        requested: request.csr.names().iter().cloned().chain(spoken).collect(),
        subject: request.wanted_subject.is_some(),
        validity: request.wanted_validity.is_some(),
        serial: request.wanted_serial.clone(),
        precertificate: request.precertificate,
        extensions: request.wanted_extensions.clone(),
        copied: copied
            .map(|extension| WantedExtension {
                id: extension.oid(),
                critical: extension.critical(),
                value: extension.value().to_vec(),
            })
            .collect(),
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
