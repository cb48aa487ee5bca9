//! `mkbundle`: the certificates of many files that are in force, one after the other.
//!
//! As in CFSSL what has ended, is not valid yet or is revoked is left out, and so is what points to a revocation list or a
//! responder that does not tell. Better than CFSSL: the order is that of the files, and an answer counts only when the
//! issuer signed it, or its delegate.

mod status;

use std::sync::Arc;

use hf_core::time::{Clock, Timestamp};
use hf_x509::certificate::Certificate;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub use status::Lists;

/// What becomes of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is part of the bundle.
    Kept,
    /// It ended.
    Ended {
        /// With this second.
        at: Timestamp,
    },
    /// It is not valid yet.
    NotYet {
        /// From this second on it is.
        from: Timestamp,
    },
    /// Its issuer revoked it.
    Revoked,
    /// What it points to does not tell.
    Unknown,
}

/// What becomes of each, in their order. `at_once` are asked about at the same time.
pub async fn judge(certificates: &[Certificate], at_once: usize, clock: &Arc<dyn Clock>) -> Vec<Verdict> {
    let lists = Arc::new(Lists::new(certificates.to_vec(), Arc::clone(clock)));
    let places = Arc::new(Semaphore::new(at_once.max(1)));
    let mut tasks = JoinSet::new();
    for (index, certificate) in certificates.iter().enumerate() {
        let (certificate, lists, places) = (certificate.clone(), Arc::clone(&lists), Arc::clone(&places));
        let now = clock.now();
        tasks.spawn(async move {
            let _place = places.acquire_owned().await;
            (index, one(&certificate, &lists, now).await)
        });
    }
    let mut verdicts = vec![Verdict::Unknown; certificates.len()];
    while let Some(done) = tasks.join_next().await {
        if let Ok((index, verdict)) = done
            && let Some(place) = verdicts.get_mut(index)
        {
            *place = verdict;
        }
    }
    verdicts
}

async fn one(certificate: &Certificate, lists: &Lists, now: Timestamp) -> Verdict {
    if certificate.not_after() < now {
        return Verdict::Ended { at: certificate.not_after() };
    }
    if now < certificate.not_before() {
        return Verdict::NotYet { from: certificate.not_before() };
    }
    lists.status(certificate).await
}
