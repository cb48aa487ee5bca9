//! Certificates that another program issued with the same authority.

use hf_core::audit::AuditAction;

use super::revoke::revoke;
use crate::StoreError;
use crate::audit::{Origin, encode_event};
use crate::record::{Body, COMPLETE, Imported, NewRevocation, RevocationRecord, RevokeOutcome};
use crate::sqlite::ledger::Ledger;
use crate::sqlite::lookup;
use crate::sqlite::row::CertificateRow;

/// Take in a certificate, and its revocation.
pub(in crate::sqlite) fn import(
    ledger: &mut Ledger<'_>,
    authority: String,
    mut row: CertificateRow,
    revocation: Option<RevocationRecord>,
    event: String,
    origin: &Origin,
) -> Result<Imported, StoreError> {
    let serial = row.serial.clone();
    let added = match lookup::by_key(ledger.db, ledger.faults, &authority, &serial)? {
        Some(known) if matches!(&known.body, Body::Issued(der) if *der == row.body) => false,
        Some(_) => return Err(StoreError::SerialTaken { authority, serial }),
        None => {
            row.issuer = ledger.intern(&authority)?;
            if ledger.intent(&row.key())?.is_some() {
                return Err(StoreError::SerialTaken { authority, serial });
            }
            ledger.insert_certificate(&row, false)?;
            ledger.append(event)?;
            true
        }
    };
    let Some(RevocationRecord { at, reason }) = revocation else {
        return Ok(if added { Imported::Added } else { Imported::Present });
    };
    let action = AuditAction::Revoked { authority: authority.clone(), serial: serial.clone(), reason };
    let event = encode_event(&origin.event(action))?;
    let new = NewRevocation { authority, serial, shard: COMPLETE, at, reason };
    let outcome = revoke(ledger, new, event, origin)?;
    Ok(match outcome {
        _ if added => Imported::Added,
        RevokeOutcome::Revoked | RevokeOutcome::ReasonRaised(_) => Imported::RevocationAdded,
        RevokeOutcome::AlreadyRevoked(_) => Imported::Present,
    })
}
