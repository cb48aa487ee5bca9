//! `handfast ca list`: the tree of authorities.

use hf_client::api::ApiClient;
use hf_core::time::Timestamp;
use hf_store::record::AuthorityRecord;
use hf_x509::certificate::Certificate;
use serde::Serialize;

use crate::authority;
use crate::commands::options::{DomainOptions, FormatOptions};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::output::Table;
use crate::remote::{RemoteOptions, authority_record};

/// List the authorities as a tree
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    remote: RemoteOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast ca list
  handfast ca list --format json
  handfast ca list --remote https://ca.shop.internal:8443";

/// One authority.
#[derive(Serialize)]
struct Row {
    name: String,
    parent: Option<String>,
    /// Levels above it in this trust domain.
    depth: usize,
    state: &'static str,
    subject: Option<String>,
    not_after: Option<Timestamp>,
    /// Whether its private key is here; `false` for one that was taken away.
    key_here: bool,
}

/// List them.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let records = records(args, context)?;
    let mut rows = Vec::new();
    branch(&records, None, 0, &mut rows);
    // What hangs below an authority that is not of this domain is listed at the top.
    for record in &records {
        if !rows.iter().any(|row| row.name == record.name) {
            rows.push(row(record, 0));
            branch(&records, Some(&record.name), 1, &mut rows);
        }
    }
    if args.format.is_json() {
        context.output.json(&rows)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["authority", "state", "valid until", "key", "subject"]);
    for row in rows {
        table.row([
            format!("{}{}", "  ".repeat(row.depth), row.name),
            row.state.to_owned(),
            row.not_after.map(|time| time.to_string()).unwrap_or_default(),
            if row.key_here { "here" } else { "elsewhere" }.to_owned(),
            row.subject.unwrap_or_default(),
        ]);
    }
    context.output.table(&table)?;
    Ok(Exit::Done)
}

fn records(args: &Args, context: &Context) -> Result<Vec<AuthorityRecord>, CommandError> {
    if let Some(remote) = args.remote.open(&args.domain.passphrase, context)? {
        let list = remote.ask("nothing was listed", context, ApiClient::authorities)?;
        return list.authorities.iter().map(authority_record).collect();
    }
    let domain = Domain::open(context, &args.domain)?;
    let store = authority::open_store(&domain)?;
    Ok(context.block_on(store.authorities())?)
}

/// The most levels of a tree that are followed: more than any path that peers accept.
const MAX_DEPTH: usize = 16;

fn branch(records: &[AuthorityRecord], parent: Option<&str>, depth: usize, rows: &mut Vec<Row>) {
    if depth > MAX_DEPTH {
        return;
    }
    for record in records.iter().filter(|record| record.parent.as_deref() == parent) {
        rows.push(row(record, depth));
        branch(records, Some(&record.name), depth + 1, rows);
    }
}

fn row(record: &AuthorityRecord, depth: usize) -> Row {
    let certificate = record.chain.first().and_then(|der| Certificate::from_der(der).ok());
    Row {
        name: record.name.clone(),
        parent: record.parent.clone(),
        depth,
        state: record.state.as_str(),
        subject: certificate.as_ref().map(|certificate| certificate.subject().to_string()),
        not_after: certificate.as_ref().map(Certificate::not_after),
        key_here: record.key.is_some(),
    }
}
