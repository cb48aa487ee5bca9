//! `handfast ca …`: the tree of authorities.

mod create;
mod import;
mod list;
mod show;
mod sign_intermediate;

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// The commands about authorities.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    Create(create::Args),
    List(list::Args),
    Show(show::Args),
    Import(import::Args),
    SignIntermediate(sign_intermediate::Args),
}

pub(super) const EXAMPLES: &str = "\
Examples:
  handfast ca list               the tree of authorities
  handfast ca create finance --parent root
  handfast ca show finance";

impl Command {
    /// Run the command that was given.
    pub(crate) fn run(&self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Create(args) => create::run(args, context),
            Self::List(args) => list::run(args, context),
            Self::Show(args) => show::run(args, context),
            Self::Import(args) => import::run(args, context),
            Self::SignIntermediate(args) => sign_intermediate::run(args, context),
        }
    }
}
