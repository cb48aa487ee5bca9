//! `GET crl`: the revocation list of a signer, from the certificate database where there is one, else from our record.
//! `label` in the query chooses among several signers, as CFSSL's labels do elsewhere.

use hf_core::right::Right;
use hf_core::time::Lifetime;
use hf_proto::cfssl::code::CfsslError;
use hf_proto::cfssl::endpoints::crl;
use hf_proto::cfssl::go_json::GoBytes;

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, failure};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let expiry = crl::expiry(asked.query("expiry").as_deref())?;
    let lifetime = Lifetime::from_seconds(expiry.seconds());
    let signed = if let Some(source) = &door.crl {
        source(door.now(), lifetime).await
    } else {
        of_our_record(door, asked, lifetime).await?
    };
    let list = signed.map_err(|error| failure::refusal(asked.row.name, "", error))?;
    Ok(Reply::of(GoBytes(list)))
}

/// Anybody may read what is revoked; only who may revoke can make the authority sign at will.
async fn of_our_record(
    door: &Door,
    asked: &Asked,
    lifetime: Lifetime,
) -> Result<Result<Vec<u8>, CfsslError>, Refusal> {
    let signer = door
        .labels
        .admitted(asked.query("label").as_deref().unwrap_or_default(), asked.address)?
        .local()
        .ok_or_else(|| failure::unavailable("`crl` needs a signer that signs here, not at a remote"))?;
    let caller = &asked.caller;
    Ok(if caller.rights.contains(&Right::Revoke) {
        signer.new_revocation_list(lifetime, &caller.principal).await
    } else {
        signer.current_revocation_list(lifetime, &caller.principal).await
    })
}
