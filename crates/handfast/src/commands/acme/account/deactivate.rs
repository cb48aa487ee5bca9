//! `handfast acme account deactivate`.

use hf_ca::registration::operator;

use super::super::shared::{origin, refusal};
use crate::authority::open_store;
use crate::commands::options::DomainOptions;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};

/// Close an account for good: its next request is refused
///
/// Its orders and proofs end with it. Its certificates stay valid: revoke them with `handfast revoke`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Its identifier, the last part of its URL, as `handfast acme account list` shows
    #[arg(allow_hyphen_values = true)]
    id: String,
    #[command(flatten)]
    domain: DomainOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast acme account deactivate 3q2-7wAAAAAAAAAAAAAAAA";

/// Close it.
pub(super) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let store = open_store(&domain)?;
    let origin = origin(context);
    let closed = context.block_on(operator::close_account(&args.id, store.as_ref(), &origin));
    let (record, now) = closed.map_err(refusal("no account was closed"))?;
    let what = if now { "is closed".to_owned() } else { format!("was {} already", record.status) };
    context.output.message(&format!("ACME account {} of {} {what}", record.id, record.authority));
    Ok(Exit::Done)
}
