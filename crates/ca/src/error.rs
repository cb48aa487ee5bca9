//! Why the authority did not do what it was asked.

use std::time::Duration;

use hf_core::finding::{Finding, Severity};
use hf_core::random::RandomUnavailable;
use hf_core::serial::Serial;
use hf_core::time::{Lifetime, Timestamp};
use hf_store::StoreError;
use hf_x509::error::X509Error;
use hf_x509::transparency::CorrespondenceError;

use crate::signer::{Overloaded, SignerError};
use crate::signing_clock::ClockJumpedBack;
use crate::transparency::LogError;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// Policy refuses. The findings say what was expected and what was found, all of it.
    #[error("the request is refused, for {}", reasons(findings))]
    Refused {
        /// Every refusal, and the notices beside them.
        findings: Vec<Finding>,
    },
    /// There is no profile of this name.
    #[error("there is no profile `{name}`: expected one of {known}")]
    UnknownProfile {
        /// The name in the request.
        name: String,
        /// The names that exist, separated by commas.
        known: String,
    },
    /// No issuer can sign.
    #[error("the authority cannot issue")]
    Issuer(#[from] IssuerUnavailable),
    /// The clock jumped back.
    #[error(transparent)]
    Clock(#[from] ClockJumpedBack),
    /// The bytes to be signed would break a rule. A fault of ours or of the configuration; nothing was signed.
    #[error("the certificate would break {}", reasons(findings))]
    Lint {
        /// What the lints found.
        findings: Vec<Finding>,
    },
    /// The bytes to be signed could not be built.
    #[error("the certificate could not be built")]
    Build(#[source] X509Error),
    /// No randomness for a serial number.
    #[error("no serial number could be made")]
    Random(#[from] RandomUnavailable),
    /// The permission to sign is too old.
    #[error("the permission to sign was given at {decided_at} and holds for {holds}: it is {now}")]
    Stale {
        /// When policy decided.
        decided_at: Timestamp,
        /// For how long a decision holds.
        holds: Lifetime,
        /// The time now.
        now: Timestamp,
    },
    /// The same request is being worked on.
    #[error("the same request is under way with serial number {serial}")]
    InProgress {
        /// Serial number of the open intent.
        serial: Serial,
    },
    /// A certificate for something else exists under the same `dedup_key`.
    #[error(
        "the request repeats the identifier `{dedup_key}` of another request, with another key or other names"
    )]
    DifferentRequest {
        /// The identifier.
        dedup_key: String,
    },
    /// The store failed.
    #[error("the store failed to {step}")]
    Store {
        /// What was to be recorded or read.
        step: &'static str,
        /// What the store said.
        #[source]
        source: StoreError,
    },
    /// Too much is under way. Nothing was begun.
    #[error(transparent)]
    Overloaded(#[from] Overloaded),
    /// There is no signature.
    #[error("authority `{authority}` did not sign serial number {serial}")]
    Sign {
        /// The authority.
        authority: String,
        /// The serial number; it is on record and will not be used again.
        serial: Serial,
        /// Why.
        #[source]
        source: SignerError,
    },
    /// The profile names logs of certificate transparency, and nothing here asks them.
    #[error("profile `{profile}` names logs of certificate transparency, and this program asks none")]
    NoLogs {
        /// The profile.
        profile: String,
    },
    /// The pre-certificate was signed, and a log did not take it: there is no certificate.
    #[error(
        "the pre-certificate with serial number {serial} of authority `{authority}` became no certificate"
    )]
    Unlogged {
        /// The authority.
        authority: String,
        /// The serial number; it is on record and will not be used again.
        serial: Serial,
        /// Which log, and why.
        #[source]
        source: Box<LogError>,
    },
    /// What the key delivered is not a signature of the recorded bytes. The certificate was thrown away.
    #[error("what authority `{authority}` signed under serial number {serial} is not what is on record")]
    Broken {
        /// The authority.
        authority: String,
        /// The serial number; it is on record and will not be used again.
        serial: Serial,
        /// What is wrong.
        #[source]
        source: CompletionError,
    },
}

/// Why the signed bytes are not the certificate that was prepared.
#[derive(Debug, thiserror::Error)]
pub enum CompletionError {
    /// The certificate cannot be put together, or what was put together cannot be read.
    #[error("the certificate cannot be read back")]
    Unreadable(#[source] X509Error),
    /// The certificate does not hold the linted bytes.
    #[error("the signed bytes differ from the linted ones")]
    OtherBytes,
    /// The signature does not verify with the issuer's public key.
    #[error("the signature does not verify with the public key of the issuer")]
    BadSignature,
    /// The timestamps cannot be put into the certificate.
    #[error("the certificate cannot be made from its pre-certificate")]
    Timestamps(#[source] X509Error),
    /// The certificate is not the one that its pre-certificate announced.
    #[error(transparent)]
    Correspondence(#[from] CorrespondenceError),
    /// With its timestamps the certificate would break a rule.
    #[error("with the timestamps of its logs the certificate would break {}", reasons(findings))]
    Lint {
        /// What the lints found.
        findings: Vec<Finding>,
    },
    /// What was signed is a pre-certificate where a certificate is due, or the other way round.
    #[error("a pre-certificate is no certificate")]
    Precertificate,
    /// The permission was given for another issuer.
    #[error("the permission holds for issuer `{expected}`, but `{found}` signed")]
    OtherIssuer {
        /// For which issuer it was given.
        expected: String,
        /// Which issuer signed.
        found: String,
    },
}

/// Why an authority does not sign.
#[derive(Debug, thiserror::Error)]
pub enum IssuerUnavailable {
    /// There is none of this name.
    #[error("there is no authority `{name}`: expected one of {known}")]
    Unknown {
        /// The name asked for.
        name: String,
        /// The names that exist, separated by commas.
        known: String,
    },
    /// It has no certificate yet.
    #[error("authority `{name}` waits for its certificate from an outside authority")]
    Pending {
        /// Its name.
        name: String,
    },
    /// It signs no more certificates.
    #[error("authority `{name}` is retired: it signs CRLs only")]
    Retired {
        /// Its name.
        name: String,
    },
    /// Its private key is not here.
    #[error("the private key of authority `{name}` is not here: it was taken away")]
    KeyAway {
        /// Its name.
        name: String,
    },
    /// Its key could not be opened, or the check at the start failed.
    #[error("authority `{name}` failed its check at the start, for {}", reasons(findings))]
    Unfit {
        /// Its name.
        name: String,
        /// What the check found.
        findings: Vec<Finding>,
    },
    /// A certificate of its chain is not valid now.
    #[error("`{subject}`, in the chain of authority `{name}`, is valid from {from} to {to}: it is {now}")]
    NotValidNow {
        /// The authority's name.
        name: String,
        /// Whose certificate.
        subject: String,
        /// The first second.
        from: Timestamp,
        /// The last second.
        to: Timestamp,
        /// The time now.
        now: Timestamp,
    },
    /// A certificate of its chain is revoked.
    #[error("`{subject}`, in the chain of authority `{name}`, is revoked since {at}")]
    Revoked {
        /// The authority's name.
        name: String,
        /// Whose certificate.
        subject: String,
        /// Since when, UTC.
        at: Timestamp,
    },
}

impl IssueError {
    /// The findings behind the error; empty where there are none.
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Refused { findings }
            | Self::Lint { findings }
            | Self::Issuer(IssuerUnavailable::Unfit { findings, .. }) => findings,
            Self::UnknownProfile { .. }
            | Self::Issuer(_)
            | Self::Clock(_)
            | Self::Build(_)
            | Self::Random(_)
            | Self::Stale { .. }
            | Self::InProgress { .. }
            | Self::DifferentRequest { .. }
            | Self::Store { .. }
            | Self::Overloaded(_)
            | Self::Sign { .. }
            | Self::NoLogs { .. }
            | Self::Unlogged { .. }
            | Self::Broken { .. } => &[],
        }
    }

    /// When it is worth trying again with the same request: the machine is busy, or the same request is under way.
    pub fn retry_after(&self) -> Option<Duration> {
        const SOON: Duration = Duration::from_secs(1);
        /// Each attempt uses up a serial number.
        const LATER: Duration = Duration::from_secs(30);
        match self {
            Self::Overloaded(overloaded) => Some(overloaded.retry_after),
            Self::Sign {
                source: SignerError::Busy { deadline } | SignerError::Late { deadline }, ..
            } => Some((*deadline).max(SOON)),
            Self::InProgress { .. } => Some(SOON),
            Self::Unlogged { source, .. } if source.fault.is_passing() => Some(LATER),
            Self::Refused { .. }
            | Self::UnknownProfile { .. }
            | Self::Issuer(_)
            | Self::Clock(_)
            | Self::Lint { .. }
            | Self::Build(_)
            | Self::Random(_)
            | Self::Stale { .. }
            | Self::DifferentRequest { .. }
            | Self::Store { .. }
            | Self::Sign { .. }
            | Self::NoLogs { .. }
            | Self::Unlogged { .. }
            | Self::Broken { .. } => None,
        }
    }

    /// Whether the user can mend it: with another request, another name, a corrected clock. Otherwise the fault is
    /// ours or the machine's.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Refused { .. }
            | Self::UnknownProfile { .. }
            | Self::Issuer(_)
            | Self::Clock(_)
            | Self::InProgress { .. }
            | Self::DifferentRequest { .. } => true,
            Self::Lint { .. }
            | Self::Build(_)
            | Self::Random(_)
            | Self::Stale { .. }
            | Self::Store { .. }
            | Self::Overloaded(_)
            | Self::Sign { .. }
            | Self::NoLogs { .. }
            | Self::Unlogged { .. }
            | Self::Broken { .. } => false,
        }
    }

    /// A failure of the store while it was to do `step`; a blocked key is a refusal.
    pub(crate) fn store(step: &'static str, source: StoreError) -> Self {
        Self::Store { step, source }
    }
}

/// How many errors, and the first of them: `2 reasons: the name is on the deny list`.
fn reasons(findings: &[Finding]) -> String {
    let errors: Vec<&Finding> =
        findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    match errors.as_slice() {
        [] => "no reason given".to_owned(),
        [one] => format!("one reason: {} (`{}`)", one.summary, one.about),
        [first, ..] => format!("{} reasons, the first: {} (`{}`)", errors.len(), first.summary, first.about),
    }
}
