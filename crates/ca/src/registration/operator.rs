//! What the operator does: keys for external account binding, closing accounts, moving the time of renewal.
//!
//! It needs the store alone, so that it works from a command beside a running server.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hf_core::audit::AuditAction;
use hf_core::random::{Random, RandomUnavailable};
use hf_core::secret::Secret;
use hf_core::time::{Lifetime, Timestamp};
use hf_proto::acme::id::Id;
use hf_store::audit::{Origin, hex};
use hf_store::record::{
    AccountUpdate, AcmeAccountRecord, AcmeAccountStatus, EabKeyRecord, EabSecret, RenewalScope,
    RenewalWindowRecord,
};
use hf_store::{Store, StoreError};

use super::error::RegistrationError;
use super::records::{account_record, read_account};
use crate::policy::NamePattern;

/// Octets of the secret: RFC 7518 section 3.2 asks for as many as the hash has.
const SECRET_OCTETS: usize = 32;

/// The longest name of a key, in characters.
pub const MAX_NAME: usize = 64;

/// How often a change is tried again when somebody else was first.
const TRIES: usize = 5;

/// A key that shall be made.
#[derive(Clone, Debug)]
pub struct NewEabKey {
    /// What its maker calls it.
    pub name: String,
    /// Name of the authority that it is for.
    pub authority: String,
    /// Names that its account may order, within what the authority allows; `None`: all of these.
    pub names: Option<Vec<NamePattern>>,
    /// Profiles that its account may order; `None`: all that the authority offers.
    pub profiles: Option<Vec<String>>,
    /// Whether its account needs no proof of the names that it lists.
    pub trusted: bool,
    /// For how long an account can be made with it.
    pub valid_for: Lifetime,
}

/// Why the operator did not get what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The name cannot be used.
    #[error("the name cannot be used: expected 1 to {MAX_NAME} printable characters")]
    Name,
    /// Trust without bounds would let the account have any name.
    #[error("a key that is trusted must list the names that its account need not prove")]
    TrustWithoutNames,
    /// There is no such account.
    #[error("there is no ACME account `{id}`")]
    UnknownAccount {
        /// What was named.
        id: String,
    },
    /// There is no such key.
    #[error("there is no external account key `{id}`")]
    UnknownKey {
        /// What was named.
        id: String,
    },
    /// The time of renewal lies in the past.
    #[error("the time until which certificates shall be renewed is over: it is {now}, found {end}")]
    Past {
        /// The time now.
        now: Timestamp,
        /// What was asked for.
        end: Timestamp,
    },
    /// What is on record of the account cannot be read.
    #[error("the account cannot be read")]
    Record(#[from] RegistrationError),
    /// Others changed the record again and again.
    #[error("the record was changed by somebody else at the same time")]
    Busy,
    /// No randomness.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Make a key for external account binding and put it on record. The secret, base64url, is what the client is given.
pub async fn create_eab(
    new: NewEabKey,
    store: &dyn Store,
    random: &dyn Random,
    origin: &Origin,
) -> Result<(EabKeyRecord, Secret<String>), OperatorError> {
    let printable = !new.name.is_empty() && !new.name.chars().any(char::is_control);
    if !printable || new.name.chars().count() > MAX_NAME {
        return Err(OperatorError::Name);
    }
    if new.trusted && new.names.as_ref().is_none_or(Vec::is_empty) {
        return Err(OperatorError::TrustWithoutNames);
    }
    let mut octets = vec![0; SECRET_OCTETS];
    random.fill(&mut octets)?;
    // One bit of 256, so that the text begins with no `-`: certbot and others would take it for an option.
    if let Some(first) = octets.first_mut() {
        *first &= 0x7f;
    }
    let text = Secret::new(URL_SAFE_NO_PAD.encode(&octets));
    let record = EabKeyRecord {
        id: Id::generate_at(origin.at, random)?.to_string(),
        name: new.name,
        authority: new.authority,
        names: new.names.map(|names| names.iter().map(ToString::to_string).collect()),
        profiles: new.profiles,
        trusted: new.trusted,
        created_at: origin.at,
        expires: Some(origin.at.plus(new.valid_for)),
        used_by: None,
        used_at: None,
        revoked_at: None,
    };
    let event = origin.event(AuditAction::EabCreated {
        id: record.id.clone(),
        name: record.name.clone(),
        authority: record.authority.clone(),
        trusted: record.trusted,
    });
    store.add_eab(record.clone(), EabSecret::new(octets), event).await?;
    Ok((record, text))
}

/// Revoke a key; whether it was not revoked before. Its account, if it has one, goes on without its trust.
pub async fn revoke_eab(id: &str, store: &dyn Store, origin: &Origin) -> Result<bool, OperatorError> {
    if store.eab(id).await?.is_none() {
        return Err(OperatorError::UnknownKey { id: id.to_owned() });
    }
    let event = origin.event(AuditAction::EabRevoked { id: id.to_owned() });
    Ok(store.revoke_eab(id, event).await?)
}

/// Close an account for good; whether it was open. Its orders and authorizations end with it, its certificates do not.
pub async fn close_account(
    id: &str,
    store: &dyn Store,
    origin: &Origin,
) -> Result<(AcmeAccountRecord, bool), OperatorError> {
    let unknown = || OperatorError::UnknownAccount { id: id.to_owned() };
    let mut record = store.account(id).await?.ok_or_else(unknown)?;
    for _ in 0..TRIES {
        if record.status != AcmeAccountStatus::Valid {
            return Ok((record, false));
        }
        // Status and body say the same: both are read.
        let Some(closed) = read_account(&record)?.revoke() else { return Ok((record, false)) };
        let closed = account_record(&closed, &record.authority, record.eab.clone(), record.revision)?;
        let event = origin.event(AuditAction::AcmeAccountChanged {
            authority: closed.authority.clone(),
            account: closed.id.clone(),
            thumbprint: hex(&closed.thumbprint),
            status: closed.status.to_string(),
        });
        match store.update_account(closed.clone(), event).await? {
            AccountUpdate::Done { revision } => return Ok((AcmeAccountRecord { revision, ..closed }, true)),
            AccountUpdate::Stale(current) => record = *current,
            AccountUpdate::KeyInUse { .. } => return Err(OperatorError::Busy),
        }
    }
    Err(OperatorError::Busy)
}

/// Have every certificate of an authority that was asked for before now, or those of one profile, renewed until `end`.
pub async fn renew_until(
    authority: &str,
    scope: RenewalScope,
    end: Timestamp,
    store: &dyn Store,
    origin: &Origin,
) -> Result<RenewalWindowRecord, OperatorError> {
    if end <= origin.at {
        return Err(OperatorError::Past { now: origin.at, end });
    }
    let window = RenewalWindowRecord {
        authority: authority.to_owned(),
        scope,
        // Times are whole seconds: what was asked for in this one is meant as well.
        issued_before: origin.at.plus(Lifetime::from_seconds(1)),
        start: origin.at,
        end,
        explanation_url: None,
        set_at: origin.at,
    };
    let event = origin.event(AuditAction::RenewalWindowSet {
        authority: window.authority.clone(),
        scope: window.scope.to_string(),
        start: window.start,
        end: window.end,
    });
    store.set_renewal_window(window.clone(), event).await?;
    Ok(window)
}

/// Let the time of renewal follow from the validity again; whether it did not.
pub async fn clear_renewal(
    authority: &str,
    scope: &RenewalScope,
    store: &dyn Store,
    origin: &Origin,
) -> Result<bool, OperatorError> {
    let event = origin.event(AuditAction::RenewalWindowCleared {
        authority: authority.to_owned(),
        scope: scope.to_string(),
    });
    Ok(store.clear_renewal_window(authority, scope, event).await?)
}
