//! The servers, each in a process of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::files::Files;
use crate::bench::running::Running;

/// A server that runs; it ends with this.
pub(super) struct Server {
    _running: Running,
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
    fn start(mut command: Command, address: SocketAddr) -> Result<Self> {
        Ok(Self { _running: Running::listening(&mut command, address)?, address })
    }
}
