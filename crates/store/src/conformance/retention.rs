//! What expired long ago leaves the record, and nothing else does.

use hf_core::audit::AuditAction;
use hf_core::reason::RevocationReason::Superseded;
use hf_core::time::Lifetime;

use super::material::{AUTHORITY, begin, crl, intent, issue, origin, publish, revoke, time};
use super::{Backend, Broken, Outcome, ensure};
use crate::audit::verify;
use crate::list::ListFilter;
use crate::record::RemovedPage;
use crate::{Store, StoreError};

/// Remove in steps of three; how many went.
async fn remove(store: &dyn Store, before: i64) -> Result<u64, StoreError> {
    let before = time(before).plus(Lifetime::from_days(90));
    let (mut removed, mut after) = (0, None);
    loop {
        let RemovedPage { removed: more, next } = store.remove_expired(before, after, 3, origin()).await?;
        removed += more;
        after = next;
        if after.is_none() {
            return Ok(removed);
        }
    }
}

/// Something is signed a hundred days later.
async fn sign_later(store: &dyn Store) -> Result<(), StoreError> {
    let mut later = intent(1_000);
    later.requested_at = time(0).plus(Lifetime::from_days(100));
    issue(store, &later).await
}

pub(super) async fn expired_certificates_leave(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    ensure(remove(&*store, 99).await? == 0, || "something comes from nowhere and leaves".to_owned())?;
    for number in 1..=12 {
        let mut wanted = intent(number);
        wanted.dedup_key = Some(format!("order/{number}"));
        issue(&*store, &wanted).await?;
    }
    begin(&*store, &intent(13)).await?;
    store.close_open_intents(origin()).await?;
    begin(&*store, &intent(14)).await?;
    let early = remove(&*store, 99).await?;
    ensure(early == 0, || format!("{early} left that were valid when something was signed last"))?;
    sign_later(&*store).await?;
    // The last seconds of certificates 1 to 10 lie before; that of 11 does not.
    let removed = remove(&*store, 11 - 1).await?;
    ensure(removed == 10, || format!("expected 10 to leave, found {removed}"))?;
    for (number, there) in [(1, false), (10, false), (11, true), (13, true)] {
        let found = store.find_by_serial(AUTHORITY, &intent(number).serial).await?.is_some();
        ensure(found == there, || format!("certificate {number}: expected it there {there}, found {found}"))?;
    }
    let old = intent(3);
    let name = old.names.primary().map(ToString::to_string);
    let listed = store.list(ListFilter { name, ..ListFilter::default() }, None, 10).await?;
    let by_key = store.find_by_key(old.spki_sha256, 10).await?;
    let by_request = store.find_by_dedup_key(AUTHORITY, "order/3").await?;
    let gone = listed.items.is_empty() && by_key.is_empty() && by_request.is_none();
    ensure(gone, || "what left is still found".to_owned())?;
    let removed = remove(&*store, 99).await?;
    ensure(removed == 3, || format!("expected the other 3 to leave, found {removed}"))?;
    let open = store.open_intents(10).await?;
    ensure(open.len() == 1, || "an open intent left".to_owned())?;
    drop(store);
    let store = backend.again()?;
    let rows = store.audit_rows(0, 100).await?;
    let mut counted = 0;
    for row in &rows {
        let event = row.decode().map_err(|error| Broken(format!("row {}: {error}", row.sequence)))?;
        if let AuditAction::CertificatesRemoved { certificates, .. } = event.action {
            counted += certificates;
        }
    }
    ensure(counted == 13, || format!("expected 13 in the events, found {counted}"))?;
    ensure(verify(&*store, None).await?.is_intact(), || "the chain is broken".to_owned())
}

pub(super) async fn revoked_certificates_wait_for_their_list(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    for number in 1..=8 {
        issue(&*store, &intent(number)).await?;
        if number % 2 == 0 {
            revoke(&*store, &intent(number), 5, Superseded).await?;
        }
    }
    sign_later(&*store).await?;
    let position = store.crl_position(AUTHORITY, crate::record::COMPLETE).await?;
    publish(&*store, crl(1, time(100), position.up_to, 4)).await?;
    let removed = remove(&*store, 99).await?;
    ensure(removed == 4, || format!("expected the 4 that are not revoked to leave, found {removed}"))?;
    let late = time(5).plus(Lifetime::from_days(90));
    publish(&*store, crl(2, late, position.up_to, 4)).await?;
    let removed = remove(&*store, 99).await?;
    ensure(removed == 2, || {
        format!("expected the 2 that were listed after their end to leave, found {removed}")
    })?;
    for (number, there) in [(2, false), (4, false), (6, true), (8, true)] {
        let found = store.revocation(AUTHORITY, &intent(number).serial).await?.is_some();
        ensure(found == there, || format!("revocation {number}: expected it there {there}, found {found}"))?;
    }
    let position = store.crl_position(AUTHORITY, crate::record::COMPLETE).await?;
    ensure(position.entries == 2, || {
        format!("expected 2 entries on the next list, found {}", position.entries)
    })
}
