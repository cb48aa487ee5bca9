//! `handfast audit export`.

use hf_store::audit::{AuditRow, hex};
use serde::Serialize;

use super::elsewhere;
use crate::authority::open_store;
use crate::commands::options::DomainOptions;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::remote::RemoteOptions;

/// Write the whole record to stdout, one row a line, as JSON.
///
/// Each row carries its hash and the hash of the row before: whoever has a copy can verify it.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    remote: RemoteOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast audit export > audit.jsonl
  handfast audit export | jq -c 'select(.event.action.action == \"revoked\")'";

/// Rows that are read at a time.
const PAGE: usize = 1000;

#[derive(Serialize)]
struct Row {
    sequence: u64,
    previous: String,
    hash: String,
    event: serde_json::Value,
}

/// Page through the chain.
pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CommandError> {
    if let Some(remote) = args.remote.open(&args.domain.passphrase, context)? {
        return elsewhere::rows(&remote, context, |row| print(row, context)).map(|_| Exit::Done);
    }
    let domain = Domain::open(context, &args.domain)?;
    let store = open_store(&domain)?;
    let mut after = 0;
    loop {
        let rows = context.block_on(store.audit_rows(after, PAGE))?;
        let Some(last) = rows.last() else { return Ok(Exit::Done) };
        after = last.sequence;
        for row in &rows {
            print(row, context)?;
        }
    }
}

fn print(row: &AuditRow, context: &Context) -> Result<(), CommandError> {
    let event = serde_json::from_str(&row.event).map_err(|error| {
        CommandError::refused(format!("row {} of the record is no JSON", row.sequence))
            .because(error)
            .hint("run `handfast audit verify`")
    })?;
    context.output.json_line(&Row {
        sequence: row.sequence,
        previous: hex(&row.previous),
        hash: hex(&row.hash),
        event,
    })
}
