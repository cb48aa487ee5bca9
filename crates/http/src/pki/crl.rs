//! `GET /crl/{authority}.crl`: the latest CRL of an authority, DER (RFC 2585 section 3).

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::document::{Document, absent, unavailable};
use crate::state::Doors;

/// How long caches may keep a CRL at most, in seconds: the delay after which a revocation is seen.
const KEEP: i64 = 300;

/// The latest that is on record.
pub(super) async fn fetch(
    State(doors): State<Doors>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(name) = file.strip_suffix(".crl") else { return absent() };
    // Only names of authorities reach the store.
    if doors.authority.issuers().get(name).is_none() {
        return absent();
    }
    match doors.crls.latest(&doors.authority, name).await {
        Ok(Some(crl)) => Document {
            media_type: "application/pkix-crl",
            tag: crl.number.to_string(),
            seconds: KEEP.min(crl.next_update.seconds_since(doors.clock.now())),
            octets: crl.der,
        }
        .answer(&headers),
        Ok(None) => absent(),
        Err(error) => {
            tracing::error!(authority = name, %error, "a CRL cannot be read");
            unavailable()
        }
    }
}
