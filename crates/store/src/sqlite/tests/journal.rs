//! The journal: torn, damaged, full, and read back.

use std::fs::{read, write};
use std::path::Path;

use super::super::journal::{FULL, Journal, Replay};
use super::{as_killed, open, refusal};
use crate::audit::verify;
use crate::conformance::material::{AUTHORITY, begin, finish, intent, issue};
use crate::{AuditLog, IssuanceStore, Store};

/// What a process leaves that is killed before it folds more than its first entry: the database of then, which the idle
/// writer would bring up to date in its own time, and the journal of the end.
async fn journal_of(count: u64) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    begin(&store, &intent(1)).await.unwrap();
    store.flush().await.unwrap();
    let killed = as_killed(directory.path());
    for number in 2..=count {
        begin(&store, &intent(number)).await.unwrap();
    }
    for number in 1..=count {
        finish(&store, &intent(number)).await.unwrap();
    }
    let journal = "handfast.journal";
    std::fs::copy(directory.path().join(journal), killed.path().join(journal)).unwrap();
    drop(store);
    killed
}

fn copy(from: &Path) -> tempfile::TempDir {
    as_killed(from)
}

#[tokio::test]
async fn what_the_journal_holds_is_folded_at_the_start() {
    let killed = journal_of(10).await;
    let store = open(killed.path());
    for number in 1..=10 {
        assert!(store.find_by_serial(AUTHORITY, &intent(number).serial).await.unwrap().is_some());
    }
    assert_eq!(store.audit_head().await.unwrap().count, 20);
    assert!(verify(&store, None).await.unwrap().is_intact());
    issue(&store, &intent(11)).await.unwrap();
    drop(store);
    let store = open(killed.path());
    assert_eq!(verify(&store, None).await.unwrap().rows, 22);
}

#[tokio::test]
async fn commits_are_counted_with_what_was_in_them() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    assert_eq!(store.commits(), crate::CommitCounts::default());
    for number in 1..=5 {
        issue(&store, &intent(number)).await.unwrap();
    }
    let counts = store.commits();
    assert_eq!((counts.commits, counts.records), (10, 10), "one after the other, nothing is shared");
    assert!(!counts.time.is_zero());
}

/// Cut at every sector: what remains is a beginning of what was written, never something else.
#[tokio::test]
async fn a_torn_end_is_dropped() {
    let killed = journal_of(4).await;
    let whole = read(killed.path().join("handfast.journal")).unwrap();
    let mut last = 0;
    for length in (0..=whole.len()).step_by(512) {
        let torn = copy(killed.path());
        write(torn.path().join("handfast.journal"), &whole[..length]).unwrap();
        let store = open(torn.path());
        let report = verify(&store, None).await.unwrap();
        assert!(report.is_intact(), "{length}");
        assert!(report.rows >= last, "{length}");
        last = report.rows;
    }
    assert_eq!(last, 8);
}

#[tokio::test]
async fn damage_before_the_end_is_refused() {
    let killed = journal_of(4).await;
    let journal = killed.path().join("handfast.journal");
    let whole = read(&journal).unwrap();
    let mut refused = 0;
    for place in (0..whole.len()).step_by(611) {
        let damaged = copy(killed.path());
        let mut octets = whole.clone();
        octets[place] ^= 0x10;
        write(damaged.path().join("handfast.journal"), &octets).unwrap();
        match crate::sqlite::SqliteStore::open(damaged.path(), crate::sqlite::OpenOptions::default()) {
            Ok(store) => assert!(verify(&store, None).await.unwrap().is_intact()),
            Err(error) => {
                assert!(error.to_string().contains("damaged"), "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 3, "only the last batch, or padding, may be lost without a word: {refused}");
}

#[tokio::test]
async fn a_foreign_journal_is_refused() {
    let mine = tempfile::tempdir().unwrap();
    let store = open(mine.path());
    issue(&store, &intent(77)).await.unwrap();
    drop(store);
    let other = journal_of(3).await;
    std::fs::copy(other.path().join("handfast.journal"), mine.path().join("handfast.journal")).unwrap();
    let words = refusal(mine.path());
    assert!(words.contains("do not continue the audit chain"), "{words}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_journal_begins_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = std::sync::Arc::new(open(directory.path()));
    let big = |number| {
        let mut wanted = intent(number);
        wanted.tbs = vec![7; 60_000];
        wanted
    };
    let count = 2 * FULL / 120_000 + 50;
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..16 {
        let store = std::sync::Arc::clone(&store);
        tasks.spawn(async move {
            for number in (1..=count).filter(|number| number % 16 == task) {
                issue(&*store, &big(number)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let length = std::fs::metadata(directory.path().join("handfast.journal")).unwrap().len();
    assert!(length < FULL + 8 * 1024 * 1024, "{length}");
    let killed = as_killed(directory.path());
    let after = open(killed.path());
    let report = verify(&after, None).await.unwrap();
    assert!(report.is_intact());
    assert_eq!(report.rows, 2 * count);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    /// Whatever the file holds, reading it ends, in batches or in words.
    #[test]
    fn any_octets_are_read_without_harm(octets in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..4096)) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        write(&path, [b"HFJRNL1\n".as_slice(), &octets].concat()).unwrap();
        let file = Journal::open_file(&path, false).unwrap();
        let mut replay = Replay::new(&file, &path).unwrap();
        while let Ok(Some(batch)) = replay.next_batch() {
            batch.entries();
        }
        let _ = replay.check_rest(0);
    }
}

#[tokio::test]
async fn flushing_leaves_nothing_to_replay() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    issue(&store, &intent(1)).await.unwrap();
    store.flush().await.unwrap();
    let killed = as_killed(directory.path());
    write(killed.path().join("handfast.journal"), b"").unwrap();
    let after = open(killed.path());
    assert!(after.find_by_serial(AUTHORITY, &intent(1).serial).await.unwrap().is_some());
}
