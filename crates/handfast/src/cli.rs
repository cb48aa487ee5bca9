//! The tree of commands, and the way from arguments to an exit code.

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser};

use crate::commands::Command;
use crate::commands::cfssl::{self, Called, Program};
use crate::context::Context;
use crate::env::Env;
use crate::error::{CommandError, Exit};
use crate::output::Output;

/// Mutual TLS for every service a team runs.
///
/// One file, handfast.toml, says which services talk to which. From it Handfast creates the authorities, gives every
/// instance its key, its certificate and what it must trust, and proves that each declared link works.
#[derive(Parser)]
#[command(name = "handfast", version, arg_required_else_help = true, after_help = EXAMPLES, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  handfast init shop             make a trust domain in the directory `shop`
  handfast plan                  see what each machine needs, and what `apply` would change
  handfast up --once             make it so and prove it
  handfast inspect example.com:443
                                 show what a server presents, in words

Exit codes:
  0  done
  1  refused, or something that you can mend, as a wrong command line
  2  a fault of Handfast or of the machine
  3  a server cannot be reached or has no time now: the same command may go well later";

/// The whole command tree, for completions, man pages and tests.
pub(crate) fn tree() -> clap::Command {
    Cli::command()
}

/// Read the arguments, run the command, print what went wrong.
pub(crate) fn run() -> ExitCode {
    let arguments = match Program::called(std::env::args_os().collect()) {
        Called::Program(program) => return cfssl::run(program).into(),
        Called::Handfast(arguments) => arguments,
    };
    let matches = match tree().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return usage(&error),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let env = Env::from_system();
    let output = Output::from_system(&env, wants_json(&matches));
    let result = Context::new(env, output.clone()).and_then(|mut context| {
        let exit = cli.command.run(&mut context)?;
        context.output.finish()?;
        Ok(exit)
    });
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            output.error(&error);
            error.exit().into()
        }
    }
}

/// What clap has to say: help and version are data, everything else is the user's to mend.
fn usage(error: &clap::Error) -> ExitCode {
    let printed = error.print();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Exit::Done.into();
    }
    if printed.is_err() { Exit::Fault.into() } else { Exit::Refused.into() }
}

/// Whether the command that was given takes `--format` and was told `json`: then errors are JSON as well.
fn wants_json(matches: &ArgMatches) -> bool {
    let here = matches
        .try_get_raw("format")
        .ok()
        .flatten()
        .is_some_and(|mut values| values.any(|value| value == "json"));
    here || matches.subcommand().is_some_and(|(_, inner)| wants_json(inner))
}

impl From<clap::Error> for CommandError {
    fn from(error: clap::Error) -> Self {
        Self::refused(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(command: &clap::Command, path: &str, visit: &mut dyn FnMut(&str, &clap::Command)) {
        visit(path, command);
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            walk(inner, &format!("{path} {}", inner.get_name()), visit);
        }
    }

    #[test]
    fn the_tree_is_consistent() {
        tree().debug_assert();
    }

    #[test]
    fn every_command_has_examples() {
        let mut without = Vec::new();
        walk(&tree(), "handfast", &mut |path, command| {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            if !(help.starts_with("Examples:") && help.contains("handfast ")) {
                without.push(path.to_owned());
            }
        });
        assert!(without.is_empty(), "add `#[command(after_help = EXAMPLES)]` to: {without:?}");
    }

    #[test]
    fn every_argument_says_what_it_is() {
        let mut without = Vec::new();
        walk(&tree(), "handfast", &mut |path, command| {
            for argument in command.get_arguments().filter(|argument| argument.get_help().is_none()) {
                without.push(format!("{path} {}", argument.get_id()));
            }
        });
        assert!(without.is_empty(), "add a doc comment to: {without:?}");
    }
}
