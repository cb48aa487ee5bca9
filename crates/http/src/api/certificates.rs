//! `/v1/certificates`.

pub(super) mod get;
pub(super) mod issue;
pub(super) mod list;
mod proof;
pub(super) mod renew;
pub(super) mod revoke;

use axum::http::HeaderMap;
use hf_core::principal::Principal;
use hf_proto::api::issue::{IDEMPOTENCY_KEY, MAX_IDEMPOTENCY_KEY};
use hf_x509::digest::sha256;

use super::failure::Failure;

/// What identifies a request for the store: the caller and its `Idempotency-Key`, so that two callers with the same key
/// are two requests.
fn dedup_key(headers: &HeaderMap, principal: &Principal) -> Result<Option<String>, Failure> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| {
        !text.is_empty()
            && text.len() <= MAX_IDEMPOTENCY_KEY
            && text.bytes().all(|octet| octet == b' ' || octet.is_ascii_graphic())
    });
    match (text, values.next()) {
        (Some(text), None) => {
            let whole = format!("{principal}\n{text}");
            Ok(Some(format!("api:{}", hf_store::audit::hex(&sha256(whole.as_bytes())))))
        }
        _ => Err(Failure::malformed(format!(
            "`Idempotency-Key` is not one text of 1 to {MAX_IDEMPOTENCY_KEY} printable characters"
        ))),
    }
}
