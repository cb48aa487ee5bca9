//! `POST /v1/credentials`.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_core::principal::Channel;
use hf_core::time::Timestamp;
use hf_proto::api::credential::{CredentialRequest, NewCredential};
use hf_proto::api::problem::Problem;
use hf_proto::api::route;
use hf_store::audit::Origin;

use crate::access::credential::{self, CredentialError, Known};
use crate::access::denied::Denied;
use crate::access::{Caller, limits_of};
use crate::api::answer::json;
use crate::api::body::Json;
use crate::api::credentials::check_own;
use crate::api::failure::Failure;
use crate::state::Doors;

/// Make an API key. It is shown in this answer and never again. Nobody can give more than it has itself.
#[utoipa::path(
    post, path = route::CREDENTIALS, operation_id = "createCredential", tag = "credentials",
    request_body = CredentialRequest,
    responses(
        (status = 201, description = "the key", body = NewCredential),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::api) async fn handle(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    Json(body): Json<CredentialRequest>,
) -> Result<Response, Failure> {
    let now = doors.clock.now();
    check(&caller, &body)?;
    check_end(&caller, &body, now)?;
    let known = Known {
        authorities: doors.authority.issuers().all().iter().map(|issuer| issuer.name().to_owned()).collect(),
        profiles: doors.authority.profiles().iter().map(|profile| profile.name().to_owned()).collect(),
    };
    let origin = Origin { at: now, principal: caller.principal, channel: Channel::Api };
    let store = doors.authority.store().as_ref();
    let made = credential::create(&body, &known, store, doors.random.as_ref(), &origin).await?;
    let (key, record) = made;
    let answer = NewCredential { credential: credential::view(&record), key: key.expose().to_owned() };
    json(StatusCode::CREATED, &answer)
}

/// What is made does not outlive what makes it: else whoever has a credential for an hour has one for ever.
fn check_end(caller: &Caller, body: &CredentialRequest, now: Timestamp) -> Result<(), Failure> {
    let Some(end) = caller.expires else { return Ok(()) };
    if body.valid_for.is_some_and(|span| now.plus(span) <= end) {
        return Ok(());
    }
    let what = format!("it ends at {end} and makes none that ends later: say so in `valid_for`");
    Err(Denied::Limit { what }.into())
}

/// What is asked for is no more than the caller has.
fn check(caller: &Caller, body: &CredentialRequest) -> Result<(), Failure> {
    let wanted = limits_of(&credential::limits(body)).ok_or_else(|| {
        let names = body.names.iter().flatten();
        let found = names.into_iter().find(|name| name.parse::<hf_ca::policy::NamePattern>().is_err());
        CredentialError::Pattern {
            found: found.map(|name| name.chars().take(120).collect()).unwrap_or_default(),
        }
    })?;
    check_own(caller, &body.rights, &wanted)
}
