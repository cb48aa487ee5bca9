//! `POST /acme/{authority}/authz/{authorization}`, RFC 8555 sections 7.5 and 7.5.2.

use hf_proto::acme::object::AuthorizationObject;
use hf_proto::acme::request::AuthorizationUpdateRequest;
use hf_proto::acme::status::ChallengeStatus;
use http::StatusCode;

use super::Asked;
use super::error::Failure;
use super::reply::Reply;

/// When to look at an authorization again that is being worked on, in seconds.
pub(super) const SOON: u64 = 2;

pub(super) async fn answer(asked: &Asked) -> Result<Reply, Failure> {
    let id = asked.params.id("authorization")?;
    let account = asked.signed.account()?;
    let found = if asked.signed.request.is_post_as_get() {
        asked.registration.authorization(account, &id).await?
    } else {
        let payload: AuthorizationUpdateRequest = asked.signed.request.read()?;
        payload.check()?;
        asked.registration.deactivate_authorization(account, &id).await?
    };
    let urls = &asked.registration.setup().urls;
    let object = AuthorizationObject::of(&found, urls, asked.registration.now());
    let busy = found.challenges.iter().any(|one| one.status() == ChallengeStatus::Processing);
    Ok(Reply::json(StatusCode::OK, &object)?.retry_after(busy.then_some(SOON)))
}
