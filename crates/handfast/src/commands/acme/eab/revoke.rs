//! `handfast acme eab revoke`.

use hf_ca::registration::operator;

use super::super::shared::{origin, refusal};
use crate::authority::open_store;
use crate::commands::options::DomainOptions;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};

/// Revoke a key for external accounts: no account can be registered with it any more
///
/// An account that was registered with it goes on, but proves its names from now on: end it with `handfast acme account
/// deactivate`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Its key identifier, as `handfast acme eab list` shows
    #[arg(allow_hyphen_values = true)]
    kid: String,
    #[command(flatten)]
    domain: DomainOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast acme eab revoke 3q2-7wAAAAAAAAAAAAAAAA";

/// Revoke it.
pub(super) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let store = open_store(&domain)?;
    let origin = origin(context);
    let revoked = context.block_on(operator::revoke_eab(&args.kid, store.as_ref(), &origin));
    let what =
        if revoked.map_err(refusal("no key was revoked"))? { "is revoked" } else { "was revoked already" };
    context.output.message(&format!("external account key {} {what}", args.kid));
    Ok(Exit::Done)
}
