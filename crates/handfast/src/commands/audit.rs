//! `handfast audit …`.

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// The commands below `audit`.
#[derive(clap::Subcommand)]
pub(crate) enum Command {}

pub(crate) const EXAMPLES: &str = "\
Examples:
  handfast audit verify
  handfast audit export > audit.jsonl";

impl Command {
    pub(crate) fn run(&self, _context: &mut Context) -> Result<Exit, CommandError> {
        match *self {}
    }
}
