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
    let answers: Vec<String> = (0..12).map(|_| served.get("plain", "/livez")).collect();
    let refused: Vec<&String> = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 429")).collect();
    assert!(answers[..3].iter().all(|answer| answer.ends_with("ok\n")), "{answers:?}");
    assert!(!refused.is_empty(), "{answers:?}");
    for answer in refused {
        assert!(answer.contains("retry-after: 1"), "{answer}");
        assert!(
            answer.contains("application/problem+json") && answer.contains("too-many-requests"),
            "{answer}"
        );
    }
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
