//! The faulty wrapper loses exactly one write, or does it and denies it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;

use hf_store::conformance::material::{AUTHORITY, begin, finish, intent, issue};
use hf_store::conformance::{Backend, run};
use hf_store::faulty::{Failure, FaultyStore};
use hf_store::record::Begun;
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_store::{AuditLog, IssuanceStore, Store, StoreError};
use tempfile::TempDir;

fn store(directory: &TempDir, at: u64, failure: Failure) -> FaultyStore {
    let inner = SqliteStore::open(directory.path(), OpenOptions::default()).unwrap();
    FaultyStore::new(Arc::new(inner), at, failure)
}

#[tokio::test]
async fn a_lost_write_is_not_there() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(&directory, 3, Failure::Lost);
    issue(&store, &intent(1)).await.unwrap();
    let error = begin(&store, &intent(2)).await.unwrap_err();
    assert!(matches!(error, StoreError::NoAnswer) && !error.is_definite());
    assert!(store.open_intents(10).await.unwrap().is_empty());
    assert_eq!(store.audit_head().await.unwrap().count, 2);
    assert_eq!(begin(&store, &intent(2)).await.unwrap(), Begun::Recorded);
    assert_eq!(store.calls(), 4);
}

#[tokio::test]
async fn a_denied_write_is_there() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(&directory, 4, Failure::Done);
    issue(&store, &intent(1)).await.unwrap();
    begin(&store, &intent(2)).await.unwrap();
    let error = finish(&store, &intent(2)).await.unwrap_err();
    assert!(matches!(error, StoreError::NoAnswer) && !error.is_definite());
    let found = store.find_by_serial(AUTHORITY, &intent(2).serial).await.unwrap();
    assert!(found.is_some(), "reading tells what happened");
}

struct Harmless(TempDir, std::sync::Mutex<u32>);

impl Backend for Harmless {
    fn fresh(&self) -> Result<Box<dyn Store>, StoreError> {
        *self.1.lock().unwrap() += 1;
        self.again()
    }

    fn again(&self) -> Result<Box<dyn Store>, StoreError> {
        let directory = self.0.path().join(self.1.lock().unwrap().to_string());
        let inner = SqliteStore::open(&directory, OpenOptions::default())?;
        Ok(Box::new(FaultyStore::new(Arc::new(inner), 0, Failure::Lost)))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_failure_the_contract_is_kept() {
    let backend = Harmless(tempfile::tempdir().unwrap(), std::sync::Mutex::new(0));
    if let Err(violation) = run(&backend).await {
        panic!("{violation}");
    }
}
