//! Mutual TLS for every service a team runs: the `handfast` command.
//!
//! The words of a command are the path of its file under `commands/`. A file holds its arguments and `run`; judgement
//! lives in the crates below, printing in [`output`], the environment in [`mod@env`], time and randomness in [`system`].

mod apply;
mod authority;
mod cli;
mod commands;
mod config;
mod context;
mod domain;
mod env;
mod error;
mod files;
mod foresee;
mod go_flags;
mod inspect;
mod key_file;
mod logs;
mod observe;
mod output;
mod passphrase;
mod peers;
mod prove;
mod remote;
mod serve;
mod signals;
mod status;
mod system;
mod tls;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
