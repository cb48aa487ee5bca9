//! An authority that gives certificates by ACME on loopback, and what it says of them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use hf_testkit::dns::{Data, DnsServer};
use hf_x509::certificate::Certificate;
use serde_json::Value;

use super::matrix::{Does, HOST, Row};
use crate::domain::Domain;
use crate::port;
use crate::program::{succeed, text};
use crate::serve::Served;

/// How long clients are given to renew.
const WINDOW: Duration = Duration::from_secs(3);

/// A server with the directory `/acme/services/directory`.
pub(super) struct Ca {
    served: Served,
    /// Which records of dns-01 there are: a file for each name.
    zone: PathBuf,
    /// Its name server, whose records a test may change.
    pub(super) dns: DnsServer,
    listen: SocketAddr,
    /// Where the authority connects to for http-01.
    pub(super) http: SocketAddr,
    /// Where the authority connects to for tls-alpn-01.
    pub(super) tls: SocketAddr,
    /// Its name server.
    pub(super) resolver: SocketAddr,
}

/// A key of `handfast acme eab create`.
pub(super) struct Binding {
    pub(super) kid: String,
    pub(super) hmac: String,
}

impl Ca {
    /// With free ports.
    pub(super) fn start() -> Self {
        Self::declaring("")
    }

    /// The same, with a line more about its ACME.
    pub(super) fn declaring(line: &str) -> Self {
        let (listen, http, tls) = (port::free(), port::free(), port::free());
        let dns = DnsServer::start().unwrap();
        dns.set(HOST, vec![Data::Address(http.ip())]);
        let resolver = dns.address();
        let domain = Domain::declared(&format!(
            r#"[trust]
domain = "shop.internal"

[service.web]
instances = ["web.shop.internal"]
calls     = ["orders"]

[service.orders]
instances = ["orders.shop.internal"]

[server]
listen = ["{listen}"]
url    = "https://{listen}"

[acme.services]
names     = ["shop.internal", "127.0.0.0/8"]
http_port = {}
tls_port  = {}
resolver  = ["{resolver}"]
allow     = ["127.0.0.0/8"]
retry     = "1s"
{line}
"#,
            http.port(),
            tls.port()
        ));
        let zone = domain.path().join("zone");
        std::fs::create_dir(&zone).unwrap();
        dns.read_folder(&zone);
        let served = Served::start(domain, |_| {});
        Self { served, zone, dns, listen, http, tls, resolver }
    }

    /// What a client is told first.
    pub(super) fn directory(&self) -> String {
        format!("https://{}/acme/services/directory", self.listen)
    }

    /// What a client trusts.
    pub(super) fn roots(&self) -> PathBuf {
        self.served.roots()
    }

    /// A new folder for a client.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.served.domain.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// `hook.sh ZONE present|cleanup NAME VALUE` changes the records of dns-01.
    pub(super) fn hook(&self) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/acme/hook.sh");
        format!("sh {} {}", script.display(), self.zone.display())
    }

    /// Where the records of dns-01 are.
    pub(super) fn zone(&self) -> &Path {
        &self.zone
    }

    /// A key for the account of this row, if it needs one.
    pub(super) fn binding(&self, row: &Row) -> Option<Binding> {
        row.bound.then(|| {
            let made = self.json("acme eab create client --format json");
            let word = |key: &str| made[key].as_str().unwrap().to_owned();
            Binding { kid: word("kid"), hmac: word("hmac_key") }
        })
    }

    /// Clients are told to renew within three seconds what they have (RFC 9773). Caddy takes no shorter window.
    pub(super) fn ask_for_renewal(&self) {
        self.served.good("renew --all --issued-by services --before 3s --yes");
        // A client renews at a time of its choice within the window, and asks again only hours later when that time has
        // not come.
        std::thread::sleep(WINDOW);
    }

    /// The two certificates in the folder of a client that can do everything and says that it did.
    pub(super) fn of_whole_way(&self, row: &Row, said: &str, folder: &Path) -> [Certificate; 2] {
        assert_eq!((row.renew, row.revoke, row.key_change), (Does::Yes, Does::Yes, Does::Yes));
        assert!(said.starts_with("issued\nkey changed\nrenewed\nrevoked\n"), "{said}");
        let [first, second] = ["first.pem", "second.pem"].map(|name| {
            let file = folder.join(name);
            self.check(&file, &file, row.name)
        });
        assert_ne!(first, second);
        [first, second]
    }

    /// The certificate in the file, which leads to the roots and is for this name alone; what the client has as chain is in
    /// `chain`, which may be the same file.
    pub(super) fn check(&self, certificate: &Path, chain: &Path, name: &str) -> Certificate {
        succeed("openssl", |command| {
            command
                .args(["verify", "-CAfile"])
                .arg(self.roots())
                .arg("-untrusted")
                .arg(chain)
                .arg(certificate);
        });
        let pem = std::fs::read_to_string(certificate).unwrap();
        let certificate = Certificate::many_from_pem(&pem).unwrap().remove(0);
        let names: Vec<String> = certificate.san_set().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(names, [name]);
        certificate
    }

    /// What the authority says of the certificate: `valid`, `revoked`, …
    pub(super) fn state(&self, certificate: &Certificate) -> String {
        let list = self.json("list --format json --limit 1000");
        let serial = hex(certificate.serial_octets());
        let rows = list["certificates"].as_array().unwrap();
        let row = rows.iter().find(|row| plain(row["serial"].as_str().unwrap()) == plain(&serial));
        let row = row.unwrap_or_else(|| panic!("{serial} is not in {list}"));
        row["state"].as_str().unwrap().to_owned()
    }

    fn json(&self, words: &str) -> Value {
        serde_json::from_str(&self.served.good(words)).unwrap()
    }
}

/// Runs a client to its end, which must come within a minute; it must succeed. Returns what it said.
pub(super) fn run(program: impl AsRef<std::ffi::OsStr>, arguments: impl FnOnce(&mut Command)) -> String {
    let (words, output) = run_anyhow(program, arguments);
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{words}: {}\n{said}", output.status);
    said
}

fn run_anyhow(
    program: impl AsRef<std::ffi::OsStr>,
    arguments: impl FnOnce(&mut Command),
) -> (String, Output) {
    let mut command = Command::new("timeout");
    command.arg("60").arg(program).stdin(std::process::Stdio::null()).env("LC_ALL", "C.UTF-8");
    arguments(&mut command);
    let words = format!("{command:?}");
    (words, command.output().unwrap())
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |hex, octet| hex + &format!("{octet:02x}"))
}

/// A serial number without separators and leading zeros.
fn plain(serial: &str) -> String {
    let digits: String = serial.chars().filter(char::is_ascii_hexdigit).collect();
    digits.trim_start_matches('0').to_lowercase()
}
