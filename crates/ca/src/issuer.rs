//! An authority as the one who signs: its certificates, its key, its fitness.
//!
//! Selection is by name and deterministic. An authority that is pending, retired, revoked, outside its validity, without
//! its key or that failed its check at the start does not sign.

mod constraints;
mod facts;
mod fall;
mod registry;
mod self_check;

use std::sync::{Arc, OnceLock};

use hf_core::finding::Finding;
use hf_core::time::Timestamp;
use hf_keys::signing_key::SigningKey;
use hf_store::record::{AuthorityRecord, AuthorityState};
use hf_x509::certificate::Certificate;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::error::X509Error;
use hf_x509::ext::KeyIdentifier;
use hf_x509::lint;
use hf_x509::public_key::PublicKey;
use hf_x509::signature::SignatureAlgorithm;

pub use constraints::Constraints;
pub use constraints::subtrees;
pub(crate) use facts::purpose_text;
pub use facts::{IssuerFacts, ParentFacts, ParentPurposes};
pub use fall::Fall;
pub use registry::Issuers;
pub(crate) use self_check::{check_chain, check_key};

use crate::error::IssuerUnavailable;
use crate::policy::NamePattern;

/// An authority, loaded.
pub struct Issuer {
    facts: Arc<IssuerFacts>,
    record: AuthorityRecord,
    chain: Arc<[Certificate]>,
    key: Option<Arc<dyn SigningKey>>,
    signing: Option<Signing>,
    unfit: Vec<Finding>,
    fall: OnceLock<Fall>,
}

impl Issuer {
    /// The word for an authority that has a revoked certificate in its chain.
    pub const REVOKED: &'static str = "revoked";

    /// From its record. What cannot be used is kept as findings, so that one damaged authority does not stop the others.
    pub(crate) fn load(
        record: AuthorityRecord,
        key: Result<Option<Arc<dyn SigningKey>>, Finding>,
        permitted: Vec<NamePattern>,
    ) -> Self {
        let mut unfit = Vec::new();
        let key = key.unwrap_or_else(|finding| {
            unfit.push(finding);
            None
        });
        let mut chain = Vec::with_capacity(record.chain.len());
        for der in &record.chain {
            match Certificate::from_der(der) {
                Ok(certificate) => chain.push(certificate),
                Err(error) => unfit.push(self_check::unreadable(&record.name, &error)),
            }
        }
        if record.state != AuthorityState::Pending && unfit.is_empty() {
            unfit.extend(check_chain(&record.name, &chain));
            if let (Some(key), Some(own)) = (&key, chain.first()) {
                unfit.extend(check_key(&record.name, key.as_ref(), own));
            }
        }
        let mut parents = Vec::with_capacity(chain.len());
        for certificate in &chain {
            match ParentFacts::read(certificate) {
                Ok(facts) => parents.push(facts),
                Err(error) => unfit.push(self_check::unreadable(&record.name, &error)),
            }
        }
        let facts = Arc::new(IssuerFacts::new(record.name.as_str(), permitted, parents));
        let chain: Arc<[Certificate]> = chain.into();
        let mut signing = None;
        if let (Some(key), Some(own), true) = (&key, chain.first(), unfit.is_empty()) {
            match Signing::of_issuer(&facts, own, &chain, Arc::clone(key), record.key.is_some()) {
                Ok(able) => signing = Some(able),
                Err(error) => unfit.push(self_check::unreadable(&record.name, &error)),
            }
        }
        Self { facts, record, chain, key, signing, unfit, fall: OnceLock::new() }
    }

    /// The authority's name in the trust domain.
    pub fn name(&self) -> &str {
        self.facts.name()
    }

    /// What policy knows of it.
    pub fn facts(&self) -> &Arc<IssuerFacts> {
        &self.facts
    }

    /// As it is on record.
    pub fn record(&self) -> &AuthorityRecord {
        &self.record
    }

    /// Its own certificate first, the root last as far as known; empty while pending.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// Its own certificate.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.chain.first()
    }

    /// Its private key, if it is here.
    pub(crate) fn key(&self) -> Option<Arc<dyn SigningKey>> {
        self.key.clone()
    }

    /// What the check at the start found; empty when it may sign.
    pub fn faults(&self) -> &[Finding] {
        &self.unfit
    }

    /// Everything that keeps it from signing but the time and a key that was taken away: what the check at the start found,
    /// and a revocation.
    pub fn hindrances(&self) -> Vec<Finding> {
        let fallen = self.fall().map(|fall| fall.finding(self.name()));
        self.unfit.iter().cloned().chain(fallen).collect()
    }

    /// The word for how it stands: its state on record, or `revoked` when its certificate or one above is.
    pub fn standing(&self) -> &'static str {
        if self.is_revoked() { Self::REVOKED } else { self.record.state.as_str() }
    }

    /// Whether its certificate, or one above, is revoked.
    pub fn is_revoked(&self) -> bool {
        self.fall().is_some()
    }

    /// The revoked certificate in its chain.
    pub fn fall(&self) -> Option<&Fall> {
        self.fall.get()
    }

    /// Revocation is monotone: there is no way back.
    pub(crate) fn mark_fallen(&self, fall: Fall) {
        // Of two the one that was found first stays: one is enough.
        let _ = self.fall.set(fall);
    }

    /// The key identifier in what it signs.
    pub fn key_identifier(&self) -> Option<KeyIdentifier> {
        self.certificate().map(key_identifier)
    }

    /// Whether it may sign certificates at `now`, and with what.
    pub(crate) fn ready(&self, now: Timestamp) -> Result<Signing, IssuerUnavailable> {
        let name = || self.name().to_owned();
        match self.record.state {
            AuthorityState::Pending => return Err(IssuerUnavailable::Pending { name: name() }),
            AuthorityState::Retired => return Err(IssuerUnavailable::Retired { name: name() }),
            AuthorityState::Active => {}
        }
        self.ready_for_status(now)
    }

    /// Whether it may sign CRLs at `now`, and with what: also when it is retired.
    pub(crate) fn ready_for_status(&self, now: Timestamp) -> Result<Signing, IssuerUnavailable> {
        let name = || self.name().to_owned();
        if !self.unfit.is_empty() {
            return Err(IssuerUnavailable::Unfit { name: name(), findings: self.unfit.clone() });
        }
        if self.chain.is_empty() {
            return Err(IssuerUnavailable::Pending { name: name() });
        }
        if let Some(fall) = self.fall() {
            return Err(fall.unavailable(self.name()));
        }
        for parent in self.facts.parents() {
            let validity = parent.validity();
            if !validity.contains(now) {
                return Err(IssuerUnavailable::NotValidNow {
                    name: name(),
                    subject: parent.subject().to_owned(),
                    from: validity.not_before(),
                    to: validity.not_after(),
                    now,
                });
            }
        }
        self.signing.clone().ok_or_else(|| IssuerUnavailable::KeyAway { name: name() })
    }
}

/// Everything that signing needs of an issuer that may sign: made by [`Issuer`] after its checks, or by a root for its
/// own certificate. Cheap to clone.
#[derive(Clone)]
pub struct Signing {
    facts: Arc<IssuerFacts>,
    subject: DistinguishedName,
    authority_key_identifier: KeyIdentifier,
    chain: Arc<[Certificate]>,
    key: Arc<dyn SigningKey>,
    key_is_kept: bool,
    lint_facts: Option<Arc<lint::IssuerFacts>>,
}

impl Signing {
    pub(crate) fn of_issuer(
        facts: &Arc<IssuerFacts>,
        own: &Certificate,
        chain: &Arc<[Certificate]>,
        key: Arc<dyn SigningKey>,
        key_is_kept: bool,
    ) -> Result<Self, X509Error> {
        Ok(Self {
            facts: Arc::clone(facts),
            subject: own.subject().clone(),
            authority_key_identifier: key_identifier(own),
            chain: Arc::clone(chain),
            key,
            key_is_kept,
            lint_facts: Some(Arc::new(lint::IssuerFacts::of(own)?)),
        })
    }

    /// An authority as it was with the key that it had when it got this certificate, for its lists.
    pub(crate) fn of_former(
        name: &str,
        certificate: &Certificate,
        key: Arc<dyn SigningKey>,
    ) -> Result<Self, X509Error> {
        let facts = IssuerFacts::new(name, Vec::new(), vec![ParentFacts::read(certificate)?]);
        Self::of_issuer(&Arc::new(facts), certificate, &Arc::from([certificate.clone()]), key, false)
    }

    /// A root about to sign its own certificate.
    pub(crate) fn of_new_root(
        name: &str,
        subject: DistinguishedName,
        key: Arc<dyn SigningKey>,
        permitted: Vec<NamePattern>,
    ) -> Self {
        Self {
            facts: Arc::new(IssuerFacts::new(name, permitted, Vec::new())),
            subject,
            authority_key_identifier: key.public_key().key_identifier(),
            chain: Arc::from([]),
            key,
            key_is_kept: true,
            lint_facts: None,
        }
    }

    /// What lints must know of the issuer; `None` for a root about to sign its own certificate.
    pub(crate) fn lint_facts(&self) -> Option<&lint::IssuerFacts> {
        self.lint_facts.as_deref()
    }

    /// The authority's name in the trust domain.
    pub fn name(&self) -> &str {
        self.facts.name()
    }

    /// What policy knows of it.
    pub fn facts(&self) -> &Arc<IssuerFacts> {
        &self.facts
    }

    /// The issuer field of what it signs: its own subject, octet for octet.
    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// The `keyIdentifier` of authority key identifiers: its own subject key identifier (RFC 5280 section 4.2.1.1).
    pub fn authority_key_identifier(&self) -> &KeyIdentifier {
        &self.authority_key_identifier
    }

    /// Its own certificate first, the root last as far as known; empty for a root that signs itself.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// Its public key.
    pub fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    /// The algorithm of its signatures.
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.key.signature_algorithm()
    }

    /// Whether its private key lives outside this process.
    pub fn signs_outside(&self) -> bool {
        self.key.is_external()
    }

    /// Whether its private key stays with the trust domain. One that was lent or handed out signs now, and is gone
    /// afterwards.
    pub(crate) fn key_is_kept(&self) -> bool {
        self.key_is_kept
    }

    /// Its private key, for the signer alone.
    pub(crate) fn key(&self) -> Arc<dyn SigningKey> {
        Arc::clone(&self.key)
    }
}

/// The subject key identifier of a certificate; where it states none, the one that we would give its key.
fn key_identifier(certificate: &Certificate) -> KeyIdentifier {
    certificate
        .subject_key_identifier()
        .ok()
        .flatten()
        .unwrap_or_else(|| certificate.public_key().key_identifier())
}
