//! A certificate that is ready to be signed: bytes, lints, permission.
//!
//! [`Prepared`] is made from a [`Grant`] and can be used once. It freezes everything at the moment of preparing: the
//! profile, the issuer, the serial number, the bytes. Nothing that changes afterwards can change what is signed.

mod extensions;
mod precertificate;

use std::sync::Arc;

use hf_core::audit::AuditAction;
use hf_core::finding::{Finding, FindingCode};
use hf_core::serial::Serial;
use hf_core::time::{Lifetime, Timestamp};
use hf_store::audit::hex;
use hf_store::record::{COMPLETE, Intent, StoredCertificate};
use hf_x509::certificate::Certificate;
use hf_x509::digest::sha256;
use hf_x509::lint::{self, Form};
use hf_x509::oids;
use hf_x509::signature::Signature;
use hf_x509::tbs::{TbsCertificate, ToBeSigned};

use crate::error::{CompletionError, IssueError};
use crate::issuer::Signing;
use crate::policy::Grant;
pub use precertificate::{Logged, Precertificate};

/// Permission, bytes and serial number of one certificate. Not `Clone`.
#[derive(Debug)]
pub struct Prepared {
    grant: Grant,
    serial: Serial,
    linted: Vec<u8>,
    to_be_signed: Arc<ToBeSigned>,
    stage: Stage,
}

/// What the bytes are, RFC 6962 section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The certificate.
    Certificate,
    /// The pre-certificate that the requester wants, and nothing else.
    Precertificate,
    /// The pre-certificate that logs must see before there is a certificate.
    ToBeLogged,
}

impl Stage {
    /// Logs know the roots that they accept, and what is above them: a certificate that nobody else signs is not logged.
    fn of(grant: &Grant, issuer: &Signing) -> Self {
        if grant.wants_precertificate() {
            return Self::Precertificate;
        }
        let is_logged = !grant.profile().transparency().is_empty() && !issuer.chain().is_empty();
        if is_logged { Self::ToBeLogged } else { Self::Certificate }
    }

    fn form(self) -> Form {
        match self {
            Self::Certificate => Form::Certificate,
            Self::Precertificate | Self::ToBeLogged => Form::Precertificate,
        }
    }
}

impl Prepared {
    /// For how long a decision of policy may be carried out.
    pub const HOLDS: Lifetime = Lifetime::from_seconds(300);

    /// Build the bytes and lint them. An error-level finding means that nothing is signed, and a milder one too where the
    /// profile says so.
    ///
    /// The certificate belongs to no shard of the CRL.
    pub fn new(grant: Grant, issuer: &Signing, serial: Serial) -> Result<Self, IssueError> {
        Self::in_shard(grant, issuer, serial, COMPLETE)
    }

    /// The same, for a certificate that belongs to this shard of its issuer's CRL, if its profile knows shards.
    pub(crate) fn in_shard(
        grant: Grant,
        issuer: &Signing,
        serial: Serial,
        shard: u32,
    ) -> Result<Self, IssueError> {
        let stage = Stage::of(&grant, issuer);
        let mut extensions = extensions::build(&grant, issuer, shard);
        extensions.precertificate_poison = stage.form() == Form::Precertificate;
        let certificate = TbsCertificate {
            serial: serial.clone(),
            signature_algorithm: issuer.signature_algorithm(),
            issuer: issuer.subject().clone(),
            validity: grant.validity(),
            subject: grant.subject().clone(),
            public_key: grant.public_key().clone(),
            extensions,
        };
        let to_be_signed = certificate.finalize().map_err(IssueError::Build)?;
        let found = findings(&certificate, &to_be_signed, issuer, stage.form());
        check_findings(found, &grant).map_err(|findings| IssueError::Lint { findings })?;
        let linted = to_be_signed.bytes().to_vec();
        Ok(Self { grant, serial, linted, to_be_signed: Arc::new(to_be_signed), stage })
    }

    /// The serial number.
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// Name of the profile.
    pub fn profile(&self) -> &str {
        self.grant.profile().name()
    }

    /// Whether what is signed first is a pre-certificate that logs must see before there is a certificate.
    pub fn is_to_be_logged(&self) -> bool {
        self.stage == Stage::ToBeLogged
    }

    /// Whether a pre-certificate is wanted, and nothing else.
    pub(crate) fn is_precertificate(&self) -> bool {
        self.stage == Stage::Precertificate
    }

    /// Whether the requester brought the serial number.
    pub(crate) fn has_wanted_serial(&self) -> bool {
        self.grant.serial().is_some()
    }

    /// Whether the certificate is the one that this would become: the same key, names, subject and profile.
    pub(crate) fn is_for_the_same(&self, stored: &StoredCertificate) -> bool {
        stored.spki_sha256 == self.grant.public_key().spki_sha256()
            && stored.names == *self.grant.names()
            && stored.subject == self.grant.subject().to_string()
            && stored.profile == self.profile()
    }

    /// The bytes that the key signs.
    pub fn to_be_signed(&self) -> Arc<ToBeSigned> {
        Arc::clone(&self.to_be_signed)
    }

    /// What the requester should know, though it was granted.
    pub fn notices(&self) -> &[Finding] {
        self.grant.notices()
    }

    /// The decision must be carried out soon: what policy knew may have changed.
    pub fn still_holds(&self, now: Timestamp) -> Result<(), IssueError> {
        let decided_at = self.grant.decided_at();
        if now.seconds_since(decided_at) > Self::HOLDS.seconds() {
            return Err(IssueError::Stale { decided_at, holds: Self::HOLDS, now });
        }
        Ok(())
    }

    /// What goes on record before the signature is asked for.
    pub fn intent(&self, dedup_key: Option<String>) -> Intent {
        Intent {
            authority: self.grant.issuer().name().to_owned(),
            serial: self.serial.clone(),
            tbs: self.linted.clone(),
            profile: self.grant.profile().name().to_owned(),
            snapshot: self.grant.profile().snapshot().id,
            subject: self.grant.subject().to_string(),
            names: self.grant.names().clone(),
            validity: self.grant.validity(),
            spki_sha256: self.grant.public_key().spki_sha256(),
            dedup_key,
            requested_at: self.grant.decided_at(),
        }
    }

    /// The audit event that goes with the intent.
    pub fn begun(&self) -> AuditAction {
        AuditAction::IssuanceBegun {
            authority: self.grant.issuer().name().to_owned(),
            serial: self.serial.clone(),
            tbs_sha256: hex(&sha256(&self.linted)),
            profile: self.grant.profile().name().to_owned(),
        }
    }

    /// Put the certificate together and hold it against what was linted. The permission is used up.
    ///
    /// The signature of a key outside this process is verified: hardware and transport fail, and a bad signature must
    /// not leave the house.
    ///
    /// # Errors
    /// [`CompletionError::Precertificate`] for one that logs must see first: [`Self::announce`] is its way.
    pub fn complete(self, issuer: &Signing, signature: &Signature) -> Result<Certificate, CompletionError> {
        if self.is_to_be_logged() {
            return Err(CompletionError::Precertificate);
        }
        self.assembled(issuer, signature)
    }

    /// The signed object, held against what was linted.
    fn assembled(&self, issuer: &Signing, signature: &Signature) -> Result<Certificate, CompletionError> {
        if issuer.name() != self.grant.issuer().name() {
            return Err(CompletionError::OtherIssuer {
                expected: self.grant.issuer().name().to_owned(),
                found: issuer.name().to_owned(),
            });
        }
        let certificate =
            self.to_be_signed.assemble_certificate(signature).map_err(CompletionError::Unreadable)?;
        if certificate.tbs_der() != self.linted {
            return Err(CompletionError::OtherBytes);
        }
        if issuer.signs_outside() && certificate.verify_signed_by(issuer.public_key()).is_err() {
            return Err(CompletionError::BadSignature);
        }
        Ok(certificate)
    }
}

/// Nothing, unless a finding stops the issuance under the profile; then all that were found and are not tolerated.
fn check_findings(mut findings: Vec<Finding>, grant: &Grant) -> Result<(), Vec<Finding>> {
    findings.retain(|finding| !tolerated(finding.code, grant));
    if findings.iter().any(|finding| grant.profile().stops_at(finding)) { Err(findings) } else { Ok(()) }
}

/// Rules of the house that give way where the profile says the contrary in so many words. What an RFC demands never does.
fn tolerated(code: FindingCode, grant: &Grant) -> bool {
    let profile = grant.profile();
    match code.as_str() {
        "HF-LINT-KU-MISSING" | "HF-LINT-EKU-KEY-USAGE" => profile.has_explicit_key_usage(),
        "HF-LINT-EKU-MISSING" => profile.has_explicit_key_usage() && profile.extended_key_usage().is_empty(),
        "HF-LINT-EKU-ANY" => profile.extended_key_usage().contains(&oids::ANY_EXTENDED_KEY_USAGE),
        "HF-LINT-SERIAL-SHORT" => profile.client_serial(),
        "HF-LINT-EXTENSION-UNKNOWN" => grant.has_further_extensions(),
        _ => false,
    }
}

/// What the lints have to say about the bytes to be signed.
fn findings(certificate: &TbsCertificate, bytes: &ToBeSigned, issuer: &Signing, form: Form) -> Vec<Finding> {
    let judge = |issuer| lint::certificate(bytes.bytes(), &lint::Context { issuer, form });
    match issuer.lint_facts() {
        Some(facts) => judge(facts),
        None if certificate.extensions.basic_constraints.ca => {
            judge(&lint::IssuerFacts::of_self_signed(certificate))
        }
        None => judge(&lint::IssuerFacts::of_self_signed_leaf(certificate)),
    }
}
