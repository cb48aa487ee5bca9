//! The endpoints of CFSSL, `/api/v1/cfssl/…`, for everything that was written for it.
//!
//! Envelope, codes and statuses are those of `cfssl serve`; what opens an endpoint is not: see [`endpoint`]. Every request
//! goes the same way: name, switches, method, who asks, gate, body, endpoint.

mod authsign;
mod body;
mod bundle;
pub mod caller;
pub mod door;
pub mod endpoint;
mod failure;
mod gate;
mod gencrl;
mod health;
mod info;
mod init_ca;
pub mod metrics;
mod newcert;
mod newkey;
pub mod openings;
mod repeated;
mod reply;
mod sign;
mod token;
mod wording;
mod work;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;

use door::Door;
use endpoint::{Endpoint, Row};
use reply::{Refusal, Reply};

pub use wording::envelope;

/// Path below which the endpoints are. Bound proofs cover it, whatever an intermediary makes of it.
const PATH: &str = "/api/v1/cfssl";

/// The endpoints over this door.
pub fn router(door: Arc<Door>) -> Router {
    Router::new()
        .route(&format!("{PATH}/{{endpoint}}"), any(receive))
        .fallback(async || reply::no_such_page())
        .with_state(door)
}

/// What an endpoint is given, once the gate let the request in.
struct Asked {
    row: &'static Row,
    caller: crate::access::Caller,
    body: bytes::Bytes,
}

async fn receive(State(door): State<Arc<Door>>, Path(name): Path<String>, request: Request) -> Response {
    let Ok(endpoint) = name.parse::<Endpoint>() else { return reply::no_such_page() };
    let row = endpoint.row();
    match admit(&door, row, request).await {
        Ok(reply) => reply.into_response(),
        Err(refusal) => {
            let (reason, message) = (refusal.reason, refusal.failure.error.message.as_str());
            tracing::info!(endpoint = row.name, reason, message, "refused");
            if refusal.is_bad_input() {
                door.metrics.bad_input(row.name);
            }
            refusal.into_response()
        }
    }
}

async fn admit(door: &Door, row: &'static Row, request: Request) -> Result<Reply, Refusal> {
    let (head, body) = request.into_parts();
    if head.method != row.method {
        return Err(Refusal::method(&head.method, row.method.clone()));
    }
    let caller = door.proofs.caller(&head, door.now()).await?;
    gate::open(row, &door.openings, &caller.rights)?;
    let body = body::read(body).await?;
    answer(door, &Asked { row, caller, body }).await
}

async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    match asked.row.endpoint {
        Endpoint::Authsign => authsign::answer(door, asked).await,
        Endpoint::Gencrl => gencrl::answer(door, asked),
        Endpoint::Health => Ok(health::answer()),
        Endpoint::Info => info::answer(door, asked).await,
        Endpoint::InitCa => init_ca::answer(door, asked).await,
        Endpoint::Newcert => newcert::answer(door, asked).await,
        Endpoint::Newkey => newkey::answer(door, asked).await,
        Endpoint::Sign => sign::answer(door, asked).await,
    }
}
