//! The servers, each in a process of its own.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use hf_identity::client::ClientTls;

use super::files::Files;
use crate::bench::issue::world::SystemClock;
use crate::bench::running::{Running, free_address};
use crate::bench::serve::connection::Target;

/// A server that runs; it ends with this.
pub(super) struct Server {
    _running: Running,
    pub(super) target: Target,
    /// The URL of its directory.
    pub(super) directory: String,
}

impl Server {
    /// Pebble without its habits of tripping clients up.
    pub(super) fn pebble(binary: &Path, files: &Files) -> Result<Self> {
        let mut command = Command::new(binary);
        command.args(["-config", "pebble.json", "-dnsserver", &files.name_server.to_string()]);
        command.envs([
            ("PEBBLE_VA_NOSLEEP", "1"),
            ("PEBBLE_WFE_NONCEREJECT", "0"),
            ("PEBBLE_AUTHZREUSE", "100"),
        ]);
        Self::start(&mut command, files, files.pebble, "/dir")
    }

    /// `handfast serve`.
    pub(super) fn handfast(binary: &Path, files: &Files) -> Result<Self> {
        let mut command = Command::new(binary);
        command.arg("serve");
        Self::start(&mut command, files, files.handfast, &Files::directory_path())
    }

    fn start(command: &mut Command, files: &Files, address: SocketAddr, path: &str) -> Result<Self> {
        let tls = ClientTls::new(std::slice::from_ref(&files.root), None, &[], Arc::new(SystemClock))?;
        let running = Running::listening(command.current_dir(&files.directory), address)?;
        let target = Target { address, tls: Some(Arc::new(tls)), process: running.process() };
        Ok(Self {
            _running: running,
            target,
            directory: format!("https://localhost:{}{path}", address.port()),
        })
    }
}

/// The name server that comes with Pebble: every name is this machine.
pub(super) struct NameServer(#[expect(dead_code, reason = "the process ends with it")] Running);

impl NameServer {
    pub(super) fn start(binary: &Path, listen: SocketAddr) -> Result<Self> {
        let management = free_address()?.to_string();
        let mut command = Command::new(binary);
        command.args(["-dns01", &listen.to_string(), "-management", &management]);
        command.args(["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", ""]);
        Running::start(&mut command, || answers(listen).unwrap_or(false)).map(Self)
    }
}

/// Whether it answers a question for the address of `a` (RFC 1035 section 4).
fn answers(server: SocketAddr) -> std::io::Result<bool> {
    const QUESTION: &[u8] = b"\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01";
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_read_timeout(Some(Duration::from_millis(200)))?;
    socket.send_to(QUESTION, server)?;
    Ok(socket.recv(&mut [0; 512])? > 12)
}
