//! A script tells a wrong command line from a server that is not there: exit code 1 and 3.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;

use crate::support::Place;

/// An address where nothing listens.
fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Somebody who answers each of these to whoever comes, in turn.
fn somebody(answers: Vec<String>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 8_192]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

fn code_of(place: &Place, words: &str) -> (i32, String) {
    let output = place.run(words);
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_server_that_is_not_there_is_no_wrong_command_line() {
    let place = Place::empty();
    drop(UnixListener::bind(place.path("dead.sock")).unwrap());
    let dead = place.path("dead.sock");
    for address in [
        format!("http://{}", nobody()),
        format!("https://{}", nobody()),
        format!("unix:{}", dead.display()),
        format!("unix:{}", place.path("never.sock").display()),
    ] {
        let (code, said) = code_of(&place, &format!("list --remote {address}"));
        assert_eq!(code, 3, "{address}: {said}");
        assert!(said.contains("is the server running"), "{said}");
        let (_, said) = code_of(&place, &format!("list --format json --remote {address}"));
        let json: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(json["exit"], 3);
    }
    assert_eq!(code_of(&place, &format!("inspect {}", nobody())).0, 3);
    assert_eq!(code_of(&place, "list --remoet http://127.0.0.1:1").0, 1);
    assert_eq!(code_of(&place, "list --remote ftp://127.0.0.1:1").0, 1);
}

#[test]
fn a_server_that_has_no_time_is_told_from_one_that_refuses() {
    let place = Place::empty();
    let answer = |status: &str, code: &str| {
        let number = status.split(' ').next().unwrap();
        let body =
            format!("{{\"type\":\"about:blank\",\"title\":\"no\",\"status\":{number},\"code\":\"{code}\"}}");
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\nretry-after: 7\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    };
    let cases = [
        (3, answer("503 Service Unavailable", "overloaded")),
        (3, answer("429 Too Many Requests", "too-many-requests")),
        (3, "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n".to_owned()),
        (3, String::new()),
        (2, answer("500 Internal Server Error", "internal")),
        (1, answer("403 Forbidden", "forbidden")),
        (1, "220 mail.shop.internal ESMTP\r\n".to_owned()),
    ];
    let address = somebody(cases.iter().map(|(_, answer)| answer.clone()).collect());
    for (expected, answer) in cases {
        let (code, said) = code_of(&place, &format!("list --remote http://{address}"));
        assert_eq!(code, expected, "{answer}: {said}");
    }
    let plain = somebody(vec!["220 mail.shop.internal ESMTP\r\n".to_owned()]);
    assert_eq!(code_of(&place, &format!("inspect {plain}")).0, 1, "somebody is there, who speaks no TLS");
}
