//! The explainer: which link breaks which rule, what was expected and found, and what to do.
//!
//! It searches by itself, with our own signature checks and our own path building, and never asks rustls-webpki for a
//! path. When no path obeys the rules it looks for the one that comes closest and reports what is wrong with that.

mod diagnose;
mod missing;

use hf_core::finding::{Finding, without_consequences};
use hf_x509::certificate::Certificate;
use serde::Serialize;

use crate::budget::Budget;
use crate::codes;
use crate::facts::{Facts, label};
use crate::pool::Pool;
use crate::request::VerifyRequest;
use crate::search;

/// What the explainer has to say.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// Whether a path obeys every rule; `None` when something asked for is not supported.
    pub valid: Option<bool>,
    /// One sentence for people.
    pub summary: String,
    /// The path that was accepted, or the one that comes closest: leaf first.
    pub path: Vec<PathStep>,
    /// What is wrong with it; warnings and notices also when it is valid.
    pub findings: Vec<Finding>,
}

/// One certificate of a path.
#[derive(Clone, Debug, Serialize)]
pub struct PathStep {
    /// `leaf`, `intermediate` or `trust anchor`.
    pub place: &'static str,
    /// The subject in the form of RFC 4514.
    pub subject: String,
    /// The issuer in the form of RFC 4514.
    pub issuer: String,
    /// The last second of its validity.
    pub not_after: hf_core::time::Timestamp,
    /// The certificate, for those who want more.
    #[serde(skip)]
    pub certificate: Certificate,
}

impl Explanation {
    /// The codes of the findings, each once, in order.
    pub fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&'static str> = Vec::new();
        for finding in &self.findings {
            if !codes.contains(&finding.code.as_str()) {
                codes.push(finding.code.as_str());
            }
        }
        codes
    }
}

/// Search and explain.
pub fn explain(request: &VerifyRequest) -> Explanation {
    let mut pool = Pool::read(request);
    let mut budget = Budget::new();
    if let Some(chain) = search::find(&mut pool, &mut budget) {
        let path = steps(&pool.chain(&chain), true);
        let names: Vec<&str> = path.iter().map(|step| step.subject.as_str()).collect();
        let summary = format!("valid: {}", names.join(" ← "));
        return Explanation { valid: Some(true), summary, path, findings: warnings(&pool) };
    }
    let closest = diagnose::closest(&mut pool);
    let path = steps(&pool.chain(&closest.chain), closest.anchored);
    let mut findings = closest.findings;
    if let Some(limit) = budget.exhausted().or(closest.exhausted) {
        findings.push(gave_up(limit));
    }
    if findings.is_empty() {
        findings.push(gave_up("the paths that were looked at"));
    }
    findings.extend(warnings(&pool));
    let findings = without_consequences(findings);
    Explanation { valid: Some(false), summary: summarize(&findings), path, findings }
}

fn steps(chain: &[&Facts], anchored: bool) -> Vec<PathStep> {
    let last = chain.len().saturating_sub(1);
    let place = |index| match index {
        0 => "leaf",
        index if index == last && anchored => "trust anchor",
        _ => "intermediate",
    };
    let step = |(index, facts): (usize, &&Facts)| PathStep {
        place: place(index),
        subject: facts.certificate.subject().to_string(),
        issuer: facts.certificate.issuer().to_string(),
        not_after: facts.certificate.not_after(),
        certificate: facts.certificate.clone(),
    };
    chain.iter().enumerate().map(step).collect()
}

fn summarize(findings: &[Finding]) -> String {
    let Some(first) = findings.first() else { return "not valid".to_owned() };
    let more = match findings.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    format!("not valid: {}: {}{more}", first.about, first.summary)
}

fn gave_up(limit: &str) -> Finding {
    Finding::error(
        codes::PATH_BUDGET,
        "the search for a path",
        "path building was given up before it found a path",
    )
    .expected_found(format!("an answer within {limit}"), "more")
    .hint("pass only the certificates of the chain, in order; `handfast chain FILE… --fix` writes them")
    .rfc("RFC 4158 section 2.4.2")
}

fn unreadable(what: &str) -> Finding {
    Finding::warning(codes::REQUEST_UNREADABLE, "the files beside the leaf", "one of them was left out")
        .expected_found("certificates and revocation lists in PEM", what)
        .hint("take the original of that file; it may have been cut or converted")
}

fn warnings(pool: &Pool<'_>) -> Vec<Finding> {
    let mut warnings: Vec<Finding> =
        pool.request.unreadable.iter().take(10).map(|what| unreadable(what)).collect();
    if pool.left_out > 0 {
        let most = Budget::CERTIFICATES;
        let about = "the certificates beside the leaf";
        let summary = format!("{} of them were not looked at", pool.left_out);
        let warning = Finding::warning(codes::PATH_BUDGET, about, summary);
        warnings.push(warning.expected_found(format!("at most {most}"), format!("{}", most + pool.left_out)));
    }
    warnings
}

/// What a finding about this certificate calls it.
pub(crate) fn called(place: &str, certificate: &Certificate) -> String {
    format!("{place} {}", label(certificate))
}
