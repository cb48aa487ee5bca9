//! `POST /acme/{authority}/account/{account}`, RFC 8555 sections 7.3.2 and 7.3.6.

use hf_proto::acme::id::Id;
use hf_proto::acme::object::AccountObject;
use hf_proto::acme::problem::Problem;
use hf_proto::acme::request::AccountUpdateRequest;
use http::StatusCode;

use super::Asked;
use super::error::Failure;
use super::reply::Reply;

pub(super) async fn answer(asked: &Asked) -> Result<Reply, Failure> {
    let known = asked.signed.account()?;
    own(asked)?;
    let account = if asked.signed.request.is_post_as_get() {
        known.account.clone()
    } else {
        let payload: AccountUpdateRequest = asked.signed.request.read()?;
        asked.registration.update_account(known, &payload).await?
    };
    let setup = asked.registration.setup();
    Ok(Reply::json(StatusCode::OK, &AccountObject::of(&account, &setup.urls))?
        .at(setup.urls.account(&account.id)))
}

/// That the account in the path is the one that signed.
pub(super) fn own(asked: &Asked) -> Result<(), Failure> {
    let id: Id = asked.params.id("account")?;
    if asked.signed.account()?.account.id == id {
        return Ok(());
    }
    Err(Problem::unauthorized("the account in the URL is another one than the account that signed").into())
}
