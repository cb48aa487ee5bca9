//! What is revoked stays revoked.

use hf_core::reason::RevocationReason::{KeyCompromise, Superseded, Unspecified};

use super::material::{AUTHORITY, begin, finish, intent, issue, origin, revoke, time};
use super::{Backend, Broken, Outcome, ensure};
use crate::StoreError;
use crate::record::{RevocationRecord, RevokeOutcome};

pub(super) async fn revocation_is_monotone(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let wanted = intent(1);
    issue(&*store, &wanted).await?;
    let first = RevocationRecord { at: time(10), reason: Superseded };
    let raised = RevocationRecord { at: time(10), reason: KeyCompromise };
    let steps = [
        (10, Superseded, RevokeOutcome::Revoked, first),
        (20, Unspecified, RevokeOutcome::AlreadyRevoked(first), first),
        (30, KeyCompromise, RevokeOutcome::ReasonRaised(raised), raised),
        (40, Superseded, RevokeOutcome::AlreadyRevoked(raised), raised),
        (50, KeyCompromise, RevokeOutcome::AlreadyRevoked(raised), raised),
    ];
    for (at, reason, outcome, record) in steps {
        let found = revoke(&*store, &wanted, at, reason).await?;
        ensure(found == outcome, || format!("revoking at {at} for {reason} had another outcome"))?;
        let kept = store.revocation(AUTHORITY, &wanted.serial).await?;
        ensure(kept == Some(record), || format!("after revoking at {at} for {reason} the record differs"))?;
    }
    let blocked = store.is_blocked(wanted.spki_sha256).await?;
    ensure(blocked, || "a compromised key is not on the block list".to_owned())?;
    ensure(store.audit_head().await?.count == 5, || {
        "expected the events begun, finished, revoked, revoked, key-blocked".to_owned()
    })?;
    drop(store);
    let store = backend.again()?;
    ensure(store.revocation(AUTHORITY, &wanted.serial).await? == Some(raised), || "it is lost".to_owned())
}

pub(super) async fn only_what_is_on_record_is_revoked(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let wanted = intent(1);
    for what in ["nothing", "an open intent"] {
        match revoke(&*store, &wanted, 0, Superseded).await {
            Err(StoreError::UnknownCertificate { .. }) => {}
            _ => return Err(Broken(format!("{what} was revoked"))),
        }
        if what == "nothing" {
            begin(&*store, &wanted).await?;
        }
    }
    store.close_open_intents(origin()).await?;
    let outcome = revoke(&*store, &wanted, 0, Superseded).await?;
    ensure(outcome == RevokeOutcome::Revoked, || "a possibly signed record cannot be revoked".to_owned())?;
    let late = intent(2);
    begin(&*store, &late).await?;
    finish(&*store, &late).await?;
    let found = store.revocation(AUTHORITY, &late.serial).await?;
    ensure(found.is_none(), || "what nobody revoked is revoked".to_owned())
}
