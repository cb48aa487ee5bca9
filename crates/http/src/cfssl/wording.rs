//! What the listener turns away before an endpoint sees it, in the envelope of CFSSL.

use axum::response::{IntoResponse, Response};
use hf_proto::cfssl::envelope::Failure;

use super::reply::Refusal;
use crate::limits::RetryAfter;
use crate::server::TurnedAway;

/// The [`crate::server::Wording`] of this door.
pub fn envelope(turned_away: &TurnedAway<'_>) -> Response {
    let refusal = turned_away.refusal;
    let failure = Failure::with_status(refusal.status().as_u16(), refusal.sentence());
    let retry_after = refusal.retry().map(RetryAfter::seconds);
    Refusal { retry_after, ..Refusal::new(refusal.code(), failure) }.into_response()
}
