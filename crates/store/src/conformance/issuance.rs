//! Intent, certificate, possibly signed.

use super::material::{
    AUTHORITY, abandoned, begin, begun, certificate, event, finish, finished, intent, issue, origin, serial,
    time,
};
use super::{Backend, Outcome, ensure, refused};
use crate::StoreError;
use crate::record::{Begun, Body, CertificateState};
use hf_core::audit::AuditAction;

pub(super) async fn an_issuance_is_recorded_in_two_steps(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let wanted = intent(1);
    let outcome = begin(&*store, &wanted).await?;
    ensure(outcome == Begun::Recorded, || "a new intent was not recorded".to_owned())?;
    let open = store.open_intents(10).await?;
    ensure(open.len() == 1 && open.iter().all(|open| open.serial == wanted.serial), || {
        format!("expected one open intent, found {}", open.len())
    })?;
    let early = store.find_by_serial(AUTHORITY, &wanted.serial).await?;
    ensure(early.is_none(), || "an open intent is found as a certificate".to_owned())?;
    finish(&*store, &wanted).await?;
    ensure(store.open_intents(10).await?.is_empty(), || "a finished intent is still open".to_owned())?;
    let Some(found) = store.find_by_serial(AUTHORITY, &wanted.serial).await? else {
        return ensure(false, || "an issued certificate is not found".to_owned());
    };
    ensure(found.body == Body::Issued(certificate(&wanted)), || "another certificate is found".to_owned())?;
    let kept = found.names == wanted.names
        && found.validity == wanted.validity
        && found.profile == wanted.profile
        && found.snapshot == wanted.snapshot
        && found.spki_sha256 == wanted.spki_sha256
        && found.requested_at == wanted.requested_at
        && found.subject == wanted.subject
        && found.revocation.is_none();
    ensure(kept, || "the record differs from the intent".to_owned())?;
    ensure(store.find_serial_anywhere(&wanted.serial).await?.len() == 1, || {
        "the serial number alone does not lead to the certificate".to_owned()
    })?;
    let last = store.last_signing_time().await?;
    ensure(last == Some(time(0)), || "the last signing time is not the intent's".to_owned())
}

pub(super) async fn a_serial_number_is_used_once(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let taken = |error: &StoreError| matches!(error, StoreError::SerialTaken { .. });
    let first = intent(1);
    let again = || store.begin_issuance(first.clone(), begun(&first));
    begin(&*store, &first).await?;
    refused(again(), "the serial number of an open intent", taken).await?;
    finish(&*store, &first).await?;
    refused(again(), "the serial number of a certificate", taken).await?;
    store.flush().await?;
    refused(again(), "the serial number of a certificate in its final place", taken).await?;
    let closed = intent(2);
    begin(&*store, &closed).await?;
    store.close_intent(AUTHORITY, &closed.serial, abandoned(&closed)).await?;
    let reuse = store.begin_issuance(closed.clone(), begun(&closed));
    refused(reuse, "the serial number of a possibly signed record", taken).await?;
    let mut elsewhere = intent(1);
    "databases".clone_into(&mut elsewhere.authority);
    let outcome = begin(&*store, &elsewhere).await?;
    ensure(outcome == Begun::Recorded, || "another authority cannot use its own numbers".to_owned())
}

pub(super) async fn a_finish_needs_an_open_intent(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let unknown = |error: &StoreError| matches!(error, StoreError::UnknownIntent { .. });
    let first = intent(1);
    let again = || store.finish_issuance(AUTHORITY, &first.serial, certificate(&first), finished(&first));
    refused(again(), "a certificate without an intent", unknown).await?;
    issue(&*store, &first).await?;
    refused(again(), "a second certificate for one intent", unknown).await?;
    store.flush().await?;
    refused(again(), "a second certificate for one intent, later", unknown).await?;
    let slow = intent(2);
    begin(&*store, &slow).await?;
    store.flush().await?;
    finish(&*store, &slow).await?;
    ensure(store.find_by_serial(AUTHORITY, &slow.serial).await?.is_some(), || {
        "an intent cannot be finished later".to_owned()
    })?;
    ensure(store.open_intents(5).await?.is_empty(), || "an intent finished later stays open".to_owned())?;
    let closed = intent(3);
    begin(&*store, &closed).await?;
    store.close_intent(AUTHORITY, &closed.serial, abandoned(&closed)).await?;
    let late = store.finish_issuance(AUTHORITY, &closed.serial, certificate(&closed), finished(&closed));
    refused(late, "a certificate for a closed intent", unknown).await?;
    let close_again = store.close_intent(AUTHORITY, &closed.serial, abandoned(&closed));
    refused(close_again, "closing an intent twice", unknown).await
}

pub(super) async fn open_intents_become_possibly_signed(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    for number in 1..=5 {
        begin(&*store, &intent(number)).await?;
    }
    finish(&*store, &intent(3)).await?;
    drop(store);
    let store = backend.again()?;
    let closed = store.close_open_intents(origin()).await?;
    ensure(closed == 4, || format!("expected 4 intents to be closed, found {closed}"))?;
    ensure(store.close_open_intents(origin()).await? == 0, || "intents were closed twice".to_owned())?;
    for number in [1, 2, 4, 5] {
        let found = store.find_by_serial(AUTHORITY, &serial(number)).await?;
        let right = found.is_some_and(|found| {
            found.state(time(0)) == CertificateState::PossiblySigned
                && found.body == Body::PossiblySigned(intent(number).tbs)
        });
        ensure(right, || format!("intent {number} is not listed as possibly signed"))?;
    }
    Ok(())
}

pub(super) async fn everything_survives_reopening(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    for number in 1..=50 {
        issue(&*store, &intent(number)).await?;
    }
    let head = store.audit_head().await?;
    drop(store);
    let store = backend.again()?;
    for number in 1..=50 {
        let found = store.find_by_serial(AUTHORITY, &serial(number)).await?;
        ensure(found.is_some(), || format!("certificate {number} is lost"))?;
    }
    ensure(store.audit_head().await? == head, || "the audit chain ends elsewhere".to_owned())?;
    ensure(store.last_signing_time().await? == Some(time(0)), || "the last signing time is lost".to_owned())
}

pub(super) async fn events_must_describe_the_operation(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let mismatch = |error: &StoreError| matches!(error, StoreError::EventMismatch { .. });
    let first = intent(1);
    let other = store.begin_issuance(first.clone(), begun(&intent(2)));
    refused(other, "the event of another serial number", mismatch).await?;
    let other = store.begin_issuance(first.clone(), finished(&first));
    refused(other, "the event of another operation", mismatch).await?;
    let other = store.record(event(AuditAction::KeyBlocked { spki_sha256: String::new() }));
    refused(other, "an event that changes something", mismatch).await?;
    ensure(store.audit_head().await?.count == 0, || "a refused event is in the chain".to_owned())
}

pub(super) async fn values_are_limited(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let long = |error: &StoreError| matches!(error, StoreError::TooLong { .. });
    let mut wide = intent(1);
    wide.tbs = vec![0; 1024 * 1024];
    refused(store.begin_issuance(wide.clone(), begun(&wide)), "a TBSCertificate of 1 MiB", long).await?;
    let mut wide = intent(1);
    wide.dedup_key = Some("k".repeat(100_000));
    refused(store.begin_issuance(wide.clone(), begun(&wide)), "a long deduplication key", long).await
}
