//! The body of a request: its size, and the JSON in it, read strictly. Time is the listener's matter.

use axum::body::Body;
use bytes::Bytes;
use hf_proto::cfssl::envelope::Failure;
use hf_proto::cfssl::go_json;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::reply::Refusal;

/// The longest body in octets. A signing request is at most 64 KiB of DER; in PEM, inside JSON, inside base64 (a token's
/// request) it grows by less than three.
pub(super) const MAX_BODY: usize = 256 * 1024;

/// Read all of it.
pub(super) async fn read(body: Body) -> Result<Bytes, Refusal> {
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let text = format!("the body is longer than {MAX_BODY} octets");
            Err(Refusal::new("size", Failure::with_status(413, text)))
        }
        Err(_) => Err(Refusal::new("incomplete", Failure::bad_request("the body is incomplete"))),
    }
}

/// The JSON in it; `what` is the beginning of the message when it is none.
pub(super) fn json<T: DeserializeOwned>(body: &[u8], what: &str) -> Result<T, Refusal> {
    go_json::from_slice(body)
        .map_err(|error| Refusal::new("json", Failure::bad_request(format!("{what}: {error}"))))
}
