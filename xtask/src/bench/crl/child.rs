//! The complete list in a fresh process, so that its memory is its own.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use hf_ca::crl::CrlRequest;
use hf_core::principal::Channel;
use hf_store::record::COMPLETE;
use serde::{Deserialize, Serialize};

use super::world::{AUTHORITY, World, principal};
use crate::bench::proc_facts::memory;
use crate::bench::stopwatch::Stopwatch;
use crate::{process, report};

/// What the process says of the list.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct List {
    /// How long it took, recorded and all, in seconds.
    pub(super) seconds: f64,
    /// Resident memory at most, in megabytes.
    pub(super) peak_mb: f64,
    /// Octets of the list.
    pub(super) octets: usize,
    /// How many entries.
    pub(super) entries: u64,
}

/// `bench crl-child DIRECTORY`: signs the list in this process and prints one line of JSON.
pub(in crate::bench) fn run(arguments: &[String]) -> Result<()> {
    let [directory] = arguments else { bail!("expected a directory") };
    let world = World::open(Path::new(directory))?;
    let request = CrlRequest {
        principal: principal(),
        channel: Channel::CommandLine,
        authority: AUTHORITY.to_owned(),
        shard: COMPLETE,
        lifetime: CrlRequest::LIFETIME,
    };
    let began = Stopwatch::start();
    let crl = world.runtime.block_on(world.authority.issue_crl(request))?;
    let seconds = began.elapsed().as_secs_f64();
    let peak_mb = memory()?.peak_mb;
    let list = List { seconds, peak_mb, octets: crl.der.len(), entries: crl.entries };
    report::line(&serde_json::to_string(&list)?);
    Ok(())
}

/// Ask a process of its own.
pub(super) fn ask(directory: &Path) -> Result<List> {
    let program = std::env::current_exe().context("where is this program?")?;
    let answer = process::capture(Command::new(program).args(["bench", "crl-child"]).arg(directory))?;
    serde_json::from_str(&answer).context("the fresh process said something else")
}
