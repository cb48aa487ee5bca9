//! `handfast serve` as operators, callers and attackers meet it.

mod acme;
mod acme_killed;
mod attacks;
mod backup;
mod commands;
mod doors;
mod http2;
mod identity;
mod killed;
mod limits;
mod locked;
mod raw;
mod reload;
mod stop;
mod systemd;
mod telemetry;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::domain::{Domain, handfast};
use crate::program::{Running, finish, text};

/// A link, so that there are roots to trust.
const TRUST: &str = r#"[trust]
domain = "shop.internal"

[service.web]
instances = ["web.shop.internal"]
calls     = ["orders"]

[service.orders]
instances = ["orders.shop.internal"]
"#;

/// A server of its own trust domain on free ports.
pub(crate) struct Served {
    pub(crate) domain: Domain,
    pub(crate) program: Running,
    addresses: BTreeMap<String, SocketAddr>,
}

impl Served {
    /// With the listeners `listen`, `plain` and `admin`, and further lines of `[server]`.
    pub(crate) fn with(lines: &str) -> Self {
        let listeners = "listen = [\"127.0.0.1:0\"]\nplain = [\"127.0.0.1:0\"]\nadmin = [\"127.0.0.1:0\"]\n";
        let domain = Domain::declared(&format!("{TRUST}\n[server]\n{listeners}{lines}"));
        Self::start(domain, |_| {})
    }

    /// Serve a domain that is there.
    pub(crate) fn start(domain: Domain, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = serve(&domain);
        change(&mut command);
        let mut program = Running::start(&mut command);
        let mut addresses = BTreeMap::new();
        loop {
            let line = program.wait_for("");
            if let Some((listener, address)) = listening(&line) {
                addresses.insert(listener, address);
            }
            if line.contains("ready") {
                break;
            }
        }
        Self { domain, program, addresses }
    }

    pub(crate) fn address(&self, listener: &str) -> SocketAddr {
        self.addresses[listener]
    }

    pub(crate) fn roots(&self) -> PathBuf {
        self.domain.trust("web.shop.internal").join("roots.pem")
    }

    /// What curl gets from a listener; `words` are further arguments.
    pub(crate) fn curl(&self, listener: &str, path: &str, words: &[&str]) -> Output {
        let scheme = if listener == "api" { "https" } else { "http" };
        finish("curl", |command| {
            command.args([
                "--silent",
                "--show-error",
                "--globoff",
                "--include",
                "--max-time",
                "20",
                "--cacert",
            ]);
            command.arg(self.roots()).args(words).arg(format!("{scheme}://{}{path}", self.address(listener)));
        })
    }

    /// The status line, headers and body of a request that was answered.
    pub(crate) fn get(&self, listener: &str, path: &str) -> String {
        let output = self.curl(listener, path, &[]);
        assert!(output.status.success(), "{path}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// `handfast` on the machine of the server.
    pub(crate) fn handfast(&self, words: &str) -> Output {
        finish(handfast(), |command| {
            command.args(words.split_whitespace()).current_dir(self.domain.path());
        })
    }

    /// The same, and it must succeed.
    pub(crate) fn good(&self, words: &str) -> String {
        let output = self.handfast(words);
        assert!(output.status.success(), "{words}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Octets of memory that the process holds (`VmRSS`).
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.program.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }
}

pub(crate) fn serve(domain: &Domain) -> Command {
    let mut command = Command::new(handfast());
    command.arg("serve").arg("-f").arg(domain.path().join("handfast.toml"));
    command
}

/// `… listening listener="api" address=127.0.0.1:4711`
fn listening(line: &str) -> Option<(String, SocketAddr)> {
    let after = |key: &str| {
        let (_, rest) = line.split_once(key)?;
        let end = rest.find(|c: char| c.is_whitespace() || c == '"' || c == ',').unwrap_or(rest.len());
        Some(rest[..end].to_owned())
    };
    let listener = after("listener=\"").or_else(|| after("\"listener\":\""))?;
    let address = after("address=").or_else(|| after("\"address\":\""))?;
    line.contains("listening").then_some(())?;
    Some((listener, address.parse().ok()?))
}
