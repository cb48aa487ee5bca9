//! ACME orders.

use crate::conformance::material::acme::{account, authorization, order};
use crate::conformance::material::{AUTHORITY, serial, time};
use crate::conformance::{Backend, Outcome, ensure, refused};
use crate::record::{AcmeOrderFilter, AcmeOrderRecord, AcmeOrderStatus, OrderCreation, Swap};
use crate::{Store, StoreError};

pub(in crate::conformance) async fn orders_are_stored_and_found(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    ensure(store.order(&order(1).id).await?.is_none(), || "an order comes from nowhere".to_owned())?;
    ensure(store.lease_due(time(0), time(9), 10).await?.is_empty(), || "work comes from nowhere".to_owned())?;
    let made = store.create_order(order(1), vec![authorization(1), authorization(2)]).await?;
    ensure(made == OrderCreation::Created, || "a new order is not stored".to_owned())?;
    let exists = |error: &StoreError| matches!(error, StoreError::AcmeExists { .. });
    refused(store.create_order(order(1), vec![]), "a used identifier", exists).await?;
    refused(store.create_order(order(2), vec![authorization(2)]), "a used authorization", exists).await?;
    let twice = vec![authorization(3), authorization(3)];
    refused(store.create_order(order(2), twice), "an authorization twice", exists).await?;
    refused(store.create_authorization(authorization(2)), "an authorization again", exists).await?;
    store.create_authorization(authorization(4)).await?;
    let bad_id = |error: &StoreError| matches!(error, StoreError::BadAcmeId { .. });
    let bad = AcmeOrderRecord { id: "a/b".to_owned(), ..order(2) };
    refused(store.create_order(bad, vec![]), "a bad identifier", bad_id).await?;
    let too_long = |error: &StoreError| matches!(error, StoreError::TooLong { .. });
    let long = AcmeOrderRecord { body: "x".repeat(65 * 1_024), ..order(2) };
    refused(store.create_order(long, vec![]), "a body without end", too_long).await?;
    drop(store);
    let store = backend.again()?;
    ensure(store.order(&order(1).id).await? == Some(order(1)), || "an order is kept otherwise".to_owned())?;
    ensure(store.order(&order(2).id).await?.is_none(), || "what was refused is there".to_owned())?;
    let ids = [4, 9, 2, 3].map(|number| authorization(number).id);
    let found = store.authorizations(&ids).await?;
    ensure(found == [authorization(4), authorization(2)], || {
        format!("expected authorizations 4 and 2, found {}", found.len())
    })?;
    ensure(store.audit_head().await?.count == 0, || "an order left an event".to_owned())
}

pub(in crate::conformance) async fn orders_are_swapped(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    store.create_order(order(1), vec![]).await?;
    let unknown = |error: &StoreError| matches!(error, StoreError::UnknownAcme { .. });
    refused(store.update_order(order(2)), "no order", unknown).await?;
    let mut processing = order(1);
    (processing.status, processing.updated_at) = (AcmeOrderStatus::Processing, time(50));
    let outcome = store.update_order(processing.clone()).await?;
    ensure(outcome == Swap::Done { revision: 2 }, || "a change is not made".to_owned())?;
    processing.revision = 2;
    let outcome = store.update_order(order(1)).await?;
    ensure(outcome == Swap::Stale(Box::new(processing.clone())), || {
        "an old revision is written over a new one".to_owned()
    })?;
    for (before, expected) in [(50, 0), (51, 1)] {
        let found = store.processing_orders(time(before), None, 10).await?.items;
        ensure(found.len() == expected, || format!("expected {expected} processing, found {}", found.len()))?;
    }
    let mut valid = processing;
    (valid.status, valid.serial) = (AcmeOrderStatus::Valid, Some(serial(1)));
    valid.keep_until = time(9_999_999);
    store.update_order(valid.clone()).await?;
    valid.revision = 3;
    let found = store.processing_orders(time(99), None, 10).await?;
    ensure(found.items.is_empty(), || "it is still processing".to_owned())?;
    let found = store.order_with_serial(AUTHORITY, &serial(1)).await?;
    ensure(found == Some(valid), || "the certificate does not lead to its order".to_owned())?;
    let elsewhere = store.order_with_serial("databases", &serial(1)).await?;
    ensure(elsewhere.is_none(), || "authorities share serial numbers".to_owned())
}

async fn walk(
    store: &dyn Store,
    filter: &AcmeOrderFilter,
) -> Result<Vec<String>, crate::conformance::Broken> {
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.orders(filter.clone(), after, 3).await?;
        ensure(page.items.len() <= 3, || "a page is longer than asked for".to_owned())?;
        seen.extend(page.items.into_iter().map(|found| found.id));
        after = page.next;
        if after.is_none() {
            return Ok(seen);
        }
    }
}

pub(in crate::conformance) async fn orders_are_listed(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    ensure(walk(&*store, &AcmeOrderFilter::default()).await?.is_empty(), || "an order too many".to_owned())?;
    for number in 1..=20 {
        let mut wanted = order(number);
        if number % 2 == 0 {
            wanted.account = account(2).id;
        }
        if number % 5 == 0 {
            wanted.status = AcmeOrderStatus::Invalid;
        }
        store.create_order(wanted, vec![]).await?;
    }
    let all = AcmeOrderFilter::default;
    let second = AcmeOrderFilter { account: Some(account(2).id), ..all() };
    let invalid = Some(AcmeOrderStatus::Invalid);
    let cases: [(AcmeOrderFilter, Vec<u64>); 6] = [
        (all(), (1..=20).collect()),
        (AcmeOrderFilter { newest_first: true, ..all() }, (1..=20).rev().collect()),
        (AcmeOrderFilter { status: invalid, ..all() }, vec![5, 10, 15, 20]),
        (second.clone(), (1..=10).map(|half| half * 2).collect()),
        (AcmeOrderFilter { status: invalid, newest_first: true, ..second }, vec![20, 10]),
        (AcmeOrderFilter { authority: Some("databases".to_owned()), ..all() }, vec![]),
    ];
    for (filter, expected) in cases {
        let found = walk(&*store, &filter).await?;
        let expected: Vec<String> = expected.into_iter().map(|number| order(number).id).collect();
        ensure(found == expected, || {
            format!("{filter:?}: expected {} orders, found {}", expected.len(), found.len())
        })?;
    }
    Ok(())
}

pub(in crate::conformance) async fn orders_under_way_are_paged(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    for number in 1..=20 {
        let mut wanted = order(number);
        if number % 2 == 0 {
            wanted.status = AcmeOrderStatus::Processing;
        }
        store.create_order(wanted, vec![]).await?;
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.processing_orders(time(19), after, 3).await?;
        ensure(page.items.len() <= 3, || "a page is longer than asked for".to_owned())?;
        // What is brought to an end meanwhile is behind: nothing is passed over.
        for found in page.items {
            seen.push(found.id.clone());
            let ended = AcmeOrderRecord { status: AcmeOrderStatus::Invalid, ..found };
            store.update_order(ended).await?;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let expected: Vec<String> = (1..=9).map(|half| order(half * 2).id).collect();
    ensure(seen == expected, || format!("expected {} under way, found {}", expected.len(), seen.len()))
}

fn replacement(number: u64) -> AcmeOrderRecord {
    AcmeOrderRecord { replaces: Some("aki.serial".to_owned()), ..order(number) }
}

pub(in crate::conformance) async fn a_certificate_is_replaced_once(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let first = replacement(1);
    store.create_order(first.clone(), vec![]).await?;
    let replaced = OrderCreation::Replaced { by: first.id.clone() };
    let made = store.create_order(replacement(2), vec![authorization(2)]).await?;
    ensure(made == replaced, || "a certificate is replaced twice".to_owned())?;
    let none = store.authorization(&authorization(2).id).await?;
    ensure(none.is_none(), || "an order that was not stored left an authorization".to_owned())?;
    let elsewhere = AcmeOrderRecord { authority: "databases".to_owned(), ..replacement(3) };
    let made = store.create_order(elsewhere, vec![]).await?;
    ensure(made == OrderCreation::Created, || "authorities share certificates".to_owned())?;
    let found = store.order_replacing(AUTHORITY, "aki.serial", time(5)).await?;
    ensure(found == Some(first.clone()), || "the replacing order is not found".to_owned())?;
    let late = store.order_replacing(AUTHORITY, "aki.serial", time(86_402)).await?;
    ensure(late.is_none(), || "an expired order counts".to_owned())?;
    let mut valid = first;
    valid.status = AcmeOrderStatus::Valid;
    store.update_order(valid.clone()).await?;
    let made = store.create_order(replacement(200_000), vec![]).await?;
    ensure(made == replaced, || "an order with a certificate stops to count".to_owned())?;
    valid.revision = 2;
    valid.status = AcmeOrderStatus::Invalid;
    store.update_order(valid).await?;
    let made = store.create_order(replacement(4), vec![]).await?;
    ensure(made == OrderCreation::Created, || "an order that failed frees nothing".to_owned())?;
    let made = store.create_order(replacement(100_000), vec![]).await?;
    ensure(made == OrderCreation::Created, || "an order that expired frees nothing".to_owned())
}
