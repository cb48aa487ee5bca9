//! The servers, each in a process of its own.

use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use hf_identity::client::ClientTls;

use super::files::Files;
use crate::bench::issue::world::SystemClock;
use crate::bench::serve::connection::Target;
use crate::bench::serve::program::address;

/// A process that ends with this.
struct Running(Child);

impl Running {
    /// The number of the process.
    pub(super) fn process(&self) -> u32 {
        self.0.id()
    }

    fn start(command: &mut Command) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map(Self).with_context(|| format!("cannot start {command:?}"))
    }

    /// Until it does what it was started for.
    fn wait(&mut self, what: &str, ready: impl Fn() -> bool) -> Result<()> {
        const PATIENCE: u32 = 600;
        for _ in 0..PATIENCE {
            if let Some(status) = self.0.try_wait()? {
                bail!("{what} ended with {status}");
            }
            if ready() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("{what} does not answer")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

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
        let mut running = Running::start(command.current_dir(&files.directory))?;
        running.wait("the server", || TcpStream::connect(address).is_ok())?;
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
        let management = address(crate::bench::serve::program::free_port()?).to_string();
        let mut command = Command::new(binary);
        command.args(["-dns01", &listen.to_string(), "-management", &management]);
        command.args(["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", ""]);
        let mut running = Running::start(&mut command)?;
        running.wait("the name server", || answers(listen).unwrap_or(false))?;
        Ok(Self(running))
    }
}

/// Whether it answers a question for the address of `a` (RFC 1035 section 4).
fn answers(server: SocketAddr) -> std::io::Result<bool> {
    const QUESTION: &[u8] = b"\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01";
    let socket = UdpSocket::bind(address(0))?;
    socket.set_read_timeout(Some(Duration::from_millis(200)))?;
    socket.send_to(QUESTION, server)?;
    Ok(socket.recv(&mut [0; 512])? > 12)
}
