//! `POST /v1/certificates/renew`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hf_ca::renew::{RenewRequest, RenewalProof};
use hf_ca::request::RequesterLimits;
use hf_core::principal::Channel;
use hf_proto::api::issue::IssuedCertificate;
use hf_proto::api::problem::Problem;
use hf_proto::api::renew::RenewalRequest;
use hf_proto::api::route;

use super::{issue, proof};
use crate::access::Caller;
use crate::api::answer::to_the_end;
use crate::api::body::Json;
use crate::api::failure::Failure;
use crate::state::Doors;

/// Renew a certificate: the same names and profile, a new key unless the old one is asked for.
///
/// Whoever asks proves to hold the old key, by mutual TLS with the old certificate or by a signature with it; or has the
/// right to renew certificates of others. Policy is asked again. The old certificate stays valid until its end. By the old key
/// alone the new one lasts no longer than the old one, and what ACME issued is not renewed.
#[utoipa::path(
    post, path = route::RENEW, operation_id = "renewCertificate", tag = "certificates",
    params((
        "Idempotency-Key" = Option<String>, Header,
        description = "identifies the request; beside `proof`, its nonce does",
    )),
    request_body = RenewalRequest,
    responses(
        (status = 201, description = "renewed", body = IssuedCertificate),
        (status = 200, description = "had been renewed before", body = IssuedCertificate),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::api) async fn handle(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Json(body): Json<RenewalRequest>,
) -> Result<Response, Failure> {
    let result = renew(&doors, caller, &headers, body).await;
    if let Err(failure) = &result {
        doors.metrics.refused(Channel::Api.as_str(), failure.code());
    }
    result
}

async fn renew(
    doors: &Doors,
    caller: Caller,
    headers: &HeaderMap,
    body: RenewalRequest,
) -> Result<Response, Failure> {
    let csr = issue::verified(&body.csr)?;
    let proven = proof::prove(doors, &caller, &body, &csr).await?;
    let proof = if proven.own { RenewalProof::OldKey } else { RenewalProof::Right };
    let request = RenewRequest {
        proof,
        dedup_key: match &proven.once {
            Some(once) => Some(once.clone()),
            None => super::dedup_key(headers, &proven.principal)?,
        },
        principal: proven.principal,
        channel: Channel::Api,
        authority: proven.record.authority,
        serial: proven.record.serial,
        csr,
        keep_key: body.keep_key,
        wanted_lifetime: body.lifetime,
        limits: if proven.own { RequesterLimits::default() } else { caller.limits },
    };
    let signer = Arc::clone(&doors.authority);
    let issued = to_the_end(async move { signer.renew(request).await }).await??;
    if issued.existed && proven.once.is_some() {
        return Err(proof::used_before());
    }
    issue::answer(doors, &issued)
}
