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
use crate::contract::{CommitCounts, Store};
use crate::{StoreError, StoreFuture};

impl Store for SqliteStore {
    fn flush(&self) -> StoreFuture<'_, ()> {
        Box::pin(self.ask_writer(Request::Flush))
    }

    fn probe(&self) -> StoreFuture<'_, ()> {
        Box::pin(async {
            self.ask_writer(Request::Probe).await?;
            // They lie beside each other.
            if let Some(orders) = self.orders.get() {
                orders.trouble.there_is_room();
            }
            Ok(())
        })
    }

    fn trouble(&self) -> Option<StoreError> {
        self.trouble.last().or_else(|| self.orders.get()?.trouble.last())
    }

    fn commits(&self) -> CommitCounts {
        self.progress.commits()
    }

    fn status_changes(&self) -> Option<watch::Receiver<u64>> {
        Some(self.progress.status_changes())
    }
}
