//! Revocation, RFC 5280 sections 5.3.1 and 6.3.
//!
//! What is revoked stays revoked. A compromised key is blocked for ever, and every other certificate with the same key
//! is named. Revoking the certificate of an authority takes its branch out of service at once.

use std::sync::Arc;

use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::principal::{Channel, Principal};
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use hf_store::StoreError;
use hf_store::audit::Origin;
use hf_store::record::{NewRevocation, RevocationRecord, RevokeOutcome, StoredCertificate};
use hf_x509::certificate::Certificate;

use crate::authority::Authority;
use crate::issuer::Fall;

/// The most certificates with one key that are named; more than that is one finding anyway.
const MOST_SIBLINGS: usize = 1_000;

/// What shall be revoked.
#[derive(Clone, Debug)]
pub enum RevokeTarget {
    /// By authority and serial number.
    Serial {
        /// Name of the issuing authority.
        authority: String,
        /// Serial number.
        serial: Serial,
    },
    /// Exactly this certificate: one of another issuer with the same serial number is not taken for it.
    Certificate(Certificate),
}

/// A request for revocation.
#[derive(Clone, Debug)]
pub struct RevokeRequest {
    /// Who asks.
    pub principal: Principal,
    /// By which door.
    pub channel: Channel,
    /// What shall be revoked.
    pub target: RevokeTarget,
    /// Why.
    pub reason: RevocationReason,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Revoked {
    /// The record, as it was before.
    pub record: StoredCertificate,
    /// Whether it is revoked now, was before, or its reason was raised.
    pub outcome: RevokeOutcome,
    /// The shard whose list names it, beside the complete one; [`hf_store::record::COMPLETE`] when it belongs to none.
    pub shard: u32,
    /// After key compromise: other certificates with the same key that are neither revoked nor expired.
    pub siblings: Vec<StoredCertificate>,
    /// When it was the certificate of an authority: the authorities that sign no more.
    pub branch: Vec<String>,
}

/// Why nothing was revoked.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// There is no such certificate on record.
    #[error("there is no certificate with serial number {serial} on record")]
    Unknown {
        /// The serial number.
        serial: String,
    },
    /// A certificate with this serial number is on record, but it is another one.
    #[error("the certificate with serial number {serial} on record is another one")]
    OtherCertificate {
        /// The serial number.
        serial: String,
    },
    /// The reason does not fit.
    #[error("the reason `{reason}` does not fit: expected {expected}")]
    Reason {
        /// The reason given.
        reason: RevocationReason,
        /// What would fit.
        expected: &'static str,
    },
    /// A root cannot be revoked by a CRL that it signs itself.
    #[error("`{authority}` is a root: its certificate cannot be revoked, only taken out of the trust stores")]
    Root {
        /// The authority.
        authority: String,
    },
    /// The store failed.
    #[error("the store failed to {step}")]
    Store {
        /// What was to be read or recorded.
        step: &'static str,
        /// What the store said.
        #[source]
        source: StoreError,
    },
}

impl Authority {
    /// Revoke. When this returns `Ok`, the revocation is on stable storage and the next CRL states it.
    ///
    /// This works also when the issuer cannot sign: expired, retired, its key away.
    pub async fn revoke(&self, request: RevokeRequest) -> Result<Revoked, RevokeError> {
        let now = self.clock.now();
        let record = self.target(&request.target).await?;
        check_reason(&record, request.reason)?;
        let (authority, serial) = (record.authority.clone(), record.serial.clone());
        let origin = Origin { at: now, principal: request.principal, channel: request.channel };
        let event = origin.event(AuditAction::Revoked {
            authority: authority.clone(),
            serial: serial.clone(),
            reason: request.reason,
        });
        let shard = self.shard_of(&record).await.map_err(failed("find the shard of the certificate"))?;
        let new = NewRevocation { authority, serial, shard, at: now, reason: request.reason };
        let outcome = self.record_revocation(new, event).await.map_err(failed("record the revocation"))?;
        let branch = self.fell(&record, revocation_after(outcome, request.reason, now));
        let siblings = if request.reason == RevocationReason::KeyCompromise {
            self.siblings(&record, now).await?
        } else {
            Vec::new()
        };
        Ok(Revoked { record, outcome, shard, siblings, branch })
    }

    /// Revoke every certificate of these that carry a compromised key. What came of each, in their order; the first
    /// failure of the store ends it.
    pub async fn revoke_siblings(
        &self,
        siblings: &[StoredCertificate],
        principal: &Principal,
        channel: Channel,
    ) -> Result<Vec<Result<Revoked, RevokeError>>, RevokeError> {
        let mut done = Vec::with_capacity(siblings.len());
        for sibling in siblings {
            let target =
                RevokeTarget::Serial { authority: sibling.authority.clone(), serial: sibling.serial.clone() };
            let reason = RevocationReason::KeyCompromise;
            let request = RevokeRequest { principal: principal.clone(), channel, target, reason };
            match self.revoke(request).await {
                Err(error @ RevokeError::Store { .. }) => return Err(error),
                decided => done.push(decided),
            }
        }
        Ok(done)
    }

    /// What OCSP clients were told is forgotten before anybody hears of the revocation, also when it is not known what is
    /// on record now, and also when whoever asked has gone away.
    async fn record_revocation(
        &self,
        new: NewRevocation,
        event: AuditEvent,
    ) -> Result<RevokeOutcome, StoreError> {
        let (store, statuses) = (Arc::clone(&self.store), Arc::clone(&self.statuses));
        let recording = tokio::spawn(async move {
            let serial = new.serial.clone();
            let recorded = store.revoke(new, event).await;
            statuses.forget(&serial);
            recorded
        });
        // A task that fell may have recorded it.
        recording.await.unwrap_or(Err(StoreError::NoAnswer))
    }

    /// The authorities that have this certificate in their chain sign no more.
    fn fell(&self, record: &StoredCertificate, revocation: RevocationRecord) -> Vec<String> {
        let Some(certificate) = record.body.certificate() else { return Vec::new() };
        self.issuers.revoke_branch(certificate, &Fall::of(&record.subject, revocation))
    }

    async fn target(&self, target: &RevokeTarget) -> Result<StoredCertificate, RevokeError> {
        let find = failed("find the certificate");
        match target {
            RevokeTarget::Serial { authority, serial } => {
                let found = self.store.find_by_serial(authority, serial).await.map_err(find)?;
                found.ok_or_else(|| RevokeError::Unknown { serial: serial.to_string() })
            }
            RevokeTarget::Certificate(certificate) => {
                let unknown = |serial: String| RevokeError::Unknown { serial };
                let serial = certificate
                    .serial()
                    .map_err(|_| unknown(hf_store::audit::hex(certificate.serial_octets())))?;
                let found = self.store.find_serial_anywhere(&serial).await.map_err(find)?;
                if found.is_empty() {
                    return Err(unknown(serial.to_string()));
                }
                found
                    .into_iter()
                    .find(|stored| stored.body.certificate() == Some(certificate.der()))
                    .ok_or_else(|| RevokeError::OtherCertificate { serial: serial.to_string() })
            }
        }
    }

    async fn siblings(
        &self,
        record: &StoredCertificate,
        now: Timestamp,
    ) -> Result<Vec<StoredCertificate>, RevokeError> {
        let all = self.store.find_by_key(record.spki_sha256, MOST_SIBLINGS).await;
        let mut siblings = all.map_err(failed("find certificates with the same key"))?;
        siblings.retain(|sibling| {
            let same = sibling.authority == record.authority && sibling.serial == record.serial;
            !same && sibling.revocation.is_none() && sibling.validity.not_after() >= now
        });
        Ok(siblings)
    }
}

/// How the record says so now.
fn revocation_after(outcome: RevokeOutcome, reason: RevocationReason, now: Timestamp) -> RevocationRecord {
    match outcome {
        RevokeOutcome::Revoked => RevocationRecord { at: now, reason },
        RevokeOutcome::ReasonRaised(before) => RevocationRecord { reason, ..before },
        RevokeOutcome::AlreadyRevoked(before) => before,
    }
}

/// RFC 5280 section 5.3.1: `cACompromise` is for authorities, and a compromised authority's key is compromised in a
/// way that no other word may hide.
fn check_reason(record: &StoredCertificate, reason: RevocationReason) -> Result<(), RevokeError> {
    let certificate = record.body.certificate().and_then(|der| Certificate::from_der(der).ok());
    let Some(certificate) = certificate else { return Ok(()) };
    if certificate.is_self_issued() {
        return Err(RevokeError::Root { authority: record.authority.clone() });
    }
    if reason == RevocationReason::CaCompromise && !certificate.is_ca() {
        return Err(RevokeError::Reason {
            reason,
            expected: "`keyCompromise` for a certificate that is no authority's",
        });
    }
    Ok(())
}

fn failed(step: &'static str) -> impl Fn(StoreError) -> RevokeError {
    move |source| RevokeError::Store { step, source }
}
