//! `POST /v1/certificates`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use hf_ca::request::IssueRequest;
use hf_core::name::{Identifier, SanSet};
use hf_core::principal::Channel;
use hf_proto::api::issue::{CertificateRequest, DEFAULT_PROFILE, IssuedCertificate};
use hf_proto::api::problem::{Code, Problem};
use hf_proto::api::route;
use hf_x509::csr::{UnverifiedCsr, VerifiedCsr};

use crate::access::Caller;
use crate::api::answer::{json, to_the_end};
use crate::api::body::Json;
use crate::api::failure::Failure;
use crate::api::{choose, view};
use crate::state::Doors;

/// Issue a certificate for a signing request.
///
/// Policy decides, over the names as they would be certified and within the limits of the credential. A repetition with
/// the same `Idempotency-Key` gets the certificate that exists.
#[utoipa::path(
    post, path = route::CERTIFICATES, operation_id = "issueCertificate", tag = "certificates",
    params(("Idempotency-Key" = Option<String>, Header, description = "identifies the request")),
    request_body = CertificateRequest,
    responses(
        (status = 201, description = "issued", body = IssuedCertificate),
        (status = 200, description = "had been issued before", body = IssuedCertificate),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::api) async fn handle(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Json(body): Json<CertificateRequest>,
) -> Result<Response, Failure> {
    let result = issue(&doors, caller, &headers, body).await;
    if let Err(failure) = &result {
        doors.metrics.refused(Channel::Api.as_str(), failure.code());
    }
    result
}

async fn issue(
    doors: &Doors,
    caller: Caller,
    headers: &HeaderMap,
    body: CertificateRequest,
) -> Result<Response, Failure> {
    let dedup_key = super::dedup_key(headers, &caller.principal)?;
    let authority = choose::authority(&doors.authority, body.authority)?;
    caller.check_authority(&authority)?;
    let profile = body.profile.unwrap_or_else(|| DEFAULT_PROFILE.to_owned());
    check_profile(doors, &profile)?;
    let wanted_names = body.names.as_deref().map(names).transpose()?;
    let request = IssueRequest {
        wanted_names,
        wanted_lifetime: body.lifetime,
        limits: caller.limits,
        dedup_key,
        ..IssueRequest::new(caller.principal, Channel::Api, authority, profile, verified(&body.csr)?)
    };
    let signer = Arc::clone(&doors.authority);
    let issued = to_the_end(async move { signer.issue(request).await }).await??;
    answer(doors, &issued)
}

/// The certificate, and where it is found again.
pub(super) fn answer(doors: &Doors, issued: &hf_ca::request::IssuedCertificate) -> Result<Response, Failure> {
    let body = view::issued(issued)?;
    let status = if issued.existed { StatusCode::OK } else { StatusCode::CREATED };
    if !issued.existed {
        doors.metrics.issued(Channel::Api.as_str(), &body.authority, &body.profile);
    }
    let mut response = json(status, &body)?;
    let place = format!("{}/{}/{}", route::CERTIFICATES, body.authority, body.serial);
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// A signing request whose sender has the key.
pub(super) fn verified(pem: &str) -> Result<VerifiedCsr, Failure> {
    Ok(UnverifiedCsr::from_pem(pem)?.verify()?)
}

/// Authorities are made on the machine that holds the keys, by whoever may use these; not through this door.
fn check_profile(doors: &Doors, name: &str) -> Result<(), Failure> {
    match doors.authority.profile(name) {
        Some(profile) if profile.kind().is_authority() => Err(Problem::new(Code::Forbidden)
            .detail("this profile is for authorities, which are not made through this API")
            .hint("use `handfast ca create` or `handfast ca sign-intermediate` on the machine of the server")
            .into()),
        // A name that is unknown is told by the spine, with those that exist.
        _ => Ok(()),
    }
}

fn names(texts: &[String]) -> Result<SanSet, Failure> {
    if texts.len() > SanSet::MAX_NAMES {
        return Err(Failure::malformed(format!("more than {} names", SanSet::MAX_NAMES)));
    }
    texts
        .iter()
        .map(|text| text.parse::<Identifier>().map_err(|error| Failure::malformed(error.to_string())))
        .collect()
}
