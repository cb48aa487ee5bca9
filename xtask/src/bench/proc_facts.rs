//! What the kernel knows of processes: memory and processor time.

use std::time::Duration;

use anyhow::{Context as _, Result};

/// Resident memory now and at most so far, in megabytes of 1,000,000 octets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    pub(super) now_mb: f64,
    pub(super) peak_mb: f64,
}

/// Memory of this process.
pub(super) fn memory() -> Result<Memory> {
    memory_of("self")
}

/// Memory of the process with this number.
pub(super) fn memory_of(process: &str) -> Result<Memory> {
    let file = format!("/proc/{process}/status");
    let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
    let line = |key: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(key))?;
        value.split_whitespace().next()?.parse::<f64>().ok().map(|kibibytes| kibibytes * 1024.0 / 1e6)
    };
    Ok(Memory { now_mb: line("VmRSS:").context("no VmRSS")?, peak_mb: line("VmHWM:").context("no VmHWM")? })
}

/// Processor time of all threads of this process so far.
pub(super) fn processor_time() -> Result<Duration> {
    processor_time_of("self")
}

/// Processor time of all threads of the process with this number so far, from the ticks of 10 ms in `/proc/<pid>/stat`.
pub(super) fn processor_time_of(process: &str) -> Result<Duration> {
    let file = format!("/proc/{process}/stat");
    let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
    // The second field is a name in brackets that may hold spaces; utime and stime are the 14th and 15th.
    let after_name =
        text.rsplit_once(')').map(|(_, rest)| rest).with_context(|| format!("no name in {file}"))?;
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}

/// Processor time so far of a server and of this process, which asks it.
pub(super) struct Spent {
    server: Duration,
    generator: Duration,
}

impl Spent {
    /// `server` is the number of its process.
    pub(super) fn so_far(server: u32) -> Result<Self> {
        Ok(Self { server: processor_time_of(&server.to_string())?, generator: processor_time()? })
    }

    /// What each spent since then for each of so many, in microseconds: the server, this process.
    pub(super) fn since(self, before: &Self, count: u64) -> Result<(f64, f64)> {
        let count = f64::from(u32::try_from(count.max(1))?);
        let each = |now: Duration, before: Duration| now.saturating_sub(before).as_secs_f64() * 1e6 / count;
        Ok((each(self.server, before.server), each(self.generator, before.generator)))
    }
}
