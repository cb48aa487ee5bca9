//! `GET /v1/credentials`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_proto::api::credential::CredentialList;
use hf_proto::api::problem::Problem;
use hf_proto::api::route;

use crate::access::credential;
use crate::api::answer::json;
use crate::api::failure::Failure;
use crate::state::Doors;

/// Every API key on record, revoked and expired ones too. The keys themselves are not on record.
#[utoipa::path(
    get, path = route::CREDENTIALS, operation_id = "listCredentials", tag = "credentials",
    responses(
        (status = 200, description = "the keys", body = CredentialList),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::api) async fn handle(State(doors): State<Doors>) -> Result<Response, Failure> {
    let records = doors.authority.store().credentials().await?;
    json(StatusCode::OK, &CredentialList { credentials: records.iter().map(credential::view).collect() })
}
