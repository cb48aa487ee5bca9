//! Credentials.

use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::right::Right;
use hf_core::time::Lifetime;

use super::material::{event, time};
use super::{Backend, Outcome, ensure, refused};
use crate::StoreError;
use crate::record::{CredentialLimits, CredentialRecord};

fn credential(id: &str) -> CredentialRecord {
    CredentialRecord {
        id: id.to_owned(),
        name: "pipeline".to_owned(),
        secret_sha256: [9; 32],
        rights: vec![Right::Issue, Right::Read],
        limits: CredentialLimits {
            names: Some(vec!["*.shop.internal".to_owned()]),
            profiles: None,
            authorities: Some(Vec::new()),
            max_lifetime: Some(Lifetime::from_days(7)),
        },
        created: time(0),
        expires: Some(time(1_000)),
        revoked_at: None,
    }
}

fn created(record: &CredentialRecord) -> AuditEvent {
    event(AuditAction::CredentialCreated {
        id: record.id.clone(),
        name: record.name.clone(),
        rights: record.rights.iter().map(ToString::to_string).collect(),
    })
}

fn revoked(id: &str) -> AuditEvent {
    event(AuditAction::CredentialRevoked { id: id.to_owned() })
}

pub(super) async fn credentials_are_added_and_revoked(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let (mut first, mut second) = (credential("zz"), credential("A-1_b"));
    (second.expires, second.limits) = (None, CredentialLimits::default());
    ensure(store.credential("zz").await?.is_none(), || "a credential comes from nowhere".to_owned())?;
    store.add_credential(first.clone(), created(&first)).await?;
    store.add_credential(second.clone(), created(&second)).await?;
    ensure(store.credential("zz").await?.as_ref() == Some(&first), || "it is kept otherwise".to_owned())?;
    ensure(store.credential("ZZ").await?.is_none(), || "the case of an identifier is ignored".to_owned())?;
    ensure(store.revoke_credential("zz", revoked("zz")).await?, || "it was revoked before".to_owned())?;
    let mut later = revoked("zz");
    later.at = time(5);
    ensure(!store.revoke_credential("zz", later).await?, || "it is revoked twice".to_owned())?;
    first.revoked_at = Some(time(0));
    drop(store);
    let store = backend.again()?;
    ensure(store.credentials().await? == [first, second], || "the list of credentials differs".to_owned())?;
    ensure(store.audit_head().await?.count == 3, || "expected 3 events".to_owned())
}

pub(super) async fn bad_credentials_are_refused(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let good = credential("k1");
    store.add_credential(good.clone(), created(&good)).await?;
    store.revoke_credential("k1", revoked("k1")).await?;
    let exists = |error: &StoreError| matches!(error, StoreError::CredentialExists { .. });
    refused(store.add_credential(good.clone(), created(&good)), "a used identifier", exists).await?;
    let unknown = |error: &StoreError| matches!(error, StoreError::UnknownCredential { .. });
    refused(store.revoke_credential("k2", revoked("k2")), "revoking what is not there", unknown).await?;
    let bad_id = |error: &StoreError| matches!(error, StoreError::BadCredentialId { .. });
    for id in ["", "a b", "../k", "\u{fc}", &"k".repeat(65)] {
        let bad = credential(id);
        refused(store.add_credential(bad.clone(), created(&bad)), "a bad identifier", bad_id).await?;
    }
    let mut long = credential("k3");
    long.limits.names = Some(vec!["n".repeat(100); 1_000]);
    let too_long = |error: &StoreError| matches!(error, StoreError::TooLong { .. });
    refused(store.add_credential(long.clone(), created(&long)), "limits without end", too_long).await?;
    let mismatch = |error: &StoreError| matches!(error, StoreError::EventMismatch { .. });
    let mut more = credential("k4");
    let event = created(&more);
    more.rights.push(Right::Administer);
    refused(store.add_credential(more, event), "more rights than its event says", mismatch).await?;
    refused(store.revoke_credential("k1", revoked("k4")), "another's event", mismatch).await?;
    ensure(store.audit_head().await?.count == 2, || "a refused change left an event".to_owned())
}
