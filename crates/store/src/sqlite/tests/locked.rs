//! Another program holds the database locked.

use std::path::Path;

use rusqlite::Connection;
use tokio::time::Instant;

use super::{as_killed, open};
use crate::audit::verify;
use crate::conformance::material::{AUTHORITY, begin, finish, intent, issue, revoke};
use crate::list::ListFilter;
use crate::patience::LOCKED;
use crate::record::Begun;
use crate::{IssuanceStore, RevocationStore, Store, StoreError};
use hf_core::reason::RevocationReason::Superseded;

/// The lock, until it is dropped.
fn lock(directory: &Path) -> Connection {
    let other = Connection::open(directory.join("handfast.db")).unwrap();
    other.busy_timeout(LOCKED).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    other
}

#[track_caller]
fn is_refused<T: std::fmt::Debug>(outcome: Result<T, StoreError>) {
    let error = outcome.unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }) && error.is_definite(), "{error}");
}

#[tokio::test]
async fn certificates_are_recorded_beside_a_lock_and_what_needs_the_database_is_refused_in_time() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let store = open(directory.path());
    issue(&store, &intent(1)).await.unwrap();
    store.flush().await.unwrap();
    let held = lock(directory.path());
    issue(&store, &intent(2)).await.unwrap();
    begin(&store, &intent(3)).await.unwrap();
    store.probe().await.unwrap();

    let began = Instant::now();
    is_refused(revoke(&store, &intent(1), 1, Superseded).await);
    assert!(began.elapsed() < LOCKED * 3, "{:?}", began.elapsed());
    let began = Instant::now();
    for number in 4..9 {
        is_refused(revoke(&store, &intent(2), 1, Superseded).await);
        is_refused(store.flush().await);
        issue(&store, &intent(number)).await.unwrap();
    }
    // Ten waits are ten times as long; what is written durably meanwhile takes its time.
    assert!(began.elapsed() < LOCKED * 5, "nobody waits again: {:?}", began.elapsed());
    for number in [1, 2, 8] {
        let found = store.find_by_serial(AUTHORITY, &intent(number).serial).await.unwrap();
        assert!(found.is_some(), "{number}");
    }
    assert_eq!(store.revocation(AUTHORITY, &intent(1).serial).await.unwrap(), None);
    assert_eq!(store.list(ListFilter::default(), None, 10).await.unwrap().items.len(), 1);

    let killed = as_killed(directory.path());
    drop(held);
    finish(&store, &intent(3)).await.unwrap();
    revoke(&store, &intent(2), 1, Superseded).await.unwrap();
    assert_eq!(store.list(ListFilter::default(), None, 10).await.unwrap().items.len(), 8);
    assert!(verify(&store, None).await.unwrap().is_intact());

    let after = open(killed.path());
    assert!(verify(&after, None).await.unwrap().is_intact());
    assert!(after.find_by_serial(AUTHORITY, &intent(2).serial).await.unwrap().is_some());
    assert_eq!(after.open_intents(10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_authority_that_signs_for_the_first_time_waits_for_its_number() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let held = lock(directory.path());
    is_refused(begin(&store, &intent(1)).await);
    drop(held);
    assert_eq!(begin(&store, &intent(1)).await.unwrap(), Begun::Recorded);
}
