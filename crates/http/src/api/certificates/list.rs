//! `GET /v1/certificates`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_proto::api::certificate::{self, CertificatePage, CertificateQuery};
use hf_proto::api::problem::Problem;
use hf_proto::api::route;
use hf_store::list::{Cursor, ListFilter};
use hf_store::record::CertificateState;

use crate::api::answer::json;
use crate::api::body::{InQuery, limit};
use crate::api::failure::Failure;
use crate::api::view;
use crate::state::Doors;

/// List certificates, newest first.
#[utoipa::path(
    get, path = route::CERTIFICATES, operation_id = "listCertificates", tag = "certificates",
    params(CertificateQuery),
    responses(
        (status = 200, description = "a page", body = CertificatePage),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::api) async fn handle(
    State(doors): State<Doors>,
    InQuery(query): InQuery<CertificateQuery>,
) -> Result<Response, Failure> {
    let now = doors.clock.now();
    let limit = limit(query.limit)?;
    let after = query.after.as_deref().map(str::parse::<Cursor>).transpose();
    let after = after.map_err(|error| Failure::malformed(error.to_string()))?;
    let filter = ListFilter {
        name: query.name,
        state: query.state.map(|wanted| (state(wanted), now)),
        expires_before: query.expires_before,
        key: query.key.as_deref().map(key).transpose()?,
        authority: query.authority,
        profile: query.profile,
        newest_first: true,
    };
    let page = doors.authority.store().list(filter, after, limit).await?;
    json(
        StatusCode::OK,
        &CertificatePage {
            certificates: page.items.iter().map(|record| view::row(record, now)).collect(),
            next: page.next.map(|next| next.to_string()),
        },
    )
}

fn state(wanted: certificate::State) -> CertificateState {
    match wanted {
        certificate::State::Valid => CertificateState::Valid,
        certificate::State::Expired => CertificateState::Expired,
        certificate::State::Revoked => CertificateState::Revoked,
        certificate::State::PossiblySigned => CertificateState::PossiblySigned,
    }
}

/// A digest in a query: only as this API writes it.
fn key(text: &str) -> Result<[u8; 32], Failure> {
    let mut octets = [0; 32];
    let digits = text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let read = |(octet, pair): (&mut u8, &[u8])| {
        let pair = std::str::from_utf8(pair).ok()?;
        *octet = u8::from_str_radix(pair, 16).ok()?;
        Some(())
    };
    let whole = digits
        && text.len() == 64
        && octets.iter_mut().zip(text.as_bytes().chunks(2)).all(|one| read(one).is_some());
    if whole {
        return Ok(octets);
    }
    Err(Failure::malformed("`key` is not SHA-256 in 64 lower-case hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_64_digits_in_lower_case() {
        assert!(key(&"0f".repeat(32)).is_ok_and(|octets| octets == [0x0f; 32]));
        for bad in ["", "0f", &"0F".repeat(32), &"0g".repeat(32), &"0f".repeat(33), &"+f".repeat(32)] {
            assert!(key(bad).is_err(), "{bad}");
        }
    }
}
