//! `handfast acme account list`.

use hf_core::time::Timestamp;
use hf_proto::acme::account::Account;
use hf_store::audit::hex;
use hf_store::list::Cursor;
use hf_store::record::{AcmeAccountFilter, AcmeAccountRecord, AcmeAccountStatus};
use serde::Serialize;

use crate::authority::open_store;
use crate::commands::options::{DomainOptions, FormatOptions};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::output::Table;

/// List the accounts of ACME clients, oldest first
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Only of this authority
    #[arg(long, value_name = "AUTHORITY")]
    authority: Option<String>,
    /// Only in this state
    #[arg(long, value_name = "STATE", value_parser = ["valid", "deactivated", "revoked"])]
    status: Option<String>,
    /// At most so many
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Begin where the page before ended
    #[arg(long, value_name = "PLACE")]
    after: Option<Cursor>,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast acme account list
  handfast acme account list --authority services --format json";

#[derive(Serialize)]
struct Answer {
    accounts: Vec<Row>,
    /// Give this to `--after` for the next page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    authority: String,
    status: String,
    contact: Vec<String>,
    created_at: Timestamp,
    /// SHA-256 over its key (RFC 7638).
    thumbprint: String,
    /// The key identifier of the external account key that it was registered with.
    #[serde(skip_serializing_if = "Option::is_none")]
    eab: Option<String>,
}

/// List them.
pub(super) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let store = open_store(&domain)?;
    let filter = AcmeAccountFilter {
        authority: args.authority.clone(),
        status: args.status.as_deref().and_then(AcmeAccountStatus::from_name),
    };
    let page = context.block_on(store.accounts(filter, args.after, usize::from(args.limit)))?;
    let answer = Answer {
        accounts: page.items.into_iter().map(row).collect(),
        next: page.next.map(|next| next.to_string()),
    };
    if args.format.is_json() {
        context.output.json(&answer)?;
        return Ok(Exit::Done);
    }
    if answer.accounts.is_empty() {
        context.output.message("no ACME account matches");
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["id", "authority", "state", "contact", "registered", "key identifier"]);
    for row in answer.accounts {
        let eab = row.eab.unwrap_or_else(|| "none".to_owned());
        let contact = if row.contact.is_empty() { "none".to_owned() } else { row.contact.join(", ") };
        table.row([row.id, row.authority, row.status, contact, row.created_at.to_string(), eab]);
    }
    context.output.table(&table)?;
    if let Some(next) = answer.next {
        context.output.message(&format!("there are more: `--after {next}`"));
    }
    Ok(Exit::Done)
}

fn row(record: AcmeAccountRecord) -> Row {
    let account: Option<Account> = serde_json::from_str(&record.body).ok();
    let contact = account.map(|account| account.contact).unwrap_or_default();
    Row {
        id: record.id,
        authority: record.authority,
        status: record.status.to_string(),
        contact: contact.iter().map(ToString::to_string).collect(),
        created_at: record.created_at,
        thumbprint: hex(&record.thumbprint),
        eab: record.eab,
    }
}
