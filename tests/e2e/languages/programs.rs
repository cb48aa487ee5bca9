//! How each language's server and client is started, and the words in which it refuses.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use rustls::AlertDescription;

use crate::domain::{Domain, examples};
use crate::program::{Running, finish, succeed, text};

/// A server, with what it says and sends when it refuses a client.
pub(crate) struct ServerLanguage {
    pub(crate) name: &'static str,
    words: fn(&Path) -> Vec<OsString>,
    pub(crate) wrong_authority: Refusal,
    pub(crate) expired: Refusal,
    pub(crate) no_certificate: Refusal,
}

/// What the server prints, and the alert that it sends; none when it only hangs up.
pub(crate) type Refusal = (&'static str, Option<AlertDescription>);

/// A client, with what it says when it refuses a server.
pub(crate) struct ClientLanguage {
    pub(crate) name: &'static str,
    words: fn(&Path) -> Vec<OsString>,
    pub(crate) wrong_authority: &'static str,
    pub(crate) expired: &'static str,
    pub(crate) wrong_name: &'static str,
}

/// A server that runs.
pub(crate) struct Server {
    pub(crate) program: Running,
    pub(crate) instance: String,
    pub(crate) address: SocketAddr,
}

/// What a client left behind.
pub(crate) struct Outcome {
    pub(crate) done: bool,
    pub(crate) answer: String,
    pub(crate) message: String,
}

impl Server {
    pub(crate) fn start(domain: &Domain, language: &ServerLanguage) -> Self {
        let instance = instance(language.name);
        let mut program =
            Running::start(command(&(language.words)(folder())).arg(domain.trust(&instance)).arg("0"));
        let line = program.wait_for("listening on ");
        let address = line.strip_prefix("listening on ").unwrap().parse().unwrap();
        Self { program, instance, address }
    }
}

impl ClientLanguage {
    pub(crate) fn instance(&self) -> String {
        instance(self.name)
    }

    /// Calls the server `name` at `address`.
    pub(crate) fn run(&self, domain: &Domain, name: &str, address: SocketAddr) -> Outcome {
        let words = (self.words)(folder());
        let (program, rest) = words.split_first().unwrap();
        let output = finish(program, |command| {
            command.args(rest).arg(domain.trust(&self.instance())).arg(name).arg(address.to_string());
        });
        Outcome { done: output.status.success(), answer: text(&output.stdout), message: text(&output.stderr) }
    }
}

fn instance(language: &str) -> String {
    format!("{language}.languages.internal")
}

fn command(words: &[OsString]) -> Command {
    let (program, rest) = words.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(rest);
    command
}

/// The folder with the compiled programs, compiled once a run.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages");
        std::fs::create_dir_all(&folder).unwrap();
        succeed("javac", |command| {
            command
                .arg("-d")
                .arg(&folder)
                .args(["Server.java", "Client.java"].map(|file| source("java", file)));
        });
        for name in ["server", "client"] {
            succeed("go", |command| {
                command.args(["build", "-o"]).arg(folder.join(name)).arg(source("go", &format!("{name}.go")));
            });
        }
        folder
    })
}

fn source(language: &str, file: &str) -> PathBuf {
    examples().join("languages").join(language).join(file)
}

fn java(folder: &Path, class: &str) -> Vec<OsString> {
    // Quick to start rather than quick to run.
    ["java".into(), "-XX:TieredStopAtLevel=1".into(), "-cp".into(), folder.into(), class.into()].into()
}

pub(crate) const SERVERS: &[ServerLanguage] = &[
    ServerLanguage {
        name: "java",
        words: |folder| java(folder, "Server"),
        wrong_authority: (
            "unable to find valid certification path",
            Some(AlertDescription::CertificateUnknown),
        ),
        expired: ("validity check failed", Some(AlertDescription::CertificateUnknown)),
        no_certificate: ("Empty client certificate chain", Some(AlertDescription::BadCertificate)),
    },
    ServerLanguage {
        name: "go",
        words: |folder| vec![folder.join("server").into()],
        wrong_authority: ("certificate signed by unknown authority", Some(AlertDescription::UnknownCA)),
        expired: ("certificate has expired", Some(AlertDescription::CertificateExpired)),
        no_certificate: ("client didn't provide a certificate", Some(AlertDescription::CertificateRequired)),
    },
    ServerLanguage {
        name: "python",
        words: |_| vec!["python3".into(), source("python", "server.py").into()],
        wrong_authority: ("unable to get local issuer certificate", Some(AlertDescription::UnknownCA)),
        expired: ("certificate has expired", Some(AlertDescription::CertificateExpired)),
        no_certificate: ("peer did not return a certificate", Some(AlertDescription::CertificateRequired)),
    },
    ServerLanguage {
        name: "node",
        words: |_| vec!["node".into(), source("node", "server.js").into()],
        wrong_authority: ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", None),
        expired: ("CERT_HAS_EXPIRED", None),
        no_certificate: ("peer did not return a certificate", Some(AlertDescription::CertificateRequired)),
    },
];

pub(crate) const CLIENTS: &[ClientLanguage] = &[
    ClientLanguage {
        name: "java",
        words: |folder| java(folder, "Client"),
        wrong_authority: "unable to find valid certification path",
        expired: "validity check failed",
        wrong_name: "No subject alternative DNS name matching",
    },
    ClientLanguage {
        name: "go",
        words: |folder| vec![folder.join("client").into()],
        wrong_authority: "certificate signed by unknown authority",
        expired: "certificate has expired",
        wrong_name: "certificate is valid for",
    },
    ClientLanguage {
        name: "python",
        words: |_| vec!["python3".into(), source("python", "client.py").into()],
        wrong_authority: "unable to get local issuer certificate",
        expired: "certificate has expired",
        wrong_name: "Hostname mismatch",
    },
    ClientLanguage {
        name: "node",
        words: |_| vec!["node".into(), source("node", "client.js").into()],
        wrong_authority: "unable to verify the first certificate",
        expired: "certificate has expired",
        wrong_name: "does not match certificate's altnames",
    },
    ClientLanguage {
        name: "curl",
        words: |_| vec!["sh".into(), source("curl", "client.sh").into()],
        wrong_authority: "unable to get local issuer certificate",
        expired: "certificate has expired",
        wrong_name: "no alternative certificate subject name matches",
    },
];
