//! `POST /acme/{authority}/new-order`, RFC 8555 section 7.4.

use hf_ca::registration::{PlacedOrder, Registration};
use hf_proto::acme::object::OrderObject;
use hf_proto::acme::request::NewOrderRequest;
use hf_proto::acme::status::OrderStatus;
use http::StatusCode;

use super::Asked;
use super::error::Failure;
use super::reply::Reply;

/// When to look at an order again that is being worked on, in seconds.
const SOON: u64 = 3;

pub(super) async fn answer(asked: &Asked) -> Result<Reply, Failure> {
    let payload: NewOrderRequest = asked.signed.request.read()?;
    let placed = asked.registration.new_order(asked.signed.account()?, &payload).await?;
    resource(&asked.registration, StatusCode::CREATED, &placed)
}

/// An order as it goes out.
pub(super) fn resource(
    registration: &Registration,
    status: StatusCode,
    placed: &PlacedOrder,
) -> Result<Reply, Failure> {
    let urls = &registration.setup().urls;
    let object = OrderObject::of(&placed.order, &placed.authorizations, urls, registration.now());
    let wait = (object.status == OrderStatus::Processing).then_some(SOON);
    Ok(Reply::json(status, &object)?.at(urls.order(&placed.order.terms.id)).retry_after(wait))
}
