//! `GET /v1/authorities/{name}/chain`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_proto::api::problem::{Code, Problem};
use hf_proto::api::route;
use hf_x509::certificate::Certificate;

use crate::api::answer::octet_answer;
use crate::api::body::InPath;
use crate::api::failure::Failure;
use crate::state::Doors;

/// The certificates of an authority, PEM: its own first, the root last as far as known.
#[utoipa::path(
    get, path = route::CHAIN, operation_id = "getChain", tag = "authorities",
    params(("name" = String, Path, description = "its name")),
    responses(
        (status = 200, description = "PEM", body = String, content_type = "application/pem-certificate-chain"),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::api) async fn handle(
    State(doors): State<Doors>,
    InPath(name): InPath<String>,
) -> Result<Response, Failure> {
    let issuer = super::known(&doors, &name)?;
    let pem: String = issuer.chain().iter().map(Certificate::to_pem).collect();
    if pem.is_empty() {
        return Err(Problem::new(Code::NotFound).detail("the authority has no certificate yet").into());
    }
    Ok(octet_answer(StatusCode::OK, "application/pem-certificate-chain", pem.into_bytes()))
}
