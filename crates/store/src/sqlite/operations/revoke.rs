//! Revocation.

use hf_core::audit::AuditAction;
use hf_core::reason::RevocationReason;
use rusqlite::{OptionalExtension as _, params};

use super::block::block;
use crate::StoreError;
use crate::audit::{Origin, encode_event, hex};
use crate::record::{COMPLETE, NewRevocation, RevocationRecord, RevokeOutcome};
use crate::sqlite::ledger::Ledger;
use crate::sqlite::lookup::revocation_columns;

/// What revocation needs to know of a certificate.
struct Target {
    issuer: i64,
    id: i64,
    not_after: i64,
    spki: [u8; 32],
    revocation: Option<RevocationRecord>,
}

fn target(ledger: &Ledger<'_>, wanted: &NewRevocation) -> Result<Option<Target>, StoreError> {
    let sql = "SELECT c.issuer, c.id, c.not_after, c.spki, r.at, r.reason FROM certificate c
               JOIN issuer i ON i.id = c.issuer LEFT JOIN revoked r ON r.certificate = c.id
               WHERE c.serial = ?1 AND i.name = ?2";
    ledger
        .db
        .prepare_cached(sql)
        .and_then(|mut statement| {
            let find = |row: &rusqlite::Row<'_>| {
                Ok(Target {
                    issuer: row.get(0)?,
                    id: row.get(1)?,
                    not_after: row.get(2)?,
                    spki: row.get(3)?,
                    revocation: revocation_columns(row.get(4)?, row.get(5)?),
                })
            };
            statement.query_row(params![wanted.serial.as_unsigned(), wanted.authority], find).optional()
        })
        .map_err(ledger.faults.database("find a certificate to revoke"))
}

/// Revoke a certificate; monotone.
pub(in crate::sqlite) fn revoke(
    ledger: &mut Ledger<'_>,
    wanted: NewRevocation,
    event: String,
    origin: &Origin,
) -> Result<RevokeOutcome, StoreError> {
    let Some(target) = target(ledger, &wanted)? else {
        return Err(StoreError::UnknownCertificate { authority: wanted.authority, serial: wanted.serial });
    };
    let compromised = wanted.reason == RevocationReason::KeyCompromise;
    let outcome = match target.revocation {
        None => {
            insert(ledger, &target, &wanted, event)?;
            RevokeOutcome::Revoked
        }
        Some(before) if compromised && before.reason != RevocationReason::KeyCompromise => {
            raise(ledger, &target, &wanted, event)?;
            RevokeOutcome::ReasonRaised(RevocationRecord { reason: wanted.reason, ..before })
        }
        Some(before) => return Ok(RevokeOutcome::AlreadyRevoked(before)),
    };
    if compromised {
        let event = origin.event(AuditAction::KeyBlocked { spki_sha256: hex(&target.spki) });
        block(ledger, target.spki, encode_event(&event)?)?;
    }
    Ok(outcome)
}

fn insert(
    ledger: &mut Ledger<'_>,
    target: &Target,
    wanted: &NewRevocation,
    event: String,
) -> Result<(), StoreError> {
    let position = ledger.append(event)?;
    ledger.execute(
        "revoke a certificate",
        "INSERT INTO revoked(issuer, serial, certificate, at, reason, position, not_after)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            target.issuer,
            wanted.serial.as_unsigned(),
            target.id,
            wanted.at.unix_seconds(),
            wanted.reason.code(),
            position,
            target.not_after
        ],
    )?;
    join_shard(ledger, target, wanted)?;
    ledger.execute(
        "count a revocation",
        "UPDATE issuer SET revoked_position = ?2, revoked_entries = revoked_entries + 1 WHERE id = ?1",
        params![target.issuer, position],
    )?;
    ledger.execute(
        "count a revocation of a shard",
        "UPDATE shard SET revoked_position = ?3, revoked_entries = revoked_entries + 1
         WHERE id = (SELECT shard FROM shard_entry WHERE issuer = ?1 AND serial = ?2)",
        params![target.issuer, wanted.serial.as_unsigned(), position],
    )?;
    ledger.state.note_status();
    Ok(())
}

/// The list of a shard that was opened names the certificate too.
fn join_shard(ledger: &Ledger<'_>, target: &Target, wanted: &NewRevocation) -> Result<(), StoreError> {
    if wanted.shard == COMPLETE {
        return Ok(());
    }
    ledger.execute(
        "note the shard of a revocation",
        "INSERT INTO shard_entry(issuer, serial, shard) SELECT ?1, ?2, id FROM shard WHERE issuer = ?1 AND number = ?3",
        params![target.issuer, wanted.serial.as_unsigned(), wanted.shard],
    )?;
    Ok(())
}

/// The lists that name it are out of date: their mark moves, its own stays where it was.
fn raise(
    ledger: &mut Ledger<'_>,
    target: &Target,
    wanted: &NewRevocation,
    event: String,
) -> Result<(), StoreError> {
    ledger.execute(
        "raise the reason of a revocation",
        "UPDATE revoked SET reason = ?2 WHERE certificate = ?1",
        params![target.id, RevocationReason::KeyCompromise.code()],
    )?;
    let position = ledger.append(event)?;
    ledger.execute(
        "note a raised reason",
        "UPDATE issuer SET revoked_position = ?2 WHERE id = ?1",
        params![target.issuer, position],
    )?;
    ledger.execute(
        "note a raised reason of a shard",
        "UPDATE shard SET revoked_position = ?3
         WHERE id = (SELECT shard FROM shard_entry WHERE issuer = ?1 AND serial = ?2)",
        params![target.issuer, wanted.serial.as_unsigned(), position],
    )?;
    ledger.state.note_status();
    Ok(())
}
