//! `handfast audit verify`.

use std::str::FromStr;

use hf_store::audit::{ChainHead, ChainReport, hex};
use serde::Serialize;

use super::elsewhere;
use crate::authority::open_store;
use crate::commands::options::{DomainOptions, FormatOptions};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::remote::RemoteOptions;

/// Check that nobody edited the record: neither the chain of what was done nor what it led to.
///
/// No row of the chain may be edited, removed or inserted; and every certificate, revocation, blocked key, credential and
/// authority that the rows name must be on record as they say, and no other. Over the network (`--remote`) rows alone are
/// checked.
///
/// Prints how many rows there are and the hash of the last: kept elsewhere, `COUNT:HASH` is a checkpoint that also shows
/// a record that was cut short or rewritten as a whole.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    domain: DomainOptions,
    /// A checkpoint from an earlier verification
    #[arg(long, value_name = "COUNT:HASH")]
    checkpoint: Option<Checkpoint>,
    #[command(flatten)]
    remote: RemoteOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast audit verify
  handfast audit verify --format json
  handfast audit verify --checkpoint 42:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// The head of the chain as it was at an earlier time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Checkpoint(ChainHead);

/// Text that is no checkpoint.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a checkpoint: expected a count, a colon and 64 hexadecimal digits")]
struct NotACheckpoint(String);

impl FromStr for Checkpoint {
    type Err = NotACheckpoint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || NotACheckpoint(text.chars().take(100).collect());
        let (count, digits) = text.split_once(':').ok_or_else(fault)?;
        if digits.len() != 64 || !digits.is_ascii() {
            return Err(fault());
        }
        let mut hash = [0; 32];
        for (octet, pair) in hash.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| fault())?;
            *octet = u8::from_str_radix(pair, 16).map_err(|_| fault())?;
        }
        Ok(Self(ChainHead { count: count.parse().map_err(|_| fault())?, hash }))
    }
}

#[derive(Serialize)]
struct Report {
    intact: bool,
    rows: u64,
    head: String,
    faults: Vec<String>,
}

/// Verify the chain; exit 1 when it is broken.
pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CommandError> {
    let checkpoint = args.checkpoint.map(|checkpoint| checkpoint.0);
    let (report, differing) = if let Some(remote) = args.remote.open(&args.domain.passphrase, context)? {
        (elsewhere::verify(&remote, checkpoint, context)?, Vec::new())
    } else {
        let domain = Domain::open(context, &args.domain)?;
        let store = open_store(&domain)?;
        let report = context.block_on(hf_store::audit::verify(store.as_ref(), checkpoint))?;
        (report, context.block_on(hf_store::audit::compare(store.as_ref()))?)
    };
    let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    let faults: Vec<String> = faults.into_iter().chain(differing.iter().map(ToString::to_string)).collect();
    let intact = faults.is_empty();
    let exit = if intact { Exit::Done } else { Exit::Refused };
    if args.format.is_json() {
        let head = head(&report);
        context.output.json(&Report { intact, rows: report.rows, head, faults })?;
    } else {
        context.output.text(&text(&report, &faults))?;
    }
    Ok(exit)
}

fn head(report: &ChainReport) -> String {
    format!("{}:{}", report.head.count, hex(&report.head.hash))
}

fn text(report: &ChainReport, faults: &[String]) -> String {
    let verdict = if faults.is_empty() { "intact" } else { "broken" };
    let mut text = format!("the record of {} rows is {verdict}\ncheckpoint {}", report.rows, head(report));
    for fault in faults {
        text.push_str("\n  ");
        text.push_str(fault);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkpoints_are_read() {
        let text = format!("42:{}", "0f".repeat(32));
        let Checkpoint(head) = text.parse().unwrap();
        assert_eq!((head.count, head.hash), (42, [0x0f; 32]));
        for bad in
            ["", "42", "42:zz", ":00", &format!("x:{}", "0f".repeat(32)), &format!("1:{}", "é".repeat(32))]
        {
            assert!(bad.parse::<Checkpoint>().is_err(), "{bad}");
        }
    }
}
