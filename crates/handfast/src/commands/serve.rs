//! `handfast serve`.

use super::options::DomainOptions;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::serve;

/// Serve the authorities of a trust domain to others
///
/// One process for all authorities: HTTPS with a certificate that it issues to itself and renews, and what the section
/// `[server]` of the file adds. SIGHUP or a change of the file reads the file again; SIGINT and SIGTERM finish what is
/// under way and end it.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    domain: DomainOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast serve
  handfast serve -f examples/shop/handfast.toml
  handfast serve --passphrase-file secret";

/// Serve until a signal comes.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    serve::run(&args.domain, context)
}
