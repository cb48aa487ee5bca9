//! The servers, each in a process of its own.

use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::PATIENCE;
use super::files::Files;
use crate::bench::stopwatch::Stopwatch;

/// A server that runs; it ends with this.
pub(super) struct Server {
    child: Child,
    pub(super) address: SocketAddr,
}

/// `handfast serve`.
pub(super) fn handfast(program: &Path, files: &Files) -> Result<Server> {
    let mut command = Command::new(program);
    command.arg("serve").current_dir(&files.directory);
    Server::start(command, files.plain)
}

/// nginx with the static file. Its master ends its workers when it is asked to stop.
pub(super) fn nginx(files: &Files) -> Result<Server> {
    let places = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"];
    let program = places.into_iter().find(|place| Path::new(place).exists());
    let mut command = Command::new(program.context("nginx is not here: `cargo xtask packages` installs it")?);
    command.arg("-p").arg(&files.directory).arg("-c").arg(files.config());
    Server::start(command, files.nginx)
}

impl Server {
    /// Start it and wait until it takes connections.
    fn start(mut command: Command, address: SocketAddr) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        let mut server = Self { child, address };
        let began = Stopwatch::start();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended with {status}: {command:?}");
            }
            if began.elapsed() > PATIENCE {
                bail!("the server takes no connections: {command:?}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let asked = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(process) = asked {
            let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
    }
}
