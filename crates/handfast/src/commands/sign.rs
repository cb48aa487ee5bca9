//! `handfast sign`: a certificate for a signing request.

use std::path::PathBuf;

use hf_core::name::Identifier;
use hf_core::time::Lifetime;
use hf_x509::certificate::Certificate;

use super::issuing::{Issuing, Wish};
use super::options::{DomainOptions, FormatOptions};
use super::shared::{recorded, room_for, tell_issued, write_public};
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::files;
use crate::remote::RemoteOptions;

/// Sign a request: the certificate and its chain, in PEM
///
/// Nothing is copied from the request but its key and its names, and the names only as policy grants them.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The signing request, PEM or DER; `-` is standard input
    csr: PathBuf,
    /// Certify these names instead of those in the request; may be repeated
    #[arg(long, value_name = "NAME")]
    name: Vec<Identifier>,
    /// The authority that signs; needed when there are several that issue
    #[arg(long, value_name = "AUTHORITY")]
    authority: Option<String>,
    /// What it may be used for: `service` (server and client), `server`, `client`, or a profile of the file
    #[arg(long, value_name = "PROFILE", default_value = "service")]
    profile: String,
    /// How long it is valid, as in `30d`; without it as long as the profile says
    #[arg(long, value_name = "TIME")]
    lifetime: Option<Lifetime>,
    /// Where certificate and chain are written, PEM; standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    remote: RemoteOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast sign orders.csr --out orders.pem
  handfast sign orders.csr --name orders.shop.internal --profile server --lifetime 7d > orders.pem
  handfast sign orders.csr --remote https://ca.shop.internal:8443 --credential-file deploy.key --out orders.pem";

/// Sign it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let csr = files::verified_request(&args.csr)?;
    room_for(args.out.as_deref())?;
    let issuing = Issuing::open(&args.remote, &args.domain, context)?;
    let wanted = (!args.name.is_empty()).then(|| args.name.iter().cloned().collect());
    let wish = Wish {
        csr,
        names: wanted,
        authority: args.authority.as_deref(),
        profile: &args.profile,
        lifetime: args.lifetime,
    };
    let issued = issuing.issue(wish, context)?;
    let between = issued.chain.iter().filter(|certificate| !certificate.is_self_issued());
    let pem: String = std::iter::once(&issued.certificate).chain(between).map(Certificate::to_pem).collect();
    let written = match &args.out {
        Some(path) => write_public(path, pem.as_bytes()),
        None if !args.format.is_json() => context.output.text(&pem),
        None => Ok(()),
    };
    recorded(&issued, written)?;
    issuing.report_shared_key(&issued.certificate, context)?;
    tell_issued(&issued, args.out.as_deref(), args.format, context)
}
