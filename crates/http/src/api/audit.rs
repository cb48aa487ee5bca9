//! `GET /v1/audit`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_proto::api::audit::{AuditEntry, AuditPage, AuditQuery};
use hf_proto::api::problem::Problem;
use hf_proto::api::route;
use hf_store::audit::hex;

use super::answer::json;
use super::body::{InQuery, limit};
use super::failure::Failure;
use crate::state::Doors;

/// Rows of the audit log, oldest first. Each carries its hash and the hash of the row before.
#[utoipa::path(
    get, path = route::AUDIT, operation_id = "readAudit", tag = "audit",
    params(AuditQuery),
    responses(
        (status = 200, description = "a page", body = AuditPage),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn handle(
    State(doors): State<Doors>,
    InQuery(query): InQuery<AuditQuery>,
) -> Result<Response, Failure> {
    let limit = limit(query.limit)?;
    let after = query.after.unwrap_or(0);
    if i64::try_from(after).is_err() {
        return Err(Failure::malformed("`after` is no number of a row"));
    }
    let store = doors.authority.store();
    let head = store.audit_head().await?;
    let rows = store.audit_rows(after, limit).await?;
    let last = rows.last().map(|row| row.sequence);
    let rows: Vec<AuditEntry> = rows
        .into_iter()
        .map(|row| AuditEntry {
            sequence: row.sequence,
            previous: hex(&row.previous),
            hash: hex(&row.hash),
            event: row.event,
        })
        .collect();
    let next = last.filter(|last| *last < head.count);
    json(StatusCode::OK, &AuditPage { rows, head: head.to_string(), next })
}
