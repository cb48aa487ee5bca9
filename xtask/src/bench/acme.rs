//! `cargo xtask bench acme [--quick] [--json FILE] [--program FILE] [--pebble FILE]`: complete ACME orders per second, beside
//! Pebble and beside the floor.
//!
//! One script for both servers: accounts in parallel, each on one HTTPS connection that is kept alive, each order with
//! a new name that is proved by http-01 against a responder of this process, or with the name that was proved before. The
//! load generator signs every request and shares the machine with the server. Our server puts everything durably on
//! record; Pebble keeps it in memory and signs with RSA.

mod files;
mod jws;
mod load;
mod options;
mod order;
mod program;
mod responder;
mod result;
mod session;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use tokio::runtime::Runtime;

use self::files::Files;
use self::load::Names;
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
    for (name, binary) in [("pebble", Some(&options.pebble)), ("handfast", None)] {
        let server = match binary {
            Some(pebble) => Server::pebble(pebble, &files)?,
            None => Server::handfast(&program, &files)?,
        };
        for names in [Names::New, Names::Proved] {
            report::note(&format!("orders of {name}, {names}"));
            let load = runtime.block_on(load::run(&server, &responder, names, ACCOUNTS, options.time()))?;
            rows.push(Row { program: name, names, load });
        }
    }
    let figures = Figures { floor, rows };
    report::line(&figures.table());
    if let Some(file) = &options.json {
        std::fs::write(file, figures.json()?)
            .with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    Ok(())
}

fn runtime() -> Result<Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    Ok(builder.worker_threads(floor::cores()).enable_all().build()?)
}
