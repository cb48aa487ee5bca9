//! What must be fetched by plain HTTP: CRLs, OCSP answers and CA certificates, which their signatures protect (RFC 5280
//! section 8, RFC 6960 appendix A).

mod authority_certificate;
mod crl;
mod document;
mod ocsp;

use std::sync::Arc;

use axum::Router;
use axum::http::request::Parts;
use axum::routing::{get, post};

use crate::server::Remembered;
use crate::state::Doors;

/// What the paths of OCSP begin with.
pub(crate) const STATUS: &str = "/ocsp/";

/// `/crl/{authority}.crl`, `/crl/{authority}/{shard}.crl`, `/ca/{authority}.cer`, `.crt`, `.pem`, and `/ocsp/{authority}`.
/// Everybody may ask.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/crl/{file}", get(crl::fetch))
        .route("/crl/{authority}/{file}", get(crl::fetch_shard))
        .route("/ca/{file}", get(authority_certificate::fetch))
        .route(ocsp::POST, post(ocsp::post))
        .route(ocsp::GET, get(ocsp::get))
        .with_state(doors)
}

/// OCSP answers that are in memory, for listeners to give out before anything else is looked at.
pub fn remembered(doors: Doors) -> Remembered {
    let look_up = Arc::new(move |head: &Parts, body: &[u8]| ocsp::remembered(&doors, head, body));
    Remembered { endpoint: ocsp::POST, look_up }
}
