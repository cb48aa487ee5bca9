//! `cargo xtask bench crl [--quick] [--entries N] [--revocations N] [--json FILE]`: what a revocation costs, with nothing revoked and
//! with very many, and what a list of very many costs.
//!
//! Lists are signed as the server signs them: the one that names the certificate at once, the complete one in the background,
//! both while certificates are being revoked. *Acknowledged* is a revocation on stable storage; *visible* when the octets that
//! would be sent name it.

pub(super) mod child;
mod fill;
mod options;
mod result;
mod storm;
mod world;

use anyhow::Result;

use crate::report;
use options::Options;
use result::Figures;
use world::World;

/// Measures, prints the table, writes the JSON.
pub(super) fn run(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let directory = super::options::directory("bench-crl-")?;
    report::note(&format!("store in {}", directory.path().display()));

    report::note(&format!("revoking {} with nothing revoked before", options.revocations));
    let world = World::create(&directory.path().join("empty"))?;
    let none = storm::measure(&world, options.revocations)?;
    drop(world);

    report::note(&format!("recording {} certificates and revoking them", options.entries));
    let path = directory.path().join("full");
    let world = World::create(&path)?;
    fill::revoked(&world, options.entries)?;
    drop(world);
    report::note("a fresh process signs the complete list");
    let list = child::ask(&path)?;

    report::note(&format!("revoking {} with {} revoked before", options.revocations, options.entries));
    let world = World::open(&path)?;
    let many = storm::measure(&world, options.revocations)?;

    let figures = Figures { entries: options.entries, none, many, list };
    report::line(&figures.table());
    if let Some(file) = &options.json {
        std::fs::write(file, figures.json()?)?;
    }
    Ok(())
}
