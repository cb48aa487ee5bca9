//! `POST ocspsign`: signs an OCSP response for a certificate of the responder's issuer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hf_proto::cfssl::endpoints::ocspsign::{OcspSignRequest, OcspSignResult};

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, body, failure};

pub(super) fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let request: OcspSignRequest = body::json(&asked.body, "Unable to parse OCSP signing request")?;
    let responder = door.responder.as_ref().ok_or_else(|| {
        failure::unavailable("`ocspsign` needs a responder: `cfssl serve` has one with `-ca`, `-responder` and `-responder-key`")
    })?;
    let signed = responder.answer(&request, door.now());
    let der = signed.map_err(|error| failure::refusal(asked.row.name, "", error))?;
    Ok(Reply::of(OcspSignResult { ocsp_response: STANDARD.encode(der) }))
}
