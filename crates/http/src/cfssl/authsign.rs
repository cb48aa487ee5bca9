//! `POST authsign`: signs a request that carries the token of its profile's auth key.

use hf_core::principal::Principal;
use hf_proto::cfssl::authenticated::AuthenticatedRequest;
use hf_proto::cfssl::sign_request::SignRequest;

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, body, sign, token};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let message: AuthenticatedRequest = body::json(&asked.body, UNREADABLE)?;
    // Read before the token is checked, because the profile inside names the key; bounded like every body.
    let request: SignRequest = body::json(message.request.as_slice(), UNREADABLE)?;
    let label = door.labels.admitted(&request.label, asked.address)?;
    let key = token::prove(door, asked.row, label, &request.profile, &message)?;
    sign::certificate(door, asked, label, request, Principal::AuthKey { name: key }).await
}

const UNREADABLE: &str = "Unable to parse authenticated sign request";
