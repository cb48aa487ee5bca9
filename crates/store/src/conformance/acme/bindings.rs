//! Keys for external account binding, and renewal windows.

use std::sync::Arc;

use hf_core::audit::AuditAction;
use tokio::task::JoinSet;

use crate::conformance::material::acme::{add_eab, eab, eab_secret, window, window_set};
use crate::conformance::material::{AUTHORITY, event, serial, time};
use crate::conformance::{Backend, Broken, Outcome, ensure, refused};
use crate::record::{EabKeyRecord, EabSecret, RenewalScope, RenewalWindowRecord};
use crate::{Store, StoreError};

fn revoked(id: &str) -> hf_core::audit::AuditEvent {
    event(AuditAction::EabRevoked { id: id.to_owned() })
}

pub(in crate::conformance) async fn bindings_are_added_and_revoked(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    for number in 1..=3 {
        add_eab(&*store, number).await?;
    }
    let (id, mut first) = (eab(1).id, eab(1));
    let secret = store.eab_secret(&id).await?;
    ensure(secret == Some(eab_secret(1)), || "a secret is kept otherwise".to_owned())?;
    ensure(store.eab_secret("nowhere").await?.is_none(), || "a secret comes from nowhere".to_owned())?;
    ensure(store.revoke_eab(&id, revoked(&id)).await?, || "it was revoked before".to_owned())?;
    let mut later = revoked(&id);
    later.at = time(5);
    ensure(!store.revoke_eab(&id, later).await?, || "it is revoked twice".to_owned())?;
    first.revoked_at = Some(time(0));
    drop(store);
    let store = backend.again()?;
    let page = store.eabs(Some(AUTHORITY), None, 2).await?;
    ensure(page.items == [first, eab(2)], || "the list of keys differs".to_owned())?;
    let rest = store.eabs(None, page.next, 2).await?;
    ensure(rest.items == [eab(3)] && rest.next.is_none(), || "the second page differs".to_owned())?;
    let elsewhere = store.eabs(Some("databases"), None, 2).await?;
    ensure(elsewhere.items.is_empty(), || "another authority has them".to_owned())?;
    ensure(store.audit_head().await?.count == 4, || "expected 4 events".to_owned())
}

pub(in crate::conformance) async fn bad_bindings_are_refused(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    add_eab(&*store, 1).await?;
    let created = |key: &EabKeyRecord| {
        event(AuditAction::EabCreated {
            id: key.id.clone(),
            name: key.name.clone(),
            authority: key.authority.clone(),
            trusted: key.trusted,
        })
    };
    let key = eab(1);
    let exists = |error: &StoreError| matches!(error, StoreError::AcmeExists { .. });
    refused(store.add_eab(key.clone(), eab_secret(1), created(&key)), "a used identifier", exists).await?;
    let bad = EabKeyRecord { id: "a b".to_owned(), ..eab(2) };
    let bad_id = |error: &StoreError| matches!(error, StoreError::BadAcmeId { .. });
    refused(store.add_eab(bad.clone(), eab_secret(1), created(&bad)), "a bad identifier", bad_id).await?;
    let too_long = |error: &StoreError| matches!(error, StoreError::TooLong { .. });
    let long = EabSecret::new(vec![0; 5_000]);
    refused(store.add_eab(eab(2), long, created(&eab(2))), "a secret without end", too_long).await?;
    let many = EabKeyRecord { names: Some(vec!["n".repeat(100); 1_000]), ..eab(2) };
    refused(store.add_eab(many.clone(), eab_secret(2), created(&many)), "names without end", too_long)
        .await?;
    let mismatch = |error: &StoreError| matches!(error, StoreError::EventMismatch { .. });
    let trust = EabKeyRecord { trusted: false, ..eab(2) };
    refused(store.add_eab(eab(2), eab_secret(2), created(&trust)), "less trust than it has", mismatch)
        .await?;
    refused(store.revoke_eab(&key.id, revoked("other")), "another's event", mismatch).await?;
    let unknown = |error: &StoreError| matches!(error, StoreError::UnknownAcme { .. });
    refused(store.revoke_eab("k2", revoked("k2")), "revoking what is not there", unknown).await?;
    ensure(store.audit_head().await?.count == 1, || "a refused change left an event".to_owned())
}

pub(in crate::conformance) async fn windows_are_set_and_cleared(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let scopes =
        [RenewalScope::All, RenewalScope::Profile("server".to_owned()), RenewalScope::Certificate(serial(1))];
    for scope in &scopes {
        let wanted = window(scope.clone(), 10);
        store.set_renewal_window(wanted.clone(), window_set(&wanted)).await?;
    }
    let mut moved = window(scopes[0].clone(), 20);
    moved.explanation_url = None;
    store.set_renewal_window(moved.clone(), window_set(&moved)).await?;
    let cleared = |scope: &RenewalScope| {
        event(AuditAction::RenewalWindowCleared { authority: AUTHORITY.to_owned(), scope: scope.to_string() })
    };
    let clear = |scope| store.clear_renewal_window(AUTHORITY, scope, cleared(scope));
    ensure(clear(&scopes[1]).await?, || "there was no window".to_owned())?;
    ensure(!clear(&scopes[1]).await?, || "a window is cleared twice".to_owned())?;
    drop(store);
    let store = backend.again()?;
    let found = store.renewal_windows(AUTHORITY).await?;
    ensure(found == [window(scopes[2].clone(), 10), moved.clone()], || {
        format!("expected 2 windows, found {}", found.len())
    })?;
    ensure(store.renewal_windows("databases").await?.is_empty(), || "another authority has them".to_owned())?;
    let mismatch = |error: &StoreError| matches!(error, StoreError::EventMismatch { .. });
    let later = RenewalWindowRecord { end: time(99_999), ..moved.clone() };
    refused(store.set_renewal_window(later, window_set(&moved)), "another window's event", mismatch).await?;
    ensure(store.audit_head().await?.count == 5, || "expected 5 events".to_owned())
}

pub(in crate::conformance) async fn windows_are_few(backend: &dyn Backend) -> Outcome {
    let store: Arc<dyn Store> = backend.fresh()?.into();
    let mut tasks = JoinSet::new();
    for number in 0..1_000 {
        let (store, wanted) = (Arc::clone(&store), window(RenewalScope::Certificate(serial(number)), 1));
        tasks.spawn(async move { store.set_renewal_window(wanted.clone(), window_set(&wanted)).await });
    }
    while let Some(outcome) = tasks.join_next().await {
        outcome.map_err(|error| Broken(format!("a task ended early: {error}")))??;
    }
    let again = window(RenewalScope::Certificate(serial(7)), 2);
    store.set_renewal_window(again.clone(), window_set(&again)).await?;
    let one_more = window(RenewalScope::All, 1);
    let too_many = |error: &StoreError| matches!(error, StoreError::TooManyRenewalWindows { .. });
    refused(store.set_renewal_window(one_more.clone(), window_set(&one_more)), "one more window", too_many)
        .await
}
