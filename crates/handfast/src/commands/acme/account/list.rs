//! `handfast acme account list`.

use hf_core::time::Timestamp;
use hf_proto::acme::account::Account;
use hf_store::audit::hex;
use hf_store::record::{AcmeAccountFilter, AcmeAccountRecord, AcmeAccountStatus};
use serde::Serialize;

use crate::authority::open_store;
use crate::commands::known;
use crate::commands::listing::{Listing, PageOptions, tell};
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
    #[command(flatten)]
    page: PageOptions,
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
    known::authority(args.authority.as_deref(), &domain, store.as_ref(), context)?;
    let filter = AcmeAccountFilter {
        authority: args.authority.clone(),
        status: args.status.as_deref().and_then(AcmeAccountStatus::from_name),
    };
    let page = context.block_on(store.accounts(filter, args.page.after, usize::from(args.page.limit)))?;
    let answer = Answer {
        accounts: page.items.into_iter().map(row).collect(),
        next: page.next.map(|next| next.to_string()),
    };
    tell(&answer, args.format, context)
}

impl Listing for Answer {
    const NOTHING: &'static str = "no ACME account matches";

    fn table(&self) -> Table {
        let mut table = Table::new(&["id", "authority", "state", "contact", "registered", "key identifier"]);
        for row in &self.accounts {
            let eab = row.eab.as_deref().unwrap_or("none");
            let contact = if row.contact.is_empty() { "none".to_owned() } else { row.contact.join(", ") };
            let made = row.created_at.to_string();
            table.row([row.id.as_str(), &row.authority, &row.status, &contact, &made, eab]);
        }
        table
    }

    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
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
