//! The endpoints of `multirootca`: `authsign` and `info` for several labels, and `/metrics`.
//!
//! Checks come in the order of the original, every failure has the code 1, and the words tell little; the log has the
//! reason. Unlike `cfssl serve`, the whole request counts: extensions, validity, serial number, metadata.

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use hf_cfssl::signer::Asker;
use hf_core::principal::{Channel, Principal};
use hf_proto::cfssl::authenticated::AuthenticatedRequest;
use hf_proto::cfssl::endpoints::sign::SignResult;
use hf_proto::cfssl::envelope::{Failure, Message};
use hf_proto::cfssl::sign_request::SignRequest;
use http::header::{CONTENT_TYPE, HeaderValue};
use prometheus_client::registry::Registry;

use super::door::{Door, DoorHandle, Label};
use super::endpoint::{Endpoint, Row};
use super::reply::{Refusal, Reply};
use super::{PATH, body, receive_at, reply, token};
use crate::peer::Peer;

/// The endpoints over this door, whose labels are those of the INI file.
pub fn router(door: DoorHandle) -> Router {
    Router::new()
        .route(&format!("{PATH}/authsign"), any(authsign))
        .route(&format!("{PATH}/info"), any(info))
        .route("/metrics", get(metrics))
        .fallback(async || reply::no_such_page())
        .with_state(door)
}

async fn info(State(door): State<DoorHandle>, request: Request) -> Response {
    receive_at(&door.current(), Endpoint::Info, request).await
}

async fn metrics(State(door): State<DoorHandle>) -> Response {
    let mut registry = Registry::default();
    door.current().metrics.register(&mut registry);
    let mut text = String::new();
    if prometheus_client::encoding::text::encode(&mut text, &registry).is_err() {
        return failure(500, "the metrics cannot be written").into_response();
    }
    let mut response = text.into_response();
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

async fn authsign(State(door): State<DoorHandle>, request: Request) -> Response {
    let door = door.current();
    let row = Endpoint::Authsign.row();
    match signed(&door, row, request).await {
        Ok(reply) => reply.into_response(),
        Err(refusal) => {
            let why = refusal.failure.error.message.as_str();
            tracing::info!(endpoint = row.name, reason = refusal.reason, why, "refused");
            if refusal.failure.status == 400 {
                door.metrics.bad_input(row.name);
            }
            refusal.into_response()
        }
    }
}

async fn signed(door: &Door, row: &Row, request: Request) -> Result<Reply, Refusal> {
    let (head, body) = request.into_parts();
    if head.method != row.method {
        let refusal = Refusal::method(&head.method, row.method.clone());
        return Err(Refusal { failure: coded(405, "only POST is permitted"), ..refusal });
    }
    let body = body::read(body).await?;
    let message: AuthenticatedRequest = body::json(&body, "bad request").map_err(worded)?;
    let request: SignRequest = body::json(message.request.as_slice(), "bad request").map_err(worded)?;
    let label = admitted(door, &head.extensions, &request)?;
    let keys = label.keys(&request.profile).map_err(|_| failure(400, "invalid profile"))?;
    if keys.is_empty() {
        return Err(failure(401, "authorisation required"));
    }
    let key = token::prove(door, row, label, &request.profile, &message).map_err(worded)?;
    if request.certificate_request.is_empty() {
        return Err(failure(400, "invalid request"));
    }
    let asker = Asker {
        principal: Principal::AuthKey { name: key },
        channel: Channel::Cfssl,
        limits: hf_ca::request::RequesterLimits::default(),
    };
    let signed = door.sign(row, label, request, &asker).await.map_err(|refusal| {
        let why = refusal.failure.error.message.as_str();
        tracing::warn!(signer = label.name, code = refusal.failure.error.code, why, "not signed");
        let told = if refusal.failure.status == 400 { "bad request" } else { "not available" };
        Refusal { failure: coded(refusal.failure.status, told), ..refusal }
    })?;
    Ok(Reply::of(SignResult { bundle: None, certificate: signed.certificate.to_pem() }))
}

/// The signer that is asked, if the address may ask it.
fn admitted<'a>(
    door: &'a Door,
    extensions: &http::Extensions,
    request: &SignRequest,
) -> Result<&'a Label, Refusal> {
    let label = door.labels.find(&request.label).map_err(|_| failure(400, "bad request"))?;
    let address = extensions.get::<Peer>().and_then(|peer| peer.address.ip());
    label.admit(address).map_err(worded)?;
    Ok(label)
}

/// The words of the refusal, the code of this program.
fn worded(refusal: Refusal) -> Refusal {
    let failure = coded(refusal.failure.status, &refusal.failure.error.message);
    Refusal { failure, ..refusal }
}

fn failure(status: u16, message: &str) -> Refusal {
    Refusal::new("refused", coded(status, message))
}

fn coded(status: u16, message: &str) -> Failure {
    Failure { status, error: Message { code: 1, message: message.to_owned() } }
}
