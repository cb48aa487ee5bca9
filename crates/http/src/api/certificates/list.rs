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
