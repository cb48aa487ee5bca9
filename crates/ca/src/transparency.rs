//! Logs of certificate transparency, RFC 6962: how they are asked, and which of their answers are accepted.

mod fault;
mod judge;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures_util::future::join_all;
use hf_core::time::{Clock, Lifetime};
use hf_store::record::StoredCertificate;
use hf_x509::certificate::Certificate;
use hf_x509::public_key::PublicKey;
use hf_x509::transparency::SignedCertificateTimestamp;

pub use fault::{LogError, LogFault};
use judge::judge;

use crate::profile::TransparencyLogs;

/// What a log answers.
pub type LogAnswer<'a> =
    Pin<Box<dyn Future<Output = Result<SignedCertificateTimestamp, LogFault>> + Send + 'a>>;

/// Submits to logs. What it does is bounded in size by itself, and in time by whoever calls it.
pub trait LogClient: Send + Sync {
    /// Submit a pre-certificate, the first of `chain`, with those above it: `POST <log>/ct/v1/add-pre-chain` (RFC 6962
    /// section 4.2).
    fn add_pre_chain<'a>(&'a self, log: &'a str, chain: &'a [Certificate]) -> LogAnswer<'a>;
}

/// For how long a log is waited for.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How far a log's clock may be ahead of ours. Clients refuse timestamps of the future.
pub const AHEAD: Lifetime = Lifetime::from_seconds(60);

/// Whether what is on record is a pre-certificate that was asked for alone: it has the poison, and nobody accepts it.
pub fn is_precertificate(record: &StoredCertificate) -> bool {
    let certificate = record.body.certificate().and_then(|der| Certificate::from_der(der).ok());
    certificate.is_some_and(|certificate| matches!(certificate.precertificate_poison(), Ok(Some(_))))
}

/// Submit to all logs at once; one timestamp of each, in their order, or the first fault.
pub(crate) async fn submit(
    client: &dyn LogClient,
    logs: &TransparencyLogs,
    chain: &[Certificate],
    clock: &dyn Clock,
) -> Result<Vec<SignedCertificateTimestamp>, LogError> {
    let asked = logs.urls().iter().map(|url| async move {
        let answer = tokio::time::timeout(PATIENCE, client.add_pre_chain(url, chain)).await;
        let answer = answer.unwrap_or(Err(LogFault::Late { after: PATIENCE }));
        answer.map_err(|fault| LogError { log: url.clone(), fault })
    });
    let answers = join_all(asked).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let [precertificate, above @ ..] = chain else { return Ok(Vec::new()) };
    // A certificate that nobody else signs is its own issuer.
    let issuer: &PublicKey = above.first().unwrap_or(precertificate).public_key();
    judge(logs, &answers, precertificate, issuer, clock.now())?;
    Ok(answers)
}
