//! `POST /acme/{authority}/order/{order}`, RFC 8555 section 7.4.

use http::StatusCode;

use super::error::Failure;
use super::reply::Reply;
use super::{Asked, new_order};

pub(super) async fn answer(asked: &Asked) -> Result<Reply, Failure> {
    asked.signed.request.expect_post_as_get()?;
    let id = asked.params.id("order")?;
    let placed = asked.registration.order(asked.signed.account()?, &id).await?;
    new_order::resource(&asked.registration, StatusCode::OK, &placed)
}
