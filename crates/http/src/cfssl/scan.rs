//! `GET scan`: examines a TLS server. It connects to other hosts, so it needs a right.

use hf_cfssl::scan::Scan;
use hf_proto::cfssl::endpoints::scan::ScanQuery;
use hf_proto::cfssl::envelope::Failure;

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, work};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let pairs: Vec<(&str, &str)> =
        asked.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let query = ScanQuery::from_pairs(pairs)?;
    let bad = |error: &dyn std::error::Error| Refusal::new("query", Failure::bad_request(error.to_string()));
    let timeout = std::time::Duration::from_secs(u64::try_from(query.timeout.seconds()).unwrap_or(1));
    let mut scan =
        Scan::new(&query.family, &query.scanner, timeout.min(MAX_TIME)).map_err(|error| bad(&error))?;
    if !query.ip.is_empty() {
        scan.address = Some(query.ip.parse().map_err(|error| bad(&error))?);
    }
    let _place = work::place(door)?;
    let scanned = scan.run(&query.host, door.now()).await.map_err(|error| bad(&error))?;
    Ok(Reply::of(scanned.results))
}

/// Before the listener gives an answer up.
const MAX_TIME: std::time::Duration = std::time::Duration::from_secs(25);
