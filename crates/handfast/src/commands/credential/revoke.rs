//! `handfast credential revoke`.

use hf_core::principal::Channel;
use hf_http::access::credential;
use hf_store::audit::Origin;

use crate::authority::open_store;
use crate::commands::options::DomainOptions;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::remote::RemoteOptions;
use crate::system;

/// Revoke an API key: it is refused from the next request on
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The public part of the key: 16 hexadecimal digits, as `handfast credential list` shows
    id: String,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    remote: RemoteOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast credential revoke 5a1b00c3d4e5f607";

/// Revoke it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    if let Some(remote) = args.remote.open(&args.domain.passphrase, context)? {
        remote.ask("no key was revoked", context, |client| client.revoke_credential(&args.id))?;
        context.output.message(&format!("API key {} is revoked", args.id));
        return Ok(Exit::Done);
    }
    let domain = Domain::open(context, &args.domain)?;
    let store = open_store(&domain)?;
    let origin = Origin { at: context.now(), principal: system::operator(), channel: Channel::CommandLine };
    if context.block_on(store.credential(&args.id))?.is_none() {
        return Err(CommandError::refused(format!("there is no API key `{}`", args.id))
            .hint("`handfast credential list` shows all"));
    }
    let now = context.block_on(credential::revoke(&args.id, store.as_ref(), &origin))?;
    let what = if now { "is revoked" } else { "was revoked already" };
    context.output.message(&format!("API key {} {what}", args.id));
    Ok(Exit::Done)
}
