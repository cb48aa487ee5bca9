//! Sizes and rates.

use super::Served;
use super::raw::talk;
use crate::program::text;

#[test]
fn what_is_too_large_is_answered_and_the_next_request_goes_through() {
    let served = Served::with("");
    let plain = served.address("plain");
    let close = "host: x\r\nconnection: close\r\n";
    let cases = [
        ("POST", "/livez", format!("{close}content-length: 2000000\r\n\r\n"), "413"),
        ("GET", &format!("/{}", "a".repeat(5_000)), format!("{close}\r\n"), "414"),
        ("GET", "/livez", format!("{close}{}\r\n", "x-a: b\r\n".repeat(100)), "431"),
        ("GET", "/livez", format!("{close}x-a: {}\r\n\r\n", "b".repeat(40_000)), "431"),
    ];
    for (method, path, rest, status) in cases {
        let answer = talk(plain, format!("{method} {path} HTTP/1.1\r\n{rest}").as_bytes());
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{method} {status}: {answer}");
    }
    assert!(served.get("plain", "/livez").ends_with("ok\n"));
}

/// RFC 9112 section 3.2: a server must answer 400 to a request of HTTP/1.1 that says no host, or two, or what is none.
#[test]
fn a_request_says_one_host() {
    let served = Served::with("");
    let plain = served.address("plain");
    let cases = [
        ("HTTP/1.1", "", "400"),
        ("HTTP/1.1", "host: a\r\nhost: b\r\n", "400"),
        ("HTTP/1.1", "host: a\r\nhost: a\r\n", "400"),
        ("HTTP/1.1", "host: user@a\r\n", "400"),
        ("HTTP/1.1", "host: a b\r\n", "400"),
        ("HTTP/1.1", "host: a/b\r\n", "400"),
        ("HTTP/1.0", "host: a\r\nhost: b\r\n", "400"),
        ("HTTP/1.1", "host: localhost:8442\r\n", "200"),
        ("HTTP/1.1", "host: [::1]:8442\r\n", "200"),
        ("HTTP/1.1", "host:\r\n", "200"),
        ("HTTP/1.0", "", "200"),
    ];
    for (version, host, status) in cases {
        let request = format!("GET /livez {version}\r\n{host}connection: close\r\n\r\n");
        let answer = talk(plain, request.as_bytes());
        let line = answer.lines().next().unwrap_or_default();
        assert_eq!(line.split(' ').nth(1), Some(status), "{version} {host:?}: {answer}");
    }
}

#[test]
fn a_body_without_a_length_is_cut_off_as_well() {
    let served = Served::with("[server.limits]\nbody = 1000\n");
    let mut request = b"POST /livez HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..100 {
        request.extend(b"64\r\n");
        request.extend([b'a'; 100]);
        request.extend(b"\r\n");
    }
    request.extend(b"0\r\n\r\n");
    let answer = talk(served.address("plain"), &request);
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("body-too-large"), "{answer}");
}

#[test]
fn whoever_asks_too_often_is_told_when_to_come_back() {
    let served = Served::with("[server.limits]\nexempt = []\nper_address = \"1/s burst 3\"\n");
    let answers: Vec<String> = (0..12).map(|_| served.get("plain", "/ca/services.pem")).collect();
    let refused: Vec<&String> = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 429")).collect();
    assert!(answers[..3].iter().all(|answer| answer.starts_with("HTTP/1.1 200")), "{answers:?}");
    assert!(!refused.is_empty(), "{answers:?}");
    for answer in refused {
        assert!(answer.contains("retry-after: 1"), "{answer}");
        assert!(
            answer.contains("application/problem+json") && answer.contains("too-many-requests"),
            "{answer}"
        );
    }
}

/// Whoever watches is not turned away for what others at the same address ask, and costs them nothing.
#[test]
fn health_is_told_to_whoever_asks_too_often_for_the_rest() {
    let served = Served::with("[server.limits]\nexempt = []\nper_address = \"1/s burst 1\"\n");
    for _ in 0..12 {
        let alive = served.get("plain", "/livez");
        assert!(alive.starts_with("HTTP/1.1 200") && alive.ends_with("ok\n"), "{alive}");
        let ready = served.get("plain", "/readyz");
        assert!(ready.starts_with("HTTP/1.1 200") && ready.contains("\"ready\":true"), "{ready}");
    }
    assert!(served.get("plain", "/ca/services.pem").starts_with("HTTP/1.1 200"), "they were not counted");
    let others = (0..12).map(|_| served.get("plain", "/ca/services.pem"));
    assert!(others.into_iter().any(|answer| answer.starts_with("HTTP/1.1 429")));
    let close = "host: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let posts =
        (0..12).map(|_| talk(served.address("plain"), format!("POST /livez HTTP/1.1\r\n{close}").as_bytes()));
    assert!(posts.into_iter().any(|answer| answer.starts_with("HTTP/1.1 429")), "no way round the limit");
    let close = "host: x\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx";
    let bodies =
        (0..12).map(|_| talk(served.address("plain"), format!("GET /livez HTTP/1.1\r\n{close}").as_bytes()));
    assert!(bodies.into_iter().any(|answer| answer.starts_with("HTTP/1.1 429")), "bodies are for nothing");
    assert!(served.get("plain", "/livez").ends_with("ok\n"));
}

#[test]
fn an_address_has_its_share_of_connections() {
    let served = Served::with("[server.limits]\nexempt = []\nconnections_per_address = 3\n");
    let plain = served.address("plain");
    let held: Vec<_> = (0..3).map(|_| super::raw::connect(plain)).collect();
    assert_eq!(super::raw::rest(&mut super::raw::connect(plain)), "", "the fourth is closed");
    drop(held);
    for _ in 0..200 {
        let output = served.curl("plain", "/livez", &[]);
        if output.status.success() {
            assert!(text(&output.stdout).ends_with("ok\n"));
            return;
        }
    }
    panic!("the places were not given back");
}
