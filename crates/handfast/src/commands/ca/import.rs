//! `handfast ca import`: an authority that existed before, or the certificate that one of ours waits for.

use std::path::PathBuf;

use hf_store::record::AuthorityState;

use crate::commands::options::DomainOptions;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::{authority, files, key_file};

/// Import an authority: its certificate (with those above it) and its key
///
/// Without `--key` it can verify and be trusted, but not sign. For an authority that waits for its certificate
/// (`handfast ca create --request`), this is the answer.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Its name in this trust domain
    name: String,
    /// Its certificate, then those above it; may be repeated
    #[arg(long, value_name = "FILE", required = true)]
    certificate: Vec<PathBuf>,
    /// Its private key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    domain: DomainOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast ca import legacy --certificate legacy-ca.pem --key legacy-ca.key
  handfast ca import company --certificate answer.pem --certificate company-root.pem";

/// Import it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let chain = files::all_certificates(&args.certificate)?;
    let opened = authority::open(context, &domain, &args.domain.passphrase)?;
    let waiting = opened
        .authority
        .issuers()
        .get(&args.name)
        .is_some_and(|issuer| issuer.record().state == AuthorityState::Pending);
    if waiting {
        if args.key.is_some() {
            return Err(CommandError::refused(format!(
                "authority `{}` waits for a certificate and has its key: leave `--key` out",
                args.name
            )));
        }
        context.block_on(opened.authority.complete_pending(&args.name, &chain, opened.origin))?;
    } else {
        let key = match &args.key {
            Some(path) => Some(key_file::read(
                path,
                &format!("of the key `{}`", path.display()),
                &args.domain.passphrase,
                context,
            )?),
            None => None,
        };
        context.block_on(opened.authority.import(&args.name, &chain, key, opened.origin))?;
    }
    context.output.message(&format!("imported authority `{}`", args.name));
    for certificate in chain.iter().filter(|certificate| certificate.not_after() < context.now()) {
        context.output.warning(&format!(
            "`{}` ended {}: `{}` signs nothing",
            certificate.subject(),
            certificate.not_after(),
            args.name
        ));
    }
    Ok(Exit::Done)
}
