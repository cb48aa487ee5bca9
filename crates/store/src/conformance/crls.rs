//! Numbers and entries of CRLs.

use hf_core::audit::AuditAction;
use hf_core::reason::RevocationReason::Superseded;
use hf_core::time::Lifetime;

use super::material::{AUTHORITY, crl, event, intent, issue, publish, revoke, time};
use super::{Backend, Outcome, ensure, refused};
use crate::record::RevokedEntry;
use crate::{Store, StoreError};

pub(super) async fn numbers_only_rise(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let taken = |error: &StoreError| matches!(error, StoreError::CrlNumberTaken { .. });
    let begin = |number| {
        let event = event(AuditAction::CrlBegun { authority: AUTHORITY.to_owned(), number });
        store.begin_crl(AUTHORITY, number, event)
    };
    let finish = |number| {
        let event = event(AuditAction::CrlIssued { authority: AUTHORITY.to_owned(), number, entries: 0 });
        store.finish_crl(crl(number, time(0), 0, 0), event)
    };
    ensure(store.latest_crl(AUTHORITY).await?.is_none(), || "a CRL comes from nowhere".to_owned())?;
    refused(finish(1), "a CRL whose number was not taken", taken).await?;
    begin(1).await?;
    refused(begin(1), "a number taken twice", taken).await?;
    begin(5).await?;
    refused(begin(4), "a smaller number", taken).await?;
    finish(5).await?;
    refused(finish(5), "a CRL stored twice", taken).await?;
    refused(finish(1), "an older CRL after a newer one", taken).await?;
    for number in 6..=9 {
        publish(&*store, crl(number, time(0), 0, 0)).await?;
    }
    drop(store);
    let store = backend.again()?;
    let latest = store.latest_crl(AUTHORITY).await?;
    ensure(latest.is_some_and(|latest| latest.number == 9 && latest.der == b"CRL 9"), || {
        "the latest CRL is another".to_owned()
    })?;
    let mut large = crl(10, time(0), 0, 0);
    large.der = (0..3_000_000_u32).flat_map(u32::to_be_bytes).collect();
    publish(&*store, large.clone()).await?;
    let latest = store.latest_crl(AUTHORITY).await?;
    ensure(latest.is_some_and(|latest| latest.der == large.der), || {
        "a large CRL is kept otherwise".to_owned()
    })?;
    let position = store.crl_position(AUTHORITY).await?;
    ensure(position.last_number == 10, || format!("expected number 10, found {}", position.last_number))?;
    let elsewhere = store.crl_position("databases").await?;
    ensure(elsewhere.last_number == 0, || "authorities share their numbers".to_owned())
}

async fn all_entries(store: &dyn Store, up_to: u64, page: usize) -> Result<Vec<RevokedEntry>, StoreError> {
    let mut found: Vec<RevokedEntry> = Vec::new();
    loop {
        let after = found.last().map(|entry| &entry.serial);
        let entries = store.revoked_entries(AUTHORITY, up_to, after, page).await?;
        if entries.is_empty() {
            return Ok(found);
        }
        found.extend(entries);
    }
}

pub(super) async fn entries_are_paged_up_to_the_mark(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    for number in 1..=20 {
        issue(&*store, &intent(number)).await?;
    }
    for number in (1..=20).rev().step_by(2) {
        revoke(&*store, &intent(number), 7, Superseded).await?;
    }
    let position = store.crl_position(AUTHORITY).await?;
    revoke(&*store, &intent(1), 8, Superseded).await?;
    ensure(position.entries == 10, || format!("expected 10 entries, found {}", position.entries))?;
    let entries = all_entries(&*store, position.up_to, 3).await?;
    let expected = (1..=10).map(|half| RevokedEntry {
        serial: intent(2 * half).serial,
        at: time(7),
        reason: Superseded,
    });
    ensure(entries.iter().cloned().eq(expected), || {
        format!("expected 10 entries in order, found {}", entries.len())
    })?;
    let now = store.crl_position(AUTHORITY).await?;
    let entries = all_entries(&*store, now.up_to, 100).await?;
    ensure(entries.len() == 11 && now.entries == 11, || {
        format!("expected 11 entries, found {}", entries.len())
    })
}

pub(super) async fn expired_entries_are_listed_once_more(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    for number in 1..=3 {
        issue(&*store, &intent(number)).await?;
    }
    revoke(&*store, &intent(1), 5, Superseded).await?;
    let early = store.crl_position(AUTHORITY).await?;
    revoke(&*store, &intent(2), 6, Superseded).await?;
    publish(&*store, crl(1, time(100), early.up_to, 1)).await?;
    let position = store.crl_position(AUTHORITY).await?;
    ensure(position.entries == 2, || "an entry left before its certificate expired".to_owned())?;
    let expired = time(1_000).plus(Lifetime::from_days(90));
    // The entry of certificate 2 was recorded after the mark, so it was not on this CRL.
    publish(&*store, crl(2, expired, early.up_to, 1)).await?;
    let position = store.crl_position(AUTHORITY).await?;
    let entries = all_entries(&*store, position.up_to, 10).await?;
    let right = position.entries == 1 && entries.iter().map(|entry| &entry.serial).eq([&intent(2).serial]);
    ensure(right, || {
        format!("expected the one entry that was not listed after expiry, found {}", entries.len())
    })?;
    publish(&*store, crl(3, expired, position.up_to, 1)).await?;
    let position = store.crl_position(AUTHORITY).await?;
    ensure(position.entries == 0, || "an entry stays for ever".to_owned())?;
    let kept = store.revocation(AUTHORITY, &intent(2).serial).await?;
    ensure(kept.is_some(), || "a certificate that left the CRL is not revoked any more".to_owned())
}
