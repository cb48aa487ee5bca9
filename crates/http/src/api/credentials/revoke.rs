//! `DELETE /v1/credentials/{id}`.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_core::principal::Channel;
use hf_proto::api::problem::{Code, Problem};
use hf_proto::api::{key, route};
use hf_store::audit::Origin;

use crate::access::{Caller, credential, limits_of};
use crate::api::body::InPath;
use crate::api::credentials::check_own;
use crate::api::failure::Failure;
use crate::state::Doors;

/// Revoke an API key, which may do no more than the caller. It is refused from the next request on; the record of it stays.
#[utoipa::path(
    delete, path = route::CREDENTIAL, operation_id = "revokeCredential", tag = "credentials",
    params(("id" = String, Path, description = "the public part of the key")),
    responses(
        (status = 204, description = "it is revoked, now or before"),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::api) async fn handle(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    InPath(id): InPath<String>,
) -> Result<Response, Failure> {
    let store = doors.authority.store().as_ref();
    let unknown = || Problem::new(Code::NotFound).detail("there is no key with this identifier");
    if !key::is_id(&id) {
        return Err(Failure::malformed("the identifier is not 16 hexadecimal digits"));
    }
    let record = store.credential(&id).await?.ok_or_else(unknown)?;
    // Limits that cannot be read allow nothing: whoever may administer may remove them.
    let limits = limits_of(&record.limits);
    check_own(&caller, &record.rights, limits.as_ref().unwrap_or(&caller.limits))?;
    let origin = Origin { at: doors.clock.now(), principal: caller.principal, channel: Channel::Api };
    credential::revoke(&id, store, &origin).await?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}
