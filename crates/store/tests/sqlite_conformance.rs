//! The SQLite backend keeps the contract.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::PathBuf;
use std::sync::Mutex;

use hf_store::conformance::{Backend, run};
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_store::{Store, StoreError};
use tempfile::TempDir;

struct Sqlite {
    root: TempDir,
    stores: Mutex<u32>,
}

impl Sqlite {
    fn open(&self, number: u32) -> Result<Box<dyn Store>, StoreError> {
        let directory: PathBuf = self.root.path().join(number.to_string());
        Ok(Box::new(SqliteStore::open(&directory, OpenOptions::default())?))
    }
}

impl Backend for Sqlite {
    fn fresh(&self) -> Result<Box<dyn Store>, StoreError> {
        let mut stores = self.stores.lock().unwrap();
        *stores += 1;
        self.open(*stores)
    }

    fn again(&self) -> Result<Box<dyn Store>, StoreError> {
        let stores = *self.stores.lock().unwrap();
        self.open(stores)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_is_kept() {
    let backend = Sqlite { root: tempfile::tempdir().unwrap(), stores: Mutex::new(0) };
    if let Err(violation) = run(&backend).await {
        panic!("{violation}");
    }
}
