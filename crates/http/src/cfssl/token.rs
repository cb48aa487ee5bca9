//! Tokens: whether the sender of a request holds the auth key of its profile, and how often it may say so.
//!
//! A token of CFSSL covers the body alone, so its repetition is answered; what that can do is bounded: the same key and the
//! same names, judged by the policy of the day, at the rate that the key is allowed, in the log as `repeated=true` and in
//! the metrics. A bound proof is good once.

use hf_core::principal::Principal;
use hf_proto::cfssl::auth::{AuthError, Endpoint, NonceVerdict, Scheme};
use hf_proto::cfssl::authenticated::AuthenticatedRequest;
use hf_proto::cfssl::envelope::Failure;
use hf_x509::digest::sha256;

use super::PATH;
use super::door::{Door, GuardedKey, Label};
use super::endpoint::Row;
use super::reply::Refusal;

/// The name of the auth key of `profile` that `message` was made with.
pub(super) fn prove(
    door: &Door,
    row: &Row,
    label: &Label,
    profile: &str,
    message: &AuthenticatedRequest,
) -> Result<String, Refusal> {
    let keys = label.keys(profile)?;
    if keys.is_empty() {
        let text = "no authentication provider: the profile names no auth key, so it is for `sign`";
        return Err(Refusal::new("no-key", Failure::bad_request(text)));
    }
    let path = format!("{PATH}/{}", row.name);
    let (key, scheme) =
        matching(door, &keys, message, Endpoint { method: row.method.as_str(), path: &path })?;
    let principal = Principal::AuthKey { name: key.name.to_owned() };
    door.within_rate(&principal)?;
    match scheme {
        Scheme::Bound => use_nonce(door, key, message)?,
        Scheme::Standard => {
            let repeated = key.guard.repeated.note(sha256(message.request.as_slice()));
            if repeated {
                door.metrics.repeated(row.name, &label.name);
            }
            tracing::info!(endpoint = row.name, key = key.name, signer = label.name, repeated, "valid token");
        }
    }
    Ok(key.name.to_owned())
}

/// Nothing, when the profile asks for no token.
pub(super) fn none_needed(label: &Label, profile: &str) -> Result<(), Refusal> {
    if label.keys(profile)?.is_empty() {
        return Ok(());
    }
    Err(Refusal::new("token", Failure::bad_request("authentication required: use `authsign`")))
}

/// The first key that the message was made with. The refusal is that of the current key, not of the one before.
fn matching<'a>(
    door: &Door,
    keys: &'a [GuardedKey<'a>],
    message: &AuthenticatedRequest,
    endpoint: Endpoint<'_>,
) -> Result<(&'a GuardedKey<'a>, Scheme), Refusal> {
    let now = door.now();
    let mut first = AuthError::Token;
    for (index, key) in keys.iter().enumerate() {
        match key.key.verify(message, endpoint, now) {
            Ok(scheme) => return Ok((key, scheme)),
            Err(error) if index == 0 => first = error,
            Err(_) => {}
        }
    }
    Err(Refusal::new("token", Failure::bad_request(first.to_string())))
}

fn use_nonce(door: &Door, key: &GuardedKey<'_>, message: &AuthenticatedRequest) -> Result<(), Refusal> {
    let Some(proof) = &message.bound else { return Ok(()) };
    match key.guard.use_nonce(proof.nonce.as_slice(), door.now()) {
        NonceVerdict::Fresh => Ok(()),
        NonceVerdict::Repeated => {
            Err(Refusal::new("repeated", Failure::bad_request("the nonce of the proof was used before")))
        }
        NonceVerdict::Full => {
            let text = "too many proofs of this key within the time that they hold";
            Err(Refusal::later("overloaded", Failure::with_status(503, text), NONCE_RETRY_SECONDS))
        }
    }
}

/// Some nonces of a full cache have expired after this.
const NONCE_RETRY_SECONDS: u64 = 30;
