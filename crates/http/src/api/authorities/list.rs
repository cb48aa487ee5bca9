//! `GET /v1/authorities`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_proto::api::authority::AuthorityList;
use hf_proto::api::problem::Problem;
use hf_proto::api::route;

use crate::api::answer::json;
use crate::api::failure::Failure;
use crate::api::view;
use crate::state::Doors;

/// Every authority.
#[utoipa::path(
    get, path = route::AUTHORITIES, operation_id = "listAuthorities", tag = "authorities",
    responses(
        (status = 200, description = "the authorities", body = AuthorityList),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::api) async fn handle(State(doors): State<Doors>) -> Result<Response, Failure> {
    let all = doors.authority.issuers().all();
    let authorities = all.iter().map(|issuer| view::authority(issuer)).collect();
    json(StatusCode::OK, &AuthorityList { authorities })
}
