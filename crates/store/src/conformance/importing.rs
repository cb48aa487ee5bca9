//! Certificates that another program issued with the same authority.

use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::reason::RevocationReason::{KeyCompromise, Superseded};

use super::material::{AUTHORITY, begin, certificate, event, intent, time};
use super::{Backend, Outcome, ensure, refused};
use crate::StoreError;
use crate::audit::{hex, verify};
use crate::record::{Body, ForeignCertificate, Imported, RevocationRecord};

fn foreign(number: u64) -> ForeignCertificate {
    let like = intent(number);
    ForeignCertificate {
        certificate: certificate(&like),
        authority: like.authority,
        serial: like.serial,
        profile: "imported".to_owned(),
        subject: like.subject,
        names: like.names,
        validity: like.validity,
        spki_sha256: like.spki_sha256,
        issued_at: time(-1_000),
        revocation: None,
    }
}

fn imported(certificate: &ForeignCertificate) -> AuditEvent {
    event(AuditAction::CertificateImported {
        authority: certificate.authority.clone(),
        serial: certificate.serial.clone(),
        certificate_sha256: hex(&[2; 32]),
    })
}

pub(super) async fn certificates_are_taken_in(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let import = |certificate: &ForeignCertificate| {
        store.import_certificate(certificate.clone(), imported(certificate))
    };
    let mut wanted = foreign(1);
    ensure(import(&wanted).await? == Imported::Added, || "a new one is not new".to_owned())?;
    ensure(import(&wanted).await? == Imported::Present, || "an old one is new".to_owned())?;
    wanted.revocation = Some(RevocationRecord { at: time(-50), reason: Superseded });
    let outcome = import(&wanted).await?;
    ensure(outcome == Imported::RevocationAdded, || "its revocation is not added".to_owned())?;
    ensure(import(&wanted).await? == Imported::Present, || "it is revoked twice".to_owned())?;
    let mut compromised = foreign(2);
    compromised.revocation = Some(RevocationRecord { at: time(-60), reason: KeyCompromise });
    ensure(import(&compromised).await? == Imported::Added, || "a revoked one is not new".to_owned())?;
    drop(store);
    let store = backend.again()?;
    let found = store.find_by_serial(AUTHORITY, &wanted.serial).await?;
    let same = found.is_some_and(|found| {
        found.body == Body::Issued(wanted.certificate.clone())
            && found.revocation == wanted.revocation
            && found.requested_at == wanted.issued_at
            && found.names == wanted.names
    });
    ensure(same, || "it is kept otherwise".to_owned())?;
    ensure(store.is_blocked(compromised.spki_sha256).await?, || {
        "a compromised key is not blocked".to_owned()
    })?;
    let position = store.crl_position(AUTHORITY, crate::record::COMPLETE).await?;
    ensure(position.entries == 2, || format!("expected 2 entries of a CRL, found {}", position.entries))?;
    let report = verify(&*store, None).await?;
    ensure(report.is_intact() && report.rows == 5, || format!("expected 5 events, found {}", report.rows))
}

pub(super) async fn serial_numbers_of_others_are_not_taken(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    begin(&*store, &intent(1)).await?;
    let taken = |error: &StoreError| matches!(error, StoreError::SerialTaken { .. });
    let open = foreign(1);
    refused(store.import_certificate(open.clone(), imported(&open)), "that of an intent", taken).await?;
    let first = foreign(2);
    store.import_certificate(first.clone(), imported(&first)).await?;
    let mut other = foreign(2);
    other.certificate.push(0);
    refused(store.import_certificate(other.clone(), imported(&other)), "other bytes", taken).await?;
    let issued = begin(&*store, &intent(2)).await;
    ensure(matches!(issued, Err(StoreError::SerialTaken { .. })), || {
        "the serial number of an imported certificate is issued again".to_owned()
    })?;
    let mismatch = |error: &StoreError| matches!(error, StoreError::EventMismatch { .. });
    refused(store.import_certificate(foreign(3), imported(&first)), "another's event", mismatch).await?;
    ensure(store.audit_head().await?.count == 2, || "a refused change left an event".to_owned())
}
