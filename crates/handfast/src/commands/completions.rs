//! `handfast completions SHELL`.

use clap_complete::Shell;

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// Print a completion script for a shell.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The shell that will read the script
    #[arg(value_enum)]
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  handfast completions bash > /etc/bash_completion.d/handfast
  handfast completions zsh > ~/.zfunc/_handfast
  handfast completions fish > ~/.config/fish/completions/handfast.fish";

/// Print the script to stdout.
pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::cli::tree(), "handfast", &mut script);
    context.output.bytes(&script)?;
    Ok(Exit::Done)
}
