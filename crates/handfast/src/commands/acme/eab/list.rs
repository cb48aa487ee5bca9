//! `handfast acme eab list`.

use hf_core::time::Timestamp;
use hf_store::record::{EabFault, EabKeyRecord};
use serde::Serialize;

use crate::authority::open_store;
use crate::commands::known;
use crate::commands::listing::{Listing, PageOptions, tell};
use crate::commands::options::{DomainOptions, FormatOptions};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::output::Table;

/// List the keys for external accounts, used, revoked and expired ones too
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Only of this authority
    #[arg(long, value_name = "AUTHORITY")]
    authority: Option<String>,
    #[command(flatten)]
    page: PageOptions,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast acme eab list
  handfast acme eab list --authority services --format json";

#[derive(Serialize)]
struct Answer {
    keys: Vec<Row>,
    /// Give this to `--after` for the next page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    kid: String,
    name: String,
    authority: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    names: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profiles: Option<Vec<String>>,
    trusted: bool,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
}

/// List them.
pub(super) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let store = open_store(&domain)?;
    known::authority(args.authority.as_deref(), &domain, store.as_ref(), context)?;
    let page = store.eabs(args.authority.as_deref(), args.page.after, usize::from(args.page.limit));
    let page = context.block_on(page)?;
    let now = context.now();
    let answer = Answer {
        keys: page.items.into_iter().map(|key| row(key, now)).collect(),
        next: page.next.map(|next| next.to_string()),
    };
    tell(&answer, args.format, context)
}

impl Listing for Answer {
    const NOTHING: &'static str = "there is no external account key";

    fn table(&self) -> Table {
        let mut table = Table::new(&["kid", "name", "authority", "state", "limited to", "until"]);
        for row in &self.keys {
            let until = row.expires.map_or_else(|| "it is revoked".to_owned(), |time| time.to_string());
            table.row([row.kid.as_str(), &row.name, &row.authority, row.state, &limits(row), &until]);
        }
        table
    }

    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

fn row(key: EabKeyRecord, now: Timestamp) -> Row {
    Row {
        state: state(&key, now),
        kid: key.id,
        name: key.name,
        authority: key.authority,
        names: key.names,
        profiles: key.profiles,
        trusted: key.trusted,
        created_at: key.created_at,
        expires: key.expires,
        account: key.used_by,
    }
}

fn state(key: &EabKeyRecord, now: Timestamp) -> &'static str {
    match key.fault(&key.authority, now) {
        None | Some(EabFault::Unknown) => "waits",
        Some(EabFault::Used) => "used",
        Some(EabFault::Revoked) => "revoked",
        Some(EabFault::Expired) => "expired",
    }
}

fn limits(row: &Row) -> String {
    let lists = [("names", &row.names), ("profiles", &row.profiles)];
    let mut parts: Vec<String> = lists
        .into_iter()
        .filter_map(|(what, list)| list.as_ref().map(|list| format!("{what} {}", list.join(" "))))
        .collect();
    if row.trusted {
        parts.push("trusted".to_owned());
    }
    if parts.is_empty() { "policy".to_owned() } else { parts.join("; ") }
}
