//! Figures that need a fresh process: starting over a large store, and its CRL.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use hf_ca::crl::CrlRequest;
use hf_core::principal::Channel;
use serde::{Deserialize, Serialize};

use super::world::{self, AUTHORITY, World};
use crate::bench::proc_facts::{memory, processor_time};
use crate::bench::stopwatch::Stopwatch;
use crate::{process, report};

/// What a fresh process says of itself.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Fresh {
    /// How long it took, in seconds.
    pub(super) seconds: f64,
    /// Processor time, in seconds.
    pub(super) processor_s: f64,
    /// Resident memory afterwards, in megabytes.
    pub(super) now_mb: f64,
    /// Resident memory at most, in megabytes.
    pub(super) peak_mb: f64,
    /// How many entries, for a CRL.
    pub(super) entries: u64,
}

/// `bench issue-child start|crl DIRECTORY`: measures in this process and prints one line of JSON.
pub(in crate::bench) fn run(arguments: &[String]) -> Result<()> {
    let [what, directory] = arguments else { bail!("expected `start` or `crl` and a directory") };
    let directory = Path::new(directory);
    let fresh = match what.as_str() {
        "start" => measure_start(directory)?,
        "crl" => measure_crl(directory)?,
        other => bail!("`{other}` is nothing to measure: expected `start` or `crl`"),
    };
    report::line(&serde_json::to_string(&fresh)?);
    Ok(())
}

/// Opens the store and starts the authority, in a process of its own.
pub(super) fn start(directory: &Path) -> Result<Fresh> {
    ask("start", directory)
}

/// Signs the CRL, in a process of its own.
pub(super) fn crl(directory: &Path) -> Result<Fresh> {
    ask("crl", directory)
}

fn ask(what: &str, directory: &Path) -> Result<Fresh> {
    let program = std::env::current_exe().context("where is this program?")?;
    let answer = process::capture(Command::new(program).args(["bench", "issue-child", what]).arg(directory))?;
    serde_json::from_str(&answer).context("the fresh process said something else")
}

fn measure_start(directory: &Path) -> Result<Fresh> {
    let start = Start::now()?;
    let world = World::open(directory)?;
    let fresh = start.fresh(0)?;
    drop(world);
    Ok(fresh)
}

fn measure_crl(directory: &Path) -> Result<Fresh> {
    let world = World::open(directory)?;
    let request = CrlRequest {
        principal: world::principal(),
        channel: Channel::CommandLine,
        authority: AUTHORITY.to_owned(),
        shard: hf_store::record::COMPLETE,
        lifetime: CrlRequest::LIFETIME,
    };
    let start = Start::now()?;
    let crl = world.runtime.block_on(world.authority.issue_crl(request))?;
    start.fresh(crl.entries)
}

/// Where measuring began.
struct Start {
    stopwatch: Stopwatch,
    worked: Duration,
}

impl Start {
    fn now() -> Result<Self> {
        Ok(Self { stopwatch: Stopwatch::start(), worked: processor_time()? })
    }

    fn fresh(&self, entries: u64) -> Result<Fresh> {
        let seconds = self.stopwatch.elapsed().as_secs_f64();
        let processor_s = processor_time()?.saturating_sub(self.worked).as_secs_f64();
        let memory = memory()?;
        Ok(Fresh { seconds, processor_s, now_mb: memory.now_mb, peak_mb: memory.peak_mb, entries })
    }
}
