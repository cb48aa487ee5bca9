//! Whoever holds an API key.

use hf_ca::request::RequesterLimits;
use hf_core::principal::Principal;
use hf_core::time::Timestamp;
use hf_proto::api::key::ApiKey;
use hf_store::Store;
use hf_store::record::{CredentialLimits, CredentialRecord};

use super::Caller;
use super::denied::Denied;

/// Compared with where no such key is on record, so that the answer takes as long.
const NOBODY: [u8; 32] = [0; 32];

/// Who holds the key. It is looked up at every request: what is revoked is refused from the next request on.
pub(super) async fn identify(text: &str, store: &dyn Store, now: Timestamp) -> Result<Caller, Denied> {
    let key = ApiKey::parse(text).map_err(|_| Denied::Key { reason: "it has not the form of one" })?;
    let found = store.credential(key.id()).await.map_err(Denied::Store)?;
    let matches = key.matches(found.as_ref().map_or(&NOBODY, |record| &record.secret_sha256));
    let record =
        found.filter(|_| matches).ok_or(Denied::Key { reason: "unknown, or its secret is wrong" })?;
    if !record.is_in_force(now) {
        return Err(Denied::Key { reason: "revoked or expired" });
    }
    caller(record)
}

fn caller(record: CredentialRecord) -> Result<Caller, Denied> {
    let limits =
        limits(&record.limits).ok_or(Denied::Key { reason: "its limits on record cannot be read" })?;
    Ok(Caller {
        principal: Principal::ApiKey { id: record.id, name: record.name },
        rights: record.rights.into_iter().collect(),
        limits,
        expires: record.expires,
        certificate: None,
    })
}

/// The limits on record; `None` where a pattern cannot be read: then the key allows nothing rather than too much.
pub(crate) fn limits(limits: &CredentialLimits) -> Option<RequesterLimits> {
    let patterns =
        |names: &Vec<String>| names.iter().map(|name| name.parse().ok()).collect::<Option<Vec<_>>>();
    Some(RequesterLimits {
        names: match &limits.names {
            None => None,
            Some(names) => Some(patterns(names)?),
        },
        profiles: limits.profiles.clone(),
        authorities: limits.authorities.clone(),
        max_lifetime: limits.max_lifetime,
    })
}
