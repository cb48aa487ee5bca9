//! `POST /v1/certificates/{authority}/{serial}/revoke`.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_ca::crl::CrlRequest;
use hf_ca::revoke::{RevokeError, RevokeRequest, RevokeTarget, Revoked};
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_core::right::Right;
use hf_core::serial::Serial;
use hf_proto::api::problem::{Code, Problem};
use hf_proto::api::revoke::{Outcome, Revocation, RevocationRequest, Sibling};
use hf_proto::api::route;
use hf_store::record::{RevokeOutcome, StoredCertificate};

use crate::access::Caller;
use crate::api::answer::{json, to_the_end};
use crate::api::body::{InPath, Json, serial};
use crate::api::failure::Failure;
use crate::api::view;
use crate::state::Doors;
use hf_ca::published::Wanted;

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
    if body.reason == RevocationReason::KeyCompromise {
        let store = doors.authority.store().as_ref();
        caller.check_compromise(&record, store, doors.clock.now()).await?;
    }
    let asker = caller.clone();
    let request = RevokeRequest {
        principal: caller.principal.clone(),
        channel: Channel::Api,
        target: RevokeTarget::Serial { authority, serial: number },
        reason: body.reason,
    };
    let of_caller = doors.clone();
    let done = to_the_end(async move { revoke(&of_caller, &caller, request, body.siblings).await }).await??;
    json(StatusCode::OK, &answer(&doors, &done, &asker).await?)
}

/// What was done.
struct Done {
    revoked: Revoked,
    /// The siblings that were revoked with it.
    with_it: Vec<StoredCertificate>,
    crl: Result<u64, String>,
}

/// Revoke, and with it, where that is wanted, what the caller may revoke of the other certificates with the same key; then
/// the lists. When an authority cannot sign one, it is revoked all the same.
async fn revoke(
    doors: &Doors,
    caller: &Caller,
    request: RevokeRequest,
    siblings: bool,
) -> Result<Done, RevokeError> {
    let revoked = doors.authority.revoke(request).await?;
    doors.metrics.revoked(Channel::Api.as_str());
    let permitted = |sibling: &&StoredCertificate| {
        siblings && caller.check_authority(&sibling.authority).is_ok() && caller.check_record(sibling).is_ok()
    };
    let permitted: Vec<StoredCertificate> = revoked.siblings.iter().filter(permitted).cloned().collect();
    let outcomes = doors.authority.revoke_siblings(&permitted, &caller.principal, Channel::Api).await?;
    let mut with_it = Vec::new();
    for sibling in outcomes.into_iter().flatten() {
        doors.metrics.revoked(Channel::Api.as_str());
        // The list of each says so too; that of the certificate itself is in the answer.
        if let Err(fault) = list(doors, caller, &sibling).await {
            tracing::warn!(authority = sibling.record.authority, fault, "no CRL names a revoked sibling yet");
        }
        with_it.push(sibling.record);
    }
    let crl = list(doors, caller, &revoked).await;
    Ok(Done { revoked, with_it, crl })
}

/// The number of a list that names the certificate: that of its shard, or the complete one. One that is too long to wait
/// for is left to the publisher.
async fn list(doors: &Doors, caller: &Caller, revoked: &Revoked) -> Result<u64, String> {
    let (authority, shard) = (&revoked.record.authority, revoked.shard);
    let position = doors.authority.store().crl_position(authority, shard).await;
    let position = position.map_err(|error| error.to_string())?;
    if usize::try_from(position.entries).is_ok_and(|entries| entries > doors.authority.shard_size()) {
        return Err(format!("the list has {} entries and is being signed", position.entries));
    }
    let request = CrlRequest {
        principal: caller.principal.clone(),
        channel: Channel::Api,
        authority: authority.clone(),
        shard,
        lifetime: doors.crls.lifetime(),
    };
    let crl = doors.crls.obtain(&doors.authority, request, Wanted::Covers(position.up_to)).await;
    crl.map(|crl| crl.number).map_err(|error| error.to_string())
}

async fn answer(doors: &Doors, done: &Done, asker: &Caller) -> Result<Revocation, Failure> {
    let Done { revoked, with_it, crl } = done;
    let old = &revoked.record;
    // Read again: the record of the revocation holds its state from before.
    let now = doors.authority.store().find_by_serial(&old.authority, &old.serial).await?;
    let (number, fault) = match crl {
        Ok(number) => (Some(*number), None),
        Err(fault) => (None, Some(fault.clone())),
    };
    let same = |one: &StoredCertificate, other: &StoredCertificate| {
        one.authority == other.authority && one.serial == other.serial
    };
    let sibling = |sibling: &StoredCertificate| Sibling {
        authority: sibling.authority.clone(),
        serial: sibling.serial.clone(),
        name: sibling.names.iter().next().map_or_else(|| sibling.subject.clone(), ToString::to_string),
        revoked: with_it.iter().any(|done| same(done, sibling)),
    };
    // A sibling is told to whoever could read it or revoke it.
    let told = |sibling: &&StoredCertificate| {
        asker.check_right(Right::Read).is_ok() || asker.check_record(sibling).is_ok()
    };
    let siblings: Vec<_> = revoked.siblings.iter().filter(told).collect();
    Ok(Revocation {
        outcome: match revoked.outcome {
            RevokeOutcome::Revoked => Outcome::Revoked,
            RevokeOutcome::ReasonRaised(_) => Outcome::ReasonRaised,
            RevokeOutcome::AlreadyRevoked(_) => Outcome::AlreadyRevoked,
        },
        certificate: view::whole(now.as_ref().unwrap_or(old), doors.clock.now()),
        crl_number: number,
        crl_fault: fault,
        siblings: siblings.iter().map(|sibling| sibling.serial.clone()).collect::<Vec<Serial>>(),
        sibling_certificates: siblings.into_iter().map(sibling).collect(),
        branch: revoked.branch.clone(),
    })
}
