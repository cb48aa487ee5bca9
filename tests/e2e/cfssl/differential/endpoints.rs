//! Every endpoint of `cfssl serve` that both have.

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use super::super::programs::Programs;
use super::observe::{self, Observation};
use crate::port;

/// What ours needs to be told, since it is safe by default.
pub(super) const OURS: &str = "-enable newkey,newcert,init_ca,gencrl,sign,revoke,ocspsign,scan,certadd";

/// Requests: name, method, path after `/api/v1/cfssl/`, body. `@FILE@` in a body is the file's text as JSON.
const CASES: &[(&str, &str, &str, &str)] = &[
    ("serve info", "POST", "info", "{}"),
    ("serve info profile", "POST", "info", r#"{"profile":"client"}"#),
    ("serve info empty body", "POST", "info", ""),
    ("serve info get", "GET", "info", ""),
    ("serve sign", "POST", "sign", r#"{"certificate_request":"@leaf.csr@"}"#),
    (
        "serve sign hostname",
        "POST",
        "sign",
        r#"{"hostname":"a.example.net,10.2.3.4","hosts":["b.example.net"],"certificate_request":"@leaf.csr@","profile":"client"}"#,
    ),
    (
        "serve sign subject",
        "POST",
        "sign",
        r#"{"certificate_request":"@leaf.csr@","subject":{"CN":"s.example.net","names":[{"O":"Other"}]}}"#,
    ),
    (
        "serve sign case of names",
        "POST",
        "sign",
        r#"{"Certificate_Request":"@leaf.csr@","PROFILE":"client"}"#,
    ),
    ("serve sign without request", "POST", "sign", "{}"),
    ("serve sign wrong type", "POST", "sign", r#"{"certificate_request":7}"#),
    ("serve sign no JSON", "POST", "sign", "x"),
    ("serve sign no request", "POST", "sign", r#"{"certificate_request":"x"}"#),
    ("serve sign get", "GET", "sign", ""),
    (
        "serve sign unknown profile",
        "POST",
        "sign",
        r#"{"certificate_request":"@leaf.csr@","profile":"nothing"}"#,
    ),
    ("serve sign whitelist", "POST", "sign", r#"{"certificate_request":"@leaf.csr@","profile":"white"}"#),
    ("serve sign bundle", "POST", "sign", r#"{"certificate_request":"@leaf.csr@","bundle":true}"#),
    ("serve authsign without key", "POST", "authsign", r#"{"token":"AQ==","request":"e30="}"#),
    ("serve newkey", "POST", "newkey", "@names.json"),
    ("serve newkey ca section", "POST", "newkey", "@ca-csr.json"),
    ("serve newkey wrong type", "POST", "newkey", "@wrongtype.json"),
    ("serve newcert", "POST", "newcert", r#"{"request":{"CN":"n.example.net","hosts":["n.example.net"]}}"#),
    ("serve newcert without hosts", "POST", "newcert", r#"{"request":{"CN":"n.example.net"}}"#),
    ("serve newcert null", "POST", "newcert", r#"{"request":null}"#),
    ("serve init_ca", "POST", "init_ca", "@ca-csr.json"),
    ("serve init_ca no subject", "POST", "init_ca", "@nosubject.json"),
    ("serve certinfo", "POST", "certinfo", r#"{"certificate":"@leaf.pem@"}"#),
    ("serve certinfo nothing", "POST", "certinfo", "{}"),
    ("serve certinfo wrong type", "POST", "certinfo", r#"{"certificate":7}"#),
    ("serve bundle", "POST", "bundle", r#"{"certificate":"@deep.pem@","flavor":"optimal"}"#),
    ("serve bundle nothing", "POST", "bundle", "{}"),
    (
        "serve gencrl",
        "POST",
        "gencrl",
        r#"{"certificate":"@ca.pem@","issuingKey":"@ca-key.pem@","serialNumber":["17","18"],"expireTime":"3600"}"#,
    ),
    ("serve scaninfo", "GET", "scaninfo", ""),
    ("serve scan without host", "GET", "scan", ""),
    ("serve scan too long", "GET", "scan?host=localhost:1&timeout=1h", ""),
    ("serve scan too short", "GET", "scan?host=localhost:1&timeout=10ms", ""),
    (
        "serve revoke without database",
        "POST",
        "revoke",
        r#"{"serial":"1","authority_key_id":"00","reason":"superseded"}"#,
    ),
    ("serve ocspsign without responder", "POST", "ocspsign", "{}"),
    ("serve unknown endpoint", "POST", "nothing", "{}"),
];

/// Start a server with the fixture's files, ask everything, and see what it says.
pub(super) fn run(programs: &Programs, fixture: &TempDir, extra: &str) -> Vec<(&'static str, Observation)> {
    let address = port::free();
    let words = "-ca ca.pem -ca-key ca-key.pem -config config.json -ca-bundle ca.pem -int-bundle inter.pem";
    let _server = programs.serve(fixture.path(), address, &format!("{words} {extra}"));
    let ask = |(name, method, path, body): &(&'static str, &str, &str, &str)| {
        (*name, ask(address, method, path, &filled(body, fixture.path())))
    };
    CASES.iter().map(ask).collect()
}

/// The body with files in their places; a body that is `@FILE` is the file itself.
fn filled(body: &str, folder: &Path) -> String {
    if let Some(name) = body.strip_prefix('@') {
        return fs::read_to_string(folder.join(name)).unwrap();
    }
    let mut text = String::new();
    for (index, part) in body.split('@').enumerate() {
        if index % 2 == 0 {
            text.push_str(part);
        } else {
            let quoted = serde_json::to_string(&fs::read_to_string(folder.join(part)).unwrap()).unwrap();
            text.push_str(quoted.trim_matches('"'));
        }
    }
    text
}

/// One request. A server that answers without having read the body may reset the connection before its answer is read:
/// then it is asked again.
fn exchange(address: SocketAddr, method: &str, path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    for _ in 0..10 {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let sent = write!(
            stream,
            "{method} /api/v1/cfssl/{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let mut answer = Vec::new();
        match sent.and_then(|()| stream.read_to_end(&mut answer)) {
            Ok(_) => return answer,
            Err(error) => assert!(
                matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
                "{method} {path}: {error}"
            ),
        }
    }
    panic!("{method} {path}: every connection was reset");
}

/// What an endpoint answers.
pub(super) fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> Observation {
    let answer = exchange(address, method, path, body);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{method} {path}: {answer}"));
    let mut seen = Observation::new();
    seen.insert("status".into(), head.split(' ').nth(1).unwrap().to_owned());
    for name in ["content-type", "x-content-type-options"] {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        if let Some((_, value)) = lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)) {
            seen.insert(name.into(), value.to_owned());
        }
    }
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    observe::body(&if chunked { unchunked(body) } else { body.to_owned() }, &mut seen);
    seen
}

/// The body without the lengths of its chunks, RFC 9112 section 7.1.
fn unchunked(mut body: &str) -> String {
    let mut text = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap();
        text.push_str(&rest[..length]);
        body = rest.get(length + 2..).unwrap_or_default();
    }
    text
}
