//! `handfast cfssl …`, `handfast cfssljson` and `handfast multirootca`: the programs of CFSSL, with its flags, files
//! and answers. The binary is also each of them when it is called by that name.

mod call;
mod clap_tree;
mod config;
mod flags;
mod install_links;
mod log;
mod program;
mod scan;
mod version;

pub(crate) use clap_tree::{Command, EXAMPLES};
pub(crate) use program::{Called, Program, run};

use crate::go_flags::Flag;
use call::{Call, Failure};

/// A command that reads its words as Go programs do.
pub(crate) struct GoCommand {
    name: &'static str,
    /// What it does, in one line.
    about: &'static str,
    /// The help text between that line and the list of flags.
    usage: &'static str,
    examples: &'static str,
    /// The flags that its help shows.
    flags: &'static [&'static Flag],
    main: fn(&Call) -> Result<(), Failure>,
}

/// The commands of `cfssl`, by name.
static COMMANDS: &[&GoCommand] = &[&scan::COMMAND, &version::COMMAND];

/// The command of `cfssl` that is called so.
fn find(name: &str) -> Option<&'static GoCommand> {
    COMMANDS.iter().find(|command| command.name == name).copied()
}
