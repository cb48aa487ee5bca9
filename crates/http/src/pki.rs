//! What must be fetched by plain HTTP: CRLs and CA certificates, which their signatures protect (RFC 5280 section 8).

mod authority_certificate;
mod crl;
mod document;

use axum::Router;
use axum::routing::get;

use crate::state::Doors;

/// `/crl/{authority}.crl`, `/crl/{authority}/{shard}.crl` and `/ca/{authority}.cer`, `.crt`, `.pem`. Everybody may read them.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/crl/{file}", get(crl::fetch))
        .route("/crl/{authority}/{file}", get(crl::fetch_shard))
        .route("/ca/{file}", get(authority_certificate::fetch))
        .with_state(doors)
}
