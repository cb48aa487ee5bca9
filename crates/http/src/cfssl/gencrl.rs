//! `POST gencrl`: a revocation list signed with a key that travels in the request, so it is off by itself.

use hf_cfssl::{certificates, crl, keys};
use hf_proto::cfssl::endpoints::gencrl::GenCrlRequest;
use hf_proto::cfssl::envelope::Failure;
use hf_proto::cfssl::go_json::GoBytes;

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, body};

pub(super) fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let request: GenCrlRequest = body::json(&asked.body, "Unable to parse CRL request")?;
    let lifetime = request.lifetime().ok_or_else(|| {
        Refusal::new("expiry", Failure::bad_request("`expireTime` is no number of seconds greater than 0"))
    })?;
    let issuer = certificates::one(&request.certificate)?;
    let key = keys::parse(request.issuing_key.as_bytes(), None)?;
    let revoked = crl::read_serials(&request.serial_number.join("\n"), door.now())?;
    let list = crl::sign(revoked, &issuer, &key, door.now(), lifetime)?;
    Ok(Reply::of(GoBytes(list)))
}
