//! The database of the orders: lost, damaged, foreign, full.

use std::fs::{OpenOptions as Files, read, remove_file, write};
use std::path::Path;

use super::{open, refusal};
use crate::conformance::material::acme::{authorization, make_account, order};
use crate::conformance::material::{intent, issue, time};
use crate::contract::{AcmeAccountStore, AcmeOrderStore, IssuanceStore};
use crate::record::{AcmeAuthorizationRecord, Swap};
use crate::sqlite::{OpenOptions, SqliteStore};
use crate::{Store, StoreError};

async fn filled(directory: &Path) {
    let store = open(directory);
    let account = crate::conformance::material::acme::account(1);
    make_account(&store, &account).await.unwrap();
    issue(&store, &intent(1)).await.unwrap();
    for number in 1..=200 {
        store.create_order(order(number), vec![authorization(number)]).await.unwrap();
    }
}

#[tokio::test]
async fn a_lost_or_damaged_file_is_refused_in_words() {
    let directory = tempfile::tempdir().unwrap();
    filled(directory.path()).await;
    let file = directory.path().join("acme.db");
    let whole = read(&file).unwrap();
    remove_file(&file).unwrap();
    let words = refusal(directory.path());
    assert!(words.contains("acme.db") && words.contains("missing or empty"), "{words}");
    for octets in [0, 50, 5_000, whole.len() as u64 / 2, whole.len() as u64 - 1] {
        write(&file, &whole).unwrap();
        Files::new().write(true).open(&file).unwrap().set_len(octets).unwrap();
        let words = refusal(directory.path());
        assert!(words.contains("acme.db") && words.contains("damaged"), "{octets}: {words}");
    }
    write(&file, b"not a database at all".repeat(100)).unwrap();
    assert!(refusal(directory.path()).contains("damaged"));
    write(&file, &whole).unwrap();
    assert!(open(directory.path()).order(&order(200).id).await.unwrap().is_some());
}

#[tokio::test]
async fn other_databases_and_newer_ones_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    filled(directory.path()).await;
    let file = directory.path().join("acme.db");
    let whole = read(&file).unwrap();
    std::fs::copy(directory.path().join("handfast.db"), &file).unwrap();
    assert!(refusal(directory.path()).contains("another program"));
    write(&file, &whole).unwrap();
    let db = rusqlite::Connection::open(&file).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let words = refusal(directory.path());
    assert!(words.contains("schema version 99") && words.contains("up to 2"), "{words}");
}

#[tokio::test]
async fn who_accepts_the_loss_begins_anew() {
    let directory = tempfile::tempdir().unwrap();
    filled(directory.path()).await;
    write(directory.path().join("acme.db"), "new\n").unwrap();
    let store = open(directory.path());
    assert!(store.order(&order(1).id).await.unwrap().is_none());
    store.create_order(order(1), vec![]).await.unwrap();
    let account = crate::conformance::material::acme::account(1);
    assert!(store.account(&account.id).await.unwrap().is_some(), "accounts are kept elsewhere");
    let wanted = intent(1);
    assert!(store.find_by_serial(&wanted.authority, &wanted.serial).await.unwrap().is_some());
}

#[tokio::test]
async fn without_an_order_there_is_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let account = crate::conformance::material::acme::account(1);
    make_account(&store, &account).await.unwrap();
    assert!(store.order(&order(1).id).await.unwrap().is_none());
    assert!(!directory.path().join("acme.db").exists());
    store.create_order(order(1), vec![]).await.unwrap();
    assert!(directory.path().join("acme.db").exists());
    let error = SqliteStore::open(directory.path(), OpenOptions::default()).err().unwrap();
    assert!(matches!(error, StoreError::InUse { .. }), "one lock guards both: {error}");
}

/// SQLite answers as on a full disk when it may use no more pages.
#[tokio::test]
async fn a_full_disk_refuses_in_words_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    store.create_order(order(1), vec![]).await.unwrap();
    store.limit_orders(40).await;
    let mut stored = 1;
    let error = loop {
        match store.create_order(order(stored + 1), vec![authorization(stored + 1)]).await {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::NoSpace { .. }) && error.is_definite(), "{error}");
    assert!(stored > 5, "{stored}");
    issue(&store, &intent(1)).await.unwrap();
    assert!(matches!(store.trouble(), Some(StoreError::NoSpace { .. })), "the other database has room");
    store.probe().await.unwrap();
    assert!(store.trouble().is_none(), "the disk has room");
    let none = store.authorization(&authorization(stored + 1).id).await.unwrap();
    assert!(none.is_none(), "an order that was refused left an authorization");
    store.limit_orders(100_000).await;
    store.create_order(order(stored + 1), vec![authorization(stored + 1)]).await.unwrap();
    drop(store);
    let after = open(directory.path());
    for number in 1..=stored + 1 {
        assert!(after.order(&order(number).id).await.unwrap().is_some(), "order {number} was acknowledged");
    }
}

#[tokio::test]
async fn a_bad_change_fails_alone() {
    let directory = tempfile::tempdir().unwrap();
    let store = std::sync::Arc::new(open(directory.path()));
    let store: std::sync::Arc<dyn Store> = store;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 1..=100_u64 {
        let store = std::sync::Arc::clone(&store);
        // Every second one brings an authorization that the first one has brought, or none has.
        let brought = if number % 2 == 0 { authorization(1) } else { authorization(number) };
        tasks.spawn(async move { store.create_order(order(number), vec![brought]).await.is_ok() });
    }
    let good = tasks.join_all().await.into_iter().filter(|good| *good).count();
    assert!((50..=51).contains(&good), "{good} of 100");
    for number in (3..=100).step_by(2) {
        let found: Option<AcmeAuthorizationRecord> =
            store.authorization(&authorization(number).id).await.unwrap();
        assert!(found.is_some(), "{number}");
    }
}

#[tokio::test]
async fn what_a_process_worked_on_when_it_ended_is_due_at_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let due = AcmeAuthorizationRecord { due: Some(time(1)), ..authorization(1) };
    store.create_order(order(1), vec![due, authorization(2)]).await.unwrap();
    let leased = store.lease_due(time(1), time(1_000), 10).await.unwrap();
    assert_eq!(leased.len(), 1);
    assert_eq!(store.lease_due(time(2), time(1_000), 10).await.unwrap(), []);
    drop(store);
    let store = open(directory.path());
    let again = store.lease_due(time(2), time(1_000), 10).await.unwrap();
    assert_eq!(again.len(), 1);
    let late = store.update_authorization(leased.into_iter().next().unwrap()).await.unwrap();
    assert!(matches!(late, Swap::Stale(_)), "{late:?}");
}
