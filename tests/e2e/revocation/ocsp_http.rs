//! OCSP over HTTP: methods, caching, and what no client should send.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::{GOOD, Lab};
use crate::program::{finish, succeed, text};

impl Lab {
    /// A request about a certificate, DER.
    pub(super) fn request(&self, instance: &str, words: &[&str]) -> Vec<u8> {
        let file = self.served.domain.path().join("request.der");
        let output = finish("openssl", |command| {
            command.args(["ocsp", "-issuer"]).arg(self.authority("services")).args(words);
            command.arg("-cert").arg(self.file(instance, "cert.pem")).arg("-reqout").arg(&file);
        });
        assert!(output.status.success(), "{}", text(&output.stderr));
        std::fs::read(file).unwrap()
    }

    /// The path of a GET, escaped as RFC 5019 section 5 wants it.
    fn path(&self, request: &[u8]) -> String {
        let file = self.served.domain.path().join("request.der");
        std::fs::write(&file, request).unwrap();
        let base64 = succeed("openssl", |command| {
            command.args(["base64", "-A", "-in"]).arg(file);
        });
        let escaped = base64.trim().replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        format!("/ocsp/services/{escaped}")
    }

    /// Header and body of an answer to a POST of these octets.
    pub(super) fn post(&self, body: &[u8]) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(self.plain).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let head = format!(
            "POST /ocsp/services HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // It may be refused before all of it is sent.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        (text(&answer[..end]).to_ascii_lowercase(), answer[end + 4..].to_vec())
    }
}

/// An answer without a body of its own: RFC 6960 section 4.2.1.
fn status(code: u8) -> Vec<u8> {
    vec![0x30, 3, 0x0a, 1, code]
}

#[test]
fn a_get_may_be_cached_and_a_nonce_may_not() {
    let lab = Lab::with("");
    let path = lab.path(&lab.request(GOOD, &["-no_nonce"]));
    let head = text(&lab.served.curl("plain", &path, &["--head"]).stdout);
    assert!(
        head.starts_with("HTTP/1.1 200") && head.contains("content-type: application/ocsp-response"),
        "{head}"
    );
    assert!(head.contains("cache-control: max-age=300, public, no-transform, must-revalidate"), "{head}");
    assert!(head.contains("last-modified: ") && head.contains("expires: "), "{head}");
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().trim().to_owned();
    let known = lab.served.curl("plain", &path, &["--head", "--header", &format!("If-None-Match: {tag}")]);
    assert!(text(&known.stdout).starts_with("HTTP/1.1 304"), "{}", text(&known.stdout));
    // Unescaped as most clients send it, and over HTTPS as well.
    let plain = path.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    for (listener, path) in [("plain", &plain), ("api", &path)] {
        let head = text(&lab.served.curl(listener, path, &["--head"]).stdout);
        assert!(head.contains(&format!("etag: {tag}")), "{head}");
    }
    let with_nonce = lab.path(&lab.request(GOOD, &["-nonce"]));
    let head = text(&lab.served.curl("plain", &with_nonce, &["--head"]).stdout);
    assert!(head.contains("cache-control: no-store") && !head.contains("etag"), "{head}");
    let metrics = lab.served.get("admin", "/metrics");
    assert!(metrics.contains("handfast_ocsp_answers_total{status=\"successful\"} 5"), "{metrics}");
    assert!(metrics.contains("handfast_ocsp_answers_made_total{how=\"memory\"} 3"), "{metrics}");
}

#[test]
fn what_no_client_should_send_is_answered_in_the_words_of_ocsp() {
    let lab = Lab::with("");
    let request = lab.request(GOOD, &["-nonce"]);
    let (head, good) = lab.post(&request);
    assert!(head.starts_with("http/1.1 200") && good.len() > 200, "{head}");
    // The nonce of openssl has 16 octets and stands at the end: none, and one of 129.
    let malformed = status(1);
    let empty = lengthened(&request, 0);
    let long = lengthened(&request, 129);
    let trailing = [&request[..], &[0]].concat();
    for body in [&b""[..], b"no request", &request[..request.len() - 1], &trailing, &empty, &long] {
        let (head, body) = lab.post(body);
        assert!(head.starts_with("http/1.1 200") && head.contains("cache-control: no-store"), "{head}");
        assert_eq!(body, malformed);
    }
    for octets in [1, 15, 32, 128] {
        let (_, answer) = lab.post(&lengthened(&request, octets));
        assert!(answer.windows(octets).any(|window| window == vec![7; octets]), "{octets} octets come back");
    }
    assert_eq!(lab.post(&vec![0x30; 17 * 1024]).1, malformed, "longer than any request");
    let (head, _) = lab.post(&vec![0x30; 2 * 1024 * 1024]);
    assert!(head.starts_with("http/1.1 413"), "{head}");
    for path in ["/ocsp/services/%zz", "/ocsp/services/MAo"] {
        let output = lab.served.curl("plain", path, &["--no-include"]);
        assert_eq!(output.stdout, malformed, "{path}");
    }
    for path in ["/ocsp/nobody/MAo=", "/ocsp/", "/ocsp/services/"] {
        assert!(lab.served.get("plain", path).starts_with("HTTP/1.1 404"), "{path}");
    }
    let long = format!("/ocsp/services/{}", "M".repeat(5_000));
    assert!(lab.served.get("plain", &long).starts_with("HTTP/1.1 414"));
    assert!(lab.served.get("plain", "/ocsp/services").starts_with("HTTP/1.1 405"));
}

#[test]
fn slow_clients_and_thousands_of_serial_numbers_hold_up_nobody() {
    let lab = Lab::with("[server.ocsp]\ncache = 65536\n");
    let mut slow: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(lab.plain).unwrap()).collect();
    for stream in &mut slow {
        let head = b"POST /ocsp/services HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n0";
        stream.write_all(head).unwrap();
    }
    let mut request = lab.request(GOOD, &["-no_nonce"]);
    let before = lab.served.memory();
    let mut stream = TcpStream::connect(lab.plain).unwrap();
    let head =
        format!("POST /ocsp/services HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", request.len());
    for number in 0..3_000_u32 {
        let end = request.len();
        request[end - 4..].copy_from_slice(&number.to_be_bytes());
        stream.write_all(&[head.as_bytes(), &request].concat()).unwrap();
        assert!(answer(&mut stream).starts_with("HTTP/1.1 200"), "{number}");
    }
    let after = lab.served.memory();
    assert!(after < before + 16 * 1024 * 1024, "{before} octets of memory became {after}");
    assert!(lab.ask(GOOD, &[]).contains("cert.pem: good"));
    let metrics = lab.served.get("admin", "/metrics");
    let octets = metrics.lines().find_map(|line| line.strip_prefix("handfast_ocsp_cache_bytes ")).unwrap();
    assert!(octets.parse::<u64>().unwrap() <= 65_536, "{octets}");
}

/// The head of the next answer on a connection that is kept; its body is read, too.
fn answer(stream: &mut TcpStream) -> String {
    let mut octets = Vec::new();
    let mut octet = [0];
    while !octets.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut octet).unwrap();
        octets.extend(octet);
    }
    let head = text(&octets);
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    stream.read_exact(&mut vec![0; length.trim().parse().unwrap()]).unwrap();
    head
}

/// The request with a nonce of so many octets: the lengths around it follow.
fn lengthened(request: &[u8], octets: usize) -> Vec<u8> {
    let wrap = |tag: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap();
        let head = if length < 128 { vec![tag, length] } else { vec![tag, 0x81, length] };
        [head, content.to_vec()].concat()
    };
    // SEQUENCE { SEQUENCE { list, [2] { … } } }: the list is as it was.
    let inside = &request[head(request)..];
    let inside = &inside[head(inside)..];
    let list = &inside[..head(inside) + usize::from(inside[1])];
    let nonce_id = [0x06, 9, 0x2b, 6, 1, 5, 5, 7, 48, 1, 2];
    let value = wrap(0x04, &wrap(0x04, &vec![7; octets]));
    let extension = wrap(0x30, &[&nonce_id[..], &value].concat());
    let extensions = wrap(0xa2, &wrap(0x30, &extension));
    wrap16(&wrap16(&[list, &extensions].concat()))
}

/// Octets of tag and length.
fn head(value: &[u8]) -> usize {
    if value[1] < 0x80 { 2 } else { 2 + usize::from(value[1] & 0x7f) }
}

/// A SEQUENCE of up to 64 KiB.
fn wrap16(content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let head = match length {
        0..=127 => vec![0x30, u8::try_from(length).unwrap()],
        128..=255 => vec![0x30, 0x81, u8::try_from(length).unwrap()],
        _ => vec![0x30, 0x82, u8::try_from(length >> 8).unwrap(), u8::try_from(length & 0xff).unwrap()],
    };
    [head, content.to_vec()].concat()
}
