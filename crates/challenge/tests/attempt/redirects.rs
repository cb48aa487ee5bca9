//! Redirects of http-01: where they lead, and where they must not.

use std::sync::OnceLock;

use hf_challenge::settings::{ChallengePorts, ChallengeSettings};
use hf_proto::acme::problem::ProblemType;
use hf_proto::acme::validation::{ChallengeKind, ValidationOutcome};

use crate::servers::{Server, answer, found};
use crate::setup::{HOST, KEY_AUTHORIZATION, assert_failed, at_http, attempt, settings, task};
use crate::tls::{Shown, server_config};

async fn sent_to(location: &str) -> ValidationOutcome {
    let location = location.to_owned();
    let server = Server::http(move |_| found(&location));
    attempt(at_http(server.port(), &["127.0.0.1"]), &task(ChallengeKind::Http01, HOST)).await
}

#[tokio::test]
async fn another_path_and_another_host_may_have_it() {
    let server = Server::http(|path| match path {
        "/there" => answer("301 Moved", "Location: //b.example/again?x=1\r\n", b""),
        "/again?x=1" => answer("200 OK", "", KEY_AUTHORIZATION.as_bytes()),
        _ => found("/there#fragment"),
    });
    let mut settings = at_http(server.port(), &["127.0.0.1"]);
    settings.hosts.insert("b.example".parse().unwrap(), vec![[127, 0, 0, 1].into()]);
    assert_eq!(attempt(settings, &task(ChallengeKind::Http01, HOST)).await, ValidationOutcome::Valid);
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests[2].to_lowercase().contains("\r\nhost: b.example\r\n"), "{}", requests[2]);
}

#[tokio::test]
async fn https_is_followed_without_believing_its_certificate() {
    let shown = Shown::for_names(&["anything.example"]);
    let body = answer("200 OK", "", KEY_AUTHORIZATION.as_bytes());
    let secure = Server::tls(server_config(&shown, &[], rustls::ALL_VERSIONS), Some(body));
    let plain = Server::http(|_| found("https://a.example/there"));
    let ports = ChallengePorts { http: plain.port(), https: secure.port(), tls_alpn: 1 };
    let settings = ChallengeSettings { ports, ..settings(&["127.0.0.1"]) };
    assert_eq!(attempt(settings, &task(ChallengeKind::Http01, HOST)).await, ValidationOutcome::Valid);
    assert_eq!(secure.requests()[0], "a.example");
    assert!(secure.requests()[1].starts_with("GET /there HTTP/1.1\r\n"));
}

#[tokio::test]
async fn loops_end() {
    let outcome = sent_to("/.well-known/acme-challenge/evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA").await;
    assert_failed(&outcome, ProblemType::Connection, "was asked for before");
    let server = Server::http(|path| found(if path == "/1" { "/2" } else { "/1" }));
    let settings = at_http(server.port(), &["127.0.0.1"]);
    let outcome = attempt(settings, &task(ChallengeKind::Http01, HOST)).await;
    assert_failed(&outcome, ProblemType::Connection, "was asked for before");
    assert_eq!(server.requests().len(), 3);
    let server = Server::http(|path| found(&format!("{path}x")));
    let settings = at_http(server.port(), &["127.0.0.1"]);
    let outcome = attempt(settings, &task(ChallengeKind::Http01, HOST)).await;
    assert_failed(&outcome, ProblemType::Connection, "more than 10 in a row");
    assert_eq!(server.requests().len(), 11);
}

#[tokio::test]
async fn other_schemes_ports_and_written_addresses_are_refused() {
    for (location, words) in [
        ("file:///etc/passwd", "the scheme `file`"),
        ("ftp://a.example/x", "the scheme `ftp`"),
        ("data:text/plain,x", "the scheme `data`"),
        ("http://169.254.169.254/latest/meta-data/", "the address 169.254.169.254"),
        ("http://[::ffff:169.254.169.254]/", "the address"),
        ("http://0177.0.0.1/", "the address 127.0.0.1"),
        ("http://127.0.0.1/", "the address 127.0.0.1"),
        ("http://a.example:22/", "the port 22"),
        ("http://root:toor@a.example/", "user information"),
    ] {
        assert_failed(&sent_to(location).await, ProblemType::Connection, words);
    }
}

#[tokio::test]
async fn what_another_host_says_is_told_to_nobody() {
    let server = Server::http(|path| match path {
        "/secret" => answer("200 OK", "", b"password=hunter2"),
        _ => found("http://b.example/secret"),
    });
    let mut settings = at_http(server.port(), &["127.0.0.1"]);
    settings.hosts.insert("b.example".parse().unwrap(), vec![[127, 0, 0, 1].into()]);
    let outcome = attempt(settings, &task(ChallengeKind::Http01, HOST)).await;
    assert_failed(
        &outcome,
        ProblemType::IncorrectResponse,
        "answers another body than the key authorization",
    );
    assert!(!format!("{outcome:?}").contains("hunter2"), "{outcome:?}");
    let server = Server::http(|path| match path {
        "/own" => answer("200 OK", "", b"what the name says itself"),
        _ => found("/own"),
    });
    let outcome = attempt(at_http(server.port(), &["127.0.0.1"]), &task(ChallengeKind::Http01, HOST)).await;
    assert_failed(&outcome, ProblemType::IncorrectResponse, "what the name says itself");
}

#[tokio::test]
async fn see_other_and_an_answer_without_location_lead_nowhere() {
    for (status, words) in
        [("303 See Other", "status 303"), ("300 Choices", "status 300"), ("304 Same", "status 304")]
    {
        let server = Server::http(move |_| answer(status, "Location: /there\r\n", b""));
        let settings = at_http(server.port(), &["127.0.0.1"]);
        let outcome = attempt(settings, &task(ChallengeKind::Http01, HOST)).await;
        assert_failed(&outcome, ProblemType::Connection, words);
    }
    let server = Server::http(|_| answer("302 Found", "", b""));
    let settings = at_http(server.port(), &["127.0.0.1"]);
    let outcome = attempt(settings, &task(ChallengeKind::Http01, HOST)).await;
    assert_failed(&outcome, ProblemType::Connection, "no header `Location`");
}

/// A name whose address is refused is as good as the address written out.
#[tokio::test]
async fn a_name_that_leads_to_a_refused_address_is_not_connected_to() {
    static INNER: OnceLock<Server> = OnceLock::new();
    let server = Server::http(|_| found("http://metadata.example/"));
    let inner = INNER.get_or_init(|| {
        Server::http_at(([127, 0, 0, 7], server.port()), |_| {
            answer("200 OK", "", KEY_AUTHORIZATION.as_bytes())
        })
    });
    let mut settings = at_http(server.port(), &["127.0.0.1"]);
    settings.hosts.insert("metadata.example".parse().unwrap(), vec![[127, 0, 0, 7].into()]);
    settings.networks.denied.push("127.0.0.7/32".parse().unwrap());
    let outcome = attempt(settings, &task(ChallengeKind::Http01, HOST)).await;
    assert_failed(&outcome, ProblemType::Connection, "127.0.0.7 lies in 127.0.0.7/32");
    assert!(inner.requests().is_empty());
}
