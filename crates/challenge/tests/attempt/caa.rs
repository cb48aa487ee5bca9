//! CAA records, against name servers that answer, lie, and hang.

use std::collections::BTreeSet;
use std::time::Duration;

use hf_challenge::settings::{ChallengeLimits, ChallengeSettings};
use hf_challenge::validator::NetworkValidator;
use hf_core::name::DnsName;
use hf_proto::acme::caa::{CaaAnswers, RelevantSet};
use hf_proto::acme::problem::Problem;
use hf_testkit::dns::{CAA, Data, DnsServer, Manner};

use crate::setup::asking;

/// SERVFAIL, RFC 1035 section 4.1.1.
const SERVFAIL: u8 = 2;

fn names(texts: &[&str]) -> BTreeSet<DnsName> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

async fn look_up(settings: ChallengeSettings, texts: &[&str]) -> CaaAnswers {
    let asked = names(texts);
    let answers = NetworkValidator::new(settings).unwrap().caa(&asked).await;
    assert!(answers.keys().eq(asked.iter()), "an answer for each name and no other");
    answers
}

async fn of(server: &DnsServer, name: &str) -> Result<RelevantSet, Problem> {
    look_up(asking(server), &[name]).await.pop_first().unwrap().1
}

/// The owner, and the values of its `issue` properties.
async fn found(server: &DnsServer, name: &str) -> (String, Vec<String>) {
    let set = of(server, name).await.unwrap();
    assert!(set.records.iter().all(|record| record.tag == "issue" && !record.critical));
    let values = set.records.iter().map(|record| String::from_utf8(record.value.clone()).unwrap());
    (set.owner, values.collect())
}

fn asked(server: &DnsServer) -> Vec<String> {
    server.asked().into_iter().filter(|(_, kind)| *kind == CAA).map(|(name, _)| name).collect()
}

#[tokio::test]
async fn the_nearest_name_with_records_counts_and_nobody_above_it_is_asked() {
    let server = DnsServer::start().unwrap();
    server.set("b.example", vec![Data::caa("issue", "ca.test"), Data::caa("issue", ";"), Data::text("x")]);
    server.set("example", vec![Data::caa("issue", "other.test")]);
    // The name itself exists without such records, another one not at all.
    server.set("a.b.example", vec![Data::Address([10, 0, 0, 1].into())]);
    let expected = ("b.example".to_owned(), vec!["ca.test".to_owned(), ";".to_owned()]);
    assert_eq!(found(&server, "a.b.example").await, expected);
    assert_eq!(asked(&server), ["a.b.example", "b.example"]);
    assert_eq!(found(&server, "x.y.b.example").await, expected);
    assert_eq!(found(&server, "b.example").await, expected);
    assert_eq!(found(&server, "c.example").await.0, "example");
}

#[tokio::test]
async fn a_name_without_records_anywhere_has_none_after_all_were_asked() {
    let server = DnsServer::start().unwrap();
    assert_eq!(of(&server, "a.b.example").await, Ok(RelevantSet::default()));
    assert_eq!(asked(&server), ["a.b.example", "b.example", "example"]);
}

#[tokio::test]
async fn flags_and_properties_come_as_they_are() {
    let server = DnsServer::start().unwrap();
    server.set("example", vec![Data::Caa(0x80, "TBS".to_owned(), "\u{1}x y".to_owned())]);
    let set = of(&server, "example").await.unwrap();
    assert!(set.records[0].critical);
    assert_eq!(
        (set.records[0].tag.as_str(), set.records[0].value.as_slice()),
        ("TBS", b"\x01x y".as_slice())
    );
    server.set("example", vec![Data::Caa(0x7f, "issue".to_owned(), "ca.test".to_owned())]);
    assert!(!of(&server, "example").await.unwrap().records[0].critical, "other flags mean nothing");
}

#[tokio::test]
async fn an_alias_leads_to_the_records_of_its_target_and_then_upwards_from_the_name() {
    let server = DnsServer::start().unwrap();
    server.set("a.example", vec![Data::Alias("web.cloud.test".to_owned())]);
    server.set("web.cloud.test", vec![Data::caa("issue", "ca.test")]);
    assert_eq!(found(&server, "a.example").await, ("a.example".to_owned(), vec!["ca.test".to_owned()]));
    server.set("web.cloud.test", vec![Data::Address([10, 0, 0, 1].into())]);
    server.set("cloud.test", vec![Data::caa("issue", "other.test")]);
    server.set("example", vec![Data::caa("issue", "ca.test")]);
    assert_eq!(found(&server, "a.example").await.0, "example", "not above the target (RFC 8659 section 3)");
}

#[tokio::test]
async fn a_name_server_that_fails_anywhere_on_the_way_is_no_answer() {
    for failing in ["a.b.example", "b.example", "example"] {
        let server = DnsServer::start().unwrap();
        server.set_code(failing, SERVFAIL);
        let problem = of(&server, "a.b.example").await.unwrap_err();
        assert!(problem.detail.contains(failing), "{}", problem.detail);
    }
    let server = DnsServer::start().unwrap();
    server.set("b.example", vec![Data::caa("issue", "ca.test")]);
    server.set_code("example", SERVFAIL);
    assert_eq!(found(&server, "a.b.example").await.0, "b.example", "nobody asked above the records");
}

#[tokio::test]
async fn lies_silence_and_garbage_are_no_answers() {
    let server = DnsServer::start().unwrap();
    server.set("example", vec![Data::caa("issue", "ca.test")]);
    for manner in [
        Manner::Silent,
        Manner::Garbage,
        Manner::AlwaysTruncating,
        Manner::OtherId,
        Manner::OtherQuestion,
        Manner::Code(1),
        Manner::Code(SERVFAIL),
        Manner::Code(4),
        Manner::Code(5),
        Manner::Code(15),
    ] {
        server.behave(manner);
        let answer = of(&server, "example").await;
        assert!(answer.is_err(), "{manner:?}: {answer:?}");
    }
    server.behave(Manner::Truncating);
    assert_eq!(found(&server, "example").await.1, ["ca.test"], "over TCP");
}

#[tokio::test]
async fn names_are_looked_up_side_by_side_and_each_has_its_own_answer() {
    let server = DnsServer::start().unwrap();
    server.set("a.example", vec![Data::caa("issue", "ca.test")]);
    server.set_code("b.example", SERVFAIL);
    let texts: Vec<String> = (0..60).map(|number| format!("n{number}.test")).collect();
    let mut all: Vec<&str> = texts.iter().map(String::as_str).collect();
    all.extend(["a.example", "b.example"]);
    let answers = look_up(asking(&server), &all).await;
    let of = |name: &str| answers[&name.parse::<DnsName>().unwrap()].clone();
    assert_eq!(of("a.example").unwrap().owner, "a.example");
    assert!(of("b.example").is_err());
    assert_eq!(of("n7.test"), Ok(RelevantSet::default()));
}

#[tokio::test]
async fn all_names_together_end_with_the_time_of_one_attempt() {
    let server = DnsServer::start().unwrap();
    server.behave(Manner::Silent);
    let whole = Duration::from_millis(500);
    let limits = ChallengeLimits { whole, query: Duration::from_mins(1), ..ChallengeLimits::default() };
    let texts: Vec<String> = (0..40).map(|number| format!("n{number}.test")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let settings = ChallengeSettings { limits, ..asking(&server) };
    // One after the other they would take forty times as long.
    let answers = tokio::time::timeout(20 * whole, look_up(settings, &texts)).await.unwrap();
    assert!(answers.values().all(Result::is_err));
}
