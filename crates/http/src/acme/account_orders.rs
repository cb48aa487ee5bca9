//! `POST /acme/{authority}/account/{account}/orders`, RFC 8555 section 7.1.2.1.

use hf_proto::acme::object::OrdersObject;
use hf_proto::acme::problem::Problem;
use hf_store::list::Cursor;
use http::StatusCode;

use super::error::Failure;
use super::reply::Reply;
use super::{Asked, account};

/// Orders of a page.
const PAGE: usize = 100;

pub(super) async fn answer(asked: &Asked) -> Result<Reply, Failure> {
    account::own(asked)?;
    asked.signed.request.expect_post_as_get()?;
    let known = asked.signed.account()?;
    let page = asked.registration.orders(known, after(asked)?, PAGE).await?;
    let urls = &asked.registration.setup().urls;
    let reply = Reply::json(StatusCode::OK, &OrdersObject::of(&page.orders, urls))?;
    Ok(match page.next {
        Some(next) => reply.link(format!("{}?after={next}", urls.orders(&known.account.id)), "next"),
        None => reply,
    })
}

/// Where the page begins: the one parameter that there is.
fn after(asked: &Asked) -> Result<Option<Cursor>, Failure> {
    let Some(query) = asked.query.as_deref().filter(|query| !query.is_empty()) else { return Ok(None) };
    let cursor = query.strip_prefix("after=").and_then(|text| text.parse().ok());
    cursor.map(Some).ok_or_else(|| Problem::malformed("expected no query, or `after` as in a link").into())
}
