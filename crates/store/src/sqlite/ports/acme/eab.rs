//! Keys for external account binding.

use hf_core::audit::AuditEvent;

use crate::StoreFuture;
use crate::audit::{Expected, encode_event, expect};
use crate::contract::EabStore;
use crate::list::Cursor;
use crate::record::{AcmePage, EabKeyRecord, EabSecret};
use crate::sqlite::operations::acme::eab;
use crate::sqlite::{SqliteStore, limits};

impl EabStore for SqliteStore {
    fn add_eab(&self, key: EabKeyRecord, secret: EabSecret, event: AuditEvent) -> StoreFuture<'_, ()> {
        let event = expect(Expected::EabCreated(&key), &event)
            .and_then(|()| limits::check_eab(&key, &secret))
            .and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| eab::add(ledger, &key, &secret, event))
    }

    fn revoke_eab(&self, id: &str, event: AuditEvent) -> StoreFuture<'_, bool> {
        let (id, at) = (id.to_owned(), event.at);
        let event = expect(Expected::EabRevoked(&id), &event).and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| eab::revoke(ledger, id, at, event))
    }

    fn eab(&self, id: &str) -> StoreFuture<'_, Option<EabKeyRecord>> {
        let id = id.to_owned();
        self.read_settled(move |reader| eab::by_id(&reader.db, &reader.faults, &id))
    }

    fn eab_secret(&self, id: &str) -> StoreFuture<'_, Option<EabSecret>> {
        let id = id.to_owned();
        self.read_settled(move |reader| eab::secret(&reader.db, &reader.faults, &id))
    }

    fn eabs(
        &self,
        authority: Option<&str>,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<EabKeyRecord>> {
        let authority = authority.map(str::to_owned);
        self.read_settled(move |reader| eab::page(&reader.db, &reader.faults, authority, after, limit))
    }
}
