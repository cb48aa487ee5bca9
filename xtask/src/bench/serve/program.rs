//! The servers, each in a process of its own.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use hf_identity::client::ClientTls;

use super::connection::Target;
use super::files::Files;
use crate::bench::issue::world::SystemClock;
use crate::bench::proc_facts;
use crate::bench::running::{Running, free_address};

/// How a server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

/// How to start a server, and where it will be.
pub(super) struct Program {
    command: Command,
    address: SocketAddr,
    scheme: Scheme,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// Stock `cfssl serve`, which records nothing.
    Cfssl,
    /// Stock `cfssl serve` with its certificate database, a SQLite file.
    CfsslRecording,
    /// Ours, whose record is durable.
    Handfast,
}

impl Which {
    /// As it stands in the table and in the JSON.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Cfssl => "cfssl",
            Self::CfsslRecording => "cfssl-recording",
            Self::Handfast => "handfast",
        }
    }
}

impl Program {
    /// `cfssl serve`, of stock or of ours: the same words for both, but for the record.
    pub(super) fn cfssl_serve(which: Which, binary: &Path, files: &Files, scheme: Scheme) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(binary);
        if which == Which::Handfast {
            command.arg("cfssl");
        }
        command.args([
            "serve",
            "-ca=ca.pem",
            "-ca-key=ca-key.pem",
            "-config=policy.json",
            "-address=127.0.0.1",
        ]);
        command.arg(format!("-port={}", address.port()));
        match which {
            Which::Cfssl => {}
            Which::CfsslRecording => {
                command.arg(format!("-db-config={}", files.database(&scheme.to_string())?));
            }
            // Ours keeps a record, and here it shall last.
            Which::Handfast => {
                command.arg(format!("-state=state-{scheme}"));
            }
        }
        if scheme == Scheme::Https {
            command.args(["-tls-cert=tls.pem", "-tls-key=tls-key.pem"]);
        }
        command.current_dir(&files.directory);
        Ok(Self { command, address, scheme })
    }

    /// `handfast serve`.
    pub(super) fn serve(binary: &Path, files: &Files) -> Result<Self> {
        let text = std::fs::read_to_string(files.path("handfast.toml"))?;
        let listen = text.lines().find_map(|line| line.strip_prefix("listen = [\"")?.strip_suffix("\"]"));
        let mut command = Command::new(binary);
        command.arg("serve").current_dir(&files.directory);
        Ok(Self { command, address: listen.context("no address")?.parse()?, scheme: Scheme::Https })
    }
}

/// A server that runs; it ends with this.
pub(super) struct Server {
    _running: Running,
    pub(super) target: Target,
}

impl Server {
    /// Start it and wait until it takes connections.
    pub(super) fn start(mut program: Program, files: &Files) -> Result<Self> {
        let tls = match program.scheme {
            Scheme::Http => None,
            Scheme::Https => Some(Arc::new(ClientTls::new(&files.roots, None, &[], Arc::new(SystemClock))?)),
        };
        let running = Running::listening(&mut program.command, program.address)?;
        let target = Target { address: program.address, tls, process: running.process() };
        Ok(Self { _running: running, target })
    }

    /// Resident memory, in megabytes of 1,000,000 octets.
    pub(super) fn memory_mb(&self) -> Result<f64> {
        Ok(proc_facts::memory_of(&self.target.process.to_string())?.now_mb)
    }
}
