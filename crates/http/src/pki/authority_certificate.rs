//! `GET /ca/{authority}.cer`, `.crt` (DER, RFC 2585 section 3) or `.pem` (with the chain above it).

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use hf_store::audit::hex;
use hf_x509::certificate::Certificate;
use hf_x509::digest::sha256;

use super::document::{Document, absent};
use crate::state::Doors;

/// How long caches may keep it, in seconds: authorities change seldom.
const KEEP: i64 = 3_600;

/// The certificate of an authority that has one.
pub(super) async fn fetch(
    State(doors): State<Doors>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some((name, form)) = file.rsplit_once('.') else { return absent() };
    let Some(issuer) = doors.authority.issuers().get(name) else { return absent() };
    let Some(own) = issuer.certificate() else { return absent() };
    let (media_type, octets) = match form {
        "cer" | "crt" => ("application/pkix-cert", Bytes::from(own.der().to_vec())),
        "pem" => {
            let chain: String = issuer.chain().iter().map(Certificate::to_pem).collect();
            ("application/x-pem-file", Bytes::from(chain))
        }
        _ => return absent(),
    };
    // Of what is sent: the chain changes while the certificate stays, when an authority above it gets a new one.
    let tag = hex(&sha256(&octets));
    Document { media_type, tag, modified: None, seconds: KEEP, octets }.answer(&headers)
}
