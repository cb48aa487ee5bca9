//! ACME accounts.

use hf_core::audit::AuditEvent;

use crate::audit::{Expected, encode_event, expect};
use crate::contract::AcmeAccountStore;
use crate::list::Cursor;
use crate::record::{AccountCreation, AccountUpdate, AcmeAccountFilter, AcmeAccountRecord, AcmePage};
use crate::sqlite::operations::acme::account;
use crate::sqlite::reader::Reader;
use crate::sqlite::{SqliteStore, limits};
use crate::{StoreError, StoreFuture};

impl AcmeAccountStore for SqliteStore {
    fn create_account(
        &self,
        record: AcmeAccountRecord,
        event: AuditEvent,
    ) -> StoreFuture<'_, AccountCreation> {
        let event = prepared(Expected::AccountCreated(&record), &record, &event);
        self.operate(event, move |ledger, event| account::create(ledger, &record, event))
    }

    fn update_account(&self, record: AcmeAccountRecord, event: AuditEvent) -> StoreFuture<'_, AccountUpdate> {
        let event = prepared(Expected::AccountChanged(&record), &record, &event);
        self.operate(event, move |ledger, event| account::update(ledger, &record, event))
    }

    fn account(&self, id: &str) -> StoreFuture<'_, Option<AcmeAccountRecord>> {
        // Before the record is read: a change that comes meanwhile makes what was read old.
        let changes = self.progress.account_changes();
        if let Some(known) = self.accounts.get(id, changes) {
            return Box::pin(async move { Ok(Some(known)) });
        }
        let id = id.to_owned();
        Box::pin(async move {
            let read = move |reader: &Reader| account::by_id(&reader.db, &reader.faults, &id);
            let found = self.read_settled(read).await?;
            if let Some(record) = &found {
                self.accounts.keep(&record.id, record, changes);
            }
            Ok(found)
        })
    }

    fn account_by_thumbprint(
        &self,
        authority: &str,
        thumbprint: [u8; 32],
    ) -> StoreFuture<'_, Option<AcmeAccountRecord>> {
        let authority = authority.to_owned();
        self.read_settled(move |reader| {
            account::by_thumbprint(&reader.db, &reader.faults, &authority, &thumbprint)
        })
    }

    fn accounts(
        &self,
        filter: AcmeAccountFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<AcmeAccountRecord>> {
        self.read_settled(move |reader| account::page(&reader.db, &reader.faults, filter, after, limit))
    }
}

fn prepared(
    expected: Expected<'_>,
    record: &AcmeAccountRecord,
    event: &AuditEvent,
) -> Result<String, StoreError> {
    expect(expected, event)?;
    limits::check_account(record)?;
    encode_event(event)
}
