//! Another program holds a database of the server locked: what needs that database is refused in time and in words,
//! everything else goes on, and nothing is left of it when the lock is gone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::acme::{Answer, BASE, Client, Key, provable};
use super::{Served, TRUST};
use crate::domain::Domain;
use crate::lock::Lock;
use crate::program::{finish, succeed, text};

/// How long a caller waits, in seconds: an answer comes within a few, and later beside others who write much.
const PATIENCE: &str = "20";

/// How often a caller comes again who is told to.
const TRIES: u32 = 100;

const NAME: &str = "a.shop.internal";

/// A server with all its doors, and an ACME client that has proved its name.
struct Doors {
    served: Served,
    socket: PathBuf,
    csr: String,
    client: Client,
    /// Serial number of a certificate in the database.
    serial: String,
}

impl Doors {
    fn open() -> Self {
        let (key, acme) = provable(NAME);
        let domain = Domain::declared(&format!(
            "{TRUST}\n[server]\nlisten = [\"unix:api.sock\", \"127.0.0.1:0\"]\nplain = [\"127.0.0.1:0\"]\n\
             admin = [\"127.0.0.1:0\"]\nurl = \"{BASE}\"\n\n\
             [server.cfssl]\nlisten = [\"127.0.0.1:0\"]\nenable = [\"sign\"]\n\n{acme}",
        ));
        let csr = request(domain.path());
        let socket = domain.path().join("api.sock");
        let served = Served::start(domain, |_| {});
        let client = Client::open(&socket, key).unwrap();
        let mut doors = Self { served, socket, csr, client, serial: String::new() };
        let (status, issued) = doors.v1("/v1/certificates", Some(json!({ "csr": doors.csr })));
        assert_eq!(status, 201, "{issued}");
        issued["serial"].as_str().unwrap().clone_into(&mut doors.serial);
        doors.order();
        doors
    }

    /// The whole way of ACME to a certificate.
    fn order(&mut self) {
        let order = self.client.order(NAME).unwrap();
        self.client.prove(&order).unwrap();
        self.client.finish(&order, NAME).unwrap();
    }

    fn database(&self, name: &str) -> PathBuf {
        self.served.domain.path().join(".handfast/store").join(name)
    }

    /// Status and body of our own API, as the owner asks it.
    fn v1(&self, path: &str, body: Option<Value>) -> (u16, Value) {
        let (status, _, body) = self.ask(&format!("http://x{path}"), body);
        (status, serde_json::from_str(&body).unwrap_or_else(|_| panic!("{path}: {status} {body}")))
    }

    /// Status, header and body.
    fn ask(&self, url: &str, body: Option<Value>) -> (u16, String, String) {
        let output = finish("curl", |command| {
            command.args(["--silent", "--show-error", "--include", "--max-time", PATIENCE]);
            if url.starts_with("http://x/") {
                command.arg("--unix-socket").arg(&self.socket);
            }
            if let Some(body) = body {
                command.args(["--header", "content-type: application/json", "--data", &body.to_string()]);
            }
            command.arg(url);
        });
        assert!(output.status.success(), "{url}: {}", text(&output.stderr));
        let answer = text(&output.stdout);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_ascii_lowercase(), body.to_owned())
    }

    /// A certificate by each door that needs nothing of the database of orders.
    #[track_caller]
    fn signs(&self) {
        let cfssl = format!("http://{}/api/v1/cfssl/sign", self.served.address("cfssl"));
        let (status, _, body) = self.ask(&cfssl, Some(json!({ "certificate_request": self.csr })));
        assert!(status == 200 && body.contains("BEGIN CERTIFICATE"), "{status} {body}");
        let (status, body) = self.v1("/v1/certificates", Some(json!({ "csr": self.csr })));
        assert_eq!(status, 201, "{body}");
    }

    /// CRLs, OCSP, lists and single certificates.
    #[track_caller]
    fn tells(&self) {
        assert!(self.served.get("plain", "/crl/services.crl").starts_with("HTTP/1.1 200"));
        let listed = self.v1("/v1/certificates", None);
        let certificates = listed.1["certificates"].as_array().unwrap();
        assert!(certificates.iter().any(|row| row["serial"] == self.serial), "{listed:?}");
        let one = self.v1(&format!("/v1/certificates/services/{}", self.serial), None);
        assert_eq!((one.0, &one.1["state"]), (200, &json!("valid")), "{one:?}");
        assert!(self.status().contains(": good"), "{}", self.status());
        assert!(text(&self.served.curl("admin", "/readyz", &[]).stdout).contains("\"ready\":true"));
    }

    /// What OCSP says of the certificate.
    fn status(&self) -> String {
        let issuer = self.served.domain.path().join("issuer.pem");
        fs::write(&issuer, self.ask("http://x/v1/authorities/services/chain", None).2).unwrap();
        let url = format!("http://{}/ocsp/services", self.served.address("plain"));
        let serial = format!("0x{}", self.serial);
        let output = finish("openssl", |command| {
            command
                .args(["ocsp", "-noverify", "-url", &url, "-issuer"])
                .arg(&issuer)
                .args(["-serial", &serial]);
        });
        text(&output.stdout) + &text(&output.stderr)
    }

    /// Sign a CRL, as the owner asks.
    fn crl(&self) -> (u16, String, String) {
        self.ask("http://x/v1/authorities/services/crl", Some(json!({})))
    }

    fn is_intact(&self) {
        assert!(self.served.good("audit verify").contains("intact"));
    }
}

/// A request for a certificate for [`NAME`].
fn request(place: &Path) -> String {
    succeed("openssl", |command| {
        let words = format!(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -out r -subj / -addext subjectAltName=DNS:{NAME}"
        );
        command.current_dir(place).args(words.split(' '));
    });
    fs::read_to_string(place.join("r")).unwrap()
}

#[track_caller]
fn comes_later((status, head, body): &(u16, String, String)) {
    assert!(
        *status == 503 && head.contains("\r\nretry-after: ") && !body.contains("BEGIN "),
        "{head}\n{body}"
    );
}

#[track_caller]
fn comes_later_by_acme(answer: &Answer) {
    assert!(answer.status == 503 && answer.headers.contains_key("retry-after"), "{answer:?}");
}

#[test]
fn a_locked_record_stops_what_must_be_written_into_it_and_nothing_else() {
    let mut doors = Doors::open();
    // All that was signed so far is in the database.
    assert_eq!(doors.crl().0, 201);
    let lock = Lock::on(&doors.database("handfast.db"));
    let stranger = Arc::new(Key::generate());
    for _ in 0..2 {
        comes_later(&doors.crl());
        let revoke = format!("http://x/v1/certificates/services/{}/revoke", doors.serial);
        comes_later(&doors.ask(&revoke, Some(json!({ "reason": "superseded" }))));
        let mut newcomer = Client::connect(&doors.socket, Arc::clone(&stranger)).unwrap();
        comes_later_by_acme(&newcomer.register().unwrap());
        doors.signs();
        doors.tells();
        doors.client.order(NAME).unwrap();
    }
    lock.release();
    assert_eq!(doors.crl().0, 201);
    Client::open(&doors.socket, stranger).unwrap();
    doors.order();
    let (status, listed) = doors.v1("/v1/certificates", None);
    assert_eq!(status, 200);
    // One by each way before, four beside the lock, one afterwards; and the server's own.
    let issued = listed["certificates"].as_array().unwrap();
    assert_eq!(issued.iter().filter(|row| row["names"] == json!([NAME])).count(), 7, "{listed}");
    doors.is_intact();
}

#[test]
fn locked_orders_stop_acme_and_nothing_else() {
    let mut doors = Doors::open();
    let lock = Lock::on(&doors.database("acme.db"));
    for _ in 0..2 {
        comes_later_by_acme(&doors.client.new_order(NAME).unwrap());
        doors.signs();
        doors.tells();
        let crl = doors.crl();
        assert_eq!(crl.0, 201, "{crl:?}");
    }
    lock.release();
    doors.order();
    doors.is_intact();
}

#[test]
fn commands_beside_a_locked_record_say_who_is_in_the_way() {
    let doors = Doors::open();
    assert_eq!(doors.crl().0, 201);
    let lock = Lock::on(&doors.database("handfast.db"));
    let refused = doors.served.handfast(&format!("revoke {}", doors.serial));
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stdout));
    assert!(text(&refused.stderr).contains("another program holds"), "{}", text(&refused.stderr));
    assert!(doors.served.good("list").contains(NAME));
    lock.release();
    let mut last = refused;
    for _ in 0..TRIES {
        if last.status.success() {
            break;
        }
        last = doors.served.handfast(&format!("revoke {}", doors.serial));
    }
    assert!(last.status.success(), "{}", text(&last.stderr));
    assert!(doors.status().contains(": revoked"), "{}", doors.status());
    doors.is_intact();
}
