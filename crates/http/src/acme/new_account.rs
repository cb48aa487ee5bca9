//! `POST /acme/{authority}/new-account`, RFC 8555 section 7.3.

use hf_ca::registration::NewAccount;
use hf_proto::acme::object::AccountObject;
use hf_proto::acme::request::NewAccountRequest;
use http::StatusCode;

use super::Asked;
use super::door::Door;
use super::error::Failure;
use super::reply::Reply;

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Failure> {
    let payload: NewAccountRequest = asked.signed.request.read()?;
    let new = NewAccount {
        key: asked.signed.request.key(),
        request: &payload,
        url: asked.signed.request.url(),
        source: door.source(asked.peer.as_ref()),
    };
    let registered = asked.registration.register(new).await?;
    let setup = asked.registration.setup();
    let status = if registered.created { StatusCode::CREATED } else { StatusCode::OK };
    let reply = Reply::json(status, &AccountObject::of(&registered.account, &setup.urls))?
        .at(setup.urls.account(&registered.account.id));
    Ok(match &setup.settings.terms {
        Some(terms) => reply.link(terms.clone(), "terms-of-service"),
        None => reply,
    })
}
