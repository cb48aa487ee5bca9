//! What is read off the authority when somebody asks for metrics.

use std::time::Duration;

use hf_store::record::COMPLETE;
use hf_x509::certificate::Certificate;

use crate::state::Doors;

/// How long the store may take for the state of all CRLs: metrics are read most when something hangs.
const PATIENCE: Duration = Duration::from_secs(2);

/// Bring the gauges up to date: validity of authorities and CRLs, the signer.
pub(crate) async fn take(doors: &Doors) {
    let now = doors.clock.now();
    let counts = doors.authority.signer_counts();
    for (result, total) in [
        ("signed", counts.signed),
        ("failed", counts.failed),
        ("late", counts.late),
        ("overloaded", counts.overloaded),
    ] {
        doors.metrics.signatures(result, total);
    }
    doors.metrics.signer(&doors.authority.signer_latency(), counts.held);
    doors.metrics.commits(doors.authority.store().commits());
    doors.metrics.ocsp().took(&doors.responder.counts());
    for issuer in doors.authority.issuers().all() {
        doors.metrics.authority_revoked(issuer.name(), issuer.is_revoked());
        if let Some(delegate) = doors.responder.delegate(issuer.name()) {
            let left = delegate.not_after().seconds_since(now);
            doors.metrics.ocsp().delegate_expiry(issuer.name(), left);
        }
        if let Some(Ok(validity)) = issuer.certificate().map(Certificate::validity) {
            doors.metrics.authority_expiry(issuer.name(), validity.not_after().seconds_since(now));
        }
    }
    if tokio::time::timeout(PATIENCE, crls(doors)).await.is_err() {
        tracing::warn!("the store did not answer in time: the metrics of CRLs are those of before");
    }
}

/// How long the latest CRLs hold, and how many should have been replaced.
async fn crls(doors: &Doors) {
    let now = doors.clock.now();
    for issuer in doors.authority.issuers().all().iter().filter(|issuer| !issuer.is_revoked()) {
        let name = issuer.name();
        // What is not in memory yet is read.
        let _ = doors.crls.latest(&doors.authority, name, COMPLETE).await;
        let lists = doors.crls.of(name);
        if let Some(first) = lists.iter().map(|(_, crl)| crl.next_update).min() {
            doors.metrics.crl_expiry(name, first.seconds_since(now));
            let stale = lists.iter().filter(|(_, crl)| crl.stale_at() <= now).count();
            doors.metrics.crl_stale(name, i64::try_from(stale).unwrap_or(i64::MAX));
        }
    }
}
