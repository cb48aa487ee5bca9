//! A program that is measured, in a process of its own.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};

use super::stopwatch::Stopwatch;

/// How long a program may take until it does what it was started for.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long it may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(15);

/// A process that is asked to end with this. nginx ends its workers then.
pub(super) struct Running(Child);

impl Running {
    /// Start it and wait until it takes connections.
    pub(super) fn listening(command: &mut Command, address: SocketAddr) -> Result<Self> {
        Self::start(command, || TcpStream::connect(address).is_ok())
    }

    /// Start it and wait until it is ready.
    pub(super) fn start(command: &mut Command, ready: impl Fn() -> bool) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut running = Self(command.spawn().with_context(|| format!("cannot start {command:?}"))?);
        let began = Stopwatch::start();
        while !ready() {
            if let Some(status) = running.0.try_wait()? {
                bail!("it ended with {status}: {command:?}");
            }
            if began.elapsed() > PATIENCE {
                bail!("it does not answer: {command:?}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(running)
    }

    /// The number of the process.
    pub(super) fn process(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(process) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(process, Signal::TERM);
        }
        let asked = Stopwatch::start();
        while asked.elapsed() < GRACE && matches!(self.0.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        // Of one that has ended nothing is left to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An address of this machine that nobody listens on.
pub(super) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// As many descriptors as the system allows, for this process and those that it starts.
pub(super) fn raise_descriptors() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).context("too few descriptors")
}
