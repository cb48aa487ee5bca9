//! Times in which certificates are to be renewed.

use hf_core::audit::AuditEvent;

use crate::StoreFuture;
use crate::audit::{Expected, encode_event, expect};
use crate::contract::RenewalWindowStore;
use crate::record::{RenewalScope, RenewalWindowRecord};
use crate::sqlite::operations::acme::window;
use crate::sqlite::{SqliteStore, limits};

impl RenewalWindowStore for SqliteStore {
    fn set_renewal_window(&self, record: RenewalWindowRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        let event = expect(Expected::WindowSet(&record), &event)
            .and_then(|()| limits::check_window(&record))
            .and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| window::set(ledger, record, event))
    }

    fn clear_renewal_window(
        &self,
        authority: &str,
        scope: &RenewalScope,
        event: AuditEvent,
    ) -> StoreFuture<'_, bool> {
        let (authority, scope) = (authority.to_owned(), scope.clone());
        let event =
            expect(Expected::WindowCleared(&authority, &scope), &event).and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| window::clear(ledger, &authority, &scope, event))
    }

    fn renewal_windows(&self, authority: &str) -> StoreFuture<'_, Vec<RenewalWindowRecord>> {
        let authority = authority.to_owned();
        self.read_settled(move |reader| window::all(&reader.db, &reader.faults, &authority))
    }
}
