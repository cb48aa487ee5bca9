//! What `check` reports, counted per pair of instances and direction.

#[cfg(test)]
mod common;

use common::example;
use hf_core::finding::{Finding, FindingCode};
use hf_topology::expect::{Expectation, pairs};
use hf_topology::report::{Attempt, CheckReport, Method, Outcome};

/// Every pair of an example, tried by a rule.
fn report(name: &str, attempt: impl Fn(&Expectation) -> Attempt) -> CheckReport {
    let topology = example(name);
    let mut report = CheckReport::default();
    for pair in pairs(&topology) {
        report.record(&pair, Method::Handshake, attempt(&pair.expectation));
    }
    report
}

fn as_promised(expectation: &Expectation) -> Attempt {
    match expectation {
        Expectation::Link | Expectation::NotSeparated => Attempt::Accepted,
        Expectation::Refusal { .. } => Attempt::Refused(Vec::new()),
    }
}

#[test]
fn what_happens_as_promised_is_proven_or_refused() {
    let report = report("shop/handfast.toml", as_promised);
    assert!(report.is_good());
    assert_eq!((report.links.declared, report.links.proven, report.links.failed), (18, 18, 0));
    assert_eq!((report.refusals.expected, report.refusals.refused, report.refusals.leaked), (2, 2, 0));
    let separated = report.details.iter().filter(|detail| detail.outcome != Outcome::NotSeparated).count();
    assert_eq!(separated, 20);
    let open = report.details.iter().find(|detail| detail.outcome == Outcome::NotSeparated).unwrap();
    assert_eq!(open.findings[0].code.as_str(), "HF-CHECK-NOT-SEPARATED");
    assert!(open.findings[0].hints[0].contains("per-service"));
}

#[test]
fn a_refusal_that_does_not_happen_leaks() {
    let report = report("api-db/handfast.toml", |_| Attempt::Accepted);
    assert!(!report.is_good());
    assert_eq!((report.refusals.expected, report.refusals.refused, report.refusals.leaked), (8, 0, 8));
    let leak = report.details.iter().find(|detail| detail.outcome == Outcome::Leaked).unwrap();
    assert_eq!(leak.findings[0].code.as_str(), "HF-CHECK-LEAKED");
}

#[test]
fn what_could_not_be_tried_proves_nothing() {
    let why = || vec![Finding::error(FindingCode::new("HF-TEST"), "a", "the key file is missing")];
    let report = report("api-db/handfast.toml", |_| Attempt::Broken(why()));
    assert_eq!((report.links.failed, report.refusals.leaked), (4, 8));
    assert!(report.details.iter().all(|detail| detail.findings == why()));
}

#[test]
fn the_report_as_json_has_exactly_the_agreed_shape() {
    let report = report("api-db/handfast.toml", as_promised);
    insta::assert_snapshot!(serde_json::to_string_pretty(&report).unwrap());
}
