//! The servers, each in a process of its own.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use hf_identity::client::ClientTls;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::connection::Target;
use super::files::Files;
use crate::bench::issue::world::SystemClock;
use crate::bench::proc_facts;

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

impl Program {
    /// `cfssl serve`, of stock or of ours: the same words for both.
    pub(super) fn cfssl_serve(name: &str, binary: &Path, files: &Files, scheme: Scheme) -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new(binary);
        if name == "handfast" {
            command.arg("cfssl");
        }
        command.args([
            "serve",
            "-ca=ca.pem",
            "-ca-key=ca-key.pem",
            "-config=policy.json",
            "-address=127.0.0.1",
        ]);
        command.arg(format!("-port={port}"));
        if name == "handfast" {
            // Ours keeps a record, and here it shall last.
            command.arg(format!("-state=state-{scheme}"));
        }
        if scheme == Scheme::Https {
            command.args(["-tls-cert=tls.pem", "-tls-key=tls-key.pem"]);
        }
        command.current_dir(&files.directory);
        Ok(Self { command, address: address(port), scheme })
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
    child: Child,
    pub(super) target: Target,
}

impl Server {
    /// Start it and wait until it takes connections.
    pub(super) fn start(program: &Program, files: &Files) -> Result<Self> {
        let tls = match program.scheme {
            Scheme::Http => None,
            Scheme::Https => Some(Arc::new(ClientTls::new(&files.roots, None, &[], Arc::new(SystemClock))?)),
        };
        let mut command = Command::new(program.command.get_program());
        command.args(program.command.get_args());
        if let Some(directory) = program.command.get_current_dir() {
            command.current_dir(directory);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        let target = Target { address: program.address, tls, process: child.id() };
        let mut server = Self { child, target };
        server.wait(&command)?;
        Ok(server)
    }

    fn wait(&mut self, command: &Command) -> Result<()> {
        const PATIENCE: u32 = 600;
        for _ in 0..PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}: {command:?}");
            }
            if TcpStream::connect(self.target.address).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("the server takes no connections: {command:?}")
    }

    /// Resident memory, in megabytes of 1,000,000 octets.
    pub(super) fn memory_mb(&self) -> Result<f64> {
        Ok(proc_facts::memory_of(&self.target.process.to_string())?.now_mb)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on.
pub(in crate::bench) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(address(0))?.local_addr()?.port())
}

pub(in crate::bench) fn address(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// As many descriptors as the system allows, for this process and the servers.
pub(in crate::bench) fn raise_descriptors() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).context("too few descriptors")
}
