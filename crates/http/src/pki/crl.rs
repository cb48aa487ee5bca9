//! `GET /crl/{authority}.crl` and `/crl/{authority}/{shard}.crl`: the latest CRL, DER (RFC 2585 section 3).

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use hf_store::record::COMPLETE;

use super::document::{Document, absent, unavailable};
use crate::state::Doors;

/// How long caches may keep a CRL at most, in seconds: the delay after which a revocation is seen.
const KEEP: i64 = 300;

/// The complete list.
pub(super) async fn fetch(
    State(doors): State<Doors>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    match file.strip_suffix(".crl") {
        Some(name) => answer(&doors, name, COMPLETE, &headers).await,
        None => absent(),
    }
}

/// The list of a shard.
pub(super) async fn fetch_shard(
    State(doors): State<Doors>,
    Path((name, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let number = file.strip_suffix(".crl").filter(|text| text.bytes().all(|octet| octet.is_ascii_digit()));
    match number.and_then(|text| text.parse().ok()) {
        Some(shard) if shard != COMPLETE => answer(&doors, &name, shard, &headers).await,
        _ => absent(),
    }
}

async fn answer(doors: &Doors, name: &str, shard: u32, headers: &HeaderMap) -> Response {
    // Only names of authorities reach the store.
    if doors.authority.issuers().get(name).is_none() {
        return absent();
    }
    match doors.crls.latest(&doors.authority, name, shard).await {
        Ok(Some(crl)) => Document {
            media_type: "application/pkix-crl",
            tag: crl.number.to_string(),
            modified: Some(crl.this_update),
            seconds: KEEP.min(crl.next_update.seconds_since(doors.clock.now())),
            octets: crl.der,
        }
        .answer(headers),
        Ok(None) => absent(),
        Err(error) => {
            tracing::error!(authority = name, shard, %error, "a CRL cannot be read");
            unavailable()
        }
    }
}
