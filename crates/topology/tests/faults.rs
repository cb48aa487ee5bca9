//! Files with faults: every fault at once, with its place and what to write.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of tests fails the test that calls it"
)]

#[cfg(test)]
mod common;

use std::fmt::Write;

use common::example_text;
use hf_core::finding::Finding;
use hf_topology::declare::{MAX_FILE_OCTETS, parse};

/// Findings as a person would see them.
fn shown(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        writeln!(text, "{} {}: {}", finding.about, finding.code, finding.summary).unwrap();
        for evidence in &finding.evidence {
            writeln!(text, "    {}: {}", evidence.label, evidence.value).unwrap();
        }
        for hint in &finding.hints {
            writeln!(text, "    hint: {hint}").unwrap();
        }
    }
    text
}

fn faults(text: &str) -> String {
    shown(&parse(text, "handfast.toml").expect_err("refused"))
}

#[test]
fn every_fault_of_a_file_is_reported_at_once() {
    insta::assert_snapshot!(faults(include_str!("faults/everything.toml")));
}

#[test]
fn syntax_is_reported_with_its_place() {
    insta::assert_snapshot!(faults("[trust]\ndomain = \"x.internal\n\n[service.a\ninstances = [1,\n"));
}

#[test]
fn an_empty_file_says_how_to_begin() {
    insta::assert_snapshot!(faults(""));
}

#[test]
fn sections_of_the_wrong_type_are_named() {
    insta::assert_snapshot!(faults(
        "trust = 1\nservice = [\"a\"]\nauthority = { root = 3 }\n[external]\n\"a b\" = {}\n"
    ));
}

#[test]
fn too_much_is_refused() {
    let large = format!("# {}\n", "x".repeat(MAX_FILE_OCTETS));
    assert!(faults(&large).contains("HF-FILE-LIMIT"));

    let nested = format!("x = {}{}\n", "[".repeat(200), "]".repeat(200));
    assert!(faults(&nested).contains("HF-FILE-SYNTAX"));

    let mut many = String::from("[trust]\ndomain = \"x.internal\"\n");
    for service in 0..1_001 {
        write!(many, "[service.s{service}]\ninstances = [\"s{service}.x\"]\n").unwrap();
    }
    assert!(faults(&many).contains("at most 1000"));

    let names: Vec<String> = (0..1_001).map(|name| format!("\"n{name}.x\"")).collect();
    let list = format!("[trust]\ndomain = \"x.internal\"\n[service.s]\ninstances = [{}]\n", names.join(","));
    assert!(faults(&list).contains("too many entries"));

    let unknown: String = (0..500).fold(String::new(), |text, key| text + &format!("k{key} = 1\n"));
    let reported = parse(&unknown, "f").expect_err("refused");
    assert_eq!(reported.len(), 100);
}

#[test]
fn a_hostile_text_cannot_move_the_cursor() {
    let reported = faults(
        "[trust]\ndomain = \"x.internal\"\n\"\\u001b[2J\" = 1\n[service.a]\ninstances = [\"\\u001b\"]\n",
    );
    assert!(!reported.contains('\u{1b}'), "{reported}");
}

#[test]
fn every_key_is_read() {
    let topology =
        parse(include_str!("faults/every-key.toml"), "f").unwrap_or_else(|f| panic!("{}", shown(&f)));
    insta::assert_debug_snapshot!(topology);
}

#[test]
fn a_file_without_authorities_gets_a_root_and_one_that_signs() {
    let topology =
        parse("[trust]\ndomain = \"x.internal\"\n[service.a]\ninstances = [\"a.x\"]\n", "f").unwrap();
    let names: Vec<&str> = topology.authorities.iter().map(|authority| authority.name.as_str()).collect();
    assert_eq!(names, ["root", "services"]);
    assert_eq!(topology.service("a").unwrap().authority, "services");
}

#[test]
fn the_examples_have_no_faults() {
    for name in
        ["shop/handfast.toml", "shop/db-under-root.toml", "regions/handfast.toml", "api-db/handfast.toml"]
    {
        assert!(parse(&example_text(name), name).is_ok(), "{name}");
    }
}

/// The longest way through the parser and the checks that a file of the allowed size can ask for.
#[test]
fn a_file_at_the_limits_is_read_in_good_time() {
    let mut text = String::from("[trust]\ndomain = \"x.internal\"\nmodel = \"per-service\"\n");
    for service in 0..1_000 {
        let calls: Vec<String> = (1..20).map(|step| format!("\"s{}\"", (service + step) % 1_000)).collect();
        write!(text, "[service.s{service}]\ninstances = [\"s{service}.x\"]\ncalls = [{}]\n", calls.join(","))
            .unwrap();
    }
    let topology = parse(&text, "f").unwrap_or_else(|f| panic!("{}", shown(&f)));
    assert_eq!(hf_topology::expect::pairs(&topology).count(), 1_000 * 999);
    assert!(hf_topology::draw::svg(&topology).ends_with("</svg>\n"));
}
