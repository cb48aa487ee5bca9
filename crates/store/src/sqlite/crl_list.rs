//! The lists of an authority as rows: the complete one in `issuer`, the others in `shard`.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Faults;
use crate::StoreError;
use crate::record::{COMPLETE, CrlPosition};

/// A list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// The complete one, by the number of the issuer.
    Complete(i64),
    /// That of a shard, by the number of its row.
    Shard(i64),
}

/// Its numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers {
    pub(super) position: CrlPosition,
    /// Number of the latest CRL that is stored.
    pub(super) stored: u64,
    /// Up to which mark it goes.
    pub(super) covered: u64,
}

impl List {
    /// What stands for it in `crl`, `crl_piece` and `crl_mark`.
    pub(super) fn key(self) -> i64 {
        match self {
            Self::Complete(issuer) => issuer,
            Self::Shard(id) => id.saturating_neg(),
        }
    }

    /// One of two statements: about `issuer`, or about `shard`.
    pub(super) fn sql(self, complete: &'static str, shard: &'static str) -> &'static str {
        match self {
            Self::Complete(_) => complete,
            Self::Shard(_) => shard,
        }
    }

    /// The number of its row.
    pub(super) fn id(self) -> i64 {
        match self {
            Self::Complete(id) | Self::Shard(id) => id,
        }
    }

    /// The list of this authority with this number.
    pub(super) fn find(
        db: &Connection,
        faults: &Faults,
        authority: &str,
        shard: u32,
    ) -> Result<Option<Self>, StoreError> {
        let fault = faults.database("find a list");
        if shard == COMPLETE {
            return super::ledger::issuer(db, faults, authority).map(|found| found.map(Self::Complete));
        }
        let sql =
            "SELECT s.id FROM shard s JOIN issuer i ON i.id = s.issuer WHERE i.name = ?1 AND s.number = ?2";
        let found = db.prepare_cached(sql).and_then(|mut statement| {
            statement.query_row(params![authority, shard], |row| row.get(0)).optional()
        });
        Ok(found.map_err(fault)?.map(Self::Shard))
    }

    /// Its numbers now.
    pub(super) fn numbers(self, db: &Connection, faults: &Faults) -> Result<Numbers, StoreError> {
        let sql = self.sql(
            "SELECT crl_taken, revoked_position, revoked_entries, crl_stored,
               (SELECT up_to FROM crl_mark WHERE list = ?2) FROM issuer WHERE id = ?1",
            "SELECT crl_taken, revoked_position, revoked_entries, crl_stored,
               (SELECT up_to FROM crl_mark WHERE list = ?2) FROM shard WHERE id = ?1",
        );
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Numbers {
                position: CrlPosition { last_number: row.get(0)?, up_to: row.get(1)?, entries: row.get(2)? },
                stored: row.get(3)?,
                covered: row.get::<_, Option<u64>>(4)?.unwrap_or(0),
            })
        };
        db.prepare_cached(sql)
            .and_then(|mut statement| statement.query_row(params![self.id(), self.key()], read))
            .map_err(faults.database("read the last CRL number"))
    }
}
