//! The tables, held against the audit chain: whoever edits a table and leaves the chain alone is found here.
//!
//! What the rows say is looked up row by row, what the tables hold beyond that is counted, and every revocation must name
//! the row that made it; so memory does not depend on how much there is, only on the number of authorities. What rows do
//! not say cannot be compared: limits of credentials, key files, settings.

mod fault;
mod tally;

pub use fault::RecordFault;

use aws_lc_rs::digest::{SHA256, digest};
use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;

use super::chain::AuditRow;
use super::{ChainHead, hex};
use crate::record::{Body, RecordedRevocation, StoredCertificate};
use crate::{Store, StoreError};
use fault::Faults;
use tally::Tally;

/// Rows, and revocations, that are read at a time.
const PAGE: usize = 1_000;

/// Hold the tables of a store, which may go on changing, against its audit chain; what differs, at most
/// [`RecordFault::MAX`]. It says something only where [`super::verify`] finds nothing.
pub async fn compare(store: &dyn Store) -> Result<Vec<RecordFault>, StoreError> {
    let totals = store.record_totals().await?;
    let mut comparison = Comparison { store, tally: Tally::default(), faults: Faults::default() };
    comparison.walk(totals.rows).await?;
    comparison.tally.judge_totals(&totals, &mut comparison.faults);
    comparison.revocations().await?;
    comparison.authorities(totals.rows).await?;
    comparison.tally.judge_missing(&mut comparison.faults);
    Ok(comparison.faults.list)
}

struct Comparison<'a> {
    store: &'a dyn Store,
    tally: Tally,
    faults: Faults,
}

/// A certificate as a row of the chain names it.
struct Named<'a> {
    sequence: u64,
    authority: &'a str,
    serial: &'a Serial,
}

impl Comparison<'_> {
    /// Look up what the rows up to this one say.
    async fn walk(&mut self, end: u64) -> Result<(), StoreError> {
        let mut after = 0;
        while after < end {
            let rows = self.store.audit_rows(after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = last.sequence;
            for row in rows.iter().filter(|row| row.sequence <= end) {
                self.row(row).await?;
            }
        }
        Ok(())
    }

    async fn row(&mut self, row: &AuditRow) -> Result<(), StoreError> {
        let sequence = row.sequence;
        let Ok(event) = row.decode() else {
            self.faults.add(RecordFault::Unreadable { sequence });
            return Ok(());
        };
        self.tally.note(&event);
        match &event.action {
            AuditAction::IssuanceFinished { authority, serial, certificate_sha256 }
            | AuditAction::CertificateImported { authority, serial, certificate_sha256 } => {
                let named = Named { sequence, authority, serial };
                self.certificate(&named, Some(certificate_sha256)).await
            }
            AuditAction::IssuanceAbandoned { authority, serial } => {
                self.certificate(&Named { sequence, authority, serial }, None).await
            }
            AuditAction::Revoked { authority, serial, reason } => {
                self.revocation(&Named { sequence, authority, serial }, *reason).await
            }
            AuditAction::KeyBlocked { spki_sha256 } => self.blocked_key(sequence, spki_sha256).await,
            AuditAction::CredentialCreated { id, rights, .. } => {
                let found = self.store.credential(id).await?;
                let same = found.is_some_and(|found| {
                    found.rights.iter().map(ToString::to_string).eq(rights.iter().cloned())
                });
                self.faults.unless(same, || RecordFault::Credential { sequence, id: id.clone() });
                Ok(())
            }
            AuditAction::CredentialRevoked { id } => {
                let found = self.store.credential(id).await?;
                let revoked = found.is_some_and(|found| found.revoked_at.is_some());
                self.faults.unless(revoked, || RecordFault::Credential { sequence, id: id.clone() });
                Ok(())
            }
            AuditAction::AuthorityAdded { .. }
            | AuditAction::AuthorityChanged { .. }
            | AuditAction::SnapshotRecorded { .. }
            | AuditAction::IssuanceBegun { .. }
            | AuditAction::PrecertificateLogged { .. }
            | AuditAction::RequestRefused { .. }
            | AuditAction::CrlBegun { .. }
            | AuditAction::CrlIssued { .. }
            | AuditAction::CrlShardOpened { .. }
            | AuditAction::CertificatesRemoved { .. }
            | AuditAction::AcmeAccountCreated { .. }
            | AuditAction::AcmeAccountChanged { .. }
            | AuditAction::EabCreated { .. }
            | AuditAction::EabRevoked { .. }
            | AuditAction::RenewalWindowSet { .. }
            | AuditAction::RenewalWindowCleared { .. } => Ok(()),
        }
    }

    async fn found(&self, named: &Named<'_>) -> Result<Option<StoredCertificate>, StoreError> {
        self.store.find_by_serial(named.authority, named.serial).await
    }

    /// The certificate with this digest, or what was possibly signed.
    async fn certificate(&mut self, named: &Named<'_>, sha256: Option<&str>) -> Result<(), StoreError> {
        let Some(found) = self.found(named).await? else {
            self.tally.missing(named.sequence, named.authority, named.serial);
            return Ok(());
        };
        let same = match (&found.body, sha256) {
            (Body::Issued(der), Some(sha256)) => hex(digest(&SHA256, der).as_ref()) == sha256,
            (Body::PossiblySigned(_), None) => true,
            (Body::Issued(_), None) | (Body::PossiblySigned(_), Some(_)) => false,
        };
        self.faults.unless(same, || RecordFault::CertificateDiffers {
            sequence: named.sequence,
            authority: named.authority.to_owned(),
            serial: named.serial.clone(),
        });
        Ok(())
    }

    /// What is revoked stays revoked, and its reason changes to `keyCompromise` alone. A certificate that is not there is
    /// judged as a certificate.
    async fn revocation(&mut self, named: &Named<'_>, reason: RevocationReason) -> Result<(), StoreError> {
        let Some(found) = self.found(named).await? else { return Ok(()) };
        let found = found.revocation.map(|revocation| revocation.reason);
        let same = found.is_some_and(|found| found == reason || found == RevocationReason::KeyCompromise);
        self.faults.unless(same, || RecordFault::Revocation {
            sequence: named.sequence,
            authority: named.authority.to_owned(),
            serial: named.serial.clone(),
            expected: reason,
            found,
        });
        Ok(())
    }

    async fn blocked_key(&mut self, sequence: u64, spki_sha256: &str) -> Result<(), StoreError> {
        // A digest in hexadecimal is read as that of a checkpoint is.
        let Ok(ChainHead { hash, .. }) = format!("0:{spki_sha256}").parse() else {
            self.faults.add(RecordFault::Unreadable { sequence });
            return Ok(());
        };
        // The list itself: whether there is any key at all is remembered from the start of the process.
        let before = hash_before(hash);
        let found = self.store.blocked_keys(before, 1).await?;
        let blocked = found.first() == Some(&hash);
        self.faults
            .unless(blocked, || RecordFault::KeyNotBlocked { sequence, spki_sha256: spki_sha256.to_owned() });
        Ok(())
    }

    /// Every revocation of the table names the row that made it, and CRLs leave out only what expired.
    async fn revocations(&mut self) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let page = self.store.recorded_revocations(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.cursor.clone());
            for revocation in page {
                self.recorded(&revocation);
            }
        }
    }

    fn recorded(&mut self, revocation: &RecordedRevocation) {
        let serial = &revocation.cursor.serial;
        let fault = |sequence| RecordFault::RevocationUnknown {
            sequence,
            authority: revocation.authority.clone(),
            serial: serial.clone(),
        };
        let event: Option<AuditEvent> =
            revocation.event.as_ref().and_then(|event| serde_json::from_str(event).ok());
        let made = event.as_ref().is_some_and(|event| {
            matches!(&event.action, AuditAction::Revoked { authority, serial: revoked, reason }
                if *authority == revocation.authority && revoked == serial
                    && (*reason == revocation.reason || revocation.reason == RevocationReason::KeyCompromise))
        });
        self.faults.unless(made, || fault(revocation.sequence));
        let hidden = revocation.retired && self.tally.latest().is_none_or(|at| revocation.not_after >= at);
        self.faults.unless(!hidden, || RecordFault::RevocationHidden {
            authority: revocation.authority.clone(),
            serial: serial.clone(),
            not_after: revocation.not_after,
        });
    }

    /// Each authority has the certificate and the state that the last row about it says. Where they differ and rows about
    /// authorities have come meanwhile, it is looked again.
    async fn authorities(&mut self, mut after: u64) -> Result<(), StoreError> {
        loop {
            let found = self.store.authorities().await?;
            let differing = self.tally.judge_authorities(&found);
            let changed = self.newer(&mut after).await?;
            if changed && !differing.is_empty() {
                continue;
            }
            for fault in differing {
                self.faults.add(fault);
            }
            return Ok(());
        }
    }

    /// Note the rows behind this one; whether any is about an authority.
    async fn newer(&mut self, after: &mut u64) -> Result<bool, StoreError> {
        let end = self.store.audit_head().await?.count;
        let mut changed = false;
        while *after < end {
            let rows = self.store.audit_rows(*after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            *after = last.sequence;
            for event in rows.iter().filter_map(|row| row.decode().ok()) {
                changed |= self.tally.note_later(&event);
            }
        }
        Ok(changed)
    }
}

/// The value right before this one, from behind which a list is read that begins with it.
fn hash_before(mut hash: [u8; 32]) -> Option<[u8; 32]> {
    for octet in hash.iter_mut().rev() {
        let (value, borrowed) = octet.overflowing_sub(1);
        *octet = value;
        if !borrowed {
            return Some(hash);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_before_borrows() {
        let mut one = [0; 32];
        one[31] = 1;
        assert_eq!(hash_before(one), Some([0; 32]));
        assert_eq!(hash_before([0; 32]), None);
        let mut high = [0; 32];
        high[0] = 1;
        let mut below = [0xff; 32];
        below[0] = 0;
        assert_eq!(hash_before(high), Some(below));
    }
}
