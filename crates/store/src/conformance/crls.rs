//! Numbers and entries of CRLs.

use hf_core::audit::AuditAction;
use hf_core::reason::RevocationReason::{KeyCompromise, Superseded};
use hf_core::time::Lifetime;

use super::material::{
    AUTHORITY, crl, event, intent, issue, open_shard, publish, revoke, revoke_in, serial, time,
};
use super::{Backend, Outcome, ensure, refused};
use crate::record::{COMPLETE, NewCrl, RevokedEntry};
use crate::{Store, StoreError};

pub(super) async fn numbers_only_rise(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let taken = |error: &StoreError| matches!(error, StoreError::CrlNumberTaken { .. });
    let begin = |number| {
        let event = event(AuditAction::CrlBegun { authority: AUTHORITY.to_owned(), shard: COMPLETE, number });
        store.begin_crl(AUTHORITY, COMPLETE, number, event)
    };
    let finish = |number| {
        let event = event(AuditAction::CrlIssued {
            authority: AUTHORITY.to_owned(),
            shard: COMPLETE,
            number,
            entries: 0,
        });
        store.finish_crl(crl(number, time(0), 0, 0), event)
    };
    ensure(store.latest_crl(AUTHORITY, COMPLETE).await?.is_none(), || "a CRL comes from nowhere".to_owned())?;
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
    let latest = store.latest_crl(AUTHORITY, COMPLETE).await?;
    ensure(latest.is_some_and(|latest| latest.number == 9 && latest.der == b"CRL 9"), || {
        "the latest CRL is another".to_owned()
    })?;
    let mut large = crl(10, time(0), 0, 0);
    large.der = (0..3_000_000_u32).flat_map(u32::to_be_bytes).collect::<Vec<u8>>().into();
    publish(&*store, large.clone()).await?;
    let latest = store.latest_crl(AUTHORITY, COMPLETE).await?;
    ensure(latest.is_some_and(|latest| latest.der == large.der), || {
        "a large CRL is kept otherwise".to_owned()
    })?;
    let position = store.crl_position(AUTHORITY, COMPLETE).await?;
    ensure(position.last_number == 10, || format!("expected number 10, found {}", position.last_number))?;
    let elsewhere = store.crl_position("databases", COMPLETE).await?;
    ensure(elsewhere.last_number == 0, || "authorities share their numbers".to_owned())
}

async fn all_entries(store: &dyn Store, up_to: u64, page: usize) -> Result<Vec<RevokedEntry>, StoreError> {
    entries_of(store, COMPLETE, up_to, page).await
}

async fn entries_of(
    store: &dyn Store,
    shard: u32,
    up_to: u64,
    page: usize,
) -> Result<Vec<RevokedEntry>, StoreError> {
    let mut found: Vec<RevokedEntry> = Vec::new();
    loop {
        let after = found.last().map(|entry| &entry.serial);
        let entries = store.revoked_entries(AUTHORITY, shard, up_to, after, page).await?;
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
    let position = store.crl_position(AUTHORITY, COMPLETE).await?;
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
    let now = store.crl_position(AUTHORITY, COMPLETE).await?;
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
    let early = store.crl_position(AUTHORITY, COMPLETE).await?;
    revoke(&*store, &intent(2), 6, Superseded).await?;
    publish(&*store, crl(1, time(100), early.up_to, 1)).await?;
    let position = store.crl_position(AUTHORITY, COMPLETE).await?;
    ensure(position.entries == 2, || "an entry left before its certificate expired".to_owned())?;
    let expired = time(1_000).plus(Lifetime::from_days(90));
    // The entry of certificate 2 was recorded after the mark, so it was not on this CRL.
    publish(&*store, crl(2, expired, early.up_to, 1)).await?;
    let position = store.crl_position(AUTHORITY, COMPLETE).await?;
    let entries = all_entries(&*store, position.up_to, 10).await?;
    let right = position.entries == 1 && entries.iter().map(|entry| &entry.serial).eq([&intent(2).serial]);
    ensure(right, || {
        format!("expected the one entry that was not listed after expiry, found {}", entries.len())
    })?;
    publish(&*store, crl(3, expired, position.up_to, 1)).await?;
    let position = store.crl_position(AUTHORITY, COMPLETE).await?;
    ensure(position.entries == 0, || "an entry stays for ever".to_owned())?;
    let kept = store.revocation(AUTHORITY, &intent(2).serial).await?;
    ensure(kept.is_some(), || "a certificate that left the CRL is not revoked any more".to_owned())
}

pub(super) async fn shards_have_lists_of_their_own(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let taken = |error: &StoreError| matches!(error, StoreError::ShardTaken { .. });
    refused(Box::pin(open_shard(&*store, 2)), "a shard that follows none", taken).await?;
    open_shard(&*store, 1).await?;
    refused(Box::pin(open_shard(&*store, 1)), "a shard opened twice", taken).await?;
    open_shard(&*store, 2).await?;
    for number in 1..=6 {
        issue(&*store, &intent(number)).await?;
    }
    // Shard 7 was never opened.
    for (number, shard) in [(1, COMPLETE), (2, 1), (3, 2), (4, 1), (5, 7)] {
        revoke_in(&*store, &intent(number), shard, 5, Superseded).await?;
    }
    for (shard, expected) in [(COMPLETE, vec![1, 2, 3, 4, 5]), (1, vec![2, 4]), (2, vec![3]), (7, vec![])] {
        let position = store.crl_position(AUTHORITY, shard).await?;
        let entries = entries_of(&*store, shard, position.up_to, 2).await?;
        let expected: Vec<_> = expected.into_iter().map(serial).collect();
        let found = entries.iter().map(|entry| entry.serial.clone());
        ensure(found.eq(expected.iter().cloned()), || format!("shard {shard} has other entries"))?;
        let counted = usize::try_from(position.entries).unwrap_or(usize::MAX);
        ensure(counted == expected.len(), || format!("shard {shard} counts {counted} entries"))?;
    }
    let mark = store.crl_position(AUTHORITY, 2).await?.up_to;
    publish(&*store, NewCrl { shard: 2, ..crl(3, time(10), mark, 1) }).await?;
    publish(&*store, crl(1, time(10), mark, 3)).await?;
    drop(store);
    let store = backend.again()?;
    let kept = store.latest_crl(AUTHORITY, 2).await?;
    let right = kept.is_some_and(|kept| kept.number == 3 && kept.up_to == mark && kept.der == b"CRL 3");
    ensure(right, || "the CRL of a shard is another".to_owned())?;
    ensure(store.latest_crl(AUTHORITY, 1).await?.is_none(), || "shards share their CRLs".to_owned())?;
    let at = store.shard_at(AUTHORITY, "http://pki.shop.internal/crl/services/2.crl").await?;
    ensure(at == Some(2), || format!("expected shard 2 at its address, found {at:?}"))?;
    let elsewhere = store.shard_at("databases", "http://pki.shop.internal/crl/services/2.crl").await?;
    ensure(elsewhere.is_none(), || "authorities share their shards".to_owned())?;
    let mut lists = store.crl_lists().await?;
    lists.sort_by_key(|list| list.shard);
    let told: Vec<_> = lists
        .iter()
        .map(|list| (list.shard, list.position.entries, list.stored.map(|crl| crl.number)))
        .collect();
    ensure(told == [(0, 5, Some(1)), (1, 2, None), (2, 1, Some(3))], || format!("the lists are {told:?}"))
}

pub(super) async fn an_entry_leaves_after_the_list_of_its_shard_named_it_expired(
    backend: &dyn Backend,
) -> Outcome {
    let store = backend.fresh()?;
    open_shard(&*store, 1).await?;
    for number in 1..=2 {
        issue(&*store, &intent(number)).await?;
    }
    revoke_in(&*store, &intent(1), 1, 5, Superseded).await?;
    revoke(&*store, &intent(2), 5, Superseded).await?;
    let expired = time(1_000).plus(Lifetime::from_days(90));
    let mark = store.crl_position(AUTHORITY, COMPLETE).await?.up_to;
    publish(&*store, crl(1, expired, mark, 2)).await?;
    let left = all_entries(&*store, mark, 10).await?;
    ensure(left.iter().map(|entry| &entry.serial).eq([&serial(1)]), || {
        format!("expected the entry of the shard to stay, found {} entries", left.len())
    })?;
    publish(&*store, NewCrl { shard: 1, ..crl(1, expired, mark, 1) }).await?;
    for shard in [COMPLETE, 1] {
        let position = store.crl_position(AUTHORITY, shard).await?;
        let left = entries_of(&*store, shard, position.up_to, 10).await?;
        ensure(left.is_empty() && position.entries == 0, || "an entry stays for ever".to_owned())?;
    }
    Ok(())
}

pub(super) async fn what_covers_less_replaces_nothing(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    issue(&*store, &intent(1)).await?;
    let before = store.crl_position(AUTHORITY, COMPLETE).await?.up_to;
    revoke(&*store, &intent(1), 5, Superseded).await?;
    let after = store.crl_position(AUTHORITY, COMPLETE).await?.up_to;
    publish(&*store, crl(1, time(10), after, 1)).await?;
    let taken = |error: &StoreError| matches!(error, StoreError::CrlNumberTaken { .. });
    let late = publish(&*store, crl(2, time(10), before, 0));
    refused(Box::pin(late), "a CRL without what is revoked since", taken).await?;
    revoke(&*store, &intent(1), 6, KeyCompromise).await?;
    let raised = store.crl_position(AUTHORITY, COMPLETE).await?;
    ensure(raised.up_to > after, || "a raised reason leaves the lists as they are".to_owned())?;
    ensure(raised.entries == 1, || format!("a raised reason is counted: {} entries", raised.entries))
}
