//! `POST /acme/{authority}/order/{order}/finalize`, RFC 8555 section 7.4.

use std::sync::Arc;

use hf_ca::registration::PlacedOrder;
use hf_core::principal::Channel;
use hf_proto::acme::id::Id;
use hf_proto::acme::request::FinalizeRequest;
use http::StatusCode;
use tracing::Instrument as _;

use super::door::Door;
use super::error::Failure;
use super::reply::Reply;
use super::{Asked, new_order};

pub(super) async fn answer(door: &Door, asked: Asked) -> Result<Reply, Failure> {
    let registration = Arc::clone(&asked.registration);
    match finalize(asked).await {
        Ok(placed) => new_order::resource(&registration, StatusCode::OK, &placed),
        Err(failure) => {
            door.metrics.refused(Channel::Acme.as_str(), failure.word());
            Err(failure)
        }
    }
}

async fn finalize(asked: Asked) -> Result<PlacedOrder, Failure> {
    let payload: FinalizeRequest = asked.signed.request.read()?;
    let id: Id = asked.params.id("order")?;
    let account = asked.signed.account()?.clone();
    let registration = Arc::clone(&asked.registration);
    let csr = payload.der()?;
    // To its end, even when whoever asked goes away: half an issuance helps nobody.
    let work = async move { registration.finalize(&account, &id, csr).await };
    Ok(tokio::spawn(work.in_current_span()).await??)
}
