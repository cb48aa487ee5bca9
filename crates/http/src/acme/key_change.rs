//! `POST /acme/{authority}/key-change`, RFC 8555 section 7.3.5.

use hf_proto::acme::object::AccountObject;
use http::StatusCode;

use super::Asked;
use super::error::Failure;
use super::reply::Reply;

pub(super) async fn answer(asked: &Asked) -> Result<Reply, Failure> {
    let known = asked.signed.account()?;
    let changed = asked.registration.change_key(known, &asked.signed.request).await?;
    let urls = &asked.registration.setup().urls;
    Ok(Reply::json(StatusCode::OK, &AccountObject::of(&changed, urls))?.at(urls.account(&changed.id)))
}
