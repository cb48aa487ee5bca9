//! A retry of a request leads to what the request led to.

use super::material::{AUTHORITY, abandoned, begin, certificate, finish, intent};
use super::{Backend, Outcome, ensure};
use crate::record::Begun;

pub(super) async fn a_retry_finds_the_certificate(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let mut first = intent(1);
    first.dedup_key = Some("order/1".to_owned());
    let mut retry = intent(2);
    retry.dedup_key.clone_from(&first.dedup_key);
    begin(&*store, &first).await?;
    for moment in ["at once", "later"] {
        let outcome = begin(&*store, &retry).await?;
        let right = outcome == Begun::InProgress { serial: first.serial.clone() };
        ensure(right, || format!("a retry during the work, {moment}, is not told so"))?;
        store.flush().await?;
    }
    finish(&*store, &first).await?;
    for moment in ["at once", "later"] {
        let outcome = begin(&*store, &retry).await?;
        let right = match outcome {
            Begun::Existing(found) => found.body.certificate() == Some(&*certificate(&first)),
            Begun::Recorded | Begun::InProgress { .. } => false,
        };
        ensure(right, || format!("a retry after the work, {moment}, does not find the certificate"))?;
        store.flush().await?;
    }
    let found = store.find_by_dedup_key(AUTHORITY, "order/1").await?;
    ensure(found.is_some_and(|found| found.serial == first.serial), || {
        "the key does not lead to it".to_owned()
    })?;
    let other = store.find_by_dedup_key(AUTHORITY, "order/2").await?;
    ensure(other.is_none(), || "another key leads to it".to_owned())?;
    let mut elsewhere = retry.clone();
    "databases".clone_into(&mut elsewhere.authority);
    let outcome = begin(&*store, &elsewhere).await?;
    ensure(outcome == Begun::Recorded, || "keys of one authority block those of another".to_owned())?;
    ensure(store.audit_head().await?.count == 3, || "retries left events".to_owned())
}

pub(super) async fn a_closed_intent_frees_its_key(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let mut first = intent(1);
    first.dedup_key = Some("order/1".to_owned());
    begin(&*store, &first).await?;
    store.close_intent(AUTHORITY, &first.serial, abandoned(&first)).await?;
    let none = store.find_by_dedup_key(AUTHORITY, "order/1").await?;
    ensure(none.is_none(), || "a possibly signed record is handed out for its key".to_owned())?;
    let mut retry = intent(2);
    retry.dedup_key.clone_from(&first.dedup_key);
    let outcome = begin(&*store, &retry).await?;
    ensure(outcome == Begun::Recorded, || {
        "a request cannot be repeated after its intent was closed".to_owned()
    })
}
