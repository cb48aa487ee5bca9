//! `handfast ca create`: a new authority, self-signed or below another one, or waiting for an outside one.

use std::path::PathBuf;

use hf_ca::create::{NewAuthority, RootKey};
use hf_ca::policy::{AuthorityWish, NamePattern};
use hf_core::algorithm::KeyAlgorithm;
use hf_core::time::Lifetime;
use hf_x509::distinguished_name::DistinguishedName;

use crate::authority;
use crate::commands::options::DomainOptions;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};

/// Create an authority
///
/// Without `--parent` it is self-signed: a root. With `--request FILE` it waits for a certificate from an authority
/// outside: FILE is the signing request to carry there, and `handfast ca import` takes the answer.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Its name in this trust domain: lower-case letters, digits, hyphens
    name: String,
    /// The authority that signs it
    #[arg(long, value_name = "AUTHORITY", conflicts_with = "request")]
    parent: Option<String>,
    /// Write a signing request for an authority outside, which says how long, for which names and how deep
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// Leave the key of a root in this file, to be taken away, and forget it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["parent", "request"])]
    offline_key: Option<PathBuf>,
    /// Its subject, as in `CN=Finance CA,O=Shop`; made from domain and name without it
    #[arg(long, value_name = "NAME")]
    subject: Option<DistinguishedName>,
    /// The algorithm of its key: `ecdsa-p256`, `ecdsa-p384`, `ecdsa-p521`, `ed25519`, `rsa-2048`, `rsa-3072`,
    /// `rsa-4096` or `rsa-8192`
    #[arg(long, value_name = "ALGORITHM", default_value_t)]
    key_algorithm: KeyAlgorithm,
    /// How long it is valid, as in `5y`, never longer than its parent; without it 10 years for a root, else 5
    #[arg(long, value_name = "TIME", conflicts_with = "request")]
    lifetime: Option<Lifetime>,
    /// How many authorities may follow below it
    #[arg(long, value_name = "NUMBER", conflicts_with = "request")]
    path_length: Option<u8>,
    /// Only names under this one, as in `shop.internal` or `10.0.0.0/8`; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with = "request")]
    permitted: Vec<NamePattern>,
    #[command(flatten)]
    domain: DomainOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast ca create root
  handfast ca create finance --parent root --permitted fin.shop.internal --path-length 0
  handfast ca create root --offline-key /media/usb/root.key
  handfast ca create company --request company.csr";

/// Create it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let opened = authority::open(context, &domain, &args.domain.passphrase)?;
    let subject = args.subject.clone().unwrap_or_else(|| {
        DistinguishedName::common(&format!("{} {} CA", domain.topology.trust.domain, args.name))
    });
    if let Some(path) = &args.request {
        let pending =
            opened.authority.create_pending(&args.name, &subject, args.key_algorithm, opened.origin.clone());
        let csr = context.block_on(pending)?;
        crate::commands::shared::write_public(path, csr.to_pem().as_bytes())?;
        context.output.message(&format!(
            "authority `{}` waits for its certificate: carry `{}` to whoever signs it, then run\n  handfast ca import {} --certificate ANSWER.pem",
            args.name,
            path.display(),
            args.name
        ));
        return Ok(Exit::Done);
    }
    let new = NewAuthority {
        name: args.name.clone(),
        subject,
        key_algorithm: args.key_algorithm,
        profile: if args.parent.is_some() { "intermediate" } else { "root" }.to_owned(),
        lifetime: args.lifetime,
        wish: AuthorityWish {
            path_length: args.path_length,
            permitted: args.permitted.clone(),
            excluded: Vec::new(),
            ..AuthorityWish::default()
        },
    };
    let issued = if let Some(parent) = &args.parent {
        context.block_on(opened.authority.create_intermediate(new, parent, opened.origin))?
    } else {
        let key = args
            .offline_key
            .clone()
            .map_or(RootKey::Keep, |path| RootKey::HandOut { path, passphrase: None });
        context.block_on(opened.authority.create_root(new, key, opened.origin))?
    };
    issued.notices.iter().for_each(|notice| context.output.finding(notice));
    context.output.message(&format!(
        "created authority `{}`: {}, valid until {}",
        args.name,
        issued.certificate.subject(),
        issued.certificate.not_after()
    ));
    Ok(Exit::Done)
}
