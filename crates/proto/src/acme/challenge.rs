//! Challenges, RFC 8555 sections 7.1.5 and 8: how an account shows that it controls a name.
//!
//! ```text
//! pending --start--> processing --found--> valid
//!                     |      ^  \
//!                     +retry-+   --failed, or no attempt left--> invalid
//! ```

use std::fmt;

use hf_core::name::Identifier;
use hf_core::random::{Random, RandomUnavailable};
use hf_core::time::{Lifetime, Timestamp};
use serde::{Deserialize, Serialize};

use super::id::{Id, Token};
use super::problem::Problem;
use super::status::ChallengeStatus;
use super::validation::ValidationOutcome;

/// How control of a name is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ChallengeKind {
    /// A document on the web server of the name, RFC 8555 section 8.3.
    #[serde(rename = "http-01")]
    Http01,
    /// A TXT record, RFC 8555 section 8.4.
    #[serde(rename = "dns-01")]
    Dns01,
    /// A certificate shown for the protocol `acme-tls/1`, RFC 8737.
    #[serde(rename = "tls-alpn-01")]
    TlsAlpn01,
    /// A TXT record of the account's own, draft-ietf-acme-dns-account-label.
    #[serde(rename = "dns-account-01")]
    DnsAccount01,
}

impl ChallengeKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Http01, Self::Dns01, Self::TlsAlpn01, Self::DnsAccount01];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http01 => "http-01",
            Self::Dns01 => "dns-01",
            Self::TlsAlpn01 => "tls-alpn-01",
            Self::DnsAccount01 => "dns-account-01",
        }
    }

    /// Whether it can show control of `identifier`; a wildcard needs DNS (RFC 8555 section 7.1.3), an address anything
    /// but DNS (RFC 8738 section 4).
    pub fn fits(self, identifier: &Identifier, wildcard: bool) -> bool {
        match (self, identifier) {
            (Self::Dns01 | Self::DnsAccount01, Identifier::Dns(_)) => true,
            (Self::Http01 | Self::TlsAlpn01, Identifier::Dns(_) | Identifier::Ip(_)) => !wildcard,
            (Self::Dns01 | Self::DnsAccount01, Identifier::Ip(_))
            | (_, Identifier::Email(_) | Identifier::Spiffe(_) | Identifier::Uri(_)) => false,
        }
    }
}

impl fmt::Display for ChallengeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How often and how far apart the server looks for itself (RFC 8555 section 8.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The most looks at one challenge, the first included; zero counts as one.
    pub attempts: u32,
    /// The time between two looks.
    pub spacing: Lifetime,
}

impl Default for RetryPolicy {
    /// Six looks, five seconds apart: a record or a web server that comes up late is still found.
    fn default() -> Self {
        Self { attempts: 6, spacing: Lifetime::from_seconds(5) }
    }
}

/// A challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Its place in the URL.
    pub id: Id,
    /// How control is shown.
    #[serde(rename = "type")]
    pub kind: ChallengeKind,
    /// What the client answers with.
    pub token: Token,
    pub(super) state: ChallengeState,
}

/// Where a challenge stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub(super) enum ChallengeState {
    Pending,
    Processing(Attempt),
    Valid { validated: Timestamp },
    Invalid { error: Problem },
}

/// A challenge under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attempt {
    /// As of when the client said that it is ready: a change of the account's key does not touch what it put there.
    pub(super) key_authorization: String,
    /// How many looks there were.
    pub(super) made: u32,
    /// When to look next.
    pub(super) due: Timestamp,
    /// What the last look found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last: Option<Problem>,
}

impl Challenge {
    /// A new one, with a token of its own.
    pub fn generate(kind: ChallengeKind, random: &dyn Random) -> Result<Self, RandomUnavailable> {
        Ok(Self {
            id: Id::generate(random)?,
            kind,
            token: Token::generate(random)?,
            state: ChallengeState::Pending,
        })
    }

    /// Where it stands.
    pub fn status(&self) -> ChallengeStatus {
        match self.state {
            ChallengeState::Pending => ChallengeStatus::Pending,
            ChallengeState::Processing(_) => ChallengeStatus::Processing,
            ChallengeState::Valid { .. } => ChallengeStatus::Valid,
            ChallengeState::Invalid { .. } => ChallengeStatus::Invalid,
        }
    }

    /// When it was found, for a valid one.
    pub fn validated(&self) -> Option<Timestamp> {
        match self.state {
            ChallengeState::Valid { validated } => Some(validated),
            ChallengeState::Pending | ChallengeState::Processing(_) | ChallengeState::Invalid { .. } => None,
        }
    }

    /// What the last look found, where it was not what the challenge asks for.
    pub fn error(&self) -> Option<&Problem> {
        match &self.state {
            ChallengeState::Processing(attempt) => attempt.last.as_ref(),
            ChallengeState::Invalid { error } => Some(error),
            ChallengeState::Pending | ChallengeState::Valid { .. } => None,
        }
    }

    /// When to look next, while it is processing.
    pub fn due(&self) -> Option<Timestamp> {
        match &self.state {
            ChallengeState::Processing(attempt) => Some(attempt.due),
            ChallengeState::Pending | ChallengeState::Valid { .. } | ChallengeState::Invalid { .. } => None,
        }
    }

    /// The client is ready. `None` when it said so before: the challenge is not started again.
    pub(super) fn start(&self, thumbprint: &str, now: Timestamp) -> Option<Self> {
        match self.state {
            ChallengeState::Pending => {
                let key_authorization = format!("{}.{thumbprint}", self.token);
                let attempt = Attempt { key_authorization, made: 0, due: now, last: None };
                Some(Self { state: ChallengeState::Processing(attempt), ..self.clone() })
            }
            ChallengeState::Processing(_) | ChallengeState::Valid { .. } | ChallengeState::Invalid { .. } => {
                None
            }
        }
    }

    /// After a look. `None` when the challenge is not processing: what was found comes too late.
    pub(super) fn settle(
        &self,
        outcome: ValidationOutcome,
        retry: RetryPolicy,
        now: Timestamp,
    ) -> Option<Self> {
        let ChallengeState::Processing(attempt) = &self.state else { return None };
        let made = attempt.made.saturating_add(1);
        let state = match outcome {
            ValidationOutcome::Valid => ChallengeState::Valid { validated: now },
            ValidationOutcome::Retry(problem) if made < retry.attempts => {
                ChallengeState::Processing(Attempt {
                    key_authorization: attempt.key_authorization.clone(),
                    made,
                    due: now.plus(retry.spacing),
                    last: Some(flat(problem)),
                })
            }
            ValidationOutcome::Failed(problem) | ValidationOutcome::Retry(problem) => {
                ChallengeState::Invalid { error: flat(problem) }
            }
        };
        Some(Self { state, ..self.clone() })
    }
}

/// Without inner objects: shell clients look for the first closing brace of a challenge's error.
fn flat(problem: Problem) -> Problem {
    Problem { subproblems: Vec::new(), ..problem }
}
