//! `POST ocspsign`: signs an OCSP response. A responder that was named at the start says what the request says; a signer with
//! a record of its own says what stands there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hf_cfssl::{certificates, certinfo};
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::endpoints::ocspsign::{OcspSignRequest, OcspSignResult};

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, body, failure, limited};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let request: OcspSignRequest = body::json(&asked.body, "Unable to parse OCSP signing request")?;
    let signed = match &door.responder {
        Some(responder) => responder.answer(&request, door.now()),
        None => of_our_record(door, asked, &request).await?,
    };
    let der = signed.map_err(|error| failure::refusal(asked.row.name, "", error))?;
    Ok(Reply::of(OcspSignResult { ocsp_response: STANDARD.encode(der) }))
}

/// From the record of the signer that issued the certificate.
async fn of_our_record(
    door: &Door,
    asked: &Asked,
    request: &OcspSignRequest,
) -> Result<Result<Vec<u8>, CfsslError>, Refusal> {
    if request.certificate.trim().is_empty() {
        return Ok(Err(ErrorKind::OcspRead.into()));
    }
    let certificate = certificates::one(&request.certificate)?;
    let key = certinfo::of(&certificate).authority_key_id;
    let signer = door.labels.by_key_id(&key, asked.address)?.ok_or_else(|| {
        failure::unavailable(
            "no signer here issued the certificate, and there is no responder: `cfssl serve` has one with `-ca`, \
             `-responder` and `-responder-key`",
        )
    })?;
    let serial = certificate.serial().map_err(|_| CfsslError::from(ErrorKind::CertificateParse))?;
    limited::check(asked, Some(signer), Some(&serial)).await?;
    Ok(signer.ocsp_response(&certificate, request).await)
}
