//! `GET /v1/authorities/{name}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_proto::api::authority::AuthorityView;
use hf_proto::api::problem::Problem;
use hf_proto::api::route;

use crate::api::answer::json;
use crate::api::body::InPath;
use crate::api::failure::Failure;
use crate::api::view;
use crate::state::Doors;

/// One authority: its certificates, and what keeps it from signing.
#[utoipa::path(
    get, path = route::AUTHORITY, operation_id = "getAuthority", tag = "authorities",
    params(("name" = String, Path, description = "its name")),
    responses(
        (status = 200, description = "the authority", body = AuthorityView),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::api) async fn handle(
    State(doors): State<Doors>,
    InPath(name): InPath<String>,
) -> Result<Response, Failure> {
    json(StatusCode::OK, &view::authority(super::known(&doors, &name)?.as_ref()))
}
