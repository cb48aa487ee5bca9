//! `GET /v1/profiles`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_proto::api::problem::Problem;
use hf_proto::api::profile::ProfileList;
use hf_proto::api::route;

use super::answer::json;
use super::failure::Failure;
use super::view;
use crate::state::Doors;

/// Every profile.
#[utoipa::path(
    get, path = route::PROFILES, operation_id = "listProfiles", tag = "profiles",
    responses(
        (status = 200, description = "the profiles", body = ProfileList),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn handle(State(doors): State<Doors>) -> Result<Response, Failure> {
    let profiles = doors.authority.profiles().iter().map(|profile| view::profile(profile)).collect();
    json(StatusCode::OK, &ProfileList { profiles })
}
