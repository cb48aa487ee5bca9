//! `handfast acme order list`.

use hf_ca::registration::operator::OperatorError;
use hf_ca::registration::{OrderQuery, StandingOrder, standing_orders};
use hf_core::time::Timestamp;
use hf_proto::acme::problem::{Problem, Subproblem};
use hf_proto::acme::status::OrderStatus;
use hf_store::Store;
use serde::Serialize;

use crate::authority::open_store;
use crate::commands::acme::shared::refusal;
use crate::commands::known;
use crate::commands::listing::{Listing, PageOptions, tell};
use crate::commands::options::{DomainOptions, FormatOptions};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::output::Table;

/// List the orders of ACME clients, newest first
///
/// Each is shown in the state that its client is told: `pending` while a proof is missing, `ready` to be finalized,
/// `processing`, `valid` with its certificate, and `invalid` when nothing will come of it, because its time ran out, a
/// proof failed or its account was closed.
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
    #[arg(long, value_name = "STATE", value_parser = ["pending", "ready", "processing", "valid", "invalid"])]
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
    status: OrderStatus,
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
    known::authority(args.authority.as_deref(), &domain, store.as_ref(), context)?;
    known_account(args.account.as_deref(), store.as_ref(), context)?;
    let status = |word: &String| OrderStatus::ALL.iter().copied().find(|status| status.as_str() == word);
    let query = OrderQuery {
        authority: args.authority.clone(),
        account: args.account.clone(),
        status: args.status.as_ref().and_then(status),
    };
    let limit = usize::from(args.page.limit);
    let found = standing_orders(&query, args.page.after, limit, context.now(), store.as_ref());
    let found = context.block_on(found)?;
    let answer = Answer {
        orders: found.orders.into_iter().map(row).collect(),
        next: found.next.map(|next| next.to_string()),
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
                row.status.as_str(),
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

fn row(order: StandingOrder) -> Row {
    let record = order.record;
    Row {
        error: order.error.as_ref().map(reason),
        profile: order.profile,
        status: order.status,
        id: record.id,
        authority: record.authority,
        account: record.account,
        names: record.names.iter().map(ToString::to_string).collect(),
        created_at: record.created_at,
        expires: record.expires,
        serial: record.serial.map(|serial| serial.to_string()),
    }
}

/// That there is the account of a filter.
fn known_account(id: Option<&str>, store: &dyn Store, context: &Context) -> Result<(), CommandError> {
    let Some(id) = id else { return Ok(()) };
    match context.block_on(store.account(id))? {
        Some(_) => Ok(()),
        None => Err(refusal("nothing was listed")(OperatorError::UnknownAccount { id: id.to_owned() })),
    }
}

/// In one line, name by name where names are at fault.
fn reason(problem: &Problem) -> String {
    let of_name = |fault: &Subproblem| match &fault.identifier {
        Some(name) => format!("{}: {}: {}", name.value, fault.kind, fault.detail),
        None => format!("{}: {}", fault.kind, fault.detail),
    };
    match problem.subproblems.as_slice() {
        [] => problem.to_string(),
        faults => faults.iter().map(of_name).collect::<Vec<_>>().join("; "),
    }
}
