//! The status of certificates as clients of OCSP learn it from `handfast serve`, and who acts on it.

mod go;
mod http;
mod java;
mod nginx;
mod openssl;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::domain::Domain;
use crate::port;
use crate::program::{finish, succeed, text};
use crate::serve::Served;

/// The instance that is called.
pub(super) const SERVER: &str = "web.shop.internal";
/// The caller whose certificate stays good.
pub(super) const GOOD: &str = "good.shop.internal";
/// The caller whose certificate is revoked.
pub(super) const BAD: &str = "bad.shop.internal";

/// A served authority whose certificates name the address where this very server answers.
pub(super) struct Lab {
    pub(super) served: Served,
    plain: SocketAddr,
}

impl Lab {
    /// With further lines of the file, after `[server]`.
    pub(super) fn with(lines: &str) -> Self {
        let plain = port::free();
        let domain = Domain::declared(&format!(
            "[trust]\ndomain = \"shop.internal\"\nurl = \"http://{plain}\"\n\
             [service.web]\ninstances = [\"{SERVER}\"]\n\
             [service.client]\ninstances = [\"{GOOD}\", \"{BAD}\"]\ncalls = [\"web\"]\n\
             [server]\nlisten = [\"127.0.0.1:0\"]\nplain = [\"{plain}\"]\nadmin = [\"127.0.0.1:0\"]\n{lines}"
        ));
        Self { served: Served::start(domain, |_| {}), plain }
    }

    /// A file of an instance.
    pub(super) fn file(&self, instance: &str, name: &str) -> PathBuf {
        self.served.domain.trust(instance).join(name)
    }

    /// Revoke the certificate of an instance, with a command beside the server.
    pub(super) fn revoke(&self, instance: &str, reason: &str) {
        let certificate = self.file(instance, "cert.pem");
        self.served.good(&format!("revoke {} --reason {reason}", certificate.display()));
    }

    /// The certificate of the authority, PEM, in a file.
    pub(super) fn issuer(&self) -> PathBuf {
        let file = self.served.domain.path().join("issuer.pem");
        let output = self.served.curl("plain", "/ca/services.cer", &["--no-include", "--fail"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let der = self.served.domain.path().join("issuer.der");
        std::fs::write(&der, &output.stdout).unwrap();
        succeed("openssl", |command| {
            command.args(["x509", "-inform", "DER", "-in"]).arg(der).arg("-out").arg(&file);
        });
        file
    }

    /// Where the answers of `services` are.
    pub(super) fn url(&self) -> String {
        format!("http://{}/ocsp/services", self.plain)
    }

    /// What `openssl ocsp` says about a certificate, and whether it believes the answer.
    pub(super) fn ask(&self, instance: &str, words: &[&str]) -> String {
        let output = finish("openssl", |command| {
            command.args(["ocsp", "-CAfile"]).arg(self.file(SERVER, "roots.pem"));
            command.arg("-verify_other").arg(self.issuer()).arg("-issuer").arg(self.issuer()).args(words);
            command.arg("-cert").arg(self.file(instance, "cert.pem")).arg("-url").arg(self.url());
        });
        text(&output.stdout) + &text(&output.stderr)
    }
}

/// A file beside this one.
pub(super) fn source(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/ocsp").join(file)
}

/// Where compiled programs go.
pub(super) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ocsp").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
