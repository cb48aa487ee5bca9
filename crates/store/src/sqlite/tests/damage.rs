//! Files that were truncated, overwritten, exchanged or lost; other programs and other versions.

use std::fs::{OpenOptions as Files, read, write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{as_killed, open, refusal};
use crate::conformance::material::{AUTHORITY, begin, intent, issue};
use crate::sqlite::{OpenOptions, SqliteStore};
use crate::{IssuanceStore, Store, StoreError};

async fn filled(directory: &Path) -> SqliteStore {
    let store = open(directory);
    for number in 1..=200 {
        issue(&store, &intent(number)).await.unwrap();
    }
    store
}

fn cut(path: &Path, octets: u64) {
    Files::new().write(true).open(path).unwrap().set_len(octets).unwrap();
}

#[tokio::test]
async fn a_truncated_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(filled(directory.path()).await);
    let database = directory.path().join("handfast.db");
    let whole = read(&database).unwrap();
    for octets in [0, 50, 5_000, whole.len() as u64 / 2, whole.len() as u64 - 1] {
        write(&database, &whole).unwrap();
        cut(&database, octets);
        let words = refusal(directory.path());
        assert!(words.contains("handfast.db") && words.contains("damaged"), "{octets}: {words}");
    }
    write(&database, &whole).unwrap();
    open(directory.path());
}

#[tokio::test]
async fn a_truncated_database_beside_a_log_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(filled(directory.path()).await);
    let store = open(directory.path());
    issue(&store, &intent(500)).await.unwrap();
    store.flush().await.unwrap();
    let killed = as_killed(directory.path());
    let database = killed.path().join("handfast.db");
    cut(&database, std::fs::metadata(&database).unwrap().len() / 2);
    let words = refusal(killed.path());
    assert!(words.contains("damaged"), "{words}");
}

#[tokio::test]
async fn other_files_in_its_place_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("handfast.db");
    write(&database, b"not a database at all".repeat(100)).unwrap();
    assert!(refusal(directory.path()).contains("damaged"));
    std::fs::remove_file(&database).unwrap();
    let other = rusqlite::Connection::open(&database).unwrap();
    other.execute_batch("CREATE TABLE recipes(name TEXT)").unwrap();
    drop(other);
    assert!(refusal(directory.path()).contains("another program"));
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let db = rusqlite::Connection::open(directory.path().join("handfast.db")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let words = refusal(directory.path());
    assert!(words.contains("schema version 99") && words.contains("up to 4"), "{words}");
}

#[tokio::test]
async fn a_lost_journal_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    drop(filled(directory.path()).await);
    std::fs::remove_file(directory.path().join("handfast.journal")).unwrap();
    let words = refusal(directory.path());
    assert!(words.contains("handfast.journal") && words.contains("missing"), "{words}");
}

#[tokio::test]
async fn a_database_older_than_its_journal_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    issue(&store, &intent(1)).await.unwrap();
    store.flush().await.unwrap();
    let old = as_killed(directory.path());
    drop(store);
    let store = filled_later(directory.path()).await;
    let new = as_killed(directory.path());
    drop(store);
    std::fs::copy(new.path().join("handfast.journal"), old.path().join("handfast.journal")).unwrap();
    let words = refusal(old.path());
    assert!(words.contains("older than its journal"), "{words}");
}

/// Issue, fold, and begin once more, so that the journal holds what the database has and an intent that it has not.
async fn filled_later(directory: &Path) -> SqliteStore {
    let store = open(directory);
    for number in 2..=20 {
        issue(&store, &intent(number)).await.unwrap();
    }
    store.flush().await.unwrap();
    drop(store);
    let store = open(directory);
    begin(&store, &intent(100)).await.unwrap();
    store
}

#[tokio::test]
async fn a_second_opening_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let error = SqliteStore::open(directory.path(), OpenOptions::default()).err().unwrap();
    assert!(matches!(error, StoreError::InUse { .. }));
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    issue(&store, &intent(1)).await.unwrap();
    drop(store);
    let store = open(directory.path());
    assert!(store.find_by_serial(AUTHORITY, &intent(1).serial).await.unwrap().is_some());
}

#[tokio::test]
async fn nothing_is_made_when_nothing_is_to_be_made() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("nowhere");
    let error = SqliteStore::open(&missing, OpenOptions { create: false }).err().unwrap();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
    assert!(!missing.exists());
}

#[tokio::test]
async fn files_are_for_the_owner_alone() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("state");
    let store = filled(&directory).await;
    store.flush().await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    for entry in std::fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}
