//! `cargo xtask bench serve [--quick] [--stored N] [--json FILE] [--program FILE] [--cfssl FILE]`: certificates per second
//! over HTTP and HTTPS, beside stock `cfssl serve` and beside the floor.
//!
//! The load generator runs on the same machine and costs the same whoever answers: 64 clients on one thread, connections kept
//! alive, P-256 requests that were made beforehand. What it costs is shown beside what the server costs. Our server puts every
//! certificate durably on record. Stock cfssl is measured as the aim has it, recording nothing, and beside that with its
//! certificate database.

pub(super) mod connection;
mod door;
mod files;
pub(super) mod load;
mod options;
mod program;
mod result;
mod siege;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use tokio::runtime::Runtime;

use super::issue::floor;
use super::proc_facts;
use super::stopwatch::Stopwatch;
use crate::report;
use door::Door;
use files::Files;
use load::{Load, Plan};
use options::Options;
use program::{Program, Scheme, Server, Which};
use result::{Figures, Row};

/// Clients at once.
const CLIENTS: usize = 64;

/// Measures, prints the table, writes the JSON.
pub(super) fn run(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    super::running::raise_descriptors()?;
    let program = options.program()?;
    let directory = super::options::directory("bench-serve-")?;
    let files = Files::write(directory.path(), &program, &options.cfssl)?;
    let runtime = runtime()?;
    let door = Arc::new(Door::authsign(options.requests())?);
    report::note(&format!("{} cores, state in {}", floor::cores(), directory.path().display()));

    let worked = proc_facts::processor_time()?;
    let stopwatch = Stopwatch::start();
    let floor_per_s = floor::per_second(options.time())?;
    // Of processor time, because others may be on the machine. The keys are made before, which takes milliseconds.
    let worked = proc_facts::processor_time()?.saturating_sub(worked).as_secs_f64();
    let floor_us = worked * 1e6 / (floor_per_s * stopwatch.elapsed().as_secs_f64());
    let mut rows = Vec::new();
    for scheme in [Scheme::Http, Scheme::Https] {
        for which in [Which::Cfssl, Which::CfsslRecording, Which::Handfast] {
            report::note(&format!("/authsign of {} over {scheme}", which.as_str()));
            let binary = if which == Which::Handfast { &program } else { &options.cfssl };
            let server = Server::start(Program::cfssl_serve(which, binary, &files, scheme)?, &files)?;
            let load = runtime.block_on(load::run(&server.target, &door, &plan(&options)))?;
            rows.push(Row { program: which, endpoint: "authsign", scheme, load });
        }
    }
    let ours = ours(&options, &program, &files, &runtime)?;
    rows.push(ours.row);
    let figures = Figures {
        floor_per_s,
        floor_us,
        rows,
        stored: options.stored,
        memory_mb: ours.memory_mb,
        half: ours.half,
        idle: ours.idle,
        slow: ours.slow,
    };
    report::line(&figures.table());
    if let Some(file) = &options.json {
        std::fs::write(file, figures.json()?)
            .with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    Ok(())
}

/// What is measured of `handfast serve` alone.
struct Ours {
    row: Row,
    half: Load,
    idle: Load,
    slow: Load,
    memory_mb: f64,
}

/// `/v1`: at full load, until there are as many certificates as asked for, then at half load, alone and beside those who
/// do nothing and those who send slowly. Memory is read before these come.
fn ours(options: &Options, program: &Path, files: &Files, runtime: &Runtime) -> Result<Ours> {
    report::note("/v1 of handfast over https");
    let door = Arc::new(Door::v1(options.requests(), &files.api_key)?);
    let server = Server::start(Program::serve(program, files)?, files)?;
    let target = &server.target;
    let full = runtime.block_on(load::run(target, &door, &plan(options)))?;
    report::note(&format!("until {} are on record", options.stored));
    let rest = Plan { count: Some(options.stored.saturating_sub(full.done)), ..plan(options) };
    runtime.block_on(load::run(target, &door, &rest))?;
    let memory_mb = server.memory_mb()?;
    report::note("half load");
    let paced = Plan { rate: Some(full.per_s / 2.0), ..plan(options) };
    let half = runtime.block_on(load::run(target, &door, &paced))?;
    report::note(&format!("half load beside {} idle connections", siege::IDLE));
    let besieged = |siege| runtime.block_on(siege::beside(siege, target, &door, &paced));
    let idle = besieged(siege::Siege::Idle)?;
    report::note(&format!("half load beside {} slow bodies", siege::SLOW));
    let slow = besieged(siege::Siege::SlowBodies)?;
    let row = Row { program: Which::Handfast, endpoint: "v1", scheme: Scheme::Https, load: full };
    Ok(Ours { row, half, idle, slow, memory_mb })
}

fn plan(options: &Options) -> Plan {
    Plan { clients: CLIENTS, time: options.time(), rate: None, count: None }
}

/// One thread: it is not busy even at full load, and no work wanders between processors.
fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
