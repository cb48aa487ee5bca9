//! Credentials of the server's doors.

use hf_core::audit::AuditEvent;
use hf_core::time::Timestamp;

use crate::audit::{Expected, encode_event, expect};
use crate::contract::CredentialStore;
use crate::record::CredentialRecord;
use crate::sqlite::reader::Reader;
use crate::sqlite::{SqliteStore, limits, operations};
use crate::{StoreError, StoreFuture};

impl CredentialStore for SqliteStore {
    fn add_credential(&self, credential: CredentialRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        let event = expect(Expected::CredentialCreated(&credential), &event)
            .and_then(|()| limits::check_credential(&credential))
            .and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| operations::credential::add(ledger, credential, event))
    }

    fn revoke_credential(&self, id: &str, event: AuditEvent) -> StoreFuture<'_, bool> {
        let id = id.to_owned();
        let at = event.at;
        let event = expect(Expected::CredentialRevoked(&id), &event).and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| operations::credential::revoke(ledger, id, at, event))
    }

    fn credential(&self, id: &str) -> StoreFuture<'_, Option<CredentialRecord>> {
        // Before the record is read: a change that comes meanwhile makes what was read old.
        let changes = self.progress.credential_changes();
        if let Some(known) = self.credentials.get(id, changes) {
            return Box::pin(async move { Ok(Some(known)) });
        }
        let id = id.to_owned();
        Box::pin(async move {
            let found = self.read_settled(move |reader| read(reader, "WHERE id = ?1", [&id])).await?.pop();
            if let Some(record) = &found {
                self.credentials.keep(&record.id, record, changes);
            }
            Ok(found)
        })
    }

    fn credentials(&self) -> StoreFuture<'_, Vec<CredentialRecord>> {
        self.read_settled(|reader| read(reader, "ORDER BY number", []))
    }
}

fn read(
    reader: &Reader,
    which: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<CredentialRecord>, StoreError> {
    let fault = reader.faults.database("read credentials");
    let sql = format!(
        "SELECT id, name, secret, rights, limits, created, expires, revoked_at FROM credential {which}"
    );
    let mut statement = reader.db.prepare_cached(&sql).map_err(&fault)?;
    let mut rows = statement.query(values).map_err(&fault)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(&fault)? {
        let id: String = row.get(0).map_err(&fault)?;
        let damaged = |_| reader.faults.damaged(format!("credential `{id}` cannot be read back"));
        let text = |column| row.get::<_, String>(column).map_err(&fault);
        let time = |column| {
            row.get::<_, Option<i64>>(column)
                .map(|time| time.map(Timestamp::from_unix_seconds))
                .map_err(&fault)
        };
        found.push(CredentialRecord {
            name: text(1)?,
            secret_sha256: row.get(2).map_err(&fault)?,
            rights: serde_json::from_str(&text(3)?).map_err(damaged)?,
            limits: serde_json::from_str(&text(4)?).map_err(damaged)?,
            created: Timestamp::from_unix_seconds(row.get(5).map_err(&fault)?),
            expires: time(6)?,
            revoked_at: time(7)?,
            id,
        });
    }
    Ok(found)
}
