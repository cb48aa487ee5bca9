//! A full disk, and a disk that fails.

use super::{Plan, as_killed, open, open_on};
use crate::audit::verify;
use crate::conformance::material::{
    AUTHORITY, begin, crl, finish, intent, issue, origin, publish, revoke, time,
};
use crate::record::{Begun, NewCrl};
use crate::sqlite::{OpenOptions, SqliteStore, recovery};
use crate::{AuditLog, IssuanceStore, Store, StoreError};
use hf_core::reason::RevocationReason::Superseded;

#[tokio::test]
async fn a_full_disk_refuses_in_words_and_goes_on_when_there_is_space() {
    let directory = tempfile::tempdir().unwrap();
    let plan = Plan::healthy();
    let store = open_on(directory.path(), &plan);
    issue(&store, &intent(1)).await.unwrap();
    begin(&store, &intent(2)).await.unwrap();
    plan.fill_after(0);
    for attempt in [begin(&store, &intent(3)).await.map(|_| ()), finish(&store, &intent(2)).await] {
        let error = attempt.unwrap_err();
        assert!(matches!(error, StoreError::NoSpace { .. }) && error.is_definite(), "{error}");
        assert!(error.to_string().contains("no space left for"), "{error}");
    }
    let probed = store.probe().await.unwrap_err();
    assert!(matches!(probed, StoreError::NoSpace { .. }), "{probed}");
    let killed = as_killed(directory.path());
    plan.fill_after(i64::MAX);
    store.probe().await.unwrap();
    assert_eq!(begin(&store, &intent(3)).await.unwrap(), Begun::Recorded, "nothing was half done");
    finish(&store, &intent(2)).await.unwrap();
    let report = verify(&store, None).await.unwrap();
    assert!(report.is_intact());
    assert_eq!(report.rows, 5);

    let after = open(killed.path());
    assert_eq!(after.close_open_intents(origin()).await.unwrap(), 1, "the process died on the full disk");
    assert!(verify(&after, None).await.unwrap().is_intact());
}

/// What is asked in vain, or of a record that is locked, is no trouble; what is written ends it.
#[tokio::test]
async fn trouble_is_that_of_the_disk_and_ends_with_the_next_write() {
    let directory = tempfile::tempdir().unwrap();
    let opened = recovery::open(directory.path(), OpenOptions::default()).unwrap();
    opened.database.db.pragma_update(None, "max_page_count", 60).unwrap();
    let store = SqliteStore::start(opened).unwrap();
    issue(&store, &intent(1)).await.unwrap();
    revoke(&store, &intent(2), 1, Superseded).await.unwrap_err();
    assert!(store.trouble().is_none(), "there is no such certificate: {:?}", store.trouble());
    let long = NewCrl { der: vec![7; 300_000].into(), ..crl(1, time(0), 0, 0) };
    let refused = publish(&store, long).await.unwrap_err();
    assert!(matches!(refused, StoreError::NoSpace { .. }), "{refused}");
    assert!(matches!(store.trouble(), Some(StoreError::NoSpace { .. })));
    assert!(!store.trouble().unwrap().in_short().contains('/'), "no names of files");
    revoke(&store, &intent(1), 1, Superseded).await.unwrap();
    assert!(store.trouble().is_none(), "a smaller one was written since: {:?}", store.trouble());
    assert!(!directory.path().join("probe").exists());
}

#[tokio::test]
async fn a_failing_fsync_is_fatal() {
    let directory = tempfile::tempdir().unwrap();
    let plan = Plan::healthy();
    let store = open_on(directory.path(), &plan);
    issue(&store, &intent(1)).await.unwrap();
    plan.break_after(0);
    let error = begin(&store, &intent(2)).await.unwrap_err();
    assert!(matches!(error, StoreError::Failed { .. }) && !error.is_definite(), "{error}");
    plan.break_after(i64::MAX);
    for attempt in [
        begin(&store, &intent(3)).await.map(|_| ()),
        revoke(&store, &intent(1), 1, Superseded).await.map(|_| ()),
        store.flush().await,
        store.probe().await,
    ] {
        let error = attempt.unwrap_err();
        assert!(error.to_string().contains("takes no more writes"), "{error}");
    }
    assert!(store.find_by_serial(AUTHORITY, &intent(1).serial).await.unwrap().is_some(), "reading goes on");
    drop(store);

    let after = open(directory.path());
    let open = after.open_intents(10).await.unwrap();
    assert!(open.len() <= 1, "the intent that failed may be on record, the next one is not");
    after.close_open_intents(origin()).await.unwrap();
    assert!(verify(&after, None).await.unwrap().is_intact());
}

/// Fill the database itself: SQLite answers as on a full disk when it may use no more pages.
#[tokio::test]
async fn a_database_that_cannot_grow_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let opened = recovery::open(directory.path(), OpenOptions::default()).unwrap();
    opened.database.db.pragma_update(None, "max_page_count", 40).unwrap();
    let store = SqliteStore::start(opened).unwrap();
    let mut issued = 0;
    let error = loop {
        let wanted = intent(issued + 1);
        match issue(&store, &wanted).await {
            Ok(()) => issued += 1,
            Err(error) => break error,
        }
        if let Err(error) = store.flush().await {
            break error;
        }
    };
    assert!(matches!(error, StoreError::NoSpace { .. }), "{error}");
    let refused = revoke(&store, &intent(1), 1, Superseded).await.unwrap_err();
    assert!(matches!(refused, StoreError::NoSpace { .. }), "{refused}");
    // The journal has room, and that is not enough.
    begin(&store, &intent(issued + 2)).await.unwrap();
    assert!(matches!(store.trouble(), Some(StoreError::NoSpace { .. })), "{:?}", store.trouble());
    let probed = store.probe().await.unwrap_err();
    assert!(matches!(probed, StoreError::NoSpace { .. }), "{probed}");
    drop(store);

    let after = open(directory.path());
    for number in 1..=issued {
        let found = after.find_by_serial(AUTHORITY, &intent(number).serial).await.unwrap();
        assert!(found.is_some(), "certificate {number} of {issued} was acknowledged");
    }
    let report = verify(&after, None).await.unwrap();
    assert!(report.is_intact());
    assert_eq!(after.audit_head().await.unwrap().count, report.rows);
}
