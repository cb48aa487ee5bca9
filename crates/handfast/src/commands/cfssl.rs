//! `handfast cfssl …`, `cfssljson`, `multirootca` and `mkbundle`: the programs of CFSSL, with its flags, files
//! and answers. The binary is also each of them when it is called by that name.

mod bundle;
mod call;
mod certinfo;
mod cfssljson;
mod clap_tree;
mod config;
mod crl;
mod database;
mod database_tls;
mod flags;
mod gencert;
mod gencrl;
mod gencsr;
mod genkey;
mod import;
mod info;
mod install_links;
mod lasting;
mod log;
mod machine;
mod mkbundle;
mod multirootca;
mod ocspdump;
mod ocsprefresh;
mod ocspserve;
mod ocspsign;
mod openness;
mod print;
mod print_defaults;
mod program;
mod recording;
mod revoke;
mod scan;
mod selfsign;
mod serve;
mod serving;
mod sign;
mod signer;
mod tls;
mod version;

pub(crate) use clap_tree::{Command, EXAMPLES, GoWords};
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
static COMMANDS: &[&GoCommand] = &[
    &bundle::COMMAND,
    &certinfo::COMMAND,
    &crl::COMMAND,
    &gencert::COMMAND,
    &gencrl::COMMAND,
    &gencsr::COMMAND,
    &genkey::COMMAND,
    &info::COMMAND,
    &ocspdump::COMMAND,
    &ocsprefresh::COMMAND,
    &ocspserve::COMMAND,
    &ocspsign::COMMAND,
    &print_defaults::COMMAND,
    &revoke::COMMAND,
    &scan::COMMAND,
    &selfsign::COMMAND,
    &serve::COMMAND,
    &sign::COMMAND,
    &version::COMMAND,
];

/// The command of `cfssl` that is called so.
fn find(name: &str) -> Option<&'static GoCommand> {
    COMMANDS.iter().find(|command| command.name == name).copied()
}

/// What clap shows below the help of `handfast NAME`, where that is a program of CFSSL.
pub(crate) fn program_help(name: &str) -> String {
    Program::of_name(name, Vec::new())
        .and_then(|program| program.command())
        .map(clap_tree::after_help)
        .unwrap_or_default()
}
