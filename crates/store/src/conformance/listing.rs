//! Lists, filters, pages.

use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Lifetime;

use super::material::{AUTHORITY, begin, intent, issue, origin, revoke, serial, time};
use super::{Backend, Outcome, ensure};
use crate::list::ListFilter;
use crate::record::{CertificateState, Intent};
use crate::{Store, StoreError};

/// Ten certificates: 1 to 7 plain, 8 revoked, 9 of another authority and profile, 10 possibly signed.
async fn fill(store: &dyn Store) -> Result<(), StoreError> {
    for number in 1..=8 {
        issue(store, &intent(number)).await?;
    }
    revoke(store, &intent(8), 5, RevocationReason::Superseded).await?;
    issue(store, &elsewhere()).await?;
    begin(store, &intent(10)).await?;
    store.close_open_intents(origin()).await?;
    Ok(())
}

fn elsewhere() -> Intent {
    Intent {
        authority: "databases".to_owned(),
        profile: "client".to_owned(),
        subject: "CN=database client".to_owned(),
        names: hf_core::name::SanSet::new(),
        ..intent(9)
    }
}

async fn numbers(store: &dyn Store, filter: ListFilter) -> Result<Vec<Serial>, StoreError> {
    let page = store.list(filter, None, 100).await?;
    Ok(page.items.into_iter().map(|item| item.serial).collect())
}

pub(super) async fn filters_hold(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    fill(&*store).await?;
    let all = ListFilter::default;
    let day_90 = time(0).plus(Lifetime::from_days(90));
    let expired_by = |state| Some((state, day_90.plus(Lifetime::from_seconds(3))));
    let name = |value: &str| Some(value.to_owned());
    let cases: [(&str, ListFilter, &[u64]); 17] = [
        ("everything", all(), &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("newest first", ListFilter { newest_first: true, ..all() }, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ("a name", ListFilter { name: name("host3.shop.internal"), ..all() }, &[3]),
        ("a name in capitals", ListFilter { name: name("HOST3.shop.internal"), ..all() }, &[3]),
        ("a subject without names", ListFilter { name: name("CN=database client"), ..all() }, &[9]),
        ("an unknown name", ListFilter { name: name("nowhere.shop.internal"), ..all() }, &[]),
        ("a key", ListFilter { key: Some(intent(4).spki_sha256), ..all() }, &[4]),
        ("an unknown key", ListFilter { key: Some([0xee; 32]), ..all() }, &[]),
        ("an authority", ListFilter { authority: name("databases"), ..all() }, &[9]),
        ("a profile", ListFilter { profile: name("client"), ..all() }, &[9]),
        (
            "expiry",
            ListFilter { expires_before: Some(day_90.plus(Lifetime::from_seconds(2))), ..all() },
            &[1, 2],
        ),
        ("valid", ListFilter { state: expired_by(CertificateState::Valid), ..all() }, &[4, 5, 6, 7, 9]),
        ("expired", ListFilter { state: expired_by(CertificateState::Expired), ..all() }, &[1, 2, 3]),
        ("revoked", ListFilter { state: expired_by(CertificateState::Revoked), ..all() }, &[8]),
        (
            "possibly signed",
            ListFilter { state: expired_by(CertificateState::PossiblySigned), ..all() },
            &[10],
        ),
        (
            "two conditions",
            ListFilter {
                name: name("host8.shop.internal"),
                state: expired_by(CertificateState::Valid),
                ..all()
            },
            &[],
        ),
        (
            "expired, newest first",
            ListFilter { state: expired_by(CertificateState::Expired), newest_first: true, ..all() },
            &[3, 2, 1],
        ),
    ];
    for (what, filter, expected) in cases {
        let found = numbers(&*store, filter).await?;
        let expected: Vec<Serial> = expected.iter().map(|number| serial(*number)).collect();
        ensure(found == expected, || {
            format!("{what}: expected {} records, found {}", expected.len(), found.len())
        })?;
    }
    Ok(())
}

pub(super) async fn pages_show_everything_once(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    for number in 1..=57 {
        let mut wanted = intent(number);
        wanted.names = intent(number % 2).names;
        issue(&*store, &wanted).await?;
    }
    let name = intent(1).names.primary().map(ToString::to_string);
    let valid = Some((CertificateState::Valid, time(0)));
    for newest_first in [false, true] {
        for (filter, expected) in [
            (ListFilter { newest_first, ..ListFilter::default() }, 57),
            (ListFilter { newest_first, name: name.clone(), ..ListFilter::default() }, 29),
            (ListFilter { newest_first, state: valid, ..ListFilter::default() }, 57),
        ] {
            let mut seen = Vec::new();
            let mut after = None;
            loop {
                let page = store.list(filter.clone(), after, 7).await?;
                ensure(page.items.len() <= 7, || "a page is longer than asked for".to_owned())?;
                seen.extend(page.items.into_iter().map(|item| item.serial));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let mut sorted = seen.clone();
            sorted.sort();
            sorted.dedup();
            let complete = seen.len() == expected && sorted.len() == expected;
            ensure(complete, || format!("expected {expected} records on all pages, found {}", seen.len()))?;
        }
    }
    Ok(())
}

pub(super) async fn keys_are_found(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let first = intent(1);
    let sibling = Intent { spki_sha256: first.spki_sha256, ..intent(2) };
    for wanted in [&first, &sibling, &intent(3)] {
        issue(&*store, wanted).await?;
    }
    let found = store.find_by_key(first.spki_sha256, 10).await?;
    let right = found.iter().map(|found| &found.serial).eq([&first.serial, &sibling.serial]);
    ensure(right, || format!("expected two certificates with one key, found {}", found.len()))?;
    ensure(found.iter().all(|found| found.authority == AUTHORITY), || "another authority is shown".to_owned())
}
