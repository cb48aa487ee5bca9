//! The texts of the profiles under which certificates were issued.

use hf_core::audit::AuditEvent;
use rusqlite::OptionalExtension as _;

use crate::StoreFuture;
use crate::audit::{Expected, encode_event, expect};
use crate::contract::SnapshotStore;
use crate::record::{ProfileSnapshot, SnapshotId};
use crate::sqlite::{SqliteStore, limits, operations};

impl SnapshotStore for SqliteStore {
    fn record_snapshot(&self, snapshot: ProfileSnapshot, event: AuditEvent) -> StoreFuture<'_, bool> {
        let event = expect(Expected::Snapshot(&snapshot.id.to_string()), &event)
            .and_then(|()| {
                limits::at_most(limits::MAX_NAME, "the name of the profile", snapshot.profile.len())
            })
            .and_then(|()| {
                limits::at_most(limits::MAX_DOCUMENT, "the text of the profile", snapshot.text.len())
            })
            .and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| operations::snapshot::record(ledger, &snapshot, event))
    }

    fn snapshot(&self, id: SnapshotId) -> StoreFuture<'_, Option<ProfileSnapshot>> {
        self.read_settled(move |reader| {
            reader
                .db
                .prepare_cached("SELECT profile, text FROM snapshot WHERE id = ?1")
                .and_then(|mut statement| {
                    let read = |row: &rusqlite::Row<'_>| {
                        Ok(ProfileSnapshot { id, profile: row.get(0)?, text: row.get(1)? })
                    };
                    statement.query_row([id.0], read).optional()
                })
                .map_err(reader.faults.database("read a profile"))
        })
    }
}
