//! `POST certinfo`: a certificate in words. What connects to a host needs a right: the server would do it for anybody. So does
//! the record, where callers can have rights: serial numbers of the revoked ones are on the list for all to see.

use hf_cfssl::{certificates, certinfo, presented};
use hf_core::right::Right;
use hf_proto::cfssl::code::ErrorKind;
use hf_proto::cfssl::endpoints::{first_match, string_map};
use hf_x509::certificate::Certificate;

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, failure, gate};

/// Parameters that belong together, in the order in which they are looked for.
const SETS: [&[&str]; 3] = [&["certificate"], &["domain"], &["serial", "authority_key_id"]];

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let map = string_map(&asked.body)?;
    let get = |key: &str| map.get(key).map(String::as_str).unwrap_or_default();
    let certificate = match first_match(&map, &SETS)? {
        ["certificate"] => certificates::one(get("certificate"))?,
        ["domain"] => {
            gate::open_part(asked.row, &door.openings, &asked.caller.rights, Right::Read, "domain")?;
            let chain = presented::of(get("domain"), get("ip"), door.now()).await?;
            chain.into_iter().next().ok_or_else(failure::nothing_presented)?
        }
        _ => {
            if door.proofs.know_rights() {
                gate::open_part(asked.row, &door.openings, &asked.caller.rights, Right::Read, "serial")?;
            }
            by_serial(door, asked, get("serial"), get("authority_key_id")).await?
        }
    };
    Ok(Reply::of(certinfo::of(&certificate)))
}

/// From the certificate database where there is one, which other programs write too; else, or if it is not there, from our
/// own record where the signer is ours.
async fn by_serial(door: &Door, asked: &Asked, serial: &str, key_id: &str) -> Result<Certificate, Refusal> {
    let signer = door.labels.by_key_id(key_id, asked.address)?;
    if let Some(records) = door.records.as_deref() {
        match records.find(serial, key_id).await {
            Err(error) if signer.is_some() && error.kind() == Some(ErrorKind::StoreNotFound) => {}
            found => return Ok(found?),
        }
    }
    match signer {
        Some(signer) => Ok(signer.find(serial).await?),
        None => Ok(door.records()?.find(serial, key_id).await?),
    }
}
