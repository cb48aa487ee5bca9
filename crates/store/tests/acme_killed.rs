//! A process that is killed at any moment loses no order, and no change of an order, that it acknowledged.
//!
//! The test runs its own binary again as the victim, which takes orders from their beginning to their certificate and
//! writes a line for each change that was acknowledged.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod victim;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use hf_store::conformance::material::acme::{account, authorization, make_account, order};
use hf_store::conformance::material::{AUTHORITY, serial};
use hf_store::record::{AccountCreation, AcmeAuthorizationStatus, AcmeOrderStatus, OrderCreation, Swap};
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_store::{AcmeAccountStore as _, AcmeOrderStore as _};

use victim::{STRIDE, kill_after, play, say, start};

/// What is acknowledged of each order, in this order.
const STEPS: [&str; 5] = ["account", "ordered", "proved", "processing", "valid"];

/// The victim's part: a test that does nothing in any other process.
#[test]
fn victim() {
    play(work);
}

async fn work(directory: PathBuf, first: u64) {
    let store = Arc::new(SqliteStore::open(&directory, OpenOptions::default()).unwrap());
    let tasks = (0..8).map(|task| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for number in (first + task..first + STRIDE).step_by(8) {
                take(&store, number).await;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

fn revision<T: std::fmt::Debug>(swap: Swap<T>) -> u64 {
    match swap {
        Swap::Done { revision } => revision,
        Swap::Stale(current) => panic!("{current:?}"),
    }
}

/// An order from its beginning to its certificate; every hundredth has an account of its own.
async fn take(store: &SqliteStore, number: u64) {
    if number % 100 == 1 {
        assert_eq!(make_account(store, &account(number)).await.unwrap(), AccountCreation::Created);
        say(&format!("account {number}"));
    }
    let (mut order, mut authorization) = (order(number), authorization(number));
    let made = store.create_order(order.clone(), vec![authorization.clone()]).await.unwrap();
    assert_eq!(made, OrderCreation::Created);
    say(&format!("ordered {number}"));
    authorization.status = AcmeAuthorizationStatus::Valid;
    revision(store.update_authorization(authorization).await.unwrap());
    say(&format!("proved {number}"));
    order.status = AcmeOrderStatus::Processing;
    order.revision = revision(store.update_order(order.clone()).await.unwrap());
    say(&format!("processing {number}"));
    if number.is_multiple_of(7) {
        return;
    }
    (order.status, order.serial) = (AcmeOrderStatus::Valid, Some(serial(number)));
    revision(store.update_order(order).await.unwrap());
    say(&format!("valid {number}"));
}

async fn hold_against(store: &SqliteStore, step: usize, number: u64) {
    let name = STEPS.get(step).unwrap();
    if step == 0 {
        assert!(store.account(&account(number).id).await.unwrap().is_some(), "{name} {number}");
        return;
    }
    let found = store.order(&order(number).id).await.unwrap();
    let found = found.unwrap_or_else(|| panic!("{name} {number} was acknowledged and is lost"));
    let proved = store.authorization(&authorization(number).id).await.unwrap().unwrap();
    assert!(step < 2 || proved.status == AcmeAuthorizationStatus::Valid, "{name} {number}: {proved:?}");
    let reached = match found.status {
        AcmeOrderStatus::Pending => 2,
        AcmeOrderStatus::Processing => 3,
        AcmeOrderStatus::Valid => 4,
        AcmeOrderStatus::Ready | AcmeOrderStatus::Invalid => panic!("{name} {number}: {found:?}"),
    };
    assert!(step <= reached, "{name} {number} was acknowledged, found {found:?}");
    if reached == 4 {
        let by_serial = store.order_with_serial(AUTHORITY, &serial(number)).await.unwrap();
        assert_eq!(by_serial.map(|order| order.id), Some(found.id));
    }
}

#[tokio::test]
async fn acknowledged_changes_are_there_after_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    let mut all: BTreeMap<u64, usize> = BTreeMap::new();
    for (life, lines) in [1, 2, 5, 57, 400, 2_000].into_iter().enumerate() {
        let life = u64::try_from(life).unwrap();
        let said = kill_after(lines, start(life, directory.path()), &STEPS);
        for (step, number) in said {
            let last = all.entry(number).or_default();
            *last = step.max(*last);
        }
        let store = SqliteStore::open(directory.path(), OpenOptions::default()).unwrap();
        for (number, step) in &all {
            hold_against(&store, *step, *number).await;
        }
    }
}
