//! `GET /readyz`: can it sign, record and publish?

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hf_ca::error::IssuerUnavailable;
use hf_core::finding::Finding;
use hf_store::record::COMPLETE;
use serde::Serialize;
use tokio::time::Instant;

use crate::state::Doors;

/// How long the store may take. A store that hangs is what this is asked about, so the answer must not hang with it.
const PATIENCE: Duration = Duration::from_secs(2);

/// For so long what was found is told to those who come while it is found out anew.
const RECENT: Duration = Duration::from_secs(5);

/// What the server can do, and why not what it cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Whether every check passed.
    pub ready: bool,
    /// The checks: `sign`, `record`, `publish`, `status`.
    pub checks: Vec<Check>,
    /// Authorities that were meant to serve and are over. They make nobody unready while another can sign: a balancer that
    /// turned away from a server because of one that is revoked would take the others out of service with it.
    pub out_of_service: Vec<OutOfService>,
}

/// An authority that signs no more, neither certificates nor what tells their status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutOfService {
    /// Its name.
    pub authority: String,
    /// Why.
    pub reason: String,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What is checked.
    pub name: &'static str,
    /// Whether it passed.
    pub ok: bool,
    /// Why not, a sentence each; what it means for nobody but operators is in the log.
    pub reasons: Vec<String>,
}

impl Check {
    fn new(name: &'static str, reasons: Vec<String>) -> Self {
        Self { name, ok: reasons.is_empty(), reasons }
    }
}

/// What was found last, and whoever finds out now. As many as like may ask: the answer is made once at a time, so that those who
/// ask take nothing from others.
pub(super) struct Readyz {
    doors: Doors,
    alone: tokio::sync::Mutex<()>,
    last: Mutex<Option<(Instant, Readiness)>>,
}

impl Readyz {
    pub(super) fn new(doors: Doors) -> Self {
        Self { doors, alone: tokio::sync::Mutex::default(), last: Mutex::default() }
    }

    /// Who comes while somebody finds out is told what was found a moment ago, or waits for what is found now.
    async fn now(&self) -> Readiness {
        let came = Instant::now();
        let _alone = if let Ok(alone) = self.alone.try_lock() {
            alone
        } else {
            if let Some(found) = self.found_since(came.checked_sub(RECENT).unwrap_or(came)) {
                return found;
            }
            let alone = self.alone.lock().await;
            if let Some(found) = self.found_since(came) {
                return found;
            }
            alone
        };
        let found = judge(&self.doors).await;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), found.clone()));
        found
    }

    fn found_since(&self, since: Instant) -> Option<Readiness> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(at, _)| *at >= since).map(|(_, found)| found.clone())
    }
}

/// `200` when ready, `503` otherwise, both with the reasons.
pub(super) async fn fetch(State(readyz): State<Arc<Readyz>>) -> Response {
    let readiness = readyz.now().await;
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness)).into_response()
}

/// Ask every part.
pub async fn judge(doors: &Doors) -> Readiness {
    let (record, publish) = tokio::join!(in_time(record(doors)), in_time(publish(doors)));
    let checks = vec![
        Check::new("sign", sign(doors)),
        Check::new("record", record),
        Check::new("publish", publish),
        Check::new("status", status(doors)),
    ];
    Readiness { ready: checks.iter().all(|check| check.ok), checks, out_of_service: out_of_service(doors) }
}

/// What a check that asks the store finds, or that it found no answer.
async fn in_time(check: impl Future<Output = Vec<String>>) -> Vec<String> {
    tokio::time::timeout(PATIENCE, check)
        .await
        .unwrap_or_else(|_| vec![format!("the store did not answer within {} seconds", PATIENCE.as_secs())])
}

/// At least one authority signs, and no key that should be here is missing or unfit.
fn sign(doors: &Doors) -> Vec<String> {
    let now = doors.clock.now();
    let issuers = doors.authority.issuers();
    let mut reasons: Vec<String> = doors.authority.findings().iter().map(in_a_sentence).collect();
    let mut signing = false;
    let mut refusals = Vec::new();
    for issuer in issuers.all() {
        match issuers.active_for(issuer.name(), now) {
            Ok(_) => signing = true,
            Err(error) => refusals.push(error.to_string()),
        }
    }
    if !signing {
        reasons.push("no authority can sign".to_owned());
        reasons.append(&mut refusals);
    }
    reasons
}

/// Which authority it is about, and what is wrong; no evidence, which names files.
fn in_a_sentence(finding: &Finding) -> String {
    if finding.summary.contains(&finding.about) {
        return finding.summary.clone();
    }
    format!("{}: {}", finding.about, finding.summary)
}

/// Authorities with a certificate in their chain that is revoked, or not valid now. One that was retired, or whose key was
/// taken away, is as its operator wanted it.
fn out_of_service(doors: &Doors) -> Vec<OutOfService> {
    let now = doors.clock.now();
    let issuers = doors.authority.issuers();
    let over = |name: &str| match issuers.active_for(name, now) {
        Err(error @ (IssuerUnavailable::Revoked { .. } | IssuerUnavailable::NotValidNow { .. })) => {
            Some(OutOfService { authority: name.to_owned(), reason: error.to_string() })
        }
        Ok(_)
        | Err(
            IssuerUnavailable::Unknown { .. }
            | IssuerUnavailable::Pending { .. }
            | IssuerUnavailable::Retired { .. }
            | IssuerUnavailable::KeyAway { .. }
            | IssuerUnavailable::Unfit { .. },
        ) => None,
    };
    issuers.all().iter().filter_map(|issuer| over(issuer.name())).collect()
}

/// Every authority that signs has somebody who signs its OCSP answers.
fn status(doors: &Doors) -> Vec<String> {
    let now = doors.clock.now();
    let issuers = doors.authority.issuers();
    let mut reasons = Vec::new();
    for issuer in issuers.all() {
        let name = issuer.name();
        if issuers.active_for_status(name, now).is_ok()
            && let Some(fault) = doors.responder.fault(name)
        {
            reasons.push(format!("no OCSP answer of `{name}` can be signed: {fault}"));
        }
    }
    reasons
}

/// The store answers, and took what was last put on record.
async fn record(doors: &Doors) -> Vec<String> {
    match doors.authority.store().last_signing_time().await {
        Ok(_) => {
            let fault = doors.authority.record_fault().await;
            fault.map(|why| format!("the last change could not be recorded: {why}")).into_iter().collect()
        }
        Err(error) => vec![format!("the store does not answer: {}", error.in_short())],
    }
}

/// Every authority that signs has CRLs that have not ended, and that will be replaced in time.
async fn publish(doors: &Doors) -> Vec<String> {
    let now = doors.clock.now();
    let issuers = doors.authority.issuers();
    let mut reasons = Vec::new();
    for issuer in issuers.all() {
        let name = issuer.name();
        if issuers.active_for_status(name, now).is_err() {
            continue;
        }
        match doors.crls.latest(&doors.authority, name, COMPLETE).await {
            Ok(Some(_)) => reasons.extend(doors.crls.of(name).iter().filter_map(|(shard, crl)| {
                let list = if *shard == COMPLETE { String::new() } else { format!(" for shard {shard}") };
                if crl.next_update <= now {
                    Some(format!("the CRL of `{name}`{list} ended at {}", crl.next_update))
                } else if crl.stale_at() <= now {
                    Some(format!(
                        "the CRL of `{name}`{list} is past 75 % of its life and ends at {}",
                        crl.next_update
                    ))
                } else {
                    None
                }
            })),
            Ok(None) => reasons.push(format!("`{name}` has signed no CRL yet")),
            Err(error) => reasons.push(format!("the CRL of `{name}` cannot be read: {error}")),
        }
    }
    reasons
}
