//! dns-01 and dns-account-01, against name servers that answer, lie, and hang.

use std::time::{Duration, Instant};

use hf_challenge::settings::{ChallengeLimits, ChallengeSettings, NameServers};
use hf_proto::acme::problem::ProblemType;
use hf_proto::acme::validation::{ChallengeKind, ValidationOutcome};
use hf_testkit::dns::{Data, DnsServer, Manner};

use crate::setup::{DIGEST, HOST, asking, assert_failed, assert_retry, attempt, settings, task};

const OWNER: &str = "_acme-challenge.a.example";

async fn try_dns(server: &DnsServer) -> ValidationOutcome {
    attempt(asking(server), &task(ChallengeKind::Dns01, HOST)).await
}

fn server_with(records: Vec<Data>) -> DnsServer {
    let server = DnsServer::start().unwrap();
    server.set(OWNER, records);
    server
}

#[tokio::test]
async fn one_of_several_records_proves_whole_or_in_pieces() {
    let (head, tail) = DIGEST.split_at(17);
    let pieces = Data::Text(vec![head.to_owned(), String::new(), tail.to_owned()]);
    let server = server_with(vec![Data::text("v=spf1 -all"), pieces]);
    assert_eq!(try_dns(&server).await, ValidationOutcome::Valid);
    let mut wildcard = task(ChallengeKind::Dns01, HOST);
    wildcard.wildcard = true;
    assert_eq!(attempt(asking(&server), &wildcard).await, ValidationOutcome::Valid);
}

#[tokio::test]
async fn other_records_or_none_may_pass() {
    let server = server_with(vec![Data::text("\u{1b}old"), Data::text("older")]);
    assert_retry(&try_dns(&server).await, ProblemType::IncorrectResponse, "none of 2 TXT records");
    server.set(OWNER, vec![Data::Address([127, 0, 0, 1].into())]);
    assert_retry(&try_dns(&server).await, ProblemType::Dns, "there are no such records");
    let server = DnsServer::start().unwrap();
    assert_retry(&try_dns(&server).await, ProblemType::Dns, "the name does not exist");
}

#[tokio::test]
async fn the_name_of_another_account_does_not_count() {
    let server = server_with(vec![Data::text(DIGEST)]);
    let by_account = task(ChallengeKind::DnsAccount01, HOST);
    let outcome = attempt(asking(&server), &by_account).await;
    assert_retry(&outcome, ProblemType::Dns, "_ujmmovf2vn55tgye._acme-challenge.a.example");
    server.set("_ujmmovf2vn55tgye._acme-challenge.a.example", vec![Data::text(DIGEST)]);
    assert_eq!(attempt(asking(&server), &by_account).await, ValidationOutcome::Valid);
}

#[tokio::test]
async fn aliases_are_followed_and_end() {
    let server = server_with(vec![Data::Alias("a.example.acme.test".to_owned())]);
    server.set("a.example.acme.test", vec![Data::Alias("b.acme.test".to_owned())]);
    server.set("b.acme.test", vec![Data::text(DIGEST)]);
    assert_eq!(try_dns(&server).await, ValidationOutcome::Valid);
    server.set("b.acme.test", vec![Data::Alias(OWNER.to_owned())]);
    let asked = server.asked().len();
    let outcome = try_dns(&server).await;
    assert!(
        matches!(&outcome, ValidationOutcome::Retry(problem) if problem.kind == ProblemType::Dns),
        "{outcome:?}"
    );
    assert!(server.asked().len() - asked < 40, "{}", server.asked().len() - asked);
}

#[tokio::test]
async fn a_long_answer_comes_over_tcp() {
    let server = server_with(vec![Data::text(DIGEST)]);
    server.behave(Manner::Truncating);
    assert_eq!(try_dns(&server).await, ValidationOutcome::Valid);
    server.behave(Manner::AlwaysTruncating);
    assert_retry(&try_dns(&server).await, ProblemType::Dns, "cannot be talked to");
}

/// Each of these lies holds the right record.
#[tokio::test]
async fn lies_prove_nothing() {
    let server = server_with(vec![Data::text(DIGEST)]);
    assert_eq!(try_dns(&server).await, ValidationOutcome::Valid);
    for lie in [Manner::OtherId, Manner::OtherQuestion, Manner::OtherOwner, Manner::Garbage] {
        server.behave(lie);
        let outcome = try_dns(&server).await;
        assert!(
            matches!(&outcome, ValidationOutcome::Retry(problem) if problem.kind == ProblemType::Dns),
            "{lie:?}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn failures_of_the_name_server_are_said() {
    let server = server_with(vec![Data::text(DIGEST)]);
    for (code, words) in [(2, "Server Failure"), (5, "Query Refused"), (4, "Not Implemented")] {
        server.behave(Manner::Code(code));
        assert_retry(&try_dns(&server).await, ProblemType::Dns, words);
    }
}

#[tokio::test]
async fn a_name_server_that_hangs_is_given_up() {
    let server = server_with(vec![Data::text(DIGEST)]);
    server.behave(Manner::Silent);
    let began = now();
    assert_retry(&try_dns(&server).await, ProblemType::Dns, "no name server answers in time");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let patient = asking(&server);
    let limits = ChallengeLimits {
        whole: Duration::from_millis(200),
        query: Duration::from_mins(1),
        ..patient.limits
    };
    let outcome = attempt(ChallengeSettings { limits, ..patient }, &task(ChallengeKind::Dns01, HOST)).await;
    assert_retry(&outcome, ProblemType::Connection, "did not end within 0.2 s");
}

#[tokio::test]
async fn the_second_name_server_answers_for_a_dead_one() {
    let server = server_with(vec![Data::text(DIGEST)]);
    let dead = DnsServer::start().unwrap();
    dead.behave(Manner::Silent);
    let resolver = NameServers::These(vec![dead.address(), server.address()]);
    let settings = ChallengeSettings { resolver, ..settings(&[]) };
    let outcome = attempt(settings, &task(ChallengeKind::Dns01, HOST)).await;
    assert_eq!(outcome, ValidationOutcome::Valid);
}

#[tokio::test]
async fn every_attempt_asks_anew() {
    let server = server_with(vec![Data::text("old")]);
    assert!(matches!(try_dns(&server).await, ValidationOutcome::Retry(_)));
    server.set(OWNER, vec![Data::text(DIGEST)]);
    assert_eq!(try_dns(&server).await, ValidationOutcome::Valid);
}

#[tokio::test]
async fn an_address_has_no_zone() {
    let server = DnsServer::start().unwrap();
    let outcome = attempt(asking(&server), &task(ChallengeKind::Dns01, "ip:127.0.0.1")).await;
    assert_failed(&outcome, ProblemType::Malformed, "cannot prove 127.0.0.1");
    assert!(server.asked().is_empty());
}

#[expect(clippy::disallowed_methods, reason = "how long an attempt takes is what is tested")]
fn now() -> Instant {
    Instant::now()
}
