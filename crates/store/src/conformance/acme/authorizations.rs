//! ACME authorizations: changes, leases, reuse, removal.

use crate::StoreError;
use crate::conformance::material::acme::{account, authorization, order};
use crate::conformance::material::{begin, finish, intent, time};
use crate::conformance::{Backend, Broken, Outcome, ensure, refused};
use crate::record::{
    AcmeAuthorizationRecord, AcmeAuthorizationStatus, AcmeOrderRecord, AcmeOrderStatus, AcmeSwept, Swap,
};

pub(in crate::conformance) async fn authorizations_are_swapped(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    store.create_authorization(authorization(1)).await?;
    let mut changed = authorization(1);
    (changed.due, changed.body) = (Some(time(10)), "{}".to_owned());
    let outcome = store.update_authorization(changed.clone()).await?;
    ensure(outcome == Swap::Done { revision: 2 }, || "a change is not made".to_owned())?;
    changed.revision = 2;
    let outcome = store.update_authorization(authorization(1)).await?;
    ensure(outcome == Swap::Stale(Box::new(changed.clone())), || {
        "an old revision is written over a new one".to_owned()
    })?;
    let unknown = |error: &StoreError| matches!(error, StoreError::UnknownAcme { .. });
    refused(store.update_authorization(authorization(2)), "no authorization", unknown).await?;
    drop(store);
    let store = backend.again()?;
    let found = store.authorization(&changed.id).await?;
    ensure(found == Some(changed), || "a change is kept otherwise".to_owned())
}

pub(in crate::conformance) async fn work_is_leased(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    for (number, due) in [(1, Some(30)), (2, Some(10)), (3, None), (4, Some(20)), (5, Some(99))] {
        let wanted = AcmeAuthorizationRecord { due: due.map(time), ..authorization(number) };
        store.create_authorization(wanted).await?;
    }
    ensure(store.lease_due(time(9), time(60), 10).await?.is_empty(), || "work comes early".to_owned())?;
    let first = store.lease_due(time(30), time(60), 2).await?;
    let numbers = |found: &[AcmeAuthorizationRecord]| -> Vec<String> {
        found.iter().map(|found| found.id.clone()).collect()
    };
    let ids =
        |wanted: &[u64]| -> Vec<String> { wanted.iter().map(|number| authorization(*number).id).collect() };
    ensure(numbers(&first) == ids(&[2, 4]), || "what waited longest does not come first".to_owned())?;
    let leased = first.iter().all(|found| found.lease_until == Some(time(60)) && found.revision == 2);
    ensure(leased, || "a lease is not on the record".to_owned())?;
    let second = store.lease_due(time(30), time(61), 10).await?;
    ensure(numbers(&second) == ids(&[1]), || "what is leased is leased again".to_owned())?;
    // The first worker comes back in time with one, and never with the other.
    let [mut done, mut late] = <[AcmeAuthorizationRecord; 2]>::try_from(first)
        .map_err(|found| Broken(format!("expected 2 leases, found {}", found.len())))?;
    (done.due, done.lease_until, done.status) = (None, None, AcmeAuthorizationStatus::Valid);
    let outcome = store.update_authorization(done).await?;
    ensure(outcome == Swap::Done { revision: 3 }, || "who holds the lease cannot write".to_owned())?;
    let third = store.lease_due(time(60), time(90), 10).await?;
    ensure(numbers(&third) == ids(&[4]), || "a lease that ran out is not given away".to_owned())?;
    (late.due, late.lease_until) = (None, None);
    let outcome = store.update_authorization(late).await?;
    ensure(matches!(outcome, Swap::Stale(_)), || "who lost the lease writes".to_owned())?;
    drop(store);
    let store = backend.again()?;
    let last = store.lease_due(time(90), time(100), 10).await?;
    ensure(numbers(&last) == ids(&[4, 1]), || {
        "leases that ran out are not given away after a start".to_owned()
    })
}

pub(in crate::conformance) async fn valid_authorizations_are_used_again(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let valid = |number, wildcard| AcmeAuthorizationRecord {
        identifier: authorization(1).identifier,
        wildcard,
        status: AcmeAuthorizationStatus::Valid,
        ..authorization(number)
    };
    let names = [authorization(9).identifier, authorization(1).identifier];
    let own = account(1).id;
    store.create_authorization(authorization(1)).await?;
    let none = store.usable_authorizations(&own, &names, time(5)).await?;
    ensure(none.is_empty(), || "a pending authorization is used again".to_owned())?;
    let mut first = authorization(1);
    first.status = AcmeAuthorizationStatus::Valid;
    store.update_authorization(first.clone()).await?;
    first.revision = 2;
    let found = store.usable_authorizations(&own, &names, time(5)).await?;
    ensure(found == [first.clone()], || "a valid authorization is not used again".to_owned())?;
    store.create_authorization(valid(2, false)).await?;
    store.create_authorization(valid(3, true)).await?;
    let found = store.usable_authorizations(&own, &names, time(5)).await?;
    ensure(found == [valid(2, false), valid(3, true)], || {
        format!("expected the latest and the wildcard's, found {}", found.len())
    })?;
    let others = store.usable_authorizations(&account(2).id, &names, time(5)).await?;
    ensure(others.is_empty(), || "accounts share authorizations".to_owned())?;
    let mut gone = valid(3, true);
    gone.status = AcmeAuthorizationStatus::Deactivated;
    store.update_authorization(gone).await?;
    let found = store.usable_authorizations(&own, &names, valid(2, false).expires).await?;
    ensure(found == [valid(2, false)], || "a deactivated authorization is used again".to_owned())?;
    let late = store.usable_authorizations(&own, &names, time(86_403)).await?;
    ensure(late.is_empty(), || "an expired authorization is used again".to_owned())
}

pub(in crate::conformance) async fn a_sweep_removes_what_expired(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let nothing = AcmeSwept::default();
    ensure(store.sweep_acme(time(9), 10).await? == nothing, || "nothing is removed".to_owned())?;
    let wanted = intent(1);
    begin(&*store, &wanted).await?;
    finish(&*store, &wanted).await?;
    for number in 1..=6 {
        let mut made = order(number);
        match number {
            5 => made.status = AcmeOrderStatus::Processing,
            6 => {
                (made.serial, made.status) = (Some(wanted.serial.clone()), AcmeOrderStatus::Valid);
                made.keep_until = time(5_000_000);
            }
            _ => {}
        }
        let valid =
            AcmeAuthorizationRecord { status: AcmeAuthorizationStatus::Valid, ..authorization(number) };
        store.create_order(made, vec![valid]).await?;
    }
    // The last second still counts: order and authorization 1 end at 86,401.
    let none = store.sweep_acme(time(86_401), 10).await?;
    ensure(none == nothing, || "something is removed that counts".to_owned())?;
    let before = time(1_000_000);
    let mut swept = Vec::new();
    loop {
        let AcmeSwept { orders, authorizations } = store.sweep_acme(before, 4).await?;
        if orders + authorizations == 0 {
            break;
        }
        swept.push((orders, authorizations));
    }
    ensure(swept == [(4, 4), (0, 2)], || format!("expected two sweeps, found {swept:?}"))?;
    for (number, kept) in [(1, false), (4, false), (5, true), (6, true)] {
        let there = store.order(&order(number).id).await?.is_some();
        ensure(there == kept, || format!("order {number}: expected it there {kept}, found {there}"))?;
    }
    let of_account = crate::record::AcmeOrderFilter { account: Some(account(1).id), ..Default::default() };
    let left = store.orders(of_account, None, 10).await?;
    ensure(left.items.len() == 2, || "the account still lists what is gone".to_owned())?;
    let names = [authorization(1).identifier];
    let none = store.usable_authorizations(&account(1).id, &names, time(5)).await?;
    ensure(none.is_empty(), || "what is gone is used again".to_owned())?;
    let certificate = store.find_by_serial(&wanted.authority, &wanted.serial).await?;
    ensure(certificate.is_some(), || "a sweep took a certificate".to_owned())?;
    store.create_order(AcmeOrderRecord { id: order(1).id, ..order(7) }, vec![authorization(1)]).await?;
    Ok(())
}
