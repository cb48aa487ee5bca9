//! Revocation as peers meet it: what a served authority publishes, what it answers, and who acts on it.

mod blocked;
mod go;
mod java;
mod killed;
mod mirror;
mod nginx;
mod ocsp_http;
mod ocsp_openssl;
mod offline;
mod openssl;
mod python;
mod shards;
mod status;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::domain::Domain;
use crate::port;
use crate::program::{finish, succeed, text};
use crate::serve::Served;

/// A server and two of its callers.
const TRUST: &str = r#"[trust]
domain = "shop.internal"

[service.web]
instances = ["web.shop.internal"]

[service.client]
instances = ["good.shop.internal", "bad.shop.internal"]
calls     = ["web"]
"#;

/// The instance that is called.
const SERVER: &str = "web.shop.internal";
/// The caller whose certificate stays good.
const GOOD: &str = "good.shop.internal";
/// The caller whose certificate is revoked.
const BAD: &str = "bad.shop.internal";

/// How often is looked, some 50 ms each, whether a revocation is seen in what is published.
const TRIES: u32 = 200;

/// A served authority with certificates that name the addresses where this very server publishes and answers.
struct Lab {
    served: Served,
    /// The address for plain HTTP that stands in the certificates.
    plain: SocketAddr,
}

impl Lab {
    /// Serve, revoke the certificate of [`BAD`] as superseded, and wait until the list says so.
    fn start() -> Self {
        let lab = Self::with("");
        lab.revoke_and_list(BAD, "superseded");
        lab
    }

    /// Serve, with further lines of the file after `[server]`; nothing is revoked.
    fn with(lines: &str) -> Self {
        Self::of(TRUST, lines)
    }

    /// The same for what `trust` declares.
    fn of(trust: &str, lines: &str) -> Self {
        let plain = port::free();
        let listeners =
            format!("listen = [\"127.0.0.1:0\"]\nplain = [\"{plain}\"]\nadmin = [\"127.0.0.1:0\"]\n");
        let domain = Domain::declared(&format!("{trust}\n[server]\n{listeners}{lines}"));
        Self { served: Served::start(domain, |_| {}), plain }
    }

    /// A file of an instance.
    fn file(&self, instance: &str, name: &str) -> PathBuf {
        self.served.domain.trust(instance).join(name)
    }

    /// Revoke the certificate of an instance, with a command beside the server.
    fn revoke(&self, instance: &str, reason: &str) {
        let certificate = self.file(instance, "cert.pem");
        self.served.good(&format!("revoke {} --reason {reason}", certificate.display()));
    }

    /// The same, and wait until the published list says so.
    fn revoke_and_list(&self, instance: &str, reason: &str) {
        self.revoke(instance, reason);
        let serial = self.serial(instance);
        let named = (0..TRIES).any(|_| self.published("services").contains(&serial));
        assert!(named, "{instance} is revoked, but no list says so");
    }

    /// The serial number of an instance's certificate, hexadecimal, as openssl writes it.
    fn serial(&self, instance: &str) -> String {
        let certificate = self.file(instance, "cert.pem");
        let shown = succeed("openssl", |command| {
            command.args(["x509", "-noout", "-serial", "-in"]).arg(certificate);
        });
        shown.trim().strip_prefix("serial=").unwrap().to_owned()
    }

    /// The published list of an authority, as openssl shows it.
    fn published(&self, authority: &str) -> String {
        let file = self.fetch(&format!("/crl/{authority}.crl"));
        succeed("openssl", |command| {
            command.args(["crl", "-inform", "DER", "-noout", "-text", "-in"]).arg(file);
        })
    }

    /// A document from the address for plain HTTP, in a file.
    fn fetch(&self, path: &str) -> PathBuf {
        let file = self.served.domain.path().join("fetched").join(path.replace('/', "_"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let output = finish("curl", |command| {
            command.args(["--silent", "--show-error", "--fail", "--max-time", "20", "--output"]).arg(&file);
            command.arg(format!("http://{}{path}", self.plain));
        });
        assert!(output.status.success(), "{path}: {}", text(&output.stderr));
        file
    }

    /// The lists of `services` and of `root` in one file, PEM, for whoever checks the whole chain.
    fn lists(&self) -> PathBuf {
        let pem = ["services", "root"].map(|authority| {
            let der = self.fetch(&format!("/crl/{authority}.crl"));
            succeed("openssl", |command| {
                command.args(["crl", "-inform", "DER", "-in"]).arg(der);
            })
        });
        let file = self.served.domain.path().join("fetched/lists.pem");
        std::fs::write(&file, pem.concat()).unwrap();
        file
    }

    /// The certificate of an authority, PEM, in a file.
    fn authority(&self, name: &str) -> PathBuf {
        let der = self.fetch(&format!("/ca/{name}.cer"));
        let pem = der.with_extension("pem");
        succeed("openssl", |command| {
            command.args(["x509", "-inform", "DER", "-in"]).arg(der).arg("-out").arg(&pem);
        });
        pem
    }

    /// Where the answers of `services` are.
    fn responder(&self) -> String {
        format!("http://{}/ocsp/services", self.plain)
    }

    /// What `openssl ocsp` says about a certificate, and whether it believes the answer.
    fn ask(&self, instance: &str, words: &[&str]) -> String {
        let issuer = self.authority("services");
        let output = finish("openssl", |command| {
            command.args(["ocsp", "-CAfile"]).arg(self.file(SERVER, "roots.pem"));
            command.arg("-verify_other").arg(&issuer).arg("-issuer").arg(&issuer).args(words);
            command.arg("-cert").arg(self.file(instance, "cert.pem")).arg("-url").arg(self.responder());
        });
        text(&output.stdout) + &text(&output.stderr)
    }
}

/// What `run` says of a certificate: whether it accepts it, and why not.
fn both(run: impl Fn(&str) -> (bool, String), word: &str) {
    let (accepted, said) = run(GOOD);
    assert!(accepted, "{said}");
    let (accepted, said) = run(BAD);
    assert!(!accepted && said.contains(word), "{said}");
}

/// A program beside this file.
fn source(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/revocation").join(file)
}

/// Where compiled programs go.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("revocation").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
