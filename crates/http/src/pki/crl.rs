//! `GET /crl/{authority}.crl` and `/crl/{authority}/{shard}.crl`: the latest CRL, DER (RFC 2585 section 3).

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use hf_core::time::Timestamp;
use hf_store::record::COMPLETE;

use super::document::{Document, absent, unavailable};
use crate::state::Doors;

/// How long caches may keep a CRL at most, in seconds: the delay after which a revocation is seen.
const KEEP: i64 = 300;

/// The complete list.
pub(super) async fn fetch(
    State(doors): State<Doors>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    match file.strip_suffix(".crl") {
        Some(name) => answer(&doors, name, COMPLETE, &headers).await,
        None => absent(),
    }
}

/// The list of a shard.
pub(super) async fn fetch_shard(
    State(doors): State<Doors>,
    Path((name, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let number = file.strip_suffix(".crl").filter(|text| text.bytes().all(|octet| octet.is_ascii_digit()));
    match number.and_then(|text| text.parse().ok()) {
        Some(shard) if shard != COMPLETE => answer(&doors, &name, shard, &headers).await,
        _ => absent(),
    }
}

async fn answer(doors: &Doors, name: &str, shard: u32, headers: &HeaderMap) -> Response {
    // Only names of authorities reach the store.
    if doors.authority.issuers().get(name).is_none() {
        return absent();
    }
    let now = doors.clock.now();
    match doors.crls.latest(&doors.authority, name, shard).await {
        Ok(Some(crl)) => Document {
            media_type: "application/pkix-crl",
            tag: crl.number.to_string(),
            modified: modified(crl.number, crl.this_update, now),
            seconds: KEEP.min(crl.next_update.seconds_since(now)),
            octets: crl.der,
        }
        .answer(headers),
        Ok(None) => absent(),
        Err(error) => {
            tracing::error!(authority = name, shard, %error, "a CRL cannot be read");
            unavailable()
        }
    }
}

/// A date that no other list has, so that whoever sends it back has this very list: `thisUpdate` may be that of another list
/// of the same second, the number is not. It counts seconds where it can ([`hf_ca::crl`]); one that is no time of this list,
/// or not yet past (RFC 9110 section 8.8.2.1), is no date.
fn modified(number: u64, this_update: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let date = Timestamp::from_unix_seconds(i64::try_from(number).ok()?);
    (this_update <= date && date <= now).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: i64 = 1_800_000_000;

    fn at(number: u64, now: i64) -> Option<i64> {
        let (this_update, now) = (Timestamp::from_unix_seconds(SIGNED), Timestamp::from_unix_seconds(now));
        modified(number, this_update, now).map(Timestamp::unix_seconds)
    }

    #[test]
    fn two_lists_of_one_second_have_not_one_date() {
        assert_eq!(at(1_800_000_000, SIGNED), Some(SIGNED));
        assert_eq!(at(1_800_000_001, SIGNED), None, "not later than now");
        assert_eq!(at(1_800_000_001, SIGNED + 1), Some(SIGNED + 1));
    }

    #[test]
    fn a_number_that_is_no_time_of_the_list_is_no_date() {
        for number in [0, 7, 1_799_999_999, 1_900_000_000, u64::MAX] {
            assert_eq!(at(number, SIGNED + 60), None, "{number}");
        }
    }
}
