//! `handfast ca sign-intermediate`: certify an authority from its signing request, also with a root that is offline.

use std::path::PathBuf;
use std::sync::Arc;

use hf_ca::policy::{AuthorityWish, NamePattern};
use hf_ca::request::IssueRequest;
use hf_core::time::Lifetime;
use hf_x509::certificate::Certificate;

use crate::commands::options::DomainOptions;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::{authority, files, key_file};

/// Sign the request of an authority outside, or of one here with a root that is offline
///
/// The certificate, and those above it, are written in PEM.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The signing request, PEM or DER
    csr: PathBuf,
    /// The authority that signs
    #[arg(long, value_name = "AUTHORITY")]
    parent: String,
    /// The key of the parent, when it is kept elsewhere; used and forgotten
    #[arg(long, value_name = "FILE")]
    parent_key: Option<PathBuf>,
    /// How long it is valid, as in `5y`; never longer than its parent
    #[arg(long, value_name = "TIME")]
    lifetime: Option<Lifetime>,
    /// How many authorities may follow below it
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    path_length: u8,
    /// Only names under this one; may be repeated
    #[arg(long, value_name = "NAME")]
    permitted: Vec<NamePattern>,
    /// Where the certificate and those above it are written, PEM; standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    domain: DomainOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast ca sign-intermediate branch.csr --parent root --permitted branch.shop.internal --out branch.pem
  handfast ca sign-intermediate services.csr --parent root --parent-key /media/usb/root.key";

/// Sign it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let csr = files::verified_request(&args.csr)?;
    let opened = authority::open(context, &domain, &args.domain.passphrase)?;
    if let Some(path) = &args.parent_key {
        let what = format!("of the key `{}`", path.display());
        let key = key_file::read(path, &what, &args.domain.passphrase, context)?;
        context.block_on(opened.authority.lend_key(&args.parent, Arc::new(key)))?;
    }
    let request = IssueRequest {
        wanted_lifetime: args.lifetime,
        authority_wish: Some(AuthorityWish {
            path_length: Some(args.path_length),
            permitted: args.permitted.clone(),
            excluded: Vec::new(),
            ..AuthorityWish::default()
        }),
        ..IssueRequest::new(
            opened.origin.principal,
            opened.origin.channel,
            args.parent.clone(),
            "intermediate",
            csr,
        )
    };
    let issued = context.block_on(opened.authority.issue(request))?;
    issued.notices.iter().for_each(|notice| context.output.finding(notice));
    let chain = std::iter::once(&issued.certificate).chain(&issued.chain);
    let pem: String = chain.map(Certificate::to_pem).collect();
    crate::commands::shared::write_or_print(args.out.as_deref(), &pem, context)?;
    context.output.message(&format!(
        "`{}` certified {}, valid until {}",
        args.parent,
        issued.certificate.subject(),
        issued.certificate.not_after()
    ));
    Ok(Exit::Done)
}
