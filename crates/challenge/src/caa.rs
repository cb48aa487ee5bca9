//! CAA records of a name, or of the nearest name above it that has some: RFC 8659 section 3.

use hf_core::name::DnsName;
use hf_proto::acme::caa::{self, CaaRecord, RelevantSet};
use hickory_resolver::proto::rr::{RData, Record};

use crate::error::ChallengeError;
use crate::resolve;
use crate::settings::ChallengeSettings;

/// The records that count for a name. A name server that fails is no answer: whoever hides a record would be allowed what
/// the record forbids.
pub(crate) async fn relevant(
    settings: &ChallengeSettings,
    name: &DnsName,
) -> Result<RelevantSet, ChallengeError> {
    let resolver = resolve::resolver(settings)?;
    // As many questions at most as a name has labels, within the time of an attempt.
    for owner in caa::climb(name) {
        let records = resolve::authorizations(&resolver, owner).await?;
        if !records.is_empty() {
            return Ok(RelevantSet { owner: owner.to_owned(), records });
        }
    }
    Ok(RelevantSet::default())
}

/// What a record says, if it is one.
pub(crate) fn read(record: &Record) -> Option<CaaRecord> {
    let RData::CAA(found) = &record.data else { return None };
    Some(CaaRecord { critical: found.issuer_critical, tag: found.tag.clone(), value: found.value.clone() })
}
