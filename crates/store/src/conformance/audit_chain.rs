//! The audit chain grows with every change and with nothing else.

use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::reason::RevocationReason::KeyCompromise;

use super::material::{
    AUTHORITY, begin, crl, event, finish, finished, intent, issue, origin, publish, revoke,
};
use super::{Backend, Broken, Outcome, ensure};
use crate::audit::{hex, verify};
use crate::record::Intent;

fn word(action: &AuditAction) -> &'static str {
    match action {
        AuditAction::AuthorityAdded { .. } => "authority-added",
        AuditAction::AuthorityChanged { .. } => "authority-changed",
        AuditAction::SnapshotRecorded { .. } => "snapshot-recorded",
        AuditAction::IssuanceBegun { .. } => "begun",
        AuditAction::PrecertificateLogged { .. } => "logged",
        AuditAction::IssuanceFinished { .. } => "finished",
        AuditAction::IssuanceAbandoned { .. } => "abandoned",
        AuditAction::CertificateImported { .. } => "certificate-imported",
        AuditAction::RequestRefused { .. } => "refused",
        AuditAction::Revoked { .. } => "revoked",
        AuditAction::KeyBlocked { .. } => "key-blocked",
        AuditAction::CrlBegun { .. } => "crl-begun",
        AuditAction::CrlIssued { .. } => "crl-issued",
        AuditAction::CrlShardOpened { .. } => "crl-shard-opened",
        AuditAction::CredentialCreated { .. } => "credential-created",
        AuditAction::CredentialRevoked { .. } => "credential-revoked",
        AuditAction::CertificatesRemoved { .. } => "certificates-removed",
        AuditAction::AcmeAccountCreated { .. } => "acme-account-created",
        AuditAction::AcmeAccountChanged { .. } => "acme-account-changed",
        AuditAction::EabCreated { .. } => "eab-created",
        AuditAction::EabRevoked { .. } => "eab-revoked",
        AuditAction::RenewalWindowSet { .. } => "renewal-window-set",
        AuditAction::RenewalWindowCleared { .. } => "renewal-window-cleared",
    }
}

/// Logs took the pre-certificate of this intent.
fn logged(intent: &Intent) -> AuditEvent {
    event(AuditAction::PrecertificateLogged {
        authority: intent.authority.clone(),
        serial: intent.serial.clone(),
        precertificate_sha256: hex(&[1; 32]),
        tbs_sha256: hex(&[2; 32]),
        logs: vec!["http://log.example/".to_owned()],
    })
}

pub(super) async fn every_change_has_its_event(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let refusal =
        AuditAction::RequestRefused { authority: AUTHORITY.to_owned(), codes: vec!["HF-X".to_owned()] };
    begin(&*store, &intent(1)).await?;
    begin(&*store, &intent(2)).await?;
    store.record(logged(&intent(2))).await?;
    finish(&*store, &intent(2)).await?;
    store.record(event(refusal)).await?;
    store.close_open_intents(origin()).await?;
    revoke(&*store, &intent(2), 1, KeyCompromise).await?;
    publish(&*store, crl(1, origin().at, 0, 0)).await?;
    let rows = store.audit_rows(0, 100).await?;
    let mut words = Vec::new();
    for row in &rows {
        let event = row.decode().map_err(|error| Broken(format!("row {}: {error}", row.sequence)))?;
        words.push(word(&event.action));
    }
    let expected = [
        "begun",
        "begun",
        "logged",
        "finished",
        "refused",
        "abandoned",
        "revoked",
        "key-blocked",
        "crl-begun",
        "crl-issued",
    ];
    ensure(words == expected, || format!("expected {}, found {}", expected.join(" "), words.join(" ")))?;
    let page = store.audit_rows(3, 2).await?;
    ensure(page.iter().map(|row| row.sequence).eq([4, 5]), || "a page of the chain differs".to_owned())?;
    let report = verify(&*store, None).await?;
    ensure(report.is_intact() && report.rows == 10, || "the chain does not verify".to_owned())?;
    issue(&*store, &intent(3)).await?;
    drop(store);
    let store = backend.again()?;
    let report = verify(&*store, Some(report.head)).await?;
    ensure(report.is_intact() && report.rows == 12, || {
        "the chain does not go on from its checkpoint".to_owned()
    })
}

pub(super) async fn refused_changes_leave_no_event(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    issue(&*store, &intent(1)).await?;
    let before = store.audit_head().await?;
    let refused = [
        begin(&*store, &intent(1)).await.is_err(),
        finish(&*store, &intent(2)).await.is_err(),
        revoke(&*store, &intent(2), 0, KeyCompromise).await.is_err(),
        store.close_open_intents(origin()).await? == 0,
        store.record(logged(&intent(1))).await.is_err(),
        store.record(logged(&intent(2))).await.is_err(),
        store.record(finished(&intent(1))).await.is_err(),
    ];
    ensure(refused.iter().all(|refused| *refused), || "a bad operation was accepted".to_owned())?;
    ensure(store.audit_head().await? == before, || "a refused operation left an event".to_owned())
}
