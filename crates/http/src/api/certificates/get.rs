//! `GET /v1/certificates/{authority}/{serial}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hf_proto::api::certificate::CertificateRecord;
use hf_proto::api::problem::{Code, Problem};
use hf_proto::api::route;

use crate::api::answer::json;
use crate::api::body::{InPath, serial};
use crate::api::failure::Failure;
use crate::api::view;
use crate::state::Doors;

/// One certificate, and what it is now.
#[utoipa::path(
    get, path = route::CERTIFICATE, operation_id = "getCertificate", tag = "certificates",
    params(
        ("authority" = String, Path, description = "name of the authority, or `-` for whichever issued it"),
        ("serial" = String, Path, description = "serial number, lower-case hexadecimal"),
    ),
    responses(
        (status = 200, description = "the certificate", body = CertificateRecord),
        (status = "default", description = "a problem", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(in crate::api) async fn handle(
    State(doors): State<Doors>,
    InPath((authority, number)): InPath<(String, String)>,
) -> Result<Response, Failure> {
    let number = serial(&number)?;
    let store = doors.authority.store();
    let unknown = || Problem::new(Code::NotFound).detail("no such certificate is on record");
    let record = if authority == ANY {
        let mut found = store.find_serial_anywhere(&number).await?;
        let first = found.pop().ok_or_else(unknown)?;
        if !found.is_empty() {
            let problem = Problem::new(Code::Conflict)
                .detail("several authorities have issued this serial number: name the authority");
            return Err(problem.into());
        }
        first
    } else {
        store.find_by_serial(&authority, &number).await?.ok_or_else(unknown)?
    };
    json(StatusCode::OK, &view::whole(&record, doors.clock.now()))
}

/// In the place of an authority's name: whichever issued the serial number. No authority can be called so.
const ANY: &str = "-";
