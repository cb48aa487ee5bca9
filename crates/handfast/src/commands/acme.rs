//! `handfast acme …`.

mod account;
mod eab;
mod order;
pub(super) mod shared;

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// The commands below `acme`.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Keys with which accounts are bound to somebody whom you know.
    #[command(subcommand, after_help = eab::EXAMPLES)]
    Eab(eab::Command),
    /// The accounts of ACME clients.
    #[command(subcommand, after_help = account::EXAMPLES)]
    Account(account::Command),
    /// The orders of ACME clients.
    #[command(subcommand, after_help = order::EXAMPLES)]
    Order(order::Command),
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  handfast acme eab create laptop --name laptop.shop.internal
  handfast acme account list
  handfast acme order list --status invalid";

impl Command {
    /// Run the command that was given.
    pub(crate) fn run(&self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Eab(command) => command.run(context),
            Self::Account(command) => command.run(context),
            Self::Order(command) => command.run(context),
        }
    }
}
