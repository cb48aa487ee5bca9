//! One file a command; its path is the words of the command.

pub(crate) mod acme;
pub(crate) mod apply;
pub(crate) mod audit;
pub(crate) mod ca;
pub(crate) mod cfssl;
pub(crate) mod chain;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod credential;
pub(crate) mod crl;
pub(crate) mod csr;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod issue;
pub(crate) mod issuing;
mod known;
pub(crate) mod list;
pub(crate) mod listing;
pub(crate) mod man;
pub(crate) mod options;
pub(crate) mod plan;
pub(crate) mod renew;
mod renew_all;
mod renew_remote;
pub(crate) mod revoke;
pub(crate) mod serve;
pub(crate) mod shared;
pub(crate) mod shared_key;
pub(crate) mod show;
pub(crate) mod sign;
pub(crate) mod status;
pub(crate) mod target;
pub(crate) mod up;
pub(crate) mod verify;

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// Every command.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    Init(init::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Check(check::Args),
    Up(up::Args),
    Serve(serve::Args),
    /// The tree of authorities: create, list, show, import, sign.
    #[command(subcommand, after_help = ca::EXAMPLES)]
    Ca(ca::Command),
    Issue(issue::Args),
    Csr(csr::Args),
    Sign(sign::Args),
    Renew(renew::Args),
    Revoke(revoke::Args),
    Crl(crl::Args),
    /// Make, list and revoke API keys for the server.
    #[command(subcommand, after_help = credential::EXAMPLES)]
    Credential(credential::Command),
    /// Keys, accounts and orders of ACME clients.
    #[command(subcommand, after_help = acme::EXAMPLES)]
    Acme(acme::Command),
    List(list::Args),
    Show(show::Args),
    Inspect(inspect::Args),
    Verify(verify::Args),
    Chain(chain::Args),
    Status(status::Args),
    /// Check or export the record of all that the authority did.
    #[command(subcommand, after_help = audit::EXAMPLES)]
    Audit(audit::Command),
    /// The commands of CFSSL, with its flags, files and answers.
    #[command(subcommand, arg_required_else_help = true, after_help = cfssl::EXAMPLES)]
    Cfssl(cfssl::Command),
    /// Split what `cfssl` answers into files.
    #[command(after_help = cfssl::program_help("cfssljson"))]
    Cfssljson(cfssl::GoWords),
    /// Serve several signers of CFSSL, by label.
    #[command(after_help = cfssl::program_help("multirootca"))]
    Multirootca(cfssl::GoWords),
    /// Put the certificates that are in force into one file.
    #[command(after_help = cfssl::program_help("mkbundle"))]
    Mkbundle(cfssl::GoWords),
    Completions(completions::Args),
    Man(man::Args),
}

impl Command {
    /// Run the command that was given.
    pub(crate) fn run(&self, context: &mut Context) -> Result<Exit, CommandError> {
        match self {
            Self::Init(args) => init::run(args, context),
            Self::Plan(args) => plan::run(args, context),
            Self::Apply(args) => apply::run(args, context),
            Self::Check(args) => check::run(args, context),
            Self::Up(args) => up::run(args, context),
            Self::Serve(args) => serve::run(args, context),
            Self::Audit(command) => command.run(context),
            Self::Completions(args) => completions::run(args, context),
            Self::Ca(command) => command.run(context),
            Self::Issue(args) => issue::run(args, context),
            Self::Csr(args) => csr::run(args, context),
            Self::Sign(args) => sign::run(args, context),
            Self::Renew(args) => renew::run(args, context),
            Self::Revoke(args) => revoke::run(args, context),
            Self::Crl(args) => crl::run(args, context),
            Self::Credential(command) => command.run(context),
            Self::Acme(command) => command.run(context),
            Self::List(args) => list::run(args, context),
            Self::Show(args) => show::run(args, context),
            Self::Inspect(args) => inspect::run(args, context),
            Self::Verify(args) => verify::run(args, context),
            Self::Chain(args) => chain::run(args, context),
            Self::Status(args) => status::run(args, context),
            Self::Cfssl(command) => command.run(context),
            Self::Cfssljson(words) => Ok(words.run("cfssljson")),
            Self::Multirootca(words) => Ok(words.run("multirootca")),
            Self::Mkbundle(words) => Ok(words.run("mkbundle")),
            Self::Man(args) => man::run(args, context),
        }
    }
}
