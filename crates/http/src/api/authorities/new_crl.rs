//! `POST /v1/authorities/{name}/crl`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_ca::crl;
use hf_core::principal::Channel;
use hf_core::time::Lifetime;
use hf_proto::api::crl::{Crl, CrlRequest};
use hf_proto::api::problem::Problem;
use hf_proto::api::route;
use hf_store::record::COMPLETE;

use crate::access::Caller;
use crate::api::answer::{json, to_the_end};
use crate::api::body::{InPath, Json};
use crate::api::failure::Failure;
use crate::state::Doors;

/// The longest time for which peers may be told to rely on one list.
const LONGEST: Lifetime = Lifetime::from_days(366);

/// Have an authority sign a new CRL with everything that is revoked now.
#[utoipa::path(
    post, path = route::CRL, operation_id = "issueCrl", tag = "authorities",
    params(("name" = String, Path, description = "its name")),
    request_body = CrlRequest,
    responses(
        (status = 201, description = "signed", body = Crl),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::api) async fn handle(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    InPath(name): InPath<String>,
    Json(body): Json<CrlRequest>,
) -> Result<Response, Failure> {
    super::known(&doors, &name)?;
    caller.check_authority(&name)?;
    caller.check_whole_authority()?;
    let lifetime = body.lifetime.unwrap_or_else(|| doors.crls.lifetime());
    if lifetime > LONGEST {
        return Err(Failure::malformed(format!("`lifetime` is longer than {LONGEST}")));
    }
    let request = crl::CrlRequest {
        principal: caller.principal,
        channel: Channel::Api,
        authority: name,
        shard: COMPLETE,
        lifetime,
    };
    let signer = Arc::clone(&doors.authority);
    let issued = to_the_end(async move { signer.issue_crl(request).await }).await??;
    doors.crls.offer(&issued.authority, issued.shard, issued.clone().into());
    json(
        StatusCode::CREATED,
        &Crl {
            authority: issued.authority,
            number: issued.number,
            entries: issued.entries,
            this_update: issued.this_update,
            next_update: issued.next_update,
        },
    )
}
