//! `handfast credential …`.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod revoke;

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// The commands below `credential`.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    Create(create::Args),
    List(list::Args),
    Revoke(revoke::Args),
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  handfast credential create deploy --right issue --name shop.internal --valid-for 90d
  handfast credential list
  handfast credential revoke 5a1b00c3d4e5f607";

impl Command {
    /// Run the command that was given.
    pub(crate) fn run(&self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Create(args) => create::run(args, context),
            Self::List(args) => list::run(args, context),
            Self::Revoke(args) => revoke::run(args, context),
        }
    }
}
