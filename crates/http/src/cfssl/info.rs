//! `POST info`: the certificate of the authority, and what a profile grants.

use hf_proto::cfssl::info::InfoRequest;

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, body, failure};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let request: InfoRequest = body::json(&asked.body, "Unable to parse info request")?;
    let label = door.labels.admitted(&request.label, asked.address)?;
    let told = label.info(&request).await;
    Ok(Reply::of(told.map_err(|error| failure::refusal(asked.row.name, &label.name, error))?))
}
