//! `handfast audit …`.

mod elsewhere;
pub(crate) mod export;
pub(crate) mod verify;

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// The commands below `audit`.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    Export(export::Args),
    Verify(verify::Args),
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  handfast audit verify
  handfast audit export > audit.jsonl";

impl Command {
    /// Run the command that was given.
    pub(crate) fn run(&self, context: &mut Context) -> Result<Exit, CommandError> {
        match self {
            Self::Export(args) => export::run(args, context),
            Self::Verify(args) => verify::run(args, context),
        }
    }
}
