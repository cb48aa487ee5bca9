//! `POST certadd`: records a certificate that was issued elsewhere: on the record of the signer whose key signed it, else in
//! the certificate database.

use hf_proto::cfssl::code::ErrorKind;
use hf_proto::cfssl::endpoints::certadd::{CertAddRequest, CertAddResult};

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, body, failure, limited};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let request: CertAddRequest = body::json(&asked.body, "Unable to parse certificate")?;
    let (key, address) = (&request.authority_key_identifier, asked.address);
    let signer = door.labels.by_key_id(key, address)?.filter(|_| door.records.is_none());
    limited::check_new(asked, signer, &request.pem)?;
    let added = match signer {
        Some(signer) => signer.add(&request, &asked.caller.principal).await,
        None => door.records()?.add(&request, door.now()).await.map(|_| ()),
    };
    added.map_err(|error| match error.kind() {
        // Elsewhere it is the record that fails; here it is the row that is there already.
        Some(ErrorKind::StoreInsertion) => error.into(),
        _ => failure::refusal(asked.row.name, "", error),
    })?;
    tracing::info!(serial = request.serial_number, caller = %asked.caller.principal, "certificate recorded");
    Ok(Reply::of(CertAddResult::default()))
}
