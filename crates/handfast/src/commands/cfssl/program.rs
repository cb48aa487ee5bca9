//! Which of CFSSL's programs was called, and the way from its words to an exit code.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use super::call::{Call, Failure};
use super::log::Log;
use super::{COMMANDS, GoCommand, cfssljson, find, flags, mkbundle, multirootca};
use crate::env::Env;
use crate::error::Exit;
use crate::go_flags::{self, Flag, FlagError, Given};
use crate::output::Output;
use crate::system::SystemClock;

/// One of CFSSL's programs with its words.
pub(crate) struct Program {
    kind: Kind,
    words: Vec<OsString>,
}

enum Kind {
    /// `cfssl`, whose first word is a command.
    Cfssl,
    /// A program or a command that is known already.
    Command(&'static GoCommand, &'static [&'static Flag]),
}

/// What the arguments of the process ask for.
pub(crate) enum Called {
    /// A program of CFSSL.
    Program(Program),
    /// A command of ours, with these arguments.
    Handfast(Vec<OsString>),
}

/// Commands of `handfast cfssl` that CFSSL does not have; clap reads them.
const OURS: &[&str] = &["import", "install-links"];

impl Program {
    /// Look at the arguments of the process: the name that it was called by, and the first words.
    pub(crate) fn called(arguments: Vec<OsString>) -> Called {
        Self::look(&arguments).unwrap_or(Called::Handfast(arguments))
    }

    /// What is for a program of CFSSL, or must be told to clap in other words.
    fn look(arguments: &[OsString]) -> Option<Called> {
        let name = Path::new(arguments.first()?).file_name()?.to_str()?;
        let word = |index: usize| arguments.get(index).and_then(|word| word.to_str());
        let rest = |start: usize| arguments.iter().skip(start).cloned().collect::<Vec<_>>();
        if name == "cfssl" {
            if word(1).is_some_and(|word| OURS.contains(&word)) {
                let front = ["handfast", "cfssl"].map(OsString::from);
                return Some(Called::Handfast(front.into_iter().chain(rest(1)).collect()));
            }
            return Some(Called::Program(Self { kind: Kind::Cfssl, words: rest(1) }));
        }
        let by_name = Self::of_name(name, rest(1));
        if by_name.is_some() {
            return by_name.map(Called::Program);
        }
        let program = match word(1)? {
            "cfssl" => Self::of_command(word(2)?, rest(3)),
            name => Self::of_name(name, rest(2)),
        };
        program.map(Called::Program)
    }

    /// The command of `cfssl` that is called so.
    pub(crate) fn of_command(name: &str, words: Vec<OsString>) -> Option<Self> {
        find(name).map(|command| Self { kind: Kind::Command(command, flags::ALL), words })
    }

    /// The single command that it is.
    pub(super) fn command(&self) -> Option<&'static GoCommand> {
        match self.kind {
            Kind::Command(command, _) => Some(command),
            Kind::Cfssl => None,
        }
    }

    /// The program that is called so.
    pub(crate) fn of_name(name: &str, words: Vec<OsString>) -> Option<Self> {
        Kind::of_program(name).map(|kind| Self { kind, words })
    }
}

impl Kind {
    /// What a program is: `cfssl-scan` and the like are single commands.
    fn of_program(name: &str) -> Option<Self> {
        let command = match name {
            "cfssljson" => return Some(Self::Command(&cfssljson::COMMAND, cfssljson::FLAGS)),
            "mkbundle" | "cfssl-mkbundle" => return Some(Self::Command(&mkbundle::COMMAND, mkbundle::FLAGS)),
            "multirootca" => return Some(Self::Command(&multirootca::COMMAND, multirootca::FLAGS)),
            "cfssl-bundle" => "bundle",
            "cfssl-certinfo" => "certinfo",
            "cfssl-newkey" => "genkey",
            "cfssl-scan" => "scan",
            _ => return None,
        };
        find(command).map(|command| Self::Command(command, flags::ALL))
    }
}

/// Run the program; the exit codes are those of Go: 0, 1 for what went wrong, 2 for flags that cannot be read.
pub(crate) fn run(program: Program) -> Exit {
    let env = Env::from_system();
    let output = Output::from_system(&env, false);
    run_words(program, &output).unwrap_or_else(|failure| {
        output.message(&failure.text);
        failure.exit
    })
}

fn run_words(program: Program, output: &Output) -> Result<Exit, Failure> {
    let mut words = Vec::new();
    for word in program.words {
        let word = word
            .into_string()
            .map_err(|word| Failure::new(format!("`{}` is no UTF-8", word.to_string_lossy())))?;
        words.push(word);
    }
    let (command, known) = match program.kind {
        Kind::Command(command, known) => (command, known),
        Kind::Cfssl => match front(&mut words, output)? {
            Some(command) => (command, flags::ALL),
            None => return Ok(Exit::Done),
        },
    };
    let given = match go_flags::parse(known, words) {
        Ok(given) => given,
        Err(FlagError::Help) => {
            output.message(&help(command));
            return Ok(Exit::Done);
        }
        Err(error) => return Err(Failure { text: format!("{error}\n{}", help(command)), exit: Exit::Fault }),
    };
    let call = prepare(given, output)?;
    (command.main)(&call)?;
    call.output.finish()?;
    Ok(Exit::Done)
}

/// The command that the first word of `cfssl` names; nothing when help was asked for and given.
fn front(words: &mut Vec<String>, output: &Output) -> Result<Option<&'static GoCommand>, Failure> {
    if words.is_empty() {
        return Err(Failure::new(format!("No command is given.\n{}", overview())));
    }
    let word = words.remove(0);
    match word.as_str() {
        "-h" | "--h" | "-help" | "--help" => {
            output.message(&overview());
            Ok(None)
        }
        flag if flag.starts_with('-') => {
            let name = flag.trim_start_matches('-').split('=').next().unwrap_or_default();
            let text = format!("flag provided but not defined: -{name}\n{}", overview());
            Err(Failure { text, exit: Exit::Fault })
        }
        name => match find(name) {
            Some(command) => Ok(Some(command)),
            None => Err(Failure::new(format!("Command {name} is not defined.\n{}", overview()))),
        },
    }
}

fn prepare(given: Given, output: &Output) -> Result<Call, Failure> {
    let clock = Arc::new(SystemClock);
    let log = Log::new(given.number(&flags::LOGLEVEL), clock.clone(), output.clone());
    let mut call = Call { given, config: None, log, output: output.clone(), clock };
    if let Some(path) = call.some(&flags::CONFIG) {
        let config = super::config::load(&call, path)
            .map_err(|failure| Failure::new(format!("Failed to load config file: {}", failure.text)))?;
        for warning in &config.warnings {
            call.log.warning(warning);
        }
        call.config = Some(config);
    }
    Ok(call)
}

/// The help of one command.
pub(super) fn help(command: &GoCommand) -> String {
    let program = if find(command.name).is_some() { "cfssl " } else { "" };
    let lines = flag_lines(command).join("\n");
    format!("\t{program}{} -- {}\n\n{}\n{lines}\n", command.name, command.about, command.usage)
}

/// The lines of a command's flags.
pub(super) fn flag_lines(command: &GoCommand) -> Vec<String> {
    let mut lines: Vec<String> = command.flags.iter().map(|flag| flag.line()).collect();
    let has_log = find(command.name).is_some();
    lines.extend(has_log.then(|| flags::LOGLEVEL.line()));
    lines
}

/// The help of `cfssl` itself.
fn overview() -> String {
    let mut text = String::from("Usage:\nAvailable commands:\n");
    for name in COMMANDS.iter().map(|command| command.name).chain(OURS.iter().copied()) {
        text.push('\t');
        text.push_str(name);
        text.push('\n');
    }
    text.push_str("`cfssl COMMAND -h` shows the flags of a command.\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(line: &str) -> String {
        let words = |words: Vec<OsString>| {
            let words: Vec<String> = words.into_iter().map(|word| word.into_string().unwrap()).collect();
            words.join(" ")
        };
        match Program::called(line.split_whitespace().map(OsString::from).collect()) {
            Called::Handfast(all) => words(all),
            Called::Program(Program { kind: Kind::Cfssl, words: rest }) => format!("cfssl: {}", words(rest)),
            Called::Program(Program { kind: Kind::Command(command, _), words: rest }) => {
                format!("{}: {}", command.name, words(rest))
            }
        }
    }

    #[test]
    fn the_name_that_it_is_called_by_chooses_the_program() {
        assert_eq!(called("/usr/bin/cfssl version -loglevel 0"), "cfssl: version -loglevel 0");
        assert_eq!(called("cfssljson -bare x"), "cfssljson: -bare x");
        assert_eq!(called("handfast cfssl version -h"), "version: -h");
        assert_eq!(called("handfast cfssljson -f x"), "cfssljson: -f x");
        assert_eq!(called("cfssl-scan -list"), "scan: -list");
        assert_eq!(called("handfast mkbundle -f x y"), "mkbundle: -f x y");
        assert_eq!(called("/bin/cfssl-mkbundle y"), "mkbundle: y");
    }

    #[test]
    fn the_rest_is_claps() {
        for line in [
            "handfast",
            "handfast plan",
            "handfast cfssl",
            "handfast cfssl --help",
            "handfast cfssl nonsense",
        ] {
            assert_eq!(called(line), line);
        }
        assert_eq!(called("handfast cfssl install-links x"), "handfast cfssl install-links x");
        assert_eq!(called("cfssl install-links x"), "handfast cfssl install-links x");
    }

    #[test]
    fn every_flag_of_a_help_text_is_known() {
        for command in COMMANDS {
            for flag in command.flags {
                assert!(
                    flags::ALL.iter().any(|known| known.name == flag.name),
                    "{} -{}",
                    command.name,
                    flag.name
                );
            }
        }
    }
}
