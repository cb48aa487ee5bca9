//! `POST /acme/{authority}/revoke-cert`, RFC 8555 section 7.6.

use std::sync::Arc;

use hf_ca::registration::RevokedBy;
use hf_core::principal::Channel;
use hf_proto::acme::request::RevocationRequest;
use http::StatusCode;
use tracing::Instrument as _;

use super::Asked;
use super::door::Door;
use super::error::Failure;
use super::reply::Reply;

pub(super) async fn answer(door: &Door, asked: Asked) -> Result<Reply, Failure> {
    let payload: RevocationRequest = asked.signed.request.read()?;
    let by = match asked.signed.known() {
        Some(account) => RevokedBy::Account(Box::new(account.clone())),
        None => RevokedBy::Key(asked.signed.request.key().clone()),
    };
    let registration = Arc::clone(&asked.registration);
    // To its end, even when whoever asked goes away.
    let work = async move { registration.revoke(by, &payload).await };
    tokio::spawn(work.in_current_span()).await??;
    door.metrics.revoked(Channel::Acme.as_str());
    Ok(Reply::empty(StatusCode::OK))
}
