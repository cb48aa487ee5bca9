//! `cfssl serve`, `multirootca` and `ocspserve` of ours, as Debian's clients, openssl and attackers meet them.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::programs::Programs;
use crate::domain::handfast;
use crate::port;
use crate::program::{Running, succeed, text};

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A root, its policies, and a client's files.
struct Place {
    stock: Programs,
    folder: TempDir,
    address: SocketAddr,
}

impl Place {
    fn new() -> Self {
        let place = Self { stock: Programs::stock(), folder: TempDir::new().unwrap(), address: port::free() };
        let write = |name: &str, text: String| fs::write(place.path().join(name), text).unwrap();
        let port = place.address.port();
        let keys = format!(r#""auth_keys":{{"k":{{"type":"standard","key":"{KEY}"}}}}"#);
        let profile = r#""usages":["signing","server auth"],"expiry":"24h""#;
        write("ca.json", r#"{"CN":"Door Root"}"#.to_owned());
        write("csr.json", r#"{"CN":"db.internal","hosts":["db.internal"]}"#.to_owned());
        write("held.json", format!(r#"{{"signing":{{"default":{{{profile},"auth_key":"k"}}}},{keys}}}"#));
        write("open.json", format!(r#"{{"signing":{{"default":{{{profile}}}}}}}"#));
        write(
            "client.json",
            format!(
                r#"{{"signing":{{"default":{{"auth_remote":{{"remote":"ca","auth_key":"k"}}}}}},{keys},
                    "remotes":{{"ca":"localhost:{port}"}}}}"#
            ),
        );
        place.stock.split(place.path(), "gencert -initca ca.json", "ca");
        place
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Our server with these words beside certificate and key.
    fn serve(&self, words: &str) -> Running {
        let words = format!("-ca ca.pem -ca-key ca-key.pem {words}");
        Programs::ours().serve(self.path(), self.address, &words)
    }

    /// The whole answer to octets that are sent as they are, until the server closes.
    fn raw(&self, octets: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        // A server that turns a request away may close before it has read all of it.
        let _ = stream.write_all(octets);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        text(&answer)
    }

    fn post(&self, endpoint: &str, body: &str) -> (u16, Value) {
        let answer = self.raw(
            format!(
                "POST /api/v1/cfssl/{endpoint} HTTP/1.1\r\nHost: ca\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
            .as_bytes(),
        );
        let status = answer.get(9..12).and_then(|code| code.parse().ok());
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| serde_json::from_str(body));
        (status.unwrap_or_else(|| panic!("no answer: {answer}")), body.unwrap().unwrap_or(Value::Null))
    }

    fn verify(&self, certificate: &str) {
        succeed("openssl", |command| {
            command.current_dir(self.path()).args(["verify", "-CAfile", "ca.pem", certificate]);
        });
    }
}

#[test]
fn debians_client_gets_certificates_with_a_token_and_is_told_how_without() {
    let place = Place::new();
    let mut server = place.serve("-config held.json");
    place.stock.split(place.path(), "gencert -config client.json csr.json", "leaf");
    place.stock.split(place.path(), "sign -config client.json leaf.csr", "again");
    place.verify("leaf.pem");
    place.verify("again.pem");
    assert!(server.wait_for("repeated=true").contains("key=k"));
    let remote = format!("localhost:{}", place.address.port());
    let told: Value =
        serde_json::from_slice(&place.stock.good(place.path(), &format!("info -remote {remote}"))).unwrap();
    assert_eq!(told["expiry"], "24h");
    let refused = place.stock.cfssl(place.path(), &format!("gencert -remote {remote} csr.json"));
    assert!(!refused.status.success());
    let words = text(&refused.stderr) + &text(&refused.stdout);
    assert!(words.contains("-enable sign"), "{words}");
    server.stop("TERM");
}

#[test]
fn the_record_outlives_the_server_though_no_directory_is_named() {
    let place = Place::new();
    let mut server = place.serve("-config open.json -enable sign");
    let remote = format!("localhost:{}", place.address.port());
    place.stock.split(place.path(), &format!("gencert -remote {remote} csr.json"), "leaf");
    server.stop("TERM");
    let records: Vec<_> = fs::read_dir(place.path().join(".handfast-cfssl")).unwrap().collect();
    let [Ok(record)] = records.as_slice() else { panic!("expected one record, found {records:?}") };
    assert_eq!(record.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let name = record.file_name().into_string().unwrap();
    assert_eq!(name, fingerprint(place.path(), "ca.pem").get(..16).unwrap());
    let again = place.serve("-config open.json -enable sign");
    place.stock.split(place.path(), &format!("gencert -remote {remote} csr.json"), "second");
    drop(again);
    assert_eq!(fs::read_dir(place.path().join(".handfast-cfssl")).unwrap().count(), 1);
}

#[test]
fn a_record_that_cannot_be_made_is_refused_and_names_the_flag() {
    let place = Place::new();
    fs::write(place.path().join(".handfast-cfssl"), "a file is in the way").unwrap();
    let port = place.address.port();
    let words = format!("serve -address 127.0.0.1 -port {port} -ca ca.pem -ca-key ca-key.pem");
    let refused = Programs::ours().cfssl(place.path(), &words);
    let said = text(&refused.stderr) + &text(&refused.stdout);
    assert!(!refused.status.success() && said.contains("-state"), "{said}");
}

/// The SHA-256 of a certificate as openssl computes it, hexadecimal in small letters.
fn fingerprint(place: &Path, certificate: &str) -> String {
    let printed = succeed("openssl", |command| {
        command.current_dir(place).args(["x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"]);
    });
    printed.trim().rsplit('=').next().unwrap().replace(':', "").to_lowercase()
}

#[test]
fn debians_client_signs_without_a_token_once_that_is_switched_on() {
    let place = Place::new();
    let _server = place.serve("-config open.json -enable sign");
    let remote = format!("localhost:{}", place.address.port());
    place.stock.split(place.path(), &format!("gencert -remote {remote} csr.json"), "leaf");
    place.verify("leaf.pem");
    for endpoint in ["newcert", "newkey", "init_ca", "gencrl", "revoke", "certadd"] {
        let (status, body) = place.post(endpoint, "{}");
        let switch = format!("`-enable {endpoint}`");
        assert!(status == 403 && body["errors"][0]["message"].as_str().unwrap().contains(&switch), "{body}");
    }
}

#[test]
fn bundles_end_at_the_roots_of_the_system_where_no_others_are_named() {
    let place = Place::new();
    let request = "gencert -ca ca.pem -ca-key ca-key.pem -config open.json csr.json";
    place.stock.split(place.path(), request, "leaf");
    let leaf = fs::read_to_string(place.path().join("leaf.pem")).unwrap();
    let words = "-ca ca.pem -ca-key ca-key.pem -config open.json";
    for (programs, enable) in [(Programs::stock(), ""), (Programs::ours(), "-enable sign")] {
        let mut server = programs.serve(place.path(), place.address, &format!("{words} {enable}"));
        let (status, body) = place.post("bundle", &serde_json::json!({ "certificate": leaf }).to_string());
        assert!(status == 400 && body["errors"][0]["code"] == 1220, "{body}");
        // Those do not know who signs here, so a certificate comes without a bundle.
        let csr = fs::read_to_string(place.path().join("leaf.csr")).unwrap();
        let wanted = serde_json::json!({ "certificate_request": csr, "bundle": true }).to_string();
        let (status, body) = place.post("sign", &wanted);
        assert!(status == 200 && body["result"]["bundle"].is_null(), "{body}");
        server.stop("TERM");
    }
}

#[test]
fn whoever_looks_for_the_web_pages_is_told_where_to_go() {
    let place = Place::new();
    let get = |path: &str| {
        place.raw(format!("GET {path} HTTP/1.1\r\nHost: ca\r\nConnection: close\r\n\r\n").as_bytes())
    };
    let ours = Programs::ours();
    let mut command = ours.command("cfssl", place.path());
    let port = place.address.port().to_string();
    command.args(["serve", "-port", &port, "-ca", "ca.pem", "-ca-key", "ca-key.pem", "-enable", "newkey"]);
    let mut server = Running::start(command.args(["-config", "held.json"]));
    let told = server.wait_for("endpoints open to everybody");
    let (open, closed) = told.split_once("closed").unwrap();
    assert!(open.contains("newkey") && closed.contains("newcert") && !closed.contains("newkey"), "{told}");
    server.until_listening(place.address);
    let page = get("/");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("/api/v1/cfssl/health"), "{page}");
    assert!(get("/elsewhere").starts_with("HTTP/1.1 404"));
    server.stop("TERM");
    let _server = place.serve("-config held.json -disable /");
    assert!(get("/").starts_with("HTTP/1.1 404"));
}

#[test]
fn hostile_connections_are_answered_and_disturb_nobody() {
    let place = Place::new();
    let _server = place.serve("-config held.json");
    // Two hundred that never finish their bodies.
    let slow: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut stream = TcpStream::connect(place.address).unwrap();
            stream
                .write_all(b"POST /api/v1/cfssl/authsign HTTP/1.1\r\nHost: ca\r\nContent-Length: 1000\r\n\r\n{\"token\"")
                .unwrap();
            stream
        })
        .collect();
    let deep = "[".repeat(100_000);
    assert_eq!(place.post("authsign", &deep).0, 400);
    assert_eq!(place.post("authsign", "{\"token\":\"\",\"request\":\"e30=\"}").0, 400);
    let huge = place.raw(
        b"POST /api/v1/cfssl/authsign HTTP/1.1\r\nHost: ca\r\nConnection: close\r\nContent-Length: 99999999999\r\n\r\n",
    );
    assert!(huge.starts_with("HTTP/1.1 413") && huge.contains("\"success\":false"), "{huge}");
    let nonsense = place.raw(b"\x16\x03\x01\x00\xffnot http at all\r\n\r\n");
    assert!(nonsense.is_empty() || nonsense.starts_with("HTTP/1.1 400"), "{nonsense}");
    place.stock.split(place.path(), "gencert -config client.json csr.json", "leaf");
    place.verify("leaf.pem");
    drop(slow);
}

#[test]
fn multirootca_serves_debians_client_by_label() {
    let place = Place::new();
    let roots = "[ primary ]\nprivate = file://ca-key.pem\ncertificate = ca.pem\nconfig = held.json\n\
                 [ elsewhere ]\nprivate = file://ca-key.pem\ncertificate = ca.pem\nconfig = held.json\nnets = 10.0.0.0/8\n";
    fs::write(place.path().join("roots.ini"), roots).unwrap();
    let address = place.address.to_string();
    let mut command = std::process::Command::new(handfast());
    command.current_dir(place.path()).args(["multirootca", "-roots", "roots.ini", "-l", "primary"]);
    let mut server = Running::start(command.args(["-a", &address]));
    server.until_listening(place.address);
    place.stock.split(place.path(), "gencert -config client.json csr.json", "leaf");
    place.verify("leaf.pem");
    let refused = place.stock.cfssl(place.path(), "gencert -config client.json -label elsewhere csr.json");
    let words = text(&refused.stderr) + &text(&refused.stdout);
    assert!(!refused.status.success() && words.contains("not authorised"), "{words}");
    let metrics = place.raw(b"GET /metrics HTTP/1.1\r\nHost: ca\r\nConnection: close\r\n\r\n");
    assert!(metrics.contains("requests_total{operation=\"authsign\",signer=\"primary\"} 1"), "{metrics}");
    let authority =
        place.path().join(".handfast-cfssl").join(fingerprint(place.path(), "ca.pem").get(..16).unwrap());
    assert!(authority.join("primary").is_dir() && authority.join("elsewhere").is_dir());
}

#[test]
fn openssl_reads_what_ocspserve_answers() {
    let place = Place::new();
    let stock = |words: &str| place.stock.good(place.path(), words);
    place.stock.split(
        place.path(),
        "gencert -ca ca.pem -ca-key ca-key.pem -config open.json csr.json",
        "leaf",
    );
    let signed = stock("ocspsign -ca ca.pem -responder ca.pem -responder-key ca-key.pem -cert leaf.pem");
    let signed: Value = serde_json::from_slice(&signed).unwrap();
    fs::write(place.path().join("responses"), signed["ocspResponse"].as_str().unwrap()).unwrap();
    let mut command = std::process::Command::new(handfast());
    command.current_dir(place.path()).args(["cfssl", "ocspserve", "-responses", "responses", "-port"]);
    let mut server = Running::start(command.arg(place.address.port().to_string()));
    server.until_listening(place.address);
    let asked = |certificate: &str| {
        succeed("openssl", |command| {
            let url = format!("http://{}", place.address);
            command.current_dir(place.path()).args([
                "ocsp",
                "-issuer",
                "ca.pem",
                "-CAfile",
                "ca.pem",
                "-no_nonce",
            ]);
            command.args(["-cert", certificate, "-url", &url]);
        })
    };
    assert!(asked("leaf.pem").contains("leaf.pem: good"));

    // By GET, with the headers of RFC 5019 section 6.2; a client whose URL ends in a slash puts one more before the request.
    succeed("openssl", |command| {
        let words = "ocsp -issuer ca.pem -cert leaf.pem -no_nonce -reqout asked.der";
        command.current_dir(place.path()).args(words.split(' '));
    });
    let request = succeed("openssl", |command| {
        command.current_dir(place.path()).args(["base64", "-A", "-in", "asked.der"]);
    });
    for path in [format!("/{request}"), format!("//{request}"), format!("/{}", request.replace('/', "%2F"))] {
        let got =
            place.raw(format!("GET {path} HTTP/1.1\r\nHost: ca\r\nConnection: close\r\n\r\n").as_bytes());
        assert!(got.starts_with("HTTP/1.1 200"), "{path}: {got}");
        let header = |name: &str| {
            let mut lines = got.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
        };
        for dated in ["last-modified", "expires"] {
            let date = header(dated).unwrap_or_else(|| panic!("no {dated}: {got}"));
            assert!(date.ends_with(":00:00 GMT"), "CFSSL's responses begin and end with an hour: {date}");
        }
    }
}
