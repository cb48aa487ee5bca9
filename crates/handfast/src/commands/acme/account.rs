//! `handfast acme account …`.

mod deactivate;
mod list;

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// The commands below `acme account`.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    List(list::Args),
    Deactivate(deactivate::Args),
}

pub(super) const EXAMPLES: &str = "\
Examples:
  handfast acme account list
  handfast acme account deactivate 3q2-7wAAAAAAAAAAAAAAAA";

impl Command {
    /// Run the command that was given.
    pub(super) fn run(&self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::List(args) => list::run(args, context),
            Self::Deactivate(args) => deactivate::run(args, context),
        }
    }
}
