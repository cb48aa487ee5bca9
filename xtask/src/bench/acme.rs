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

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use tokio::runtime::Runtime;

use self::files::Files;
use self::load::Names;
use self::options::Options;
use self::program::{NameServer, Server};
use self::responder::Responder;
use self::result::{Figures, HANDFAST, PEBBLE, Row};
use super::issue::floor;
use super::running::raise_descriptors;
use crate::report;

/// Accounts at once, the most first: Pebble is measured with the first of these under which it does not come to a
/// standstill, and ours beside it with as many, and with the most.
const ACCOUNTS: [usize; 4] = [32, 8, 4, 1];

/// Measures, prints the table, writes the JSON.
pub(super) fn run(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    raise_descriptors()?;
    let program = options.program()?;
    let directory = super::options::directory("bench-acme-")?;
    let files = Files::write(directory.path(), &program)?;
    let runtime = runtime()?;
    let responder = Arc::new(runtime.block_on(Responder::listen(files.challenge_port, ACCOUNTS[0]))?);
    let _names = NameServer::start(&options.challtestsrv, files.name_server)?;
    report::note(&format!("{} cores, state in {}", floor::cores(), directory.path().display()));

    let floor = result::Floor::measure(options.time())?;
    let mut rows = Vec::new();
    for names in [Names::New, Names::Proved] {
        rows.push(pebble(&options, &files, &runtime, &responder, names)?);
    }
    let server = Server::handfast(&program, &files)?;
    for names in [Names::New, Names::Proved] {
        for accounts in alongside(&rows, names) {
            report::note(&format!("orders of handfast, {names}, {accounts} accounts"));
            let load = load::run(&server, &responder, names, accounts, options.time());
            rows.push(Row { program: HANDFAST, names, accounts, load: runtime.block_on(load)? });
        }
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

/// With how many accounts ours is measured: with the most, and with as many as Pebble was.
fn alongside(rows: &[Row], names: Names) -> BTreeSet<usize> {
    let pebble = rows.iter().filter(|row| row.names == names).map(|row| row.accounts);
    pebble.chain(ACCOUNTS.first().copied()).collect()
}

/// Pebble, started anew each time. Under load it may come to a standstill, when its locks wait for one another; then it is
/// measured once more, and then with fewer accounts.
fn pebble(
    options: &Options,
    files: &Files,
    runtime: &Runtime,
    responder: &Arc<Responder>,
    names: Names,
) -> Result<Row> {
    for accounts in ACCOUNTS.into_iter().flat_map(|accounts| [accounts, accounts]) {
        report::note(&format!("orders of pebble, {names}, {accounts} accounts"));
        let server = Server::pebble(&options.pebble, files)?;
        match runtime.block_on(load::run(&server, responder, names, accounts, options.time())) {
            Ok(load) => return Ok(Row { program: PEBBLE, names, accounts, load }),
            Err(error) => report::note(&format!("no figure: {error:#}")),
        }
    }
    bail!("pebble was not measured: it came to a standstill even with one account")
}

fn runtime() -> Result<Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    Ok(builder.worker_threads(floor::cores()).enable_all().build()?)
}
