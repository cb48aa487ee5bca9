//! A process that is killed leaves its files as they are: a copy of them opens, and nothing acknowledged is missing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::path::Path;

use hf_core::audit::AuditAction;
use hf_store::conformance::material::{authority, begun, certificate, event, finished, intent};
use hf_store::record::Begun;
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_store::{AuditLog, IssuanceStore, IssuerStore};

async fn issue(store: &SqliteStore, number: u64) {
    let wanted = intent(number);
    let answer = store.begin_issuance(wanted.clone(), begun(&wanted)).await.unwrap();
    assert_eq!(answer, Begun::Recorded);
    let der = certificate(&wanted);
    store.finish_issuance(&wanted.authority, &wanted.serial, der, finished(&wanted)).await.unwrap();
}

async fn add_authority(store: &SqliteStore, name: &str) {
    let action =
        AuditAction::AuthorityAdded { authority: name.to_owned(), certificate_sha256: String::new() };
    store.add_authority(authority(name), event(action)).await.unwrap();
}

/// What a kill leaves: the files, without the lock, which ends with the process.
async fn opens_after_a_kill(directory: &Path, events: u64) {
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != "store.lock" {
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
    }
    let store = SqliteStore::open(copy.path(), OpenOptions::default()).unwrap();
    let report = hf_store::audit::verify(&store, None).await.unwrap();
    assert!(report.is_intact() && report.rows == events, "{:?} after {events}", report.faults);
}

#[tokio::test]
async fn issuances_and_other_operations_may_alternate() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path(), OpenOptions::default()).unwrap();
    let mut events = 0;
    for round in 0..4 {
        add_authority(&store, &format!("authority-{round}")).await;
        events += 1;
        opens_after_a_kill(directory.path(), events).await;
        for number in 0..3 {
            issue(&store, round * 10 + number).await;
            events += 2;
            opens_after_a_kill(directory.path(), events).await;
        }
    }
    assert_eq!(store.audit_head().await.unwrap().count, events);
}
