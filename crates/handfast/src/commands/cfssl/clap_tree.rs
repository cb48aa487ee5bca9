//! CFSSL's commands as clap sees them: in the help, the completions and the manual pages. The words of a command are
//! handed on as they are, since clap cannot read Go's flags.

use std::ffi::OsString;

use clap::{ArgMatches, Args as _, FromArgMatches, Subcommand};

use super::program::{Program, flag_lines, run};
use super::{COMMANDS, GoCommand, import, install_links};
use crate::context::Context;
use crate::error::{CommandError, Exit};

/// The words of a command of CFSSL.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct GoWords {
    /// Flags and arguments in the form of Go programs: `-flag value`, `-flag=value`; `-h` for help
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "WORDS")]
    words: Vec<OsString>,
}

/// The commands of `handfast cfssl`: those of CFSSL, and our own.
pub(crate) enum Command {
    Import(Box<import::Args>),
    InstallLinks(install_links::Args),
    Go(String, Vec<OsString>),
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  handfast cfssl gencert -initca ca-csr.json | handfast cfssljson -bare ca
  handfast cfssl gencert -ca ca.pem -ca-key ca-key.pem -config config.json csr.json
  handfast cfssl gencert -h      the flags of a command
  handfast cfssl install-links ~/bin
                                 call it `cfssl`, as scripts do";

impl Command {
    /// Run the command that was given.
    pub(crate) fn run(&self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Import(args) => import::run(args, context),
            Self::InstallLinks(args) => install_links::run(args, context),
            Self::Go(name, words) => Ok(Program::of_command(name, words.clone()).map_or(Exit::Fault, run)),
        }
    }
}

impl GoWords {
    /// Run the program that is called `name`.
    pub(crate) fn run(&self, name: &str) -> Exit {
        Program::of_name(name, self.words.clone()).map_or(Exit::Fault, run)
    }
}

impl Subcommand for Command {
    fn augment_subcommands(command: clap::Command) -> clap::Command {
        let links = install_links::Args::augment_args(clap::Command::new("install-links"));
        let import = import::Args::augment_args(clap::Command::new("import"));
        command.subcommands(COMMANDS.iter().map(|command| describe(command))).subcommands([import, links])
    }

    fn augment_subcommands_for_update(command: clap::Command) -> clap::Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        matches!(name, "import" | "install-links") || super::find(name).is_some()
    }
}

impl FromArgMatches for Command {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        match matches.subcommand() {
            Some(("import", inner)) => Ok(Self::Import(Box::new(import::Args::from_arg_matches(inner)?))),
            Some(("install-links", inner)) => {
                Ok(Self::InstallLinks(install_links::Args::from_arg_matches(inner)?))
            }
            Some((name, inner)) => Ok(Self::Go(name.to_owned(), GoWords::from_arg_matches(inner)?.words)),
            None => Err(clap::Error::new(clap::error::ErrorKind::MissingSubcommand)),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// A command as clap shows it.
fn describe(command: &'static GoCommand) -> clap::Command {
    let described = GoWords::augment_args(clap::Command::new(command.name));
    described.about(command.about).after_help(after_help(command))
}

/// Examples and flags of a command.
pub(super) fn after_help(command: &GoCommand) -> String {
    let flags: Vec<String> = flag_lines(command);
    format!("{}\n\nFlags:\n{}", command.examples, flags.join("\n"))
}
