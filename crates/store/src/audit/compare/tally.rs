//! What the rows of the chain amount to. No I/O.

use std::collections::{BTreeMap, VecDeque};

use aws_lc_rs::digest::{SHA256, digest};
use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::serial::Serial;
use hf_core::time::Timestamp;

use super::fault::{Faults, RecordFault};
use crate::audit::hex;
use crate::record::{AuthorityRecord, RecordTotals};

/// Certificates that are missing and can be named: the latest, which left least likely.
const NAMED: usize = 20;

/// An authority as the last row about it says.
#[derive(Debug)]
struct Said {
    certificate_sha256: String,
    /// `None`: as it was added, `active` or `pending`.
    state: Option<String>,
}

/// Sums over the rows.
#[derive(Debug, Default)]
pub(super) struct Tally {
    begun: u64,
    finished: u64,
    abandoned: u64,
    imported: u64,
    blocked_keys: u64,
    credentials: u64,
    /// Left the record, up to the row that the totals belong to.
    removed: u64,
    /// Left it since.
    removed_later: u64,
    missing: u64,
    latest_missing: VecDeque<(u64, String, Serial)>,
    authorities: BTreeMap<String, Said>,
    latest: Option<Timestamp>,
}

impl Tally {
    /// A row up to the one that the totals belong to.
    pub(super) fn note(&mut self, event: &AuditEvent) {
        let action = &event.action;
        for (counted, is_one) in [
            (&mut self.begun, matches!(action, AuditAction::IssuanceBegun { .. })),
            (&mut self.finished, matches!(action, AuditAction::IssuanceFinished { .. })),
            (&mut self.abandoned, matches!(action, AuditAction::IssuanceAbandoned { .. })),
            (&mut self.imported, matches!(action, AuditAction::CertificateImported { .. })),
            (&mut self.blocked_keys, matches!(action, AuditAction::KeyBlocked { .. })),
            (&mut self.credentials, matches!(action, AuditAction::CredentialCreated { .. })),
        ] {
            *counted = counted.saturating_add(u64::from(is_one));
        }
        if let AuditAction::CertificatesRemoved { certificates, .. } = action {
            self.removed = self.removed.saturating_add(*certificates);
        }
        self.note_authority(event);
        self.latest = self.latest.max(Some(event.at));
    }

    /// A row behind that one; whether it is about an authority.
    pub(super) fn note_later(&mut self, event: &AuditEvent) -> bool {
        if let AuditAction::CertificatesRemoved { certificates, .. } = event.action {
            self.removed_later = self.removed_later.saturating_add(certificates);
        }
        self.note_authority(event)
    }

    fn note_authority(&mut self, event: &AuditEvent) -> bool {
        let (name, certificate_sha256, state) =
            if let AuditAction::AuthorityAdded { authority, certificate_sha256 } = &event.action {
                (authority, certificate_sha256, None)
            } else if let AuditAction::AuthorityChanged { authority, certificate_sha256, state } =
                &event.action
            {
                (authority, certificate_sha256, Some(state.clone()))
            } else {
                return false;
            };
        let said = Said { certificate_sha256: certificate_sha256.clone(), state };
        self.authorities.insert(name.clone(), said);
        true
    }

    /// When the latest row was written.
    pub(super) fn latest(&self) -> Option<Timestamp> {
        self.latest
    }

    /// A certificate that a row names is not there.
    pub(super) fn missing(&mut self, sequence: u64, authority: &str, serial: &Serial) {
        self.missing = self.missing.saturating_add(1);
        if self.latest_missing.len() == NAMED {
            self.latest_missing.pop_front();
        }
        self.latest_missing.push_back((sequence, authority.to_owned(), serial.clone()));
    }

    /// What is missing must have left because it expired. Which ones left is not on record, only how many: where some of
    /// them did, none is named.
    pub(super) fn judge_missing(&mut self, faults: &mut Faults) {
        let removed = self.removed.saturating_add(self.removed_later);
        if self.missing <= removed {
            return;
        }
        if removed == 0 {
            for (sequence, authority, serial) in self.latest_missing.drain(..) {
                faults.add(RecordFault::CertificateMissing { sequence, authority, serial });
            }
        }
        faults.add(RecordFault::CertificatesGone { gone: self.missing, removed });
    }

    /// As much as the rows account for, and no more.
    pub(super) fn judge_totals(&self, totals: &RecordTotals, faults: &mut Faults) {
        let added = self.finished.saturating_add(self.abandoned).saturating_add(self.imported);
        let ended = self.finished.saturating_add(self.abandoned);
        let counts = [
            ("certificates", totals.certificates, added.saturating_sub(self.removed)),
            ("issuances under way", totals.intents, self.begun.saturating_sub(ended)),
            ("blocked keys", totals.blocked_keys, self.blocked_keys),
            ("credentials", totals.credentials, self.credentials),
        ];
        for (what, found, expected) in counts {
            faults.unless(found == expected, || RecordFault::Count { what, found, expected });
        }
    }

    /// The authorities that differ from what the rows say.
    pub(super) fn judge_authorities(&self, found: &[AuthorityRecord]) -> Vec<RecordFault> {
        let differs = |record: &&AuthorityRecord| {
            let Some(said) = self.authorities.get(&record.name) else { return true };
            let own = record.chain.first();
            let sha256 = own.map(|der| hex(digest(&SHA256, der).as_ref())).unwrap_or_default();
            sha256 != said.certificate_sha256
                || said.state.as_ref().is_some_and(|state| state != record.state.as_str())
        };
        let differing = found.iter().filter(differs).map(|record| record.name.clone());
        let missing =
            self.authorities.keys().filter(|name| !found.iter().any(|record| record.name == **name)).cloned();
        differing.chain(missing).map(|name| RecordFault::Authority { name }).collect()
    }
}
