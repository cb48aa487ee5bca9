//! `handfast status` beside a server, after revocations, without a server, and among impostors.

use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use super::{BAD, GOOD, Lab};
use crate::domain::handfast;
use crate::port;
use crate::program::{finish, text};

impl Lab {
    /// What the command says, with its exit code, about the certificate of an instance.
    fn status(&self, instance: &str, words: &[&str]) -> (Option<i32>, Value) {
        let output =
            self.told(&self.file(instance, "fullchain.pem"), &[words, &["--format", "json"]].concat());
        let said = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", text(&output.stdout), text(&output.stderr)));
        (output.status.code(), said)
    }

    fn told(&self, certificate: &Path, words: &[&str]) -> Output {
        finish(handfast(), |command| {
            command.arg("status").arg(certificate).args(words).current_dir(self.served.domain.path());
        })
    }
}

/// What each source says, and the codes of what was noticed about it.
fn sources(said: &Value) -> Vec<(String, String, Vec<String>)> {
    let of = |source: &Value| {
        let word = |key: &str| source[key].as_str().unwrap().to_owned();
        (word("kind"), word("status"), codes(&source["findings"]))
    };
    said["certificates"][0]["sources"].as_array().unwrap().iter().map(of).collect()
}

fn codes(findings: &Value) -> Vec<String> {
    let of = |finding: &Value| finding["code"].as_str().unwrap().to_owned();
    findings.as_array().unwrap().iter().map(of).collect()
}

/// What one source says of an instance when this is all that is asked; the exit code is 1.
#[track_caller]
fn refused(lab: &Lab, words: &[&str], kind: &str, code: &str) {
    let (exit, said) = lab.status(GOOD, words);
    assert_eq!(exit, Some(1), "{said}");
    let found = sources(&said).into_iter().find(|(found, _, _)| found == kind).unwrap();
    assert_eq!((found.1.as_str(), found.2), ("cannot-be-known", vec![code.to_owned()]), "{said}");
}

#[test]
fn a_certificate_that_has_expired_is_called_so() {
    let lab = Lab::with("");
    assert_eq!(lab.status(GOOD, &[]).1["certificates"][0].get("expired_at"), None);
    let later = ["--at", "2199-01-01T00:00:00Z"];
    let (exit, said) = lab.status(GOOD, &later);
    let end = said["certificates"][0]["expired_at"].as_str();
    let end = end.unwrap_or_else(|| panic!("no `expired_at`: {said}"));
    assert_eq!(exit, Some(1), "no source says anything of that time: {said}");
    let told = text(&lab.told(&lab.file(GOOD, "fullchain.pem"), &later).stdout);
    assert!(told.contains(&format!("cannot be known; it expired at {end}")), "{told}");
}

#[test]
fn both_sources_say_good_and_then_revoked() {
    for lines in ["", "[server.ocsp]\nresponder = \"delegate\"\n"] {
        let lab = Lab::with(lines);
        let (exit, said) = lab.status(BAD, &[]);
        assert_eq!((exit, &said["good"]), (Some(0), &Value::Bool(true)), "{said}");
        let all = vec![
            ("crl".to_owned(), "good".to_owned(), vec![]),
            ("ocsp".to_owned(), "good".to_owned(), vec![]),
        ];
        assert_eq!(sources(&said), all, "{said}");
        let delegate = said["certificates"][0]["sources"][1]["delegate"].as_str();
        assert_eq!(delegate, (!lines.is_empty()).then_some("CN=OCSP of services"), "{said}");
        lab.revoke_and_list(BAD, "keyCompromise");
        let (exit, said) = lab.status(BAD, &[]);
        assert_eq!(exit, Some(1), "{said}");
        let one = &said["certificates"][0];
        assert_eq!((one["status"].as_str(), &one["agreed"]), (Some("revoked"), &Value::Bool(true)), "{said}");
        for source in one["sources"].as_array().unwrap() {
            assert_eq!(source["reason"], "keyCompromise", "{said}");
            assert_eq!(source["revoked_at"], one["revoked_at"], "{said}");
        }
        assert_eq!(lab.status(GOOD, &[]).0, Some(0));
    }
}

#[test]
fn the_issuer_is_fetched_when_it_is_not_at_hand() {
    let lab = Lab::with("");
    let output = lab.told(&lab.file(GOOD, "cert.pem"), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("cert.pem: good"), "{}", text(&output.stdout));
    // The root is another issuer, and the certificate of the root has none.
    let roots = lab.file(GOOD, "roots.pem");
    let output = lab.told(&roots, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("HF-STATUS-ISSUER"), "{}", text(&output.stderr));
}

#[test]
fn a_list_from_before_the_revocation_is_found_out() {
    let lab = Lab::with("");
    let old = lab.fetch("/crl/services.crl").with_extension("old");
    std::fs::rename(lab.fetch("/crl/services.crl"), &old).unwrap();
    let old = old.display().to_string();
    assert_eq!(lab.status(BAD, &["--crl", &old]).0, Some(0));
    lab.revoke_and_list(BAD, "superseded");
    let (exit, said) = lab.status(BAD, &["--crl", &old]);
    assert_eq!(exit, Some(1));
    let one = &said["certificates"][0];
    assert_eq!((one["status"].as_str(), &one["agreed"]), (Some("revoked"), &Value::Bool(false)), "{said}");
    assert_eq!(codes(&one["findings"]), ["HF-STATUS-CONFLICT"], "{said}");
    // In some weeks the list is no list any more, and neither is the answer of today.
    let late = ["--crl", &old, "--at", "2100-01-01T00:00:00Z"];
    refused(&lab, &late, "crl", "HF-CRL-STALE");
    refused(&lab, &late, "ocsp", "HF-OCSP-STALE");
    refused(&lab, &["--at", "2000-01-01T00:00:00Z"], "ocsp", "HF-OCSP-EARLY");
}

#[test]
fn without_a_server_nothing_is_known_but_what_is_at_hand() {
    let mut lab = Lab::with("");
    let list = lab.fetch("/crl/services.crl").display().to_string();
    lab.served.program.stop("TERM");
    let (exit, said) = lab.status(GOOD, &[]);
    assert_eq!(exit, Some(1));
    let silent = |kind: &str| {
        (kind.to_owned(), "cannot-be-known".to_owned(), vec!["HF-STATUS-UNREACHABLE".to_owned()])
    };
    assert_eq!(sources(&said), [silent("crl"), silent("ocsp")]);
    assert_eq!(said["certificates"][0]["status"], "cannot-be-known");
    // The list says good, and nobody confirms it.
    let (exit, said) = lab.status(GOOD, &["--crl", &list]);
    assert_eq!((exit, said["certificates"][0]["status"].as_str()), (Some(1), Some("good")), "{said}");
    assert_eq!(said["certificates"][0]["agreed"], Value::Bool(false));
    refused(&lab, &["--crl", "/nowhere.crl"], "crl", "HF-STATUS-UNREACHABLE");
}

/// Answers every request with these octets, once each, as long as the test runs.
fn impostor(answer: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = read_request(&mut stream);
            // Whoever has heard enough hangs up.
            let _ = stream.write_all(&answer(&request));
        }
    });
    address
}

/// A request with the body that its head announces.
fn read_request(stream: &mut impl Read) -> Vec<u8> {
    let (mut octets, mut more) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut more).unwrap();
        octets.extend(&more[..count]);
        let Some(end) = octets.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = text(&octets[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
        if count == 0 || octets.len() >= end + 4 + length {
            return octets;
        }
    }
}

fn ok(body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// What the real server answers to the same octets, passed on.
fn passed_on(to: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = std::net::TcpStream::connect(to).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

fn body(answer: &[u8]) -> Vec<u8> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    answer[end + 4..].to_vec()
}

#[test]
fn nobody_on_the_way_makes_a_revoked_certificate_good() {
    let lab = Lab::with("");
    let plain = lab.plain;
    let ask = |address: SocketAddr| format!("http://{address}/ocsp/services");
    // Someone who passes everything on does no harm.
    let honest = impostor(move |request| ok(&body(&passed_on(plain, request))));
    assert_eq!(lab.status(GOOD, &["--ocsp", &ask(honest)]).0, Some(0));
    // One octet of the signature changed.
    let forged = impostor(move |request| {
        let mut answer = body(&passed_on(plain, request));
        let last = answer.len() - 1;
        answer[last] ^= 1;
        ok(&answer)
    });
    refused(&lab, &["--ocsp", &ask(forged)], "ocsp", "HF-OCSP-SIGNATURE");
    // The answer that somebody was given before: it repeats another nonce.
    let kept = std::sync::OnceLock::new();
    let replayed = impostor(move |request| ok(kept.get_or_init(|| body(&passed_on(plain, request)))));
    assert_eq!(
        lab.status(GOOD, &["--ocsp", &ask(replayed)]).0,
        Some(0),
        "the first time it is the right one"
    );
    refused(&lab, &["--ocsp", &ask(replayed)], "ocsp", "HF-OCSP-NONCE");
    // The answer about another certificate, in the place of the one about the revoked.
    let good = lab.post(&lab.request(GOOD, &["-no_nonce"])).1;
    let exchanged = impostor(move |_| ok(&good));
    let (exit, said) = lab.status(BAD, &["--ocsp", &ask(exchanged)]);
    assert_eq!(exit, Some(1));
    assert_eq!(sources(&said)[1].2, ["HF-OCSP-OTHER"], "{said}");
    // Another authority's responder, and pages that are none.
    let wrong = format!("http://{plain}/ocsp/root");
    refused(&lab, &["--ocsp", &wrong], "ocsp", "HF-OCSP-REFUSED");
    let page = impostor(|_| ok(b"<html>please log in</html>"));
    refused(&lab, &["--ocsp", &ask(page)], "ocsp", "HF-OCSP-ENCODING");
    refused(&lab, &["--crl", &ask(page)], "crl", "HF-CRL-ENCODING");
    // An address is one in any case of letters, and no file.
    refused(&lab, &["--crl", &ask(page).replacen("http", "HTTP", 1)], "crl", "HF-CRL-ENCODING");
    let elsewhere = impostor(move |_| {
        format!(
            "HTTP/1.1 302 Found\r\nLocation: http://{plain}/crl/services.crl\r\nContent-Length: 0\r\n\r\n"
        )
        .into_bytes()
    });
    refused(&lab, &["--crl", &ask(elsewhere)], "crl", "HF-STATUS-UNREACHABLE");
    let endless = impostor(|_| ok(&vec![0x30; 70 * 1024 * 1024]));
    refused(&lab, &["--ocsp", &ask(endless)], "ocsp", "HF-STATUS-UNREACHABLE");
    let closed = port::free();
    refused(&lab, &["--ocsp", &ask(closed)], "ocsp", "HF-STATUS-UNREACHABLE");
    // The list of the root in the place of that of the issuer.
    let list = lab.fetch("/crl/root.crl").display().to_string();
    refused(&lab, &["--crl", &list], "crl", "HF-CRL-MISSING");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let lab = Lab::with("");
    for words in [&["--ocsp", "ftp://x/"][..], &["--ocsp", "services"], &["--at", "noon"]] {
        let output = lab.told(&lab.file(GOOD, "cert.pem"), words);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert!(output.stdout.is_empty(), "{words:?}");
    }
    let output = lab.told(Path::new("/nowhere.pem"), &[]);
    assert_eq!(output.status.code(), Some(1));
}
