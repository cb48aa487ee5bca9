//! Folding beside the writer: small portions, so that the database is away most of the time.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::{as_killed, open};
use crate::audit::verify;
use crate::conformance::material::{AUTHORITY, begin, finish, intent, origin, revoke};
use crate::record::{Begun, Body};
use crate::sqlite::writer::Portions;
use crate::sqlite::{OpenOptions, SqliteStore, recovery};
use crate::{IssuanceStore, StoreError};
use hf_core::reason::RevocationReason::Superseded;

/// How many certificates, and every which of them takes its time.
const COUNT: u64 = 300;
const SLOW: u64 = 7;

fn open_in_portions(directory: &std::path::Path, portions: Portions) -> SqliteStore {
    let opened = recovery::open(directory, OpenOptions::default()).unwrap();
    SqliteStore::start(recovery::Opened { portions, ..opened }).unwrap()
}

/// With a deduplication key, so that what the tail and the database hold of it is asked for too.
fn wanted(number: u64) -> crate::record::Intent {
    crate::record::Intent { dedup_key: Some(format!("order {number}")), ..intent(number) }
}

/// Begin all, finish most at once and the slow ones when all others are done; some are asked for again meanwhile.
async fn issue_all(store: &Arc<SqliteStore>) {
    let mut tasks = JoinSet::new();
    for number in 1..=COUNT {
        let store = Arc::clone(store);
        tasks.spawn(async move {
            assert_eq!(begin(&*store, &wanted(number)).await.unwrap(), Begun::Recorded);
            let again = begin(&*store, &wanted(number)).await.unwrap();
            assert!(matches!(again, Begun::InProgress { .. }), "{number}: {again:?}");
            if number % SLOW != 0 {
                finish(&*store, &wanted(number)).await.unwrap();
                let found = store.find_by_serial(AUTHORITY, &wanted(number).serial).await.unwrap().unwrap();
                assert!(matches!(found.body, Body::Issued(_)), "{number}: {found:?}");
                let again = begin(&*store, &wanted(number)).await.unwrap();
                assert!(matches!(again, Begun::Existing(_)), "{number}: {again:?}");
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_doubled_or_left_over_whatever_is_folded_meanwhile() {
    for portions in
        [Portions { size: 1, keep: 0 }, Portions { size: 5, keep: 3 }, Portions { size: 64, keep: 16 }]
    {
        let directory = tempfile::tempdir().unwrap();
        let store = Arc::new(open_in_portions(directory.path(), portions));
        issue_all(&store).await;
        let slow = COUNT / SLOW;
        assert_eq!(store.open_intents(1_000).await.unwrap().len() as u64, slow);
        let twice = finish(&*store, &wanted(1)).await.unwrap_err();
        assert!(matches!(twice, StoreError::UnknownIntent { .. }), "{twice}");
        for number in (SLOW..=COUNT).step_by(7) {
            finish(&*store, &wanted(number)).await.unwrap();
        }
        let killed = as_killed(directory.path());
        assert_eq!(store.open_intents(10).await.unwrap(), []);
        revoke(&*store, &wanted(1), 1, Superseded).await.unwrap();
        for store in [Arc::into_inner(store).unwrap(), open(killed.path())] {
            for number in 1..=COUNT {
                let found = store.find_by_serial(AUTHORITY, &wanted(number).serial).await.unwrap().unwrap();
                assert!(matches!(found.body, Body::Issued(_)), "{number}");
            }
            let report = verify(&store, None).await.unwrap();
            assert!(report.is_intact(), "{:?}", report.faults);
            assert_eq!(store.close_open_intents(origin()).await.unwrap(), 0);
        }
    }
}
