//! `handfast acme order list`.

use hf_core::time::Timestamp;
use hf_proto::acme::order::Order;
use hf_store::record::{AcmeOrderFilter, AcmeOrderRecord, AcmeOrderStatus};
use serde::Serialize;

use crate::authority::open_store;
use crate::commands::listing::{Listing, PageOptions, tell};
use crate::commands::options::{DomainOptions, FormatOptions};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::output::Table;

/// List the orders of ACME clients, newest first
///
/// An order that nobody finalized is `pending`, and `expired` when its time is over.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Only of this authority
    #[arg(long, value_name = "AUTHORITY")]
    authority: Option<String>,
    /// Only of this account
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    account: Option<String>,
    /// Only in this state
    #[arg(long, value_name = "STATE", value_parser = ["pending", "processing", "valid", "invalid"])]
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
  handfast acme order list --status invalid
  handfast acme order list --authority services --format json";

#[derive(Serialize)]
struct Answer {
    orders: Vec<Row>,
    /// Give this to `--after` for the next page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    authority: String,
    account: String,
    status: String,
    names: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    created_at: Timestamp,
    expires: Timestamp,
    /// Serial number of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<String>,
    /// Why nothing came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// List them.
pub(super) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let store = open_store(&domain)?;
    let filter = AcmeOrderFilter {
        authority: args.authority.clone(),
        account: args.account.clone(),
        status: args.status.as_deref().and_then(AcmeOrderStatus::from_name),
        newest_first: true,
    };
    let page = context.block_on(store.orders(filter, args.page.after, usize::from(args.page.limit)))?;
    let now = context.now();
    let answer = Answer {
        orders: page.items.into_iter().map(|record| row(record, now)).collect(),
        next: page.next.map(|next| next.to_string()),
    };
    tell(&answer, args.format, context)
}

impl Listing for Answer {
    const NOTHING: &'static str = "no ACME order matches";

    fn table(&self) -> Table {
        let mut table =
            Table::new(&["names", "state", "made", "authority", "account", "certificate or reason"]);
        for row in &self.orders {
            let outcome = row.serial.as_deref().or(row.error.as_deref()).unwrap_or_default();
            let made = row.created_at.to_string();
            table.row([
                row.names.join(", ").as_str(),
                &row.status,
                &made,
                &row.authority,
                &row.account,
                outcome,
            ]);
        }
        table
    }

    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

fn row(record: AcmeOrderRecord, now: Timestamp) -> Row {
    let order: Option<Order> = serde_json::from_str(&record.body).ok();
    let failed = record.status == AcmeOrderStatus::Invalid;
    let open = matches!(record.status, AcmeOrderStatus::Pending | AcmeOrderStatus::Ready);
    Row {
        error: order
            .as_ref()
            .filter(|_| failed)
            .and_then(|order| order.error_at(now, &[]))
            .map(|error| error.to_string()),
        profile: order.and_then(|order| order.terms.profile),
        status: if open && record.expires < now { "expired".to_owned() } else { record.status.to_string() },
        id: record.id,
        authority: record.authority,
        account: record.account,
        names: record.names.iter().map(ToString::to_string).collect(),
        created_at: record.created_at,
        expires: record.expires,
        serial: record.serial.map(|serial| serial.to_string()),
    }
}
