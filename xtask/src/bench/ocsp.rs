//! `cargo xtask bench ocsp [--quick] [--json FILE] [--program FILE]`: OCSP answers per second out of memory and freshly
//! signed, beside a static file of the same size from nginx, and beside the floor of one signature.
//!
//! The load generator runs on the same machine and costs the same whoever answers: 64 connections that are kept alive.
//! What is compared is measured in turns, so that what else the machine does falls on all alike.

mod files;
mod load;
mod options;
mod programs;
mod questions;
mod result;

use anyhow::{Context as _, Result};

use super::issue::floor;
use crate::report;
use files::Files;
use load::{Asker, Load};
use options::Options;
use questions::Questions;
use result::Figures;

/// Connections at once.
const CLIENTS: usize = 64;

/// Measures, prints the table, writes the JSON.
pub(super) fn run(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let program = options.program()?;
    let directory = super::options::directory("bench-ocsp-")?;
    let files = Files::write(directory.path(), &program)?;
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(floor::cores()).enable_all().build()?;
    report::note(&format!("{} cores, state in {}", floor::cores(), directory.path().display()));

    let served = programs::handfast(&program, &files)?;
    let questions = Questions::about(&files)?;
    let answer = runtime.block_on(load::once(served.address, &questions.get))?;
    files.write_static(&answer)?;
    let nginx = programs::nginx(&files)?;
    let askers = [
        Asker::new(nginx.address, questions.of_static(files::STATIC)),
        Asker::new(served.address, questions.get.clone()),
        Asker::new(served.address, questions.post.clone()),
        Asker::new(served.address, questions.with_nonce.clone()).changing(questions.nonce_at),
    ];
    let mut loads = [Load::default(); 4];
    let mut signatures = Vec::new();
    for round in 1..=options.rounds() {
        report::note(&format!("round {round} of {}", options.rounds()));
        signatures.push(floor::signatures_per_second(options.time())?);
        for (asker, load) in askers.iter().zip(&mut loads) {
            load.add(runtime.block_on(load::run(asker, CLIENTS, options.time()))?);
        }
    }
    let rounds = f64::from(u32::try_from(signatures.len()).context("too many rounds")?);
    let sign_per_s = signatures.iter().sum::<f64>() / rounds;
    let [nginx_static, get, post, signed] = loads;
    let figures = Figures { octets: answer.len(), sign_per_s, nginx_static, get, post, signed };
    report::line(&figures.table());
    if let Some(file) = &options.json {
        std::fs::write(file, figures.json()?)
            .with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    Ok(())
}
