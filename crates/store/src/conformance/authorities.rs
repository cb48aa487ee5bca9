//! Authorities and profile snapshots.

use hf_core::audit::AuditAction;

use super::material::{authority, event};
use super::{Backend, Outcome, ensure, refused};
use crate::StoreError;
use crate::record::{AuthorityState, ProfileSnapshot, SnapshotId};

pub(super) async fn authorities_are_added_and_replaced(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let added = |name: &str| {
        event(AuditAction::AuthorityAdded { authority: name.to_owned(), certificate_sha256: String::new() })
    };
    let changed = |name: &str| {
        let (authority, certificate_sha256) = (name.to_owned(), String::new());
        event(AuditAction::AuthorityChanged { authority, certificate_sha256, state: "active".to_owned() })
    };
    let mut pending = authority("services");
    pending.state = AuthorityState::Pending;
    pending.chain.clear();
    store.add_authority(pending.clone(), added("services")).await?;
    ensure(store.authority("services").await?.as_ref() == Some(&pending), || {
        "it is kept otherwise".to_owned()
    })?;
    let exists = |error: &StoreError| matches!(error, StoreError::AuthorityExists { .. });
    refused(store.add_authority(pending, added("services")), "a second one of this name", exists).await?;
    let active = authority("services");
    store.replace_authority(active.clone(), changed("services")).await?;
    let unknown = |error: &StoreError| matches!(error, StoreError::UnknownAuthority { .. });
    let none = store.replace_authority(authority("nobody"), changed("nobody"));
    refused(none, "replacing one that is not there", unknown).await?;
    let mut root = authority("root");
    (root.parent, root.key, root.state) = (None, None, AuthorityState::Retired);
    store.add_authority(root.clone(), added("root")).await?;
    drop(store);
    let store = backend.again()?;
    ensure(store.authorities().await? == [root, active], || "the list of authorities differs".to_owned())?;
    ensure(store.authority("nobody").await?.is_none(), || "an authority comes from nowhere".to_owned())?;
    ensure(store.audit_head().await?.count == 3, || "expected 3 events".to_owned())
}

pub(super) async fn snapshots_are_kept(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let id = SnapshotId([3; 32]);
    let snapshot =
        ProfileSnapshot { id, profile: "server".to_owned(), text: "lifetime = \"90d\"".to_owned() };
    let recorded =
        || event(AuditAction::SnapshotRecorded { profile: "server".to_owned(), snapshot: id.to_string() });
    ensure(store.record_snapshot(snapshot.clone(), recorded()).await?, || "a new one is not new".to_owned())?;
    ensure(!store.record_snapshot(snapshot.clone(), recorded()).await?, || "an old one is new".to_owned())?;
    ensure(store.snapshot(id).await? == Some(snapshot), || "it is kept otherwise".to_owned())?;
    ensure(store.snapshot(SnapshotId([4; 32])).await?.is_none(), || "one comes from nowhere".to_owned())?;
    ensure(store.audit_head().await?.count == 1, || "expected 1 event".to_owned())
}
