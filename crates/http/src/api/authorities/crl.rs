//! `GET /v1/authorities/{name}/crl`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_proto::api::problem::{Code, Problem};
use hf_proto::api::route;

use crate::api::answer::octet_answer;
use crate::api::body::InPath;
use crate::api::failure::Failure;
use crate::state::Doors;

/// The latest CRL of an authority, DER.
#[utoipa::path(
    get, path = route::CRL, operation_id = "getCrl", tag = "authorities",
    params(("name" = String, Path, description = "its name")),
    responses(
        (status = 200, description = "DER", body = Vec<u8>, content_type = "application/pkix-crl"),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::api) async fn handle(
    State(doors): State<Doors>,
    InPath(name): InPath<String>,
) -> Result<Response, Failure> {
    super::known(&doors, &name)?;
    let latest = doors.authority.latest_crl(&name).await?;
    let crl = latest.ok_or_else(|| Problem::new(Code::NotFound).detail("it has signed no CRL yet"))?;
    Ok(octet_answer(StatusCode::OK, "application/pkix-crl", crl.der))
}
