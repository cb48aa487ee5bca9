//! Many at once.

use std::sync::Arc;

use hf_core::reason::RevocationReason::Superseded;
use tokio::task::JoinSet;

use super::material::{AUTHORITY, begin, finish, intent, issue, revoke, serial};
use super::{Backend, Broken, Outcome, ensure};
use crate::audit::verify;
use crate::record::Begun;
use crate::{Store, StoreError};

async fn all<T: 'static>(
    mut tasks: JoinSet<Result<T, StoreError>>,
) -> Result<Vec<Result<T, StoreError>>, Broken> {
    let mut outcomes = Vec::new();
    while let Some(outcome) = tasks.join_next().await {
        outcomes.push(outcome.map_err(|error| Broken(format!("a task ended early: {error}")))?);
    }
    Ok(outcomes)
}

pub(super) async fn many_issue_at_once(backend: &dyn Backend) -> Outcome {
    let store: Arc<dyn Store> = backend.fresh()?.into();
    let mut tasks = JoinSet::new();
    for task in 0..64 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for number in 0..40 {
                let wanted = intent(1 + task * 40 + number);
                issue(&*store, &wanted).await?;
                if number % 10 == 0 {
                    revoke(&*store, &wanted, 1, Superseded).await?;
                    store.find_by_serial(AUTHORITY, &wanted.serial).await?;
                }
            }
            Ok(())
        });
    }
    all(tasks).await?.into_iter().collect::<Result<Vec<()>, _>>()?;
    let report = verify(&*store, None).await?;
    let expected = 2 * 64 * 40 + 64 * 4;
    ensure(report.is_intact() && report.rows == expected, || {
        format!("expected {expected} events in a whole chain, found {}", report.rows)
    })?;
    for number in 1..=64 * 40 {
        let found = store.find_by_serial(AUTHORITY, &serial(number)).await?;
        ensure(found.is_some(), || format!("certificate {number} is lost"))?;
    }
    Ok(())
}

pub(super) async fn one_deduplication_key_wins(backend: &dyn Backend) -> Outcome {
    let store: Arc<dyn Store> = backend.fresh()?.into();
    let mut tasks = JoinSet::new();
    for number in 1..=32 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let mut wanted = intent(number);
            wanted.dedup_key = Some("the same request".to_owned());
            let outcome = begin(&*store, &wanted).await?;
            if outcome == Begun::Recorded {
                finish(&*store, &wanted).await?;
            }
            Ok(outcome)
        });
    }
    let outcomes = all(tasks).await?.into_iter().collect::<Result<Vec<_>, _>>()?;
    let winners = outcomes.iter().filter(|outcome| **outcome == Begun::Recorded).count();
    ensure(winners == 1, || format!("expected one to be recorded, found {winners}"))
}

pub(super) async fn bad_operations_fail_alone(backend: &dyn Backend) -> Outcome {
    let store: Arc<dyn Store> = backend.fresh()?.into();
    for number in 1..=50 {
        issue(&*store, &intent(number)).await?;
    }
    let mut tasks = JoinSet::new();
    for number in 1..=100 {
        let store = Arc::clone(&store);
        tasks.spawn(async move { revoke(&*store, &intent(number), 1, Superseded).await.map(|_| number) });
    }
    let outcomes = all(tasks).await?;
    let right = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    ensure(right == 50, || format!("expected 50 of 100 to be revoked, found {right}"))?;
    let position = store.crl_position(AUTHORITY, crate::record::COMPLETE).await?;
    ensure(position.entries == 50, || format!("expected 50 entries, found {}", position.entries))
}
