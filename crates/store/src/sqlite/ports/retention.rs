//! What leaves the record.

use hf_core::time::Timestamp;

use crate::StoreFuture;
use crate::audit::Origin;
use crate::contract::RetentionStore;
use crate::list::Cursor;
use crate::record::RemovedPage;
use crate::sqlite::{SqliteStore, operations};

impl RetentionStore for SqliteStore {
    fn remove_expired(
        &self,
        before: Timestamp,
        after: Option<Cursor>,
        limit: usize,
        origin: Origin,
    ) -> StoreFuture<'_, RemovedPage> {
        self.operate(Ok(()), move |ledger, ()| {
            operations::retention::remove_expired(ledger, before, after, limit, &origin)
        })
    }
}
