//! API keys: making and revoking them, for the endpoint and for the command.

use std::collections::BTreeSet;

use hf_ca::policy::NamePattern;
use hf_core::audit::AuditAction;
use hf_core::random::{Random, RandomUnavailable};
use hf_core::right::Right;
use hf_proto::api::credential::{CredentialRequest, CredentialView, MAX_LIST, MAX_NAME};
use hf_proto::api::key::ApiKey;
use hf_store::audit::Origin;
use hf_store::record::{CredentialLimits, CredentialRecord};
use hf_store::{Store, StoreError};

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The name cannot be used.
    #[error(
        "the name cannot be used: expected 1 to {MAX_NAME} letters, digits, `-`, `_`, `.`, `/`, `@` or spaces inside"
    )]
    Name,
    /// A key without rights is of no use.
    #[error("a key needs at least one right: `issue`, `renew`, `revoke`, `read`, `audit` or `administer`")]
    NoRights,
    /// A list is too long.
    #[error("a list of limits has more than {MAX_LIST} entries")]
    TooMany,
    /// No set of names.
    #[error(
        "`{found}` stands for no set of names: expected for example `shop.internal`, `10.0.0.0/8` or `spiffe://shop.internal/team`"
    )]
    Pattern {
        /// What was found.
        found: String,
    },
    /// There is no such authority or profile.
    #[error("there is no {kind} `{name}`: expected one of {known}")]
    Unknown {
        /// `authority` or `profile`.
        kind: &'static str,
        /// What was found.
        name: String,
        /// What there is, separated by commas.
        known: String,
    },
    /// No randomness.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
    /// The store failed.
    #[error("the store failed to record the key")]
    Store(#[source] StoreError),
}

/// The names that limits may mention.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Names of authorities.
    pub authorities: Vec<String>,
    /// Names of profiles.
    pub profiles: Vec<String>,
}

/// Make a key and put it on record. The key is shown once and cannot be had again.
pub async fn create(
    request: &CredentialRequest,
    known: &Known,
    store: &dyn Store,
    random: &dyn Random,
    origin: &Origin,
) -> Result<(ApiKey, CredentialRecord), CredentialError> {
    check(request, known)?;
    let key = ApiKey::generate(random)?;
    let rights: BTreeSet<Right> = request.rights.iter().copied().collect();
    let record = CredentialRecord {
        id: key.id().to_owned(),
        name: request.name.clone(),
        secret_sha256: key.sha256(),
        rights: rights.into_iter().collect(),
        limits: limits(request),
        created: origin.at,
        expires: request.valid_for.map(|span| origin.at.plus(span)),
        revoked_at: None,
    };
    let event = origin.event(AuditAction::CredentialCreated {
        id: record.id.clone(),
        name: record.name.clone(),
        rights: record.rights.iter().map(ToString::to_string).collect(),
    });
    store.add_credential(record.clone(), event).await.map_err(CredentialError::Store)?;
    Ok((key, record))
}

/// The limits that a request asks for.
pub(crate) fn limits(request: &CredentialRequest) -> CredentialLimits {
    CredentialLimits {
        names: request.names.clone(),
        profiles: request.profiles.clone(),
        authorities: request.authorities.clone(),
        max_lifetime: request.max_lifetime,
    }
}

/// Revoke a key; whether it was in force before.
pub async fn revoke(id: &str, store: &dyn Store, origin: &Origin) -> Result<bool, StoreError> {
    let event = origin.event(AuditAction::CredentialRevoked { id: id.to_owned() });
    store.revoke_credential(id, event).await
}

/// The record as it is shown.
pub fn view(record: &CredentialRecord) -> CredentialView {
    CredentialView {
        id: record.id.clone(),
        name: record.name.clone(),
        rights: record.rights.clone(),
        names: record.limits.names.clone(),
        profiles: record.limits.profiles.clone(),
        authorities: record.limits.authorities.clone(),
        max_lifetime: record.limits.max_lifetime,
        created: record.created,
        expires: record.expires,
        revoked_at: record.revoked_at,
    }
}

fn check(request: &CredentialRequest, known: &Known) -> Result<(), CredentialError> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@' | ' ');
    let name = &request.name;
    if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(legal) || name.trim() != name {
        return Err(CredentialError::Name);
    }
    if request.rights.is_empty() {
        return Err(CredentialError::NoRights);
    }
    let lists = [&request.names, &request.profiles, &request.authorities];
    if lists.into_iter().flatten().any(|list| list.len() > MAX_LIST) || request.rights.len() > MAX_LIST {
        return Err(CredentialError::TooMany);
    }
    for name in request.names.iter().flatten() {
        name.parse::<NamePattern>().map_err(|error| CredentialError::Pattern { found: error.found })?;
    }
    check_known("profile", request.profiles.as_deref(), &known.profiles)?;
    check_known("authority", request.authorities.as_deref(), &known.authorities)
}

fn check_known(
    kind: &'static str,
    asked: Option<&[String]>,
    known: &[String],
) -> Result<(), CredentialError> {
    match asked.unwrap_or_default().iter().find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) => Err(CredentialError::Unknown {
            kind,
            name: name.chars().take(64).collect(),
            known: known.join(", "),
        }),
    }
}
