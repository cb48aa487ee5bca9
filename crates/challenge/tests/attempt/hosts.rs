//! Which address a name leads to: hosts of the settings, a file, DNS; what is refused; and answers that change.

use std::path::PathBuf;

use hf_challenge::network::Networks;
use hf_challenge::settings::{ChallengePorts, ChallengeSettings};
use hf_proto::acme::problem::ProblemType;
use hf_proto::acme::validation::{ChallengeKind, ValidationOutcome};
use hf_testkit::dns::{A, AAAA, Data, DnsServer, Manner};

use crate::servers::{Server, answer, found};
use crate::setup::{HOST, KEY_AUTHORIZATION, asking, assert_failed, assert_retry, at_http, attempt, task};

fn good() -> Server {
    Server::http(|_| answer("200 OK", "", KEY_AUTHORIZATION.as_bytes()))
}

fn good_at(address: [u8; 4], port: u16) -> Server {
    Server::http_at((address, port), |_| answer("200 OK", "", KEY_AUTHORIZATION.as_bytes()))
}

fn at_port(settings: ChallengeSettings, port: u16) -> ChallengeSettings {
    ChallengeSettings { ports: ChallengePorts { http: port, https: 1, tls_alpn: 1 }, ..settings }
}

fn address(text: &str) -> Data {
    Data::Address(text.parse().unwrap())
}

#[tokio::test]
async fn the_settings_come_first_then_the_file_then_dns() {
    let dns = DnsServer::start().unwrap();
    dns.set(HOST, vec![address("127.0.0.1")]);
    let by_dns = good();
    let (by_file, by_settings) =
        (good_at([127, 0, 0, 2], by_dns.port()), good_at([127, 0, 0, 3], by_dns.port()));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hosts");
    std::fs::write(&file, "127.0.0.2 other.example A.example # comment\n").unwrap();

    let settings = at_port(asking(&dns), by_dns.port());
    let try_http = task(ChallengeKind::Http01, HOST);
    assert_eq!(attempt(settings.clone(), &try_http).await, ValidationOutcome::Valid);
    assert_eq!((by_dns.requests().len(), by_file.requests().len(), by_settings.requests().len()), (1, 0, 0));
    let with_file = ChallengeSettings { hosts_file: Some(file), ..settings };
    assert_eq!(attempt(with_file.clone(), &try_http).await, ValidationOutcome::Valid);
    assert_eq!((by_dns.requests().len(), by_file.requests().len(), by_settings.requests().len()), (1, 1, 0));
    let hosts = [(HOST.parse().unwrap(), vec![[127, 0, 0, 3].into()])].into();
    let with_hosts = ChallengeSettings { hosts, ..with_file };
    assert_eq!(attempt(with_hosts, &try_http).await, ValidationOutcome::Valid);
    assert_eq!((by_dns.requests().len(), by_file.requests().len(), by_settings.requests().len()), (1, 1, 1));
}

#[tokio::test]
async fn a_file_of_hosts_that_is_not_there_is_said() {
    let settings = ChallengeSettings {
        hosts: [].into(),
        hosts_file: Some(PathBuf::from("/nowhere/hosts")),
        ..at_http(1, &[])
    };
    let outcome = attempt(settings, &task(ChallengeKind::Http01, HOST)).await;
    assert_retry(&outcome, ProblemType::Dns, "/nowhere/hosts cannot be read");
}

#[tokio::test]
async fn by_default_nothing_leads_to_this_machine() {
    let server = good();
    for host in ["127.0.0.1", "::ffff:127.0.0.1", "0.0.0.0", "::1", "169.254.169.254"] {
        let networks = Networks::default();
        let settings = ChallengeSettings { networks, ..at_http(server.port(), &[host]) };
        let outcome = attempt(settings, &task(ChallengeKind::Http01, HOST)).await;
        assert_failed(&outcome, ProblemType::Connection, "refused unless it is allowed by name");
    }
    // `localhost` needs no name server to lead here (RFC 6761 section 6.3).
    let dns = DnsServer::start().unwrap();
    let settings =
        ChallengeSettings { networks: Networks::default(), ..at_port(asking(&dns), server.port()) };
    let outcome = attempt(settings, &task(ChallengeKind::Http01, "localhost")).await;
    assert_failed(&outcome, ProblemType::Connection, "reserved for loopback");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn ipv6_is_preferred_and_one_other_address_tried_when_it_takes_no_connection() {
    let four = good();
    let try_http = task(ChallengeKind::Http01, HOST);
    let both = || at_http(four.port(), &["127.0.0.1", "::1"]);
    assert_eq!(attempt(both(), &try_http).await, ValidationOutcome::Valid);
    assert_eq!(four.requests().len(), 1);
    let six = Server::http_at(([0, 0, 0, 0, 0, 0, 0, 1], four.port()), |_| answer("403 No", "", b""));
    let outcome = attempt(both(), &try_http).await;
    assert_failed(&outcome, ProblemType::IncorrectResponse, "status 403");
    assert_eq!((four.requests().len(), six.requests().len()), (1, 1), "an answer is an answer");
    let dead_ends = at_http(four.port(), &["127.0.0.8", "127.0.0.9", "127.0.0.1"]);
    let outcome = attempt(dead_ends, &try_http).await;
    assert_retry(&outcome, ProblemType::Connection, "127.0.0.9");
    assert_eq!(four.requests().len(), 1);
}

/// DNS rebinding: the name server names an address that is allowed, and another one for whoever asks again.
#[tokio::test]
async fn what_was_judged_is_what_is_connected_to() {
    let dns = DnsServer::start().unwrap();
    let outer = Server::http(|path| {
        if path == "/again" { Vec::new() } else { answer("200 OK", "", KEY_AUTHORIZATION.as_bytes()) }
    });
    let inner = good_at([127, 0, 0, 66], outer.port());
    let mut settings = at_port(asking(&dns), outer.port());
    settings.networks.denied.push("127.0.0.66/32".parse().unwrap());
    // One question for each type of address.
    let first = || vec![address("127.0.0.1")];
    dns.set_in_turn(HOST, vec![first(), first(), vec![address("127.0.0.66")]]);
    let try_http = task(ChallengeKind::Http01, HOST);
    assert_eq!(attempt(settings.clone(), &try_http).await, ValidationOutcome::Valid);
    let mut types: Vec<u16> = dns.asked().iter().map(|(_, kind)| *kind).collect();
    types.sort_unstable();
    assert_eq!(types, [A, AAAA], "one question of each kind");
    let outcome = attempt(settings, &try_http).await;
    assert_failed(&outcome, ProblemType::Connection, "127.0.0.66");
    assert!(inner.requests().is_empty());
}

#[tokio::test]
async fn after_a_redirect_the_name_is_judged_anew() {
    let dns = DnsServer::start().unwrap();
    let outer = Server::http(|_| found("/again"));
    let inner = good_at([127, 0, 0, 67], outer.port());
    let mut settings = at_port(asking(&dns), outer.port());
    settings.networks.denied.push("127.0.0.67/32".parse().unwrap());
    let first = || vec![address("127.0.0.1")];
    dns.set_in_turn(HOST, vec![first(), first(), vec![address("127.0.0.67")]]);
    let outcome = attempt(settings, &task(ChallengeKind::Http01, HOST)).await;
    assert_failed(&outcome, ProblemType::Connection, "127.0.0.67");
    assert!(inner.requests().is_empty());
}

#[tokio::test]
async fn a_name_without_addresses_and_a_name_server_that_fails_may_pass() {
    let dns = DnsServer::start().unwrap();
    let try_http = task(ChallengeKind::Http01, HOST);
    assert_retry(&attempt(asking(&dns), &try_http).await, ProblemType::Dns, "the name does not exist");
    dns.set(HOST, vec![Data::text("no address")]);
    assert_retry(&attempt(asking(&dns), &try_http).await, ProblemType::Dns, "there are no such records");
    dns.behave(Manner::Code(2));
    assert_retry(&attempt(asking(&dns), &try_http).await, ProblemType::Dns, "the name server answers");
}
