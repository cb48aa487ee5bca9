//! What the steps of the spine do, and what they do when something goes wrong.
//!
//! Whatever happens after step 4, the record stays: the intent is closed as *possibly signed*, now or at the next
//! start, and its serial number is never used again.

use hf_core::audit::AuditAction;
use hf_core::finding::Finding;
use hf_core::serial::Serial;
use hf_store::StoreError;
use hf_store::audit::{Origin, hex};
use hf_store::record::{Begun, StoredCertificate};
use hf_x509::certificate::Certificate;
use hf_x509::oids;
use hf_x509::signature::Signature;

use crate::authority::Authority;
use crate::error::IssueError;
use crate::issuer::Signing;
use crate::policy::{Grant, Proposal};
use crate::prepared::Prepared;
use crate::request::IssuedCertificate;
use crate::signer::Place;

impl Authority {
    /// Step 1. A refusal is on record too.
    pub(super) async fn decide(
        &self,
        proposal: Proposal,
        issuer: &Signing,
        origin: &Origin,
    ) -> Result<Grant, IssueError> {
        match self.policy.decide(proposal) {
            Ok(grant) => Ok(grant),
            Err(findings) => Err(self.refuse(issuer, findings, origin).await),
        }
    }

    /// Step 2: the one that the requester was granted, else a random one.
    pub(super) fn serial(&self, grant: &Grant, origin: &Origin) -> Result<Serial, IssueError> {
        match grant.serial() {
            Some(serial) => Ok(serial.clone()),
            None => Ok(Serial::generate(origin.at, self.random.as_ref())?),
        }
    }

    /// Step 4. `Some` when the same request has its certificate already.
    pub(super) async fn begin(
        &self,
        prepared: &Prepared,
        issuer: &Signing,
        dedup_key: Option<String>,
        origin: &Origin,
    ) -> Result<Option<IssuedCertificate>, IssueError> {
        let intent = prepared.intent(dedup_key.clone());
        match self.store.begin_issuance(intent, origin.event(prepared.begun())).await {
            Ok(Begun::Recorded) => {
                self.signing_clock.note(origin.at);
                Ok(None)
            }
            Ok(Begun::Existing(stored)) => {
                existing(*stored, issuer, prepared, dedup_key.unwrap_or_default()).map(Some)
            }
            Ok(Begun::InProgress { serial }) => Err(IssueError::InProgress { serial }),
            Err(StoreError::KeyBlocked { spki_sha256 }) => {
                Err(self.refuse(issuer, vec![blocked(&spki_sha256)], origin).await)
            }
            Err(StoreError::SerialTaken { serial, .. }) if prepared.has_wanted_serial() => {
                Err(self.refuse(issuer, vec![taken(&serial)], origin).await)
            }
            Err(source) => {
                if !source.is_definite() {
                    // It may be on record. Nothing was signed and nothing will be: the record is closed.
                    self.close(issuer.name(), prepared.serial(), origin).await;
                }
                Err(IssueError::store("record what is to be signed", source))
            }
        }
    }

    /// Step 5.
    pub(super) async fn sign(
        &self,
        prepared: &Prepared,
        issuer: &Signing,
        place: Place,
        origin: &Origin,
    ) -> Result<Signature, IssueError> {
        if let Err(error) = prepared.still_holds(self.clock.now()) {
            self.close(issuer.name(), prepared.serial(), origin).await;
            return Err(error);
        }
        match self.signer.sign(issuer.key(), prepared.to_be_signed(), place).await {
            Ok(signature) => Ok(signature),
            Err(source) => {
                self.close(issuer.name(), prepared.serial(), origin).await;
                let (authority, serial) = (issuer.name().to_owned(), prepared.serial().clone());
                Err(IssueError::Sign { authority, serial, source })
            }
        }
    }

    /// Step 6.
    pub(super) async fn complete(
        &self,
        prepared: Prepared,
        issuer: &Signing,
        signature: &Signature,
        origin: &Origin,
    ) -> Result<Unrecorded, IssueError> {
        let serial = prepared.serial().clone();
        let (profile, notices) = (prepared.profile().to_owned(), prepared.notices().to_vec());
        match prepared.complete(issuer, signature) {
            Ok(certificate) => Ok(Unrecorded {
                serial,
                issued: IssuedCertificate {
                    certificate,
                    chain: issuer.chain().to_vec(),
                    authority: issuer.name().to_owned(),
                    profile,
                    notices,
                    existed: false,
                },
            }),
            Err(source) => {
                self.close(issuer.name(), &serial, origin).await;
                Err(IssueError::Broken { authority: issuer.name().to_owned(), serial, source })
            }
        }
    }

    /// Step 7. When the store does not answer, it is asked what is on record; a certificate that is there goes out.
    pub(super) async fn finish(
        &self,
        unrecorded: Unrecorded,
        origin: &Origin,
    ) -> Result<IssuedCertificate, IssueError> {
        let Unrecorded { serial, issued } = unrecorded;
        let certificate = &issued.certificate;
        let event = origin.event(AuditAction::IssuanceFinished {
            authority: issued.authority.clone(),
            serial: serial.clone(),
            certificate_sha256: hex(&certificate.sha256()),
        });
        let der = certificate.der().to_vec();
        let Err(source) = self.store.finish_issuance(&issued.authority, &serial, der, event).await else {
            return Ok(issued);
        };
        if !source.is_definite() {
            let found = self.store.find_by_serial(&issued.authority, &serial).await;
            let recorded = found.ok().flatten();
            if recorded.is_some_and(|stored| stored.body.certificate() == Some(certificate.der())) {
                return Ok(issued);
            }
        }
        self.close(&issued.authority, &serial, origin).await;
        Err(IssueError::store("record the certificate", source))
    }

    /// Put a refusal on record and make the error of it. That the record fails does not turn a refusal into anything
    /// else.
    pub(super) async fn refuse(
        &self,
        issuer: &Signing,
        findings: Vec<Finding>,
        origin: &Origin,
    ) -> IssueError {
        let codes = findings.iter().map(|finding| finding.code.to_string()).collect();
        let action = AuditAction::RequestRefused { authority: issuer.name().to_owned(), codes };
        match self.store.record(origin.event(action)).await {
            Ok(()) => IssueError::Refused { findings },
            Err(source) => IssueError::store("record the refusal", source),
        }
    }

    /// Close an intent as possibly signed. When that fails as well, the next start does it.
    pub(super) async fn close(&self, authority: &str, serial: &Serial, origin: &Origin) {
        let event = origin.event(AuditAction::IssuanceAbandoned {
            authority: authority.to_owned(),
            serial: serial.clone(),
        });
        let _ = self.store.close_intent(authority, serial, event).await;
    }
}

/// A signed certificate that nobody may see yet.
pub(super) struct Unrecorded {
    serial: Serial,
    issued: IssuedCertificate,
}

/// The certificate that exists, if it is for what was asked: the same key, names, subject and profile.
fn existing(
    stored: StoredCertificate,
    issuer: &Signing,
    asked: &Prepared,
    dedup_key: String,
) -> Result<IssuedCertificate, IssueError> {
    let der = stored.body.certificate().filter(|_| asked.is_for_the_same(&stored));
    let Some(der) = der else { return Err(IssueError::DifferentRequest { dedup_key }) };
    let certificate = Certificate::from_der(der).map_err(IssueError::Build)?;
    // Who wants a certificate is not given a pre-certificate.
    if certificate.extension(&oids::PRECERTIFICATE_POISON).is_some() != asked.is_precertificate() {
        return Err(IssueError::DifferentRequest { dedup_key });
    }
    Ok(IssuedCertificate {
        certificate,
        chain: issuer.chain().to_vec(),
        authority: stored.authority,
        profile: stored.profile,
        notices: Vec::new(),
        existed: true,
    })
}

fn blocked(spki_sha256: &str) -> Finding {
    const CODE: hf_core::finding::FindingCode = hf_core::finding::FindingCode::new("HF-KEY-BLOCKED");
    Finding::error(CODE, spki_sha256, "the key is on the block list")
        .expected_found("a key that nobody else has", spki_sha256)
        .hint("make a new key")
}

fn taken(serial: &Serial) -> Finding {
    const CODE: hf_core::finding::FindingCode = hf_core::finding::FindingCode::new("HF-POLICY-SERIAL-TAKEN");
    Finding::error(CODE, serial.to_string(), "the authority has used the serial number before")
        .expected_found("a serial number that no certificate has", serial.to_string())
        .rfc("RFC 5280 section 4.1.2.2")
}
