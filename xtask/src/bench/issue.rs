//! `cargo xtask bench issue [--quick] [--stored N] [--json FILE]`: from CSR bytes to a durably recorded certificate.
//!
//! Everything runs over a real SQLite store in a directory of `target/`. The floor is one P-256 verification plus one
//! P-256 signature per certificate on all cores, measured again beside each figure.

pub(super) mod child;
mod fill;
mod flight;
pub(super) mod floor;
mod options;
mod processor;
mod result;
pub(super) mod world;

use anyhow::Result;

use crate::report;
use options::Options;
use result::{Figures, Flight};
use world::World;

/// How many requests at once.
const IN_FLIGHT: [usize; 3] = [1, 64, 256];

/// The widest of them, at which stores are compared.
const WIDEST: usize = 256;

/// Measures, prints the table, writes the JSON.
pub(super) fn run(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let directory = super::options::directory("bench-issue-")?;
    let requests = world::requests(options.requests())?;
    report::note(&format!("{} cores, store in {}", floor::cores(), directory.path().display()));

    let empty = World::create(&directory.path().join("empty"))?;
    report::note("processor time without the store");
    let processor = processor::measure(&empty, &requests, options.seconds())?;
    let mut flights = Vec::new();
    for in_flight in IN_FLIGHT {
        report::note(&format!("{in_flight} in flight"));
        flights.push((in_flight, flight::measure(&empty, &requests, in_flight, options.seconds())?));
    }

    report::note(&format!("storing {} certificates and revoking them", options.stored));
    let path = directory.path().join("full");
    let full = World::create(&path)?;
    let serials = fill::certificates(&full, options.stored)?;
    let stored_ratio = compare(&empty, &full, &requests, &options)?;
    fill::revocations(&full, &serials)?;
    full.close()?;
    report::note("a fresh process starts over them, another signs their CRL");
    let start = child::start(&path)?;
    let crl = child::crl(&path)?;

    let figures = Figures { processor, flights, stored: options.stored, stored_ratio, start, crl };
    report::line(&figures.table());
    if let Some(file) = &options.json {
        std::fs::write(file, figures.json()?)?;
    }
    Ok(())
}

/// The rate over the full store as a part of the rate over the empty one: each relative to the floor beside it, by
/// turns.
fn compare(empty: &World, full: &World, requests: &world::Requests, options: &Options) -> Result<f64> {
    const TURNS: usize = 3;
    let rate = |world: &World| -> Result<f64> {
        let flight: Flight = flight::measure(world, requests, WIDEST, options.seconds())?;
        Ok(flight.ratio())
    };
    let (mut over_empty, mut over_full) = (0.0, 0.0);
    for _ in 0..TURNS {
        over_empty += rate(empty)?;
        over_full += rate(full)?;
    }
    Ok(over_full / over_empty)
}
