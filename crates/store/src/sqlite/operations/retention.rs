//! Certificates that expired long ago leave the record, a bounded piece at a time.

use hf_core::audit::AuditAction;
use hf_core::time::Timestamp;
use rusqlite::params;

use crate::StoreError;
use crate::audit::{Origin, encode_event};
use crate::list::Cursor;
use crate::record::RemovedPage;
use crate::sqlite::inserts::EPOCH_BITS;
use crate::sqlite::ledger::Ledger;
use crate::sqlite::listing::MAX_PAGE;
use crate::sqlite::row::{dedup_hash, terms_of};

/// What is needed of a certificate to find all that belongs to it.
struct Expired {
    id: i64,
    not_after: i64,
    names: String,
    subject: String,
    spki: [u8; 32],
    dedup_key: Option<String>,
    /// It was revoked, and has not been on a CRL since its last second.
    listed: bool,
}

/// Remove the next certificates whose last second lies before `before`.
pub(in crate::sqlite) fn remove_expired(
    ledger: &mut Ledger<'_>,
    before: Timestamp,
    after: Option<Cursor>,
    limit: usize,
    origin: &Origin,
) -> Result<RemovedPage, StoreError> {
    let Some(signed) = ledger.state.last_signing else { return Ok(RemovedPage::default()) };
    let limit = limit.clamp(1, MAX_PAGE);
    let found = expired(ledger, before.unix_seconds().min(signed), after, limit)?;
    let next = found.last().filter(|_| found.len() == limit);
    let next = next.map(|last| Cursor { first: last.not_after, id: last.id });
    let mut removed = 0_u64;
    for certificate in found.iter().filter(|certificate| !certificate.listed) {
        remove(ledger, certificate)?;
        removed = removed.saturating_add(1);
    }
    if removed > 0 {
        let action = AuditAction::CertificatesRemoved { expired_before: before, certificates: removed };
        ledger.append(encode_event(&origin.event(action))?)?;
    }
    Ok(RemovedPage { removed, next })
}

fn expired(
    ledger: &Ledger<'_>,
    before: i64,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Expired>, StoreError> {
    let Cursor { first, id } = after.unwrap_or(Cursor { first: i64::MIN, id: i64::MIN });
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = "SELECT c.id, c.not_after, c.names, c.subject, c.spki, c.dedup_key, coalesce(r.retired = 0, 0)
               FROM certificate c INDEXED BY certificate_expiry LEFT JOIN revoked r ON r.certificate = c.id
               WHERE c.not_after < ?1 AND (c.not_after, c.id) > (?2, ?3) ORDER BY c.not_after, c.id LIMIT ?4";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Expired {
            id: row.get(0)?,
            not_after: row.get(1)?,
            names: row.get(2)?,
            subject: row.get(3)?,
            spki: row.get(4)?,
            dedup_key: row.get(5)?,
            listed: row.get(6)?,
        })
    };
    ledger
        .db
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_map(params![before, first, id, limit], read)?.collect())
        .map_err(ledger.faults.database("find expired certificates"))
}

/// The certificate, its revocation, and what it was found by.
fn remove(ledger: &Ledger<'_>, certificate: &Expired) -> Result<(), StoreError> {
    let id = certificate.id;
    let names = serde_json::from_str(&certificate.names)
        .map_err(|_| ledger.faults.damaged(format!("certificate {id} of the table cannot be read back")))?;
    for term in terms_of(&names, &certificate.subject, &certificate.spki) {
        ledger.execute(
            "remove what a certificate is found by",
            "DELETE FROM term WHERE epoch = ?1 AND hash = ?2 AND certificate = ?3",
            [id >> EPOCH_BITS, term, id],
        )?;
    }
    if let Some(key) = &certificate.dedup_key {
        ledger.execute(
            "remove a deduplication key",
            "DELETE FROM dedup WHERE hash = ?1 AND certificate = ?2",
            [dedup_hash(key), id],
        )?;
    }
    ledger.execute(
        "remove the shard of a revocation",
        "DELETE FROM shard_entry
         WHERE (issuer, serial) = (SELECT r.issuer, r.serial FROM revoked r WHERE r.certificate = ?1)",
        [id],
    )?;
    ledger.execute("remove a revocation", "DELETE FROM revoked WHERE certificate = ?1", [id])?;
    ledger.execute("remove a certificate", "DELETE FROM certificate WHERE id = ?1", [id]).map(|_| ())
}
