//! Attempts over the network.

use std::collections::BTreeSet;
use std::net::IpAddr;

use futures_util::{StreamExt as _, stream};
use hf_core::name::{DnsName, Identifier};
use hf_proto::acme::caa::CaaAnswers;
use hf_proto::acme::validation::{ChallengeKind, ValidationOutcome, ValidationTask};

use tokio::time::Instant;

use crate::caa;
use crate::error::ChallengeError;
use crate::proof::txt;
use crate::redirect::Subject;
use crate::settings::ChallengeSettings;
use crate::tls::ValidationTls;
use crate::{http01, resolve, tls_alpn01};

/// Tries the challenges of one authority over the network.
pub struct NetworkValidator {
    settings: ChallengeSettings,
    tls: ValidationTls,
}

/// Names whose CAA records are looked up at one time: each asks one question after the other.
const CAA_AT_ONCE: usize = 16;

/// TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("the TLS of challenges cannot be set up")]
pub struct SetupError(#[source] rustls::Error);

impl NetworkValidator {
    /// With these settings.
    pub fn new(settings: ChallengeSettings) -> Result<Self, SetupError> {
        Ok(Self { settings, tls: ValidationTls::new().map_err(SetupError)? })
    }

    /// One attempt, as the machine of the challenge takes it.
    pub async fn validate(&self, task: &ValidationTask) -> ValidationOutcome {
        match self.attempt(task).await {
            Ok(()) => ValidationOutcome::Valid,
            Err(error) if error.may_pass() => ValidationOutcome::Retry(error.problem()),
            Err(error) => ValidationOutcome::Failed(error.problem()),
        }
    }

    /// The CAA records that count for each of these names, all of them within the time of one attempt.
    pub async fn caa(&self, names: &BTreeSet<DnsName>) -> CaaAnswers {
        let after = self.settings.limits.whole;
        let end = Instant::now() + after;
        stream::iter(names.clone())
            .map(|name| async move {
                let found = tokio::time::timeout_at(end, caa::relevant(&self.settings, &name)).await;
                let found = found.unwrap_or(Err(ChallengeError::Timeout { after }));
                (name, found.map_err(|error| error.problem()))
            })
            .buffer_unordered(CAA_AT_ONCE)
            .collect()
            .await
    }

    /// One attempt, within the bounds of the settings.
    pub async fn attempt(&self, task: &ValidationTask) -> Result<(), ChallengeError> {
        let after = self.settings.limits.whole;
        let attempt = tokio::time::timeout(after, self.unbounded(task)).await;
        attempt.map_err(|_| ChallengeError::Timeout { after })?
    }

    async fn unbounded(&self, task: &ValidationTask) -> Result<(), ChallengeError> {
        let settings = &self.settings;
        match task.kind {
            ChallengeKind::Http01 => http01::attempt(settings, &self.tls, &subject(task)?, task).await,
            ChallengeKind::TlsAlpn01 => {
                tls_alpn01::attempt(settings, &self.tls, &subject(task)?, &task.digest()).await
            }
            ChallengeKind::Dns01 | ChallengeKind::DnsAccount01 => self.dns(task).await,
        }
    }

    async fn dns(&self, task: &ValidationTask) -> Result<(), ChallengeError> {
        // Addresses have no zone that could be asked (RFC 8738 section 7).
        let owner = task.txt_name().ok_or_else(|| unsuitable(task))?;
        let values = resolve::texts(&self.settings, &owner).await?;
        txt::proves(&values, &task.txt_record()).map_err(|(count, first)| ChallengeError::Text {
            owner,
            count,
            first,
        })
    }
}

/// Whom to connect to. A wildcard has no host (RFC 8555 section 7.1.3).
fn subject(task: &ValidationTask) -> Result<Subject, ChallengeError> {
    match &task.identifier {
        Identifier::Dns(name) if !task.wildcard && !name.is_wildcard() => Ok(Subject::Dns(name.clone())),
        Identifier::Ip(name) => Ok(Subject::Ip(IpAddr::to_canonical(&name.address()))),
        Identifier::Dns(_) | Identifier::Email(_) | Identifier::Spiffe(_) | Identifier::Uri(_) => {
            Err(unsuitable(task))
        }
    }
}

fn unsuitable(task: &ValidationTask) -> ChallengeError {
    ChallengeError::Unsuitable {
        kind: task.kind,
        identifier: task.identifier.clone(),
        wildcard: task.wildcard,
    }
}
