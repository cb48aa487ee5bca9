//! `handfast acme order …`.

mod list;

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// The commands below `acme order`.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    List(list::Args),
}

pub(super) const EXAMPLES: &str = "\
Examples:
  handfast acme order list --status invalid";

impl Command {
    /// Run the command that was given.
    pub(super) fn run(&self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::List(args) => list::run(args, context),
        }
    }
}
