//! `GET crl`: the revocation list of the signer, from the certificate database.

use hf_core::time::Lifetime;
use hf_proto::cfssl::endpoints::crl;
use hf_proto::cfssl::go_json::GoBytes;

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, failure};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let expiry = crl::expiry(asked.query("expiry").as_deref())?;
    let source = door.crl.as_ref().ok_or_else(|| {
        failure::unavailable(
            "`crl` needs a signer and a certificate database: `-ca`, `-ca-key` and `-db-config`",
        )
    })?;
    let signed = source(door.now(), Lifetime::from_seconds(expiry.seconds())).await;
    let list = signed.map_err(|error| failure::refusal(asked.row.name, "", error))?;
    Ok(Reply::of(GoBytes(list)))
}
