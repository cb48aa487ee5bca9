//! Revocation as peers meet it: what a served authority publishes, and who acts on it.

mod killed;
mod languages;
mod nginx;
mod openssl;
mod shards;

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::domain::Domain;
use crate::port;
use crate::program::{finish, succeed, text};
use crate::serve::Served;

/// A server and two of its callers.
const TRUST: &str = r#"[trust]
domain = "shop.internal"

[service.server]
instances = ["server.shop.internal"]

[service.client]
instances = ["good.shop.internal", "bad.shop.internal"]
calls     = ["server"]
"#;

/// The instance that is called.
pub(crate) const SERVER: &str = "server.shop.internal";
/// The caller whose certificate stays good.
pub(crate) const GOOD: &str = "good.shop.internal";
/// The caller whose certificate is revoked.
pub(crate) const BAD: &str = "bad.shop.internal";

/// How often is looked, some 50 ms each, whether a revocation is seen in what is published.
const TRIES: u32 = 200;

/// A served authority with a certificate that is good and one that is revoked. Certificates name the addresses where this
/// very server publishes.
pub(crate) struct Lab {
    pub(crate) served: Served,
    /// The address for plain HTTP that stands in the certificates.
    pub(crate) plain: SocketAddr,
}

impl Lab {
    /// Serve, and revoke the certificate of [`BAD`] as superseded.
    pub(crate) fn start() -> Self {
        let lab = Self::with("");
        lab.revoke(BAD, "superseded");
        lab
    }

    /// Serve, with further lines of `[server]`; nothing is revoked.
    pub(crate) fn with(lines: &str) -> Self {
        let plain = port::free();
        let listeners =
            format!("listen = [\"127.0.0.1:0\"]\nplain = [\"{plain}\"]\nadmin = [\"127.0.0.1:0\"]\n");
        let domain = Domain::declared(&format!("{TRUST}\n[server]\n{listeners}{lines}"));
        Self { served: Served::start(domain, |_| {}), plain }
    }

    /// A file of an instance.
    pub(crate) fn file(&self, instance: &str, name: &str) -> PathBuf {
        self.served.domain.trust(instance).join(name)
    }

    /// Revoke the certificate of an instance, and wait until what is published says so.
    pub(crate) fn revoke(&self, instance: &str, reason: &str) {
        let certificate = self.file(instance, "cert.pem");
        self.served.good(&format!("revoke {} --reason {reason}", certificate.display()));
        let serial = self.serial(instance);
        let named = (0..TRIES).any(|_| self.published("services").contains(&serial));
        assert!(named, "{instance} is revoked, but no list says so");
    }

    /// The serial number of an instance's certificate, hexadecimal, as openssl writes it.
    pub(crate) fn serial(&self, instance: &str) -> String {
        let certificate = self.file(instance, "cert.pem");
        let shown = succeed("openssl", |command| {
            command.args(["x509", "-noout", "-serial", "-in"]).arg(certificate);
        });
        shown.trim().strip_prefix("serial=").unwrap().to_owned()
    }

    /// The published list of an authority, as openssl shows it.
    pub(crate) fn published(&self, authority: &str) -> String {
        let file = self.fetch(&format!("/crl/{authority}.crl"));
        succeed("openssl", |command| {
            command.args(["crl", "-inform", "DER", "-noout", "-text", "-in"]).arg(file);
        })
    }

    /// A document from the address for plain HTTP, in a file.
    pub(crate) fn fetch(&self, path: &str) -> PathBuf {
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
    pub(crate) fn lists(&self) -> PathBuf {
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
}
