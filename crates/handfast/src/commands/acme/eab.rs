//! `handfast acme eab …`.

mod create;
mod list;
mod revoke;

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// The commands below `acme eab`.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    Create(create::Args),
    List(list::Args),
    Revoke(revoke::Args),
}

pub(super) const EXAMPLES: &str = "\
Examples:
  handfast acme eab create laptop --name laptop.shop.internal
  handfast acme eab list
  handfast acme eab revoke 3q2-7wAAAAAAAAAAAAAAAA";

impl Command {
    /// Run the command that was given.
    pub(super) fn run(&self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Create(args) => create::run(args, context),
            Self::List(args) => list::run(args, context),
            Self::Revoke(args) => revoke::run(args, context),
        }
    }
}
