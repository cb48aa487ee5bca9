//! `handfast cfssl install-links`: the names by which scripts call CFSSL.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// Make links in a directory, so that `cfssl`, `cfssljson`, `multirootca` and `mkbundle` run this program
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The directory; it is made when it does not exist
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Replace files that are there, such as CFSSL's own programs
    #[arg(long)]
    force: bool,
}

const EXAMPLES: &str = "\
Examples:
  handfast cfssl install-links ~/bin
  handfast cfssl install-links --force /usr/local/bin";

/// The names of the links.
const NAMES: &[&str] = &[
    "cfssl",
    "cfssljson",
    "multirootca",
    "mkbundle",
    "cfssl-bundle",
    "cfssl-certinfo",
    "cfssl-mkbundle",
    "cfssl-newkey",
    "cfssl-scan",
];

/// Make the links; nothing is made when a name is taken.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let program = std::env::current_exe()
        .map_err(|error| CommandError::io("find this program at", Path::new("/proc/self/exe"), error))?;
    std::fs::create_dir_all(&args.directory)
        .map_err(|error| CommandError::io("make the directory", &args.directory, error))?;
    let links: Vec<PathBuf> = NAMES.iter().map(|name| args.directory.join(name)).collect();
    let wanted: Vec<&PathBuf> = links.iter().filter(|link| !leads_to(link, &program)).collect();
    let taken = wanted.iter().find(|link| link.symlink_metadata().is_ok());
    if let (Some(taken), false) = (taken, args.force) {
        return Err(CommandError::refused(format!("`{}` is there already", taken.display()))
            .hint("name another directory, or replace what is there with `--force`"));
    }
    for link in &wanted {
        make(link, &program)?;
    }
    for link in &links {
        context.output.message(&format!("{} -> {}", link.display(), program.display()));
    }
    Ok(Exit::Done)
}

/// Whether the link is there and is ours.
fn leads_to(link: &Path, program: &Path) -> bool {
    std::fs::read_link(link).is_ok_and(|target| target == program)
}

/// Make one link, in place of what is there: readers see the old file or the new link.
fn make(link: &Path, program: &Path) -> Result<(), CommandError> {
    let mut name = link.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = link.with_file_name(name);
    // What an attempt that was cut short left behind.
    let _ = std::fs::remove_file(&new);
    symlink(program, &new).map_err(|error| CommandError::io("make the link", &new, error))?;
    std::fs::rename(&new, link).map_err(|error| CommandError::io("write", link, error))
}
