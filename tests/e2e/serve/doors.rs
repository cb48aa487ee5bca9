//! The main path: HTTPS with its own certificate, and what is published by plain HTTP.

use super::{Served, TRUST};
use crate::domain::Domain;
use crate::program::{succeed, text};

#[test]
fn it_serves_with_a_certificate_of_its_own_and_publishes() {
    let served = Served::with("");
    let alive = served.get("api", "/livez");
    assert!(alive.starts_with("HTTP/2 200") && alive.ends_with("ok\n"), "{alive}");
    let ready = served.get("api", "/readyz");
    assert!(ready.contains("\"ready\":true"), "{ready}");
    for check in ["sign", "record", "publish", "status"] {
        assert!(ready.contains(&format!("{{\"name\":\"{check}\",\"ok\":true,\"reasons\":[]}}")), "{ready}");
    }
    for (path, form) in [("/crl/services.crl", "crl"), ("/ca/services.cer", "x509"), ("/ca/root.crt", "x509")]
    {
        let file = served.domain.path().join("fetched");
        let output =
            served.curl("plain", path, &["--no-include", "--fail", "--output", file.to_str().unwrap()]);
        assert!(output.status.success(), "{path}: {}", text(&output.stderr));
        let shown = succeed("openssl", |command| {
            command.args([form, "-inform", "DER", "-noout", "-issuer", "-in"]).arg(&file);
        });
        assert!(shown.contains("shop.internal"), "{path}: {shown}");
    }
    assert!(served.get("plain", "/ca/services.pem").matches("BEGIN CERTIFICATE").count() == 2);
}

/// Whoever asks may be anybody: the authority is named, and no file.
#[test]
fn a_key_that_cannot_be_read_is_named_by_its_authority_alone() {
    let listeners = "[server]\nlisten = [\"127.0.0.1:0\"]\nplain = [\"127.0.0.1:0\"]\n";
    let domain = Domain::declared(&format!("{TRUST}\n{listeners}"));
    std::fs::remove_file(domain.authority_key("root")).unwrap();
    let served = Served::start(domain, |_| {});
    let ready = served.get("plain", "/readyz");
    assert!(ready.starts_with("HTTP/1.1 503") && ready.contains("\"ready\":false"), "{ready}");
    assert!(ready.contains("[\"authority `root`: its private key cannot be read\"]"), "{ready}");
    for secret in [".pem", "keys/", "tmp/", "file:"] {
        assert!(!ready.contains(secret), "{secret}: {ready}");
    }
    assert!(text(&served.handfast("ca show root").stderr).contains(".pem"), "the operator learns which file");
    served.good("issue a.shop.internal");
}

#[test]
fn plain_http_serves_nothing_else() {
    let served = Served::with("");
    for path in [
        "/",
        "/v1/authorities",
        "/v1/certificates",
        "/metrics",
        "/crl/",
        "/crl/nobody.crl",
        "/crl/..%2f..%2fhandfast.toml",
        "/ca/services.key",
        "/ca/services",
        "/ca/%00.pem",
        "/crl/services",
    ] {
        let answer = served.get("plain", path);
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
    let output = served.curl("plain", "/crl/services.crl", &["--data", "x"]);
    assert!(text(&output.stdout).starts_with("HTTP/1.1 405"), "{}", text(&output.stdout));
    assert!(served.get("admin", "/v1/authorities").starts_with("HTTP/1.1 404"));
}

#[test]
fn caches_are_told_how_long_and_what_they_have_is_not_sent_again() {
    let served = Served::with("");
    let answer = served.curl("plain", "/crl/services.crl", &["--output", "-", "--head"]);
    let head = text(&answer.stdout);
    assert!(head.contains("cache-control: public, max-age="), "{head}");
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().trim().to_owned();
    let known = format!("If-None-Match: {tag}");
    let again = text(&served.curl("plain", "/crl/services.crl", &["--header", &known]).stdout);
    assert!(again.starts_with("HTTP/1.1 304"), "{again}");
    served.good("issue x.shop.internal --profile server");
    served.good("revoke x.shop.internal/cert.pem");
    // The next list has another tag.
    for _ in 0..200 {
        let head = text(&served.curl("plain", "/crl/services.crl", &["--head", "--header", &known]).stdout);
        if head.starts_with("HTTP/1.1 200") {
            return;
        }
    }
    panic!("the revoked certificate is in no list");
}

#[test]
fn a_unix_socket_is_for_its_owner_and_needs_no_credential() {
    let served = Served::with("");
    drop(served);
    let domain =
        Domain::declared(&format!("{TRUST}\n[server]\nlisten = [\"unix:api.sock\", \"127.0.0.1:0\"]\n"));
    let served = Served::start(domain, |_| {});
    let socket = served.domain.path().join("api.sock");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&socket).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let over_socket = succeed("curl", |command| {
        command.args(["--silent", "--include", "--unix-socket"]).arg(&socket).arg("http://x/v1/authorities");
    });
    assert!(over_socket.starts_with("HTTP/1.1 200"), "{over_socket}");
    let over_tcp = served.get("api", "/v1/authorities");
    assert!(over_tcp.starts_with("HTTP/2 401"), "{over_tcp}");
}
