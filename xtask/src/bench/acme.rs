//! `cargo xtask bench acme [--quick] [--stored N] [--json FILE] [--program FILE] [--pebble FILE]`: complete ACME orders per second, beside
//! Pebble and beside the floor.
//!
//! One script for both servers: accounts in parallel, each on one HTTPS connection that is kept alive, each order with
//! a new name that is proved by http-01 against a responder of this process, or with the name that was proved before. The
//! load generator signs every request and shares the machine with the server. Our server puts everything durably on
//! record; Pebble keeps it in memory and signs with RSA. Then what an order costs the store alone, with none stored and with
//! N.

mod files;
mod jws;
mod load;
mod options;
mod order;
mod program;
mod responder;
mod result;
mod session;
mod stored;

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use tokio::runtime::Runtime;

use self::files::Files;
use self::load::{Load, Names};
use self::options::Options;
use self::program::{NameServer, Server};
use self::responder::Responder;
use self::result::{Figures, Row};
use super::issue::floor;
use super::serve::program::raise_descriptors;
use crate::report;

/// Accounts at once.
const ACCOUNTS: usize = 32;

/// Measures, prints the table, writes the JSON.
pub(super) fn run(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    raise_descriptors()?;
    let program = options.program()?;
    let directory = options::directory()?;
    let files = Files::write(directory.path(), &program)?;
    let runtime = runtime()?;
    let responder = Arc::new(runtime.block_on(Responder::listen(files.challenge_port, ACCOUNTS))?);
    let _names = NameServer::start(&options.challtestsrv, files.name_server)?;
    report::note(&format!("{} cores, state in {}", floor::cores(), directory.path().display()));

    let floor = result::Floor::measure(options.time())?;
    let mut rows = Vec::new();
    for names in [Names::New, Names::Proved] {
        rows.push(Row {
            program: "pebble",
            names,
            load: pebble(&options, &files, &runtime, &responder, names)?,
        });
    }
    let server = Server::handfast(&program, &files)?;
    for names in [Names::New, Names::Proved] {
        report::note(&format!("orders of handfast, {names}"));
        let load = runtime.block_on(load::run(&server, &responder, names, ACCOUNTS, options.time()))?;
        rows.push(Row { program: "handfast", names, load });
    }
    drop(server);
    report::note("orders in the store alone");
    let stored = stored::measure(&files.directory, options.stored, options.time());
    let stored = runtime.block_on(stored)?;
    let figures = Figures { floor, rows, stored };
    report::line(&figures.table());
    if let Some(file) = &options.json {
        std::fs::write(file, figures.json()?)
            .with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    Ok(())
}

/// Pebble, started anew each time: under load it may come to a standstill (its locks wait for one another), and is then
/// measured again.
fn pebble(
    options: &Options,
    files: &Files,
    runtime: &Runtime,
    responder: &Arc<Responder>,
    names: Names,
) -> Result<Load> {
    const ATTEMPTS: usize = 5;
    for attempt in 1.. {
        report::note(&format!("orders of pebble, {names}"));
        let server = Server::pebble(&options.pebble, files)?;
        match runtime.block_on(load::run(&server, responder, names, ACCOUNTS, options.time())) {
            Err(error) if attempt < ATTEMPTS => report::note(&format!("once more: {error:#}")),
            outcome => return outcome,
        }
    }
    bail!("pebble was not measured")
}

fn runtime() -> Result<Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    Ok(builder.worker_threads(floor::cores()).enable_all().build()?)
}
