//! One order, from its beginning to the certificate.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use hf_ca::create::request_for;
use hf_keys::private_key::PrivateKey;
use hf_x509::distinguished_name::DistinguishedName;
use serde_json::Value;

use super::jws::base64url;
use super::session::{Session, text};
use crate::bench::stopwatch::Stopwatch;

/// Before an order or authorization is looked at again: short beside what an order takes, since nothing is to be measured
/// that is not work.
const FIRST_PAUSE: Duration = Duration::from_millis(5);

/// How long it took.
pub(super) struct Times {
    pub(super) order: Duration,
    /// From finalizing until the certificate is there to be fetched.
    pub(super) finalize: Duration,
}

/// Order a certificate for a name, prove the name where that is asked for, and fetch the certificate.
pub(super) async fn complete(session: &mut Session, key: &PrivateKey, name: &str) -> Result<Times> {
    let names = [name.parse()?].into_iter().collect();
    let csr = request_for(&DistinguishedName::empty(), &names, key)?;
    let watch = Stopwatch::start();
    let new_order = session.new_order.clone();
    let payload = format!(r#"{{"identifiers":[{{"type":"dns","value":"{name}"}}]}}"#);
    let answer = session.post(&new_order, &payload).await?;
    let order = answer.json()?;
    let url = answer.location.context("an order without a URL")?;
    for authorization in order.get("authorizations").and_then(Value::as_array).context("no authorizations")? {
        prove(session, authorization.as_str().context("no URL")?).await?;
    }
    let before = watch.elapsed();
    let payload = format!(r#"{{"csr":"{}"}}"#, base64url(csr.der()));
    let finalized = session.post(text(&order, "finalize")?, &payload).await?.json()?;
    let order = until(session, &url, finalized, &["processing", "ready"], "valid").await?;
    let finalize = watch.elapsed().saturating_sub(before);
    let certificate = session.post(text(&order, "certificate")?, "").await?.text()?;
    if !certificate.starts_with("-----BEGIN CERTIFICATE-----") {
        bail!("no certificate: {certificate}");
    }
    Ok(Times { order: watch.elapsed(), finalize })
}

/// Meet the http-01 challenge of an authorization, unless it is valid already.
async fn prove(session: &mut Session, url: &str) -> Result<()> {
    let authorization = session.post(url, "").await?.json()?;
    if text(&authorization, "status")? == "valid" {
        return Ok(());
    }
    let challenges = authorization.get("challenges").and_then(Value::as_array).context("no challenges")?;
    let http = |challenge: &&Value| challenge.get("type").and_then(Value::as_str) == Some("http-01");
    let challenge = challenges.iter().find(http).context("no http-01 challenge")?;
    session.post(text(challenge, "url")?, "{}").await?.json()?;
    let authorization = session.post(url, "").await?.json()?;
    until(session, url, authorization, &["pending"], "valid").await?;
    Ok(())
}

/// Fetch again, at first soon and then less often, while the status is one of `while_`.
async fn until(
    session: &mut Session,
    url: &str,
    mut state: Value,
    while_: &[&str],
    wanted: &str,
) -> Result<Value> {
    const LAST: Duration = Duration::from_secs(30);
    let (mut pause, mut spent) = (FIRST_PAUSE, Duration::ZERO);
    loop {
        let status = text(&state, "status")?;
        if status == wanted {
            return Ok(state);
        }
        if !while_.contains(&status) || spent > LAST {
            bail!("expected {wanted}, found {state}");
        }
        tokio::time::sleep(pause).await;
        spent += pause;
        pause = (pause * 2).min(Duration::from_millis(160));
        state = session.post(url, "").await?.json()?;
    }
}
