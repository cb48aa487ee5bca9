//! `POST revoke`: marks a certificate of the certificate database as revoked.

use std::collections::BTreeMap;

use hf_proto::cfssl::endpoints::revoke;

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, failure};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let request = revoke::read(&asked.body)?;
    let reason = request.reason()?;
    let key = request.normalized_key_id();
    let revoked = door.records()?.revoke(&request.serial, &key, reason, door.now()).await;
    revoked.map_err(|error| failure::refusal(asked.row.name, "", error))?;
    tracing::info!(serial = request.serial, key, caller = %asked.caller.principal, "revoked");
    Ok(Reply::of(BTreeMap::<&str, &str>::new()))
}
