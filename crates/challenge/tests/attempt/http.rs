//! http-01: what proves, and answers that try the patience or the memory of whoever reads them.

use std::io::Write as _;
use std::sync::mpsc::channel;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use hf_challenge::settings::{ChallengeLimits, ChallengeSettings};
use hf_proto::acme::problem::ProblemType;
use hf_proto::acme::validation::{ChallengeKind, ValidationOutcome};

use crate::servers::{Server, answer};
use crate::setup::{HOST, KEY_AUTHORIZATION, TOKEN, assert_failed, assert_retry, at_http, attempt, task};

async fn try_answer(body: Vec<u8>) -> ValidationOutcome {
    let server = Server::http(move |_| body.clone());
    attempt(at_http(server.port(), &["127.0.0.1"]), &task(ChallengeKind::Http01, HOST)).await
}

fn impatient(settings: ChallengeSettings) -> ChallengeSettings {
    let limits = ChallengeLimits { whole: Duration::from_millis(300), ..settings.limits };
    ChallengeSettings { limits, ..settings }
}

#[tokio::test]
async fn the_key_authorization_proves_and_whitespace_may_follow() {
    for body in [KEY_AUTHORIZATION.to_owned(), format!("{KEY_AUTHORIZATION}\r\n")] {
        let server = Server::http(move |_| answer("200 OK", "Content-Type: image/png\r\n", body.as_bytes()));
        let outcome =
            attempt(at_http(server.port(), &["127.0.0.1"]), &task(ChallengeKind::Http01, HOST)).await;
        assert_eq!(outcome, ValidationOutcome::Valid);
        let requests = server.requests();
        let [request] = requests.as_slice() else { panic!("{requests:?}") };
        assert!(
            request.starts_with(&format!("GET /.well-known/acme-challenge/{TOKEN} HTTP/1.1\r\n")),
            "{request}"
        );
        let request = request.to_lowercase();
        assert!(request.contains(&format!("\r\nhost: {HOST}:{}\r\n", server.port())), "{request}");
        assert!(request.contains("\r\naccept-encoding: identity\r\n"), "{request}");
    }
}

#[tokio::test]
async fn an_address_is_proved_at_itself() {
    let server = Server::http(|_| answer("200 OK", "", KEY_AUTHORIZATION.as_bytes()));
    let outcome = attempt(at_http(server.port(), &[]), &task(ChallengeKind::Http01, "ip:127.0.0.1")).await;
    assert_eq!(outcome, ValidationOutcome::Valid);
    let outcome = attempt(at_http(server.port(), &[]), &task(ChallengeKind::Http01, "ip:192.0.2.1")).await;
    assert_failed(&outcome, ProblemType::Connection, "192.0.2.1 lies in 0.0.0.0/0");
}

#[tokio::test]
async fn another_body_is_wrong_and_another_status_may_pass() {
    let wrong = try_answer(answer("200 OK", "", b"<html>\x1b[2J")).await;
    assert_failed(&wrong, ProblemType::IncorrectResponse, "expected the key authorization");
    for status in ["404 Not Found", "429 Too Many", "500 Fault", "503 Later"] {
        let outcome = try_answer(answer(status, "", KEY_AUTHORIZATION.as_bytes())).await;
        assert_retry(&outcome, ProblemType::IncorrectResponse, &status[..3]);
    }
    for status in ["201 Created", "206 Part", "401 Who", "403 No", "410 Gone"] {
        let outcome = try_answer(answer(status, "", KEY_AUTHORIZATION.as_bytes())).await;
        assert_failed(&outcome, ProblemType::IncorrectResponse, &status[..3]);
    }
}

#[tokio::test]
async fn compressed_bodies_are_not_opened() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(KEY_AUTHORIZATION.as_bytes()).unwrap();
    let gzip = encoder.finish().unwrap();
    let said = try_answer(answer("200 OK", "Content-Encoding: gzip\r\n", &gzip)).await;
    assert_failed(&said, ProblemType::IncorrectResponse, "encoded as `gzip`");
    let unsaid = try_answer(answer("200 OK", "", &gzip)).await;
    assert_failed(&unsaid, ProblemType::IncorrectResponse, "expected the key authorization");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_end_is_given_up_at_the_limit() {
    let (written, told) = channel();
    let server = Server::writing(move |stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        let mut total = 0_u64;
        let ended = loop {
            match stream.write_all(&[b'a'; 4096]) {
                Ok(()) => total += 4096,
                Err(error) => break Err(error),
            }
        };
        written.send(total).unwrap();
        ended
    });
    let outcome = attempt(at_http(server.port(), &["127.0.0.1"]), &task(ChallengeKind::Http01, HOST)).await;
    assert_failed(&outcome, ProblemType::IncorrectResponse, "longer than 128 octets");
    // What was written beyond the limit stayed in the buffers of the two sockets.
    assert!(told.recv_timeout(Duration::from_secs(20)).unwrap() < 64 * 1024 * 1024);
}

#[tokio::test]
async fn a_body_that_says_it_is_huge_is_not_awaited() {
    let server = Server::writing(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")?;
        stream.write_all(&[b'a'; 200])?;
        std::thread::park();
        Ok(())
    });
    let outcome = attempt(at_http(server.port(), &["127.0.0.1"]), &task(ChallengeKind::Http01, HOST)).await;
    assert_failed(&outcome, ProblemType::IncorrectResponse, "longer than 128 octets");
}

#[tokio::test]
async fn a_slow_body_and_a_silent_server_end_with_the_time() {
    let drip = Server::writing(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        loop {
            stream.write_all(b"1\r\na\r\n")?;
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let silent = Server::writing(|_| {
        std::thread::park();
        Ok(())
    });
    for server in [drip, silent] {
        let settings = impatient(at_http(server.port(), &["127.0.0.1"]));
        let outcome = attempt(settings, &task(ChallengeKind::Http01, HOST)).await;
        assert_retry(&outcome, ProblemType::Connection, "did not end within 0.3 s");
    }
}

#[tokio::test]
async fn heads_without_end_are_given_up() {
    let server = Server::writing(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            stream.write_all(b"X-Filling: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")?;
        }
    });
    let outcome = attempt(at_http(server.port(), &["127.0.0.1"]), &task(ChallengeKind::Http01, HOST)).await;
    assert_retry(&outcome, ProblemType::Connection, "no whole answer");
}

#[tokio::test]
async fn what_is_no_http_is_no_answer() {
    for nonsense in ["", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nshort"] {
        let outcome = try_answer(nonsense.as_bytes().to_vec()).await;
        assert_retry(&outcome, ProblemType::Connection, "no whole answer");
    }
}

#[tokio::test]
async fn where_nobody_listens_it_may_pass() {
    let free = Server::http(|_| Vec::new()).port();
    let outcome = attempt(at_http(free, &["127.0.0.9"]), &task(ChallengeKind::Http01, HOST)).await;
    assert_retry(&outcome, ProblemType::Connection, &format!("no connection to 127.0.0.9:{free}"));
}

#[tokio::test]
async fn a_wildcard_is_not_proved_by_one_host() {
    for kind in [ChallengeKind::Http01, ChallengeKind::TlsAlpn01] {
        let mut wildcard = task(kind, HOST);
        wildcard.wildcard = true;
        let outcome = attempt(at_http(1, &["127.0.0.1"]), &wildcard).await;
        assert_failed(&outcome, ProblemType::Malformed, "cannot prove *.a.example");
    }
}
