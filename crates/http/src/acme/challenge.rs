//! `POST /acme/{authority}/challenge/{authorization}/{challenge}`, RFC 8555 section 7.5.1.

use hf_proto::acme::id::Id;
use hf_proto::acme::object::ChallengeObject;
use hf_proto::acme::problem::Problem;
use hf_proto::acme::request::ChallengeReadyRequest;
use hf_proto::acme::status::ChallengeStatus;
use http::StatusCode;

use super::Asked;
use super::authorization::SOON;
use super::error::Failure;
use super::reply::Reply;

pub(super) async fn answer(asked: &Asked) -> Result<Reply, Failure> {
    let authorization: Id = asked.params.id("authorization")?;
    let challenge: Id = asked.params.id("challenge")?;
    let account = asked.signed.account()?;
    let found = if asked.signed.request.is_post_as_get() {
        asked.registration.challenge(account, &authorization, &challenge).await?
    } else {
        let _: ChallengeReadyRequest = asked.signed.request.read()?;
        asked.registration.start_challenge(account, &authorization, &challenge).await?
    };
    // One that failed beside another that was met is not there any more.
    let challenge = found.challenge(&challenge).ok_or_else(Problem::not_found)?;
    let urls = &asked.registration.setup().urls;
    let object = ChallengeObject::of(challenge, &found.id, urls);
    let busy = (object.status == ChallengeStatus::Processing).then_some(SOON);
    Ok(Reply::json(StatusCode::OK, &object)?.link(urls.authorization(&found.id), "up").retry_after(busy))
}
