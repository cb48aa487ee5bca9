//! The endpoints of CFSSL, `/api/v1/cfssl/…`, for everything that was written for it.
//!
//! Envelope, codes and statuses are those of `cfssl serve`; what opens an endpoint is not: see [`endpoint`]. Every request
//! goes the same way: name, switches, method, who asks, gate, body, endpoint.

mod authsign;
mod body;
mod bundle;
pub mod caller;
mod certadd;
mod certinfo;
mod crl;
mod cross_site;
pub mod door;
pub mod endpoint;
mod failure;
mod front;
mod gate;
mod gencrl;
mod health;
mod info;
mod init_ca;
mod limited;
pub mod metrics;
pub mod multirootca;
mod newcert;
mod newkey;
pub mod ocspserve;
mod ocspsign;
pub mod openings;
mod repeated;
mod reply;
mod revoke;
mod scan;
mod scaninfo;
mod sign;
mod token;
mod wording;
mod work;

use std::net::IpAddr;

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};

use door::{Door, DoorHandle};
use endpoint::{Endpoint, Row};
use reply::{Refusal, Reply};

use crate::peer::Peer;

pub use wording::envelope;

/// Path below which the endpoints are. Bound proofs cover it, whatever an intermediary makes of it.
const PATH: &str = "/api/v1/cfssl";

/// The endpoints over this door, and over whichever takes its place.
pub fn router(door: DoorHandle) -> Router {
    Router::new()
        .route(&format!("{PATH}/{{endpoint}}"), any(receive))
        .route("/", get(async |State(door): State<DoorHandle>| front::answer(&door.current().openings)))
        .fallback(async || reply::no_such_page())
        .with_state(door)
}

/// What an endpoint is given, once the gate let the request in.
struct Asked {
    row: &'static Row,
    caller: crate::access::Caller,
    /// Where the request came from, over TCP.
    address: Option<IpAddr>,
    query: Vec<(String, String)>,
    body: bytes::Bytes,
}

impl Asked {
    /// The first value of this name in the query.
    fn query(&self, name: &str) -> Option<String> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
    }
}

async fn receive(State(door): State<DoorHandle>, Path(name): Path<String>, request: Request) -> Response {
    match name.parse() {
        Ok(endpoint) => receive_at(&door.current(), endpoint, request).await,
        Err(_) => reply::no_such_page(),
    }
}

/// Answer a request for this endpoint.
async fn receive_at(door: &Door, endpoint: Endpoint, request: Request) -> Response {
    let row = endpoint.row();
    match admit(door, row, request).await {
        Ok(reply) => reply.into_response(),
        Err(refusal) => {
            // Not under the name `message`: what is told under it is written as it is, and a request may hold line breaks.
            let (reason, why) = (refusal.reason, refusal.failure.error.message.as_str());
            tracing::info!(endpoint = row.name, reason, why, "refused");
            if refusal.is_bad_input() {
                door.metrics.bad_input(row.name);
            }
            if row.endpoint.signs() {
                door.metrics.refused(&refusal.counted());
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
    cross_site::refuse(&head)?;
    let caller = door.proofs.caller(&head, door.now()).await?;
    gate::open(row, &door.openings, &caller.rights)?;
    let body = body::read(body).await?;
    let query = Query::try_from_uri(&head.uri).map(|Query(pairs)| pairs).unwrap_or_default();
    let address = head.extensions.get::<Peer>().and_then(|peer| peer.address.ip());
    answer(door, &Asked { row, caller, address, query, body }).await
}

async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    match asked.row.endpoint {
        Endpoint::Authsign => authsign::answer(door, asked).await,
        Endpoint::Bundle => bundle::answer(door, asked).await,
        Endpoint::Certadd => certadd::answer(door, asked).await,
        Endpoint::Certinfo => certinfo::answer(door, asked).await,
        Endpoint::Crl => crl::answer(door, asked).await,
        Endpoint::Gencrl => gencrl::answer(door, asked),
        Endpoint::Health => Ok(health::answer()),
        Endpoint::Info => info::answer(door, asked).await,
        Endpoint::InitCa => init_ca::answer(door, asked).await,
        Endpoint::Newcert => newcert::answer(door, asked).await,
        Endpoint::Newkey => newkey::answer(door, asked).await,
        Endpoint::Ocspsign => ocspsign::answer(door, asked).await,
        Endpoint::Revoke => revoke::answer(door, asked).await,
        Endpoint::Scan => scan::answer(door, asked).await,
        Endpoint::Scaninfo => Ok(scaninfo::answer()),
        Endpoint::Sign => sign::answer(door, asked).await,
    }
}

#[cfg(test)]
mod tests;
