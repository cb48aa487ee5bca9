//! Many at once: of those that want the same thing exactly one gets it.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::conformance::material::acme::{
    account, account_changed, add_eab, authorization, eab, make_account, order,
};
use crate::conformance::material::time;
use crate::conformance::{Backend, Broken, Outcome, ensure};
use crate::record::{
    AccountCreation, AccountUpdate, AcmeAccountRecord, AcmeAuthorizationRecord, AcmeOrderRecord,
    AcmeOrderStatus, OrderCreation, Swap,
};
use crate::{Store, StoreFuture};

/// How many try.
const MANY: u64 = 100;

/// Let all of them try at once.
async fn race<T: Send + 'static>(
    store: &Arc<dyn Store>,
    attempt: impl Fn(Arc<dyn Store>, u64) -> StoreFuture<'static, T>,
) -> Result<Vec<T>, Broken> {
    let mut tasks = JoinSet::new();
    for number in 1..=MANY {
        tasks.spawn(attempt(Arc::clone(store), number));
    }
    let mut outcomes = Vec::new();
    while let Some(outcome) = tasks.join_next().await {
        let outcome = outcome.map_err(|error| Broken(format!("a task ended early: {error}")))?;
        outcomes.push(outcome?);
    }
    Ok(outcomes)
}

/// How many outcomes are as wanted: exactly one.
fn one<T>(outcomes: &[T], what: &str, wanted: impl Fn(&T) -> bool) -> Outcome {
    let found = outcomes.iter().filter(|outcome| wanted(outcome)).count();
    ensure(found == 1, || format!("{what}: expected one of {MANY}, found {found}"))
}

pub(in crate::conformance) async fn one_account_uses_a_binding(backend: &dyn Backend) -> Outcome {
    let store: Arc<dyn Store> = backend.fresh()?.into();
    add_eab(&*store, 1).await?;
    let outcomes = race(&store, |store, number| {
        let wanted = AcmeAccountRecord { eab: Some(eab(1).id), ..account(number) };
        Box::pin(async move { make_account(&*store, &wanted).await })
    })
    .await?;
    one(&outcomes, "accounts made with one key", |made| *made == AccountCreation::Created)?;
    ensure(store.audit_head().await?.count == 2, || "accounts that were not made left events".to_owned())
}

pub(in crate::conformance) async fn one_account_has_a_key(backend: &dyn Backend) -> Outcome {
    let store: Arc<dyn Store> = backend.fresh()?.into();
    let outcomes = race(&store, |store, number| {
        let wanted = AcmeAccountRecord { thumbprint: [7; 32], ..account(number) };
        Box::pin(async move { make_account(&*store, &wanted).await })
    })
    .await?;
    one(&outcomes, "accounts with one key", |made| *made == AccountCreation::Created)?;
    for number in 101..=100 + MANY {
        make_account(&*store, &account(number)).await?;
    }
    let outcomes = race(&store, |store, number| {
        let wanted = AcmeAccountRecord { thumbprint: [8; 32], ..account(100 + number) };
        Box::pin(async move { store.update_account(wanted.clone(), account_changed(&wanted)).await })
    })
    .await?;
    one(&outcomes, "accounts that changed to one key", |made| matches!(made, AccountUpdate::Done { .. }))
}

pub(in crate::conformance) async fn one_writer_swaps(backend: &dyn Backend) -> Outcome {
    let store: Arc<dyn Store> = backend.fresh()?.into();
    store.create_order(order(1), vec![authorization(1)]).await?;
    let outcomes = race(&store, |store, number| {
        let body = format!("{{\"csr\":{number}}}");
        let wanted = AcmeOrderRecord { status: AcmeOrderStatus::Processing, body, ..order(1) };
        Box::pin(async move { store.update_order(wanted.clone()).await.map(|swap| (swap, wanted.body)) })
    })
    .await?;
    let won = |(swap, _): &(Swap<AcmeOrderRecord>, String)| matches!(swap, Swap::Done { .. });
    one(&outcomes, "writers of one revision of an order", won)?;
    let stored = store.order(&order(1).id).await?.map(|order| order.body);
    let winner = outcomes.into_iter().find(won).map(|(_, body)| body);
    ensure(stored == winner, || "another was stored than was told so".to_owned())?;
    let outcomes =
        race(&store, |store, _| Box::pin(async move { store.update_authorization(authorization(1)).await }))
            .await?;
    one(&outcomes, "writers of one revision of an authorization", |swap| matches!(swap, Swap::Done { .. }))
}

pub(in crate::conformance) async fn one_order_replaces(backend: &dyn Backend) -> Outcome {
    let store: Arc<dyn Store> = backend.fresh()?.into();
    let outcomes = race(&store, |store, number| {
        let wanted = AcmeOrderRecord { replaces: Some("aki.serial".to_owned()), ..order(number) };
        Box::pin(async move { store.create_order(wanted, vec![authorization(number)]).await })
    })
    .await?;
    one(&outcomes, "orders that replace one certificate", |made| *made == OrderCreation::Created)
}

pub(in crate::conformance) async fn one_worker_holds_a_lease(backend: &dyn Backend) -> Outcome {
    let store: Arc<dyn Store> = backend.fresh()?.into();
    for number in 1..=3 * MANY {
        let due = AcmeAuthorizationRecord { due: Some(time(0)), ..authorization(number) };
        store.create_authorization(due).await?;
    }
    let outcomes =
        race(&store, |store, _| Box::pin(async move { store.lease_due(time(1), time(60), 7).await })).await?;
    let leased: Vec<String> = outcomes.into_iter().flatten().map(|found| found.id).collect();
    let different: HashSet<&String> = leased.iter().collect();
    let expected = usize::try_from(3 * MANY).unwrap_or(usize::MAX);
    ensure(leased.len() == expected && different.len() == expected, || {
        format!("expected {expected} leases of as many, found {} of {}", leased.len(), different.len())
    })
}
