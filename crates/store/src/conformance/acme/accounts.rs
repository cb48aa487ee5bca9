//! ACME accounts.

use hf_core::audit::AuditAction;

use crate::StoreError;
use crate::conformance::material::acme::{
    account, account_changed, account_created, add_eab, eab, make_account,
};
use crate::conformance::material::{event, time};
use crate::conformance::{Backend, Outcome, ensure, refused};
use crate::record::{
    AccountCreation, AccountUpdate, AcmeAccountFilter, AcmeAccountRecord, AcmeAccountStatus, EabFault,
};

pub(in crate::conformance) async fn accounts_are_made_and_found(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let (first, mut second) = (account(1), account(2));
    "databases".clone_into(&mut second.authority);
    second.thumbprint = first.thumbprint;
    ensure(store.account(&first.id).await?.is_none(), || "an account comes from nowhere".to_owned())?;
    for wanted in [&first, &second] {
        let made = make_account(&*store, wanted).await?;
        ensure(made == AccountCreation::Created, || "a new account is not made".to_owned())?;
    }
    let again = AcmeAccountRecord { thumbprint: first.thumbprint, ..account(3) };
    let made = make_account(&*store, &again).await?;
    ensure(made == AccountCreation::Existing(Box::new(first.clone())), || {
        "a key makes a second account".to_owned()
    })?;
    let taken = AcmeAccountRecord { id: first.id.clone(), ..account(4) };
    let exists = |error: &StoreError| matches!(error, StoreError::AcmeExists { .. });
    refused(store.create_account(taken.clone(), account_created(&taken)), "a used identifier", exists)
        .await?;
    drop(store);
    let store = backend.again()?;
    let found = store.account_by_thumbprint("databases", first.thumbprint).await?;
    ensure(found.as_ref() == Some(&second), || "an account is not found by its key".to_owned())?;
    ensure(store.account(&first.id).await?.as_ref() == Some(&first), || "it is kept otherwise".to_owned())?;
    ensure(store.account(&again.id).await?.is_none(), || "what was not made is there".to_owned())?;
    ensure(store.audit_head().await?.count == 2, || "expected 2 events".to_owned())
}

pub(in crate::conformance) async fn accounts_are_swapped(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let (first, second) = (account(1), account(2));
    make_account(&*store, &first).await?;
    make_account(&*store, &second).await?;
    // Asked for before it is changed: what a store remembers of it is not what it says afterwards.
    ensure(store.account(&first.id).await?.as_ref() == Some(&first), || "it is not there".to_owned())?;
    let mut changed = first.clone();
    (changed.status, changed.body) = (AcmeAccountStatus::Deactivated, "{}".to_owned());
    changed.thumbprint = [9; 32];
    let outcome = store.update_account(changed.clone(), account_changed(&changed)).await?;
    ensure(outcome == AccountUpdate::Done { revision: 2 }, || "a change is not made".to_owned())?;
    changed.revision = 2;
    ensure(store.account(&first.id).await?.as_ref() == Some(&changed), || "it is kept otherwise".to_owned())?;
    let old = store.account_by_thumbprint(&first.authority, first.thumbprint).await?;
    ensure(old.is_none(), || "an old key leads to the account".to_owned())?;
    let outcome = store.update_account(first.clone(), account_changed(&first)).await?;
    ensure(outcome == AccountUpdate::Stale(Box::new(changed.clone())), || {
        "an old revision is written over a new one".to_owned()
    })?;
    let clash = AcmeAccountRecord { thumbprint: second.thumbprint, ..changed.clone() };
    let outcome = store.update_account(clash.clone(), account_changed(&clash)).await?;
    ensure(outcome == AccountUpdate::KeyInUse { account: second.id.clone() }, || {
        "two accounts share a key".to_owned()
    })?;
    let unknown = |error: &StoreError| matches!(error, StoreError::UnknownAcme { .. });
    let nobody = account(7);
    refused(store.update_account(nobody.clone(), account_changed(&nobody)), "no account", unknown).await?;
    ensure(store.audit_head().await?.count == 3, || "a change that was not made left an event".to_owned())
}

pub(in crate::conformance) async fn accounts_are_listed(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    for number in 1..=9 {
        let mut wanted = account(number);
        if number % 3 == 0 {
            wanted.status = AcmeAccountStatus::Revoked;
        }
        if number > 6 {
            "databases".clone_into(&mut wanted.authority);
        }
        make_account(&*store, &wanted).await?;
    }
    let all = AcmeAccountFilter::default;
    let of = AcmeAccountFilter { authority: Some("services".to_owned()), ..all() };
    let revoked = AcmeAccountFilter { status: Some(AcmeAccountStatus::Revoked), ..of.clone() };
    for (filter, expected) in
        [(all(), (1..=9).collect::<Vec<u64>>()), (of, (1..=6).collect()), (revoked, vec![3, 6])]
    {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = store.accounts(filter.clone(), after, 2).await?;
            ensure(page.items.len() <= 2, || "a page is longer than asked for".to_owned())?;
            seen.extend(page.items.into_iter().map(|found| found.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let right =
            seen.iter().eq(expected.iter().map(|number| account(*number).id).collect::<Vec<_>>().iter());
        ensure(right, || format!("expected {} accounts, found {}", expected.len(), seen.len()))?;
    }
    Ok(())
}

pub(in crate::conformance) async fn a_binding_is_used_once(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    add_eab(&*store, 1).await?;
    let bound = |number: u64, key: &str| AcmeAccountRecord { eab: Some(key.to_owned()), ..account(number) };
    let key = eab(1).id;
    let elsewhere = AcmeAccountRecord { authority: "databases".to_owned(), ..bound(1, &key) };
    let late = AcmeAccountRecord { created_at: time(1_001), ..bound(1, &key) };
    let unknown = bound(1, "nowhere");
    for (wanted, fault) in
        [(elsewhere, EabFault::Unknown), (late, EabFault::Expired), (unknown, EabFault::Unknown)]
    {
        let made = make_account(&*store, &wanted).await?;
        ensure(made == AccountCreation::EabUnusable(fault), || format!("expected {fault}, found {made:?}"))?;
    }
    make_account(&*store, &account(5)).await?;
    let known = AcmeAccountRecord { thumbprint: account(5).thumbprint, ..bound(1, &key) };
    let made = make_account(&*store, &known).await?;
    ensure(matches!(made, AccountCreation::Existing(_)), || "a known key makes an account".to_owned())?;
    let unused = store.eab(&key).await?.is_some_and(|found| found.used_by.is_none());
    ensure(unused, || "a key is used up without an account".to_owned())?;
    let made = make_account(&*store, &bound(1, &key)).await?;
    ensure(made == AccountCreation::Created, || "a good key is refused".to_owned())?;
    let made = make_account(&*store, &bound(2, &key)).await?;
    ensure(made == AccountCreation::EabUnusable(EabFault::Used), || "a key is used twice".to_owned())?;
    let mut used = eab(1);
    (used.used_by, used.used_at) = (Some(account(1).id), Some(account(1).created_at));
    ensure(store.eab(&key).await? == Some(used), || "the use is not on record".to_owned())?;
    add_eab(&*store, 2).await?;
    let revoked = event(AuditAction::EabRevoked { id: eab(2).id });
    store.revoke_eab(&eab(2).id, revoked).await?;
    let made = make_account(&*store, &bound(3, &eab(2).id)).await?;
    ensure(made == AccountCreation::EabUnusable(EabFault::Revoked), || "a revoked key is used".to_owned())?;
    ensure(store.audit_head().await?.count == 5, || "an account that was not made left an event".to_owned())
}

pub(in crate::conformance) async fn bad_accounts_are_refused(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let good = account(1);
    let mismatch = |error: &StoreError| matches!(error, StoreError::EventMismatch { .. });
    for other in [
        AcmeAccountRecord { authority: "databases".to_owned(), ..good.clone() },
        AcmeAccountRecord { id: "other".to_owned(), ..good.clone() },
        AcmeAccountRecord { eab: Some("e".to_owned()), ..good.clone() },
        AcmeAccountRecord { thumbprint: [0; 32], ..good.clone() },
    ] {
        let wrong = account_created(&other);
        refused(store.create_account(good.clone(), wrong), "another account's event", mismatch).await?;
    }
    let wrong = account_changed(&AcmeAccountRecord { status: AcmeAccountStatus::Revoked, ..good.clone() });
    refused(store.update_account(good.clone(), wrong), "another status's event", mismatch).await?;
    let bad_id = |error: &StoreError| matches!(error, StoreError::BadAcmeId { .. });
    for id in ["", "a b", "../k", &"k".repeat(65)] {
        let bad = AcmeAccountRecord { id: id.to_owned(), ..good.clone() };
        refused(store.create_account(bad.clone(), account_created(&bad)), "a bad identifier", bad_id).await?;
    }
    let too_long = |error: &StoreError| matches!(error, StoreError::TooLong { .. });
    let long = AcmeAccountRecord { body: "x".repeat(65 * 1_024), ..good.clone() };
    refused(store.create_account(long.clone(), account_created(&long)), "a body without end", too_long)
        .await?;
    ensure(store.audit_head().await?.count == 0, || "a refused change left an event".to_owned())
}
