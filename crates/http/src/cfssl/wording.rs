//! What the listener turns away before an endpoint sees it, in the envelope of CFSSL.

use axum::response::{IntoResponse, Response};
use hf_proto::cfssl::envelope::Failure;

use super::reply::Refusal;
use crate::limits::RetryAfter;
use crate::peer::RequestId;
use crate::server::Refusal as TurnedAway;

/// The [`crate::server::Wording`] of this door.
pub fn envelope(refusal: &TurnedAway, _id: &RequestId) -> Response {
    let failure = Failure::with_status(refusal.status().as_u16(), refusal.sentence());
    let retry_after = refusal.retry().map(RetryAfter::seconds);
    Refusal { retry_after, ..Refusal::new(refusal.code(), failure) }.into_response()
}
