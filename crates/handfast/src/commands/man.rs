//! `handfast man DIR`.

use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// Write a manual page for every command into a directory.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The directory; it is made when it does not exist
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  handfast man /usr/local/share/man/man1
  handfast man pages && man ./pages/handfast-plan.1";

/// Write `handfast.1`, `handfast-plan.1` and so on.
pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CommandError> {
    std::fs::create_dir_all(&args.directory)
        .map_err(|error| CommandError::io("make the directory", &args.directory, error))?;
    let mut tree = crate::cli::tree().disable_help_subcommand(true);
    tree.build();
    let count = write_pages(&tree, &args.directory)?;
    context.output.message(&format!("{count} pages written to `{}`", args.directory.display()));
    Ok(Exit::Done)
}

/// Write the page of `command` and of all commands below it; how many there are.
fn write_pages(command: &clap::Command, directory: &Path) -> Result<usize, CommandError> {
    let page = clap_mangen::Man::new(command.clone());
    let path = directory.join(page.get_filename());
    let mut text = Vec::new();
    page.render(&mut text).map_err(|error| CommandError::io("render", &path, error))?;
    std::fs::write(&path, text).map_err(|error| CommandError::io("write", &path, error))?;
    let mut count = 1;
    for inner in command.get_subcommands() {
        count += write_pages(inner, directory)?;
    }
    Ok(count)
}
