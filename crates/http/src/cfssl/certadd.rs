//! `POST certadd`: records a certificate that was issued elsewhere in the certificate database.

use hf_proto::cfssl::endpoints::certadd::{CertAddRequest, CertAddResult};

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, body, failure};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let request: CertAddRequest = body::json(&asked.body, "Unable to parse certificate")?;
    let added = door.records()?.add(&request, door.now()).await;
    added.map_err(|error| failure::refusal(asked.row.name, "", error))?;
    tracing::info!(serial = request.serial_number, caller = %asked.caller.principal, "certificate recorded");
    Ok(Reply::of(CertAddResult::default()))
}
