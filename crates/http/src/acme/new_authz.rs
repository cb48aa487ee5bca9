//! `POST /acme/{authority}/new-authz`, RFC 8555 section 7.4.1.

use hf_proto::acme::object::AuthorizationObject;
use hf_proto::acme::problem::Problem;
use hf_proto::acme::request::NewAuthorizationRequest;
use http::StatusCode;

use super::Asked;
use super::error::Failure;
use super::reply::Reply;

pub(super) async fn answer(asked: &Asked) -> Result<Reply, Failure> {
    let setup = asked.registration.setup();
    if !setup.settings.pre_authorization {
        return Err(Problem::not_found().into());
    }
    let payload: NewAuthorizationRequest = asked.signed.request.read()?;
    let made = asked.registration.new_authorization(asked.signed.account()?, &payload).await?;
    let object = AuthorizationObject::of(&made, &setup.urls, asked.registration.now());
    Ok(Reply::json(StatusCode::CREATED, &object)?.at(setup.urls.authorization(&made.id)))
}
