//! `POST revoke`: revokes a certificate on our own record, and marks its row in the certificate database.

use std::collections::BTreeMap;

use hf_cfssl::signer::number;
use hf_proto::cfssl::code::ErrorKind;
use hf_proto::cfssl::endpoints::revoke;
use hf_proto::cfssl::revocation_reason::Reason;

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, failure, limited};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let request = revoke::read(&asked.body)?;
    let reason = request.reason()?;
    let key = request.normalized_key_id();
    let failed = |error| failure::refusal(asked.row.name, "", error);
    let signer = door.labels.by_key_id(&key, asked.address)?;
    let serial = number(&request.serial).ok();
    limited::check(asked, signer, serial.as_ref()).await?;
    if reason == Reason::KeyCompromise {
        limited::check_compromise(asked, signer, serial.as_ref(), door.now()).await?;
    }
    let own = match signer {
        Some(signer) => signer.revoke(&request.serial, reason, &asked.caller.principal).await,
        None => Err(ErrorKind::StoreNotFound.into()),
    };
    // Rows may be of certificates that another program signed; what we signed is revoked here, whatever the rows say.
    if let Some(records) = door.records.as_deref() {
        let row = records.revoke(&request.serial, &key, reason, door.now()).await;
        if own.is_err() {
            row.map_err(failed)?;
        }
    } else if signer.is_some() {
        own.map_err(failed)?;
    } else {
        door.records()?;
    }
    door.metrics.revoked();
    tracing::info!(serial = request.serial, key, caller = %asked.caller.principal, "revoked");
    Ok(Reply::of(BTreeMap::<&str, &str>::new()))
}
