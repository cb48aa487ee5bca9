//! `POST /v1/certificates/{authority}/{serial}/revoke`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_ca::authority::Authority;
use hf_ca::crl::CrlRequest;
use hf_ca::revoke::{RevokeError, RevokeRequest, RevokeTarget, Revoked};
use hf_core::principal::Channel;
use hf_core::serial::Serial;
use hf_proto::api::problem::{Code, Problem};
use hf_proto::api::revoke::{Outcome, Revocation, RevocationRequest};
use hf_proto::api::route;
use hf_store::record::RevokeOutcome;

use crate::access::Caller;
use crate::api::answer::{json, to_the_end};
use crate::api::body::{InPath, Json, serial};
use crate::api::failure::Failure;
use crate::api::view;
use crate::state::Doors;

/// Revoke a certificate for ever, and sign a CRL that says so.
#[utoipa::path(
    post, path = route::REVOKE, operation_id = "revokeCertificate", tag = "certificates",
    params(
        ("authority" = String, Path, description = "name of the authority"),
        ("serial" = String, Path, description = "serial number, lower-case hexadecimal"),
    ),
    request_body = RevocationRequest,
    responses(
        (status = 200, description = "it is revoked", body = Revocation),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::api) async fn handle(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    InPath((authority, number)): InPath<(String, String)>,
    Json(body): Json<RevocationRequest>,
) -> Result<Response, Failure> {
    let number = serial(&number)?;
    caller.check_authority(&authority)?;
    let found = doors.authority.store().find_by_serial(&authority, &number).await?;
    let record =
        found.ok_or_else(|| Problem::new(Code::NotFound).detail("no such certificate is on record"))?;
    caller.check_record(&record)?;
    let request = RevokeRequest {
        principal: caller.principal,
        channel: Channel::Api,
        target: RevokeTarget::Serial { authority, serial: number },
        reason: body.reason,
    };
    let signer = Arc::clone(&doors.authority);
    let (revoked, crl) = to_the_end(async move { revoke(&signer, request).await }).await??;
    doors.metrics.revoked(Channel::Api.as_str());
    json(StatusCode::OK, &answer(&doors, &revoked, crl).await?)
}

/// Revoke; then a CRL. When the authority cannot sign one, it is revoked all the same.
async fn revoke(
    authority: &Authority,
    request: RevokeRequest,
) -> Result<(Revoked, Result<u64, String>), RevokeError> {
    let principal = request.principal.clone();
    let revoked = authority.revoke(request).await?;
    let crl = authority
        .issue_crl(CrlRequest {
            principal,
            channel: Channel::Api,
            authority: revoked.record.authority.clone(),
            lifetime: CrlRequest::LIFETIME,
        })
        .await;
    Ok((revoked, crl.map(|crl| crl.number).map_err(|error| error.to_string())))
}

async fn answer(doors: &Doors, revoked: &Revoked, crl: Result<u64, String>) -> Result<Revocation, Failure> {
    let old = &revoked.record;
    // Read again: the record of the revocation holds its state from before.
    let now = doors.authority.store().find_by_serial(&old.authority, &old.serial).await?;
    let (number, fault) = match crl {
        Ok(number) => (Some(number), None),
        Err(fault) => (None, Some(fault)),
    };
    Ok(Revocation {
        outcome: match revoked.outcome {
            RevokeOutcome::Revoked => Outcome::Revoked,
            RevokeOutcome::ReasonRaised(_) => Outcome::ReasonRaised,
            RevokeOutcome::AlreadyRevoked(_) => Outcome::AlreadyRevoked,
        },
        certificate: view::whole(now.as_ref().unwrap_or(old), doors.clock.now()),
        crl_number: number,
        crl_fault: fault,
        siblings: revoked.siblings.iter().map(|sibling| sibling.serial.clone()).collect::<Vec<Serial>>(),
        branch: revoked.branch.clone(),
    })
}
