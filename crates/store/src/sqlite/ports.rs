//! The ports of the contract, over the writer and the readers.

mod acme;
mod audit_log;
mod block_list;
mod credential;
mod issuance;
mod issuer;
mod retention;
mod revocation;
mod snapshot;

use tokio::sync::watch;

use super::SqliteStore;
use super::request::Request;
use crate::StoreFuture;
use crate::contract::{CommitCounts, Store};

impl Store for SqliteStore {
    fn flush(&self) -> StoreFuture<'_, ()> {
        Box::pin(self.ask_writer(Request::Flush))
    }

    fn probe(&self) -> StoreFuture<'_, ()> {
        Box::pin(self.ask_writer(Request::Probe))
    }

    fn commits(&self) -> CommitCounts {
        self.progress.commits()
    }

    fn status_changes(&self) -> Option<watch::Receiver<u64>> {
        Some(self.progress.status_changes())
    }
}
