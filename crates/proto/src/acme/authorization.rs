//! Authorizations, RFC 8555 section 7.1.4: an account controls a name, for a time.
//!
//! ```text
//! pending --challenge valid--> valid --its time is over--> expired
//!    |                          | \--given up-----------> deactivated
//!    | challenge failed         \----taken away---------> revoked
//!    v
//! invalid          (a pending one expires, is given up and is taken away too)
//! ```
//!
//! That its time is over is computed, never recorded.

use hf_core::name::Identifier;
use hf_core::random::{Random, RandomUnavailable};
use hf_core::time::{Lifetime, Timestamp};
use serde::{Deserialize, Serialize};

use super::challenge::{Challenge, ChallengeKind, ChallengeState, RetryPolicy};
use super::id::Id;
use super::identifier::Target;
use super::problem::Problem;
use super::status::{AuthorizationStatus, ChallengeStatus};
use super::validation::{ValidationOutcome, ValidationTask};

/// An authorization with its challenges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// Its place in the URL.
    pub id: Id,
    /// Whose it is.
    pub account: Id,
    /// The name, without `*.`.
    pub identifier: Identifier,
    /// Whether it covers the wildcard over the name (and nothing else).
    pub wildcard: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last second in which it can be used or become valid.
    pub expires: Timestamp,
    /// What can show control; of a valid one, what did.
    pub challenges: Vec<Challenge>,
    /// When CAA records were found to allow it; absent where they were not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caa_checked_at: Option<Timestamp>,
    state: AuthorizationState,
}

/// What is recorded of the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AuthorizationState {
    Pending,
    Valid,
    Invalid,
    Deactivated,
    Revoked,
}

/// What came of a client's word that it is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// The challenge is to be looked at: record this and let the worker know.
    Begun(Authorization),
    /// It was started before, or nothing can come of it: nothing is to be recorded.
    Unchanged,
}

/// What came of a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The authorization is valid now.
    Valid(Authorization),
    /// The authorization is invalid now.
    Invalid(Authorization),
    /// There will be another look.
    Again(Authorization),
    /// What was found comes too late: nothing is to be recorded.
    Unchanged,
}

impl Authorization {
    /// A pending one, with a challenge of each kind that fits.
    pub fn generate(
        account: Id,
        target: Target,
        kinds: &[ChallengeKind],
        now: Timestamp,
        lifetime: Lifetime,
        random: &dyn Random,
    ) -> Result<Self, RandomUnavailable> {
        let challenges = kinds
            .iter()
            .filter(|kind| kind.fits(&target.identifier, target.wildcard))
            .map(|kind| Challenge::generate(*kind, random))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            id: Id::generate_at(now, random)?,
            account,
            identifier: target.identifier,
            wildcard: target.wildcard,
            created_at: now,
            expires: now.plus(lifetime),
            challenges,
            caa_checked_at: None,
            state: AuthorizationState::Pending,
        })
    }

    /// A valid one without a challenge: the account's external key is trusted for the name.
    pub fn trusted(
        account: Id,
        target: Target,
        now: Timestamp,
        lifetime: Lifetime,
        random: &dyn Random,
    ) -> Result<Self, RandomUnavailable> {
        let pending = Self::generate(account, target, &[], now, lifetime, random)?;
        Ok(Self { state: AuthorizationState::Valid, ..pending })
    }

    /// Where it stands.
    pub fn status_at(&self, now: Timestamp) -> AuthorizationStatus {
        let recorded = self.recorded_status();
        let lapses = matches!(recorded, AuthorizationStatus::Pending | AuthorizationStatus::Valid);
        if lapses && self.expires < now { AuthorizationStatus::Expired } else { recorded }
    }

    /// The state as recorded, for searching: without the lapse of time.
    pub fn recorded_status(&self) -> AuthorizationStatus {
        match self.state {
            AuthorizationState::Pending => AuthorizationStatus::Pending,
            AuthorizationState::Valid => AuthorizationStatus::Valid,
            AuthorizationState::Invalid => AuthorizationStatus::Invalid,
            AuthorizationState::Deactivated => AuthorizationStatus::Deactivated,
            AuthorizationState::Revoked => AuthorizationStatus::Revoked,
        }
    }

    /// What it is for.
    pub fn target(&self) -> Target {
        Target { identifier: self.identifier.clone(), wildcard: self.wildcard }
    }

    /// The challenge with this place in the URL.
    pub fn challenge(&self, id: &Id) -> Option<&Challenge> {
        self.challenges.iter().find(|challenge| challenge.id == *id)
    }

    /// How it was proven; `None` when it was not, or is trusted without a proof.
    pub fn method(&self) -> Option<ChallengeKind> {
        self.challenges.iter().find(|one| one.validated().is_some()).map(|one| one.kind)
    }

    /// What its failed challenge failed with.
    pub fn error(&self) -> Option<&Problem> {
        let failed = |challenge: &&Challenge| challenge.status() == ChallengeStatus::Invalid;
        self.challenges.iter().find(failed).and_then(Challenge::error)
    }

    /// When the worker has to look next: the earliest of its processing challenges.
    pub fn due(&self) -> Option<Timestamp> {
        match self.state {
            AuthorizationState::Pending => self.challenges.iter().filter_map(Challenge::due).min(),
            AuthorizationState::Valid
            | AuthorizationState::Invalid
            | AuthorizationState::Deactivated
            | AuthorizationState::Revoked => None,
        }
    }

    /// What the worker has to look at now.
    pub fn tasks_at(&self, now: Timestamp, account_url: &str) -> Vec<(Id, ValidationTask)> {
        if self.status_at(now) != AuthorizationStatus::Pending {
            return Vec::new();
        }
        let task = |challenge: &Challenge| match &challenge.state {
            ChallengeState::Processing(attempt) if attempt.due <= now => Some((
                challenge.id.clone(),
                ValidationTask {
                    identifier: self.identifier.clone(),
                    wildcard: self.wildcard,
                    kind: challenge.kind,
                    token: challenge.token.clone(),
                    key_authorization: attempt.key_authorization.clone(),
                    account_url: account_url.to_owned(),
                },
            )),
            ChallengeState::Pending
            | ChallengeState::Processing(_)
            | ChallengeState::Valid { .. }
            | ChallengeState::Invalid { .. } => None,
        };
        self.challenges.iter().filter_map(task).collect()
    }

    /// The client is ready for a challenge. `thumbprint` is that of the account's key now.
    ///
    /// # Errors
    /// When there is no such challenge.
    pub fn start(&self, challenge: &Id, thumbprint: &str, now: Timestamp) -> Result<Start, Problem> {
        let found = self.challenge(challenge).ok_or_else(Problem::not_found)?;
        if self.status_at(now) != AuthorizationStatus::Pending {
            return Ok(Start::Unchanged);
        }
        Ok(match found.start(thumbprint, now) {
            Some(started) => Start::Begun(self.with(&started)),
            None => Start::Unchanged,
        })
    }

    /// After a look at a challenge. A valid authorization can be used for `valid_for` from now on.
    pub fn settle(
        &self,
        challenge: &Id,
        outcome: ValidationOutcome,
        retry: RetryPolicy,
        valid_for: Lifetime,
        now: Timestamp,
    ) -> Settled {
        if self.status_at(now) != AuthorizationStatus::Pending {
            return Settled::Unchanged;
        }
        let settled = self.challenge(challenge).and_then(|found| found.settle(outcome, retry, now));
        let Some(settled) = settled else { return Settled::Unchanged };
        match settled.status() {
            ChallengeStatus::Valid => Settled::Valid(Self {
                state: AuthorizationState::Valid,
                expires: now.plus(valid_for),
                // Clients add up the states of all challenges: only the one that was found stays.
                challenges: vec![settled],
                ..self.clone()
            }),
            ChallengeStatus::Invalid => {
                Settled::Invalid(Self { state: AuthorizationState::Invalid, ..self.with(&settled) })
            }
            ChallengeStatus::Pending | ChallengeStatus::Processing => Settled::Again(self.with(&settled)),
        }
    }

    /// Its owner gives it up (RFC 8555 section 7.5.2). `None` when it is over already.
    pub fn deactivate(&self, now: Timestamp) -> Option<Self> {
        self.end(AuthorizationState::Deactivated, now)
    }

    /// The server takes it away. `None` when it is over already.
    pub fn revoke(&self, now: Timestamp) -> Option<Self> {
        self.end(AuthorizationState::Revoked, now)
    }

    fn end(&self, state: AuthorizationState, now: Timestamp) -> Option<Self> {
        match self.status_at(now) {
            AuthorizationStatus::Pending | AuthorizationStatus::Valid => Some(Self { state, ..self.clone() }),
            AuthorizationStatus::Invalid
            | AuthorizationStatus::Deactivated
            | AuthorizationStatus::Expired
            | AuthorizationStatus::Revoked => None,
        }
    }

    fn with(&self, changed: &Challenge) -> Self {
        let challenges = self.challenges.iter();
        let challenges = challenges.map(|one| if one.id == changed.id { changed } else { one }.clone());
        Self { challenges: challenges.collect(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests;
