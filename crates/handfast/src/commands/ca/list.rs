//! `handfast ca list`: the tree of authorities.

use std::sync::Arc;

use hf_ca::issuer::Issuer;
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
    /// `pending`, `active` or `retired`; `revoked` when its certificate or one above is.
    state: String,
    subject: Option<String>,
    not_after: Option<Timestamp>,
    /// Whether its private key is here; `false` for one that was taken away.
    key_here: bool,
}

/// List them.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let known = known(args, context)?;
    let mut rows = Vec::new();
    branch(&known, None, 0, &mut rows);
    // What hangs below an authority that is not of this domain is listed at the top.
    for one in &known {
        if !rows.iter().any(|row| row.name == one.record.name) {
            rows.push(row(one, 0));
            branch(&known, Some(&one.record.name), 1, &mut rows);
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
            row.state,
            row.not_after.map(|time| time.to_string()).unwrap_or_default(),
            if row.key_here { "here" } else { "elsewhere" }.to_owned(),
            row.subject.unwrap_or_default(),
        ]);
    }
    context.output.table(&table)?;
    Ok(Exit::Done)
}

/// An authority, and the word for how it stands.
struct Known {
    record: AuthorityRecord,
    state: String,
}

fn known(args: &Args, context: &Context) -> Result<Vec<Known>, CommandError> {
    if let Some(remote) = args.remote.open(&args.domain.passphrase, context)? {
        let list = remote.ask("nothing was listed", context, ApiClient::authorities)?;
        let known = |view| Ok(Known { record: authority_record(view)?, state: view.state.clone() });
        return list.authorities.iter().map(known).collect();
    }
    let domain = Domain::open(context, &args.domain)?;
    let store = authority::open_store(&domain)?;
    let issuers = context.block_on(hf_ca::refresh::on_record(store.as_ref()))?;
    let known =
        |issuer: &Arc<Issuer>| Known { record: issuer.record().clone(), state: issuer.standing().to_owned() };
    Ok(issuers.iter().map(known).collect())
}

/// The most levels of a tree that are followed: more than any path that peers accept.
const MAX_DEPTH: usize = 16;

fn branch(all: &[Known], parent: Option<&str>, depth: usize, rows: &mut Vec<Row>) {
    if depth > MAX_DEPTH {
        return;
    }
    for one in all.iter().filter(|one| one.record.parent.as_deref() == parent) {
        rows.push(row(one, depth));
        branch(all, Some(&one.record.name), depth + 1, rows);
    }
}

fn row(known: &Known, depth: usize) -> Row {
    let record = &known.record;
    let certificate = record.chain.first().and_then(|der| Certificate::from_der(der).ok());
    Row {
        name: record.name.clone(),
        parent: record.parent.clone(),
        depth,
        state: known.state.clone(),
        subject: certificate.as_ref().map(|certificate| certificate.subject().to_string()),
        not_after: certificate.as_ref().map(Certificate::not_after),
        key_here: record.key.is_some(),
    }
}
