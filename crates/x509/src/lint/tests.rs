mod certificate_fixtures;
mod crl_fixtures;
mod draft;

use super::*;

/// The codes of what a lint found.
fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// Every rule has a fixture, every fixture a rule, each once.
fn assert_same(rules: impl Iterator<Item = Rule>, fixtures: impl Iterator<Item = &'static str>) {
    let mut rules: Vec<&str> = rules.map(|rule| rule.code.as_str()).collect();
    let mut fixtures: Vec<&str> = fixtures.collect();
    rules.sort_unstable();
    fixtures.sort_unstable();
    assert_eq!(rules, fixtures);
}

/// What a bad fixture must lead to: the code, once, with everything that its row says.
fn assert_found(findings: &[Finding], code: &str, mut rules: impl Iterator<Item = Rule>) {
    let found: Vec<&Finding> = findings.iter().filter(|finding| finding.code.as_str() == code).collect();
    assert_eq!(found.len(), 1, "{code}: bad fixture gives {:?}", codes(findings));
    let rule = rules.find(|rule| rule.code.as_str() == code).unwrap();
    assert_eq!((found[0].severity, found[0].rfc), (rule.severity, Some(rule.clause)), "{code}");
    assert_eq!(found[0].evidence.len(), 2, "{code}");
    assert!(!found[0].summary.ends_with('.') && !found[0].about.is_empty(), "{code}");
}

#[test]
fn octets_that_cannot_be_read_are_one_finding() {
    let facts = draft::issuer();
    let context = Context::of(&facts);
    assert_eq!(codes(&certificate(&[], &context)), ["HF-LINT-UNREADABLE"]);
    assert_eq!(codes(&certificate(&[0x30, 0x80, 0, 0], &context)), ["HF-LINT-UNREADABLE"]);
    assert_eq!(codes(&crl(&[0x30, 0], &context)), ["HF-LINT-UNREADABLE"]);
}

#[test]
fn what_this_crate_builds_has_no_faults() {
    let key = crate::testing::TestKey::generate();
    let mut root = crate::testing::root(&key);
    root.serial = "7f000102030405060708090a0b0c0d0e0f101112".parse().unwrap();
    let facts = IssuerFacts::of_self_signed(&root);
    assert_eq!(certificate(root.finalize().unwrap().bytes(), &Context::of(&facts)), []);
    let tbs = root.finalize().unwrap();
    let issuer = IssuerFacts::of(&tbs.assemble_certificate(&key.sign(&tbs)).unwrap()).unwrap();
    let mut leaf = crate::testing::leaf(&key, &key);
    leaf.serial = root.serial;
    assert_eq!(certificate(leaf.finalize().unwrap().bytes(), &Context::of(&issuer)), []);
}
