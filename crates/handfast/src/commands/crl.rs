//! `handfast crl`: sign a CRL, or write the latest one.

use std::path::PathBuf;
use std::sync::Arc;

use hf_ca::crl::{CrlError, CrlRequest};
use hf_ca::error::IssuerUnavailable;
use hf_core::time::Lifetime;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
use hf_proto::api::crl as api;
use hf_store::record::{COMPLETE, StoredCrl};
use hf_x509::crl::CertificateList;
use serde::Serialize;

use super::options::{DomainOptions, FormatOptions};
use super::shared::{chosen_authority, write_public};
use crate::authority::{self, Opened};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::key_file;
use crate::remote::{self, Remote, RemoteOptions};

/// Sign a new certificate revocation list (CRL)
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The authority; needed when there are several that issue
    authority: Option<String>,
    /// Where the list is written: PEM, or DER with `--der`; PEM on standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write DER
    #[arg(long, requires = "out")]
    der: bool,
    /// For how long peers may rely on it
    #[arg(long, value_name = "TIME", default_value_t = CrlRequest::LIFETIME, conflicts_with = "latest")]
    lifetime: Lifetime,
    /// The key of the authority, when it is kept elsewhere; used and forgotten. With a key that it had before: the list for
    /// the certificates that this key signed, which is not kept
    #[arg(long, value_name = "FILE", conflicts_with_all = ["latest", "remote"])]
    key: Option<PathBuf>,
    /// Write the latest list that was signed instead of signing one
    #[arg(long)]
    latest: bool,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    remote: RemoteOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast crl services --out services.crl --der
  handfast crl services --lifetime 1d > services.pem
  handfast crl services --latest --out services.pem
  handfast crl root --key /media/usb/root.key --lifetime 365d --out root.pem
  handfast crl services --latest --remote https://ca.shop.internal:8443 > services.pem";

#[derive(Serialize)]
struct Answer {
    authority: String,
    number: u64,
    entries: u64,
    this_update: String,
    next_update: String,
}

/// Sign it, or fetch it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let stored = match args.remote.open(&args.domain.passphrase, context)? {
        Some(remote) => elsewhere(args, &remote, context)?,
        None => here(args, context)?,
    };
    let answer = Answer {
        authority: stored.authority,
        number: stored.number,
        entries: stored.entries,
        this_update: stored.this_update.to_string(),
        next_update: stored.next_update.to_string(),
    };
    write(args, stored.der, context)?;
    if args.format.is_json() {
        context.output.json(&answer)?;
    } else {
        context.output.message(&format!(
            "CRL number {} of `{}`: {} revoked, good until {}",
            answer.number, answer.authority, answer.entries, answer.next_update
        ));
    }
    Ok(Exit::Done)
}

fn elsewhere(args: &Args, remote: &Remote, context: &Context) -> Result<StoredCrl, CommandError> {
    let what = "there is no CRL";
    let name = match &args.authority {
        Some(name) => name.clone(),
        None => remote::only_authority(remote, context)?,
    };
    if !args.latest {
        let request = api::CrlRequest { lifetime: Some(args.lifetime) };
        remote.ask(what, context, |client| client.new_crl(&name, &request))?;
    }
    let der = remote.ask(what, context, |client| client.crl(&name))?;
    remote::crl(&name, der)
}

fn here(args: &Args, context: &Context) -> Result<StoredCrl, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let opened = authority::open(context, &domain, &args.domain.passphrase)?;
    let name = chosen_authority(&opened.authority, args.authority.as_deref())?;
    if let Some(path) = &args.key {
        let what = format!("of the key `{}`", path.display());
        let key = Arc::new(key_file::read(path, &what, &args.domain.passphrase, context)?);
        let own = opened.authority.issuers().get(&name).and_then(|issuer| issuer.certificate().cloned());
        if own.is_some_and(|own| own.public_key() != key.public_key()) {
            return former(&opened, request(args, &opened, &name), key, context);
        }
        context.block_on(opened.authority.lend_key(&name, key))?;
    }
    if !args.latest {
        let request = request(args, &opened, &name);
        context.block_on(opened.authority.issue_crl(request)).map_err(|error| {
            let away = matches!(error, CrlError::Issuer(IssuerUnavailable::KeyAway { .. }));
            CommandError::refused(format!("`{name}` cannot sign a CRL")).because(error).hint(if away {
                format!("bring the key: `handfast crl {name} --key FILE --lifetime 365d`")
            } else {
                format!("`handfast ca show {name}` says what keeps it from signing")
            })
        })?;
    }
    context
        .block_on(opened.authority.latest_crl(&name))
        .map_err(|error| CommandError::fault("the CRL cannot be read from the store").because(error))?
        .ok_or_else(|| {
            CommandError::refused(format!("`{name}` has signed no CRL yet"))
                .hint(format!("run `handfast crl {name}`"))
        })
}

fn request(args: &Args, opened: &Opened, name: &str) -> CrlRequest {
    CrlRequest {
        principal: opened.origin.principal.clone(),
        channel: opened.origin.channel,
        authority: name.to_owned(),
        shard: COMPLETE,
        lifetime: args.lifetime,
    }
}

/// The list for the certificates that a former key signed.
fn former(
    opened: &Opened,
    request: CrlRequest,
    key: Arc<PrivateKey>,
    context: &Context,
) -> Result<StoredCrl, CommandError> {
    let name = request.authority.clone();
    let signed = context.block_on(opened.authority.issue_former_crl(request, key)).map_err(|error| {
        CommandError::refused(format!("`{name}` cannot sign a CRL")).because(error).hint(format!(
            "`handfast ca show {name}` shows its key; the keys that it had before are in `.handfast/keys/`"
        ))
    })?;
    context.output.message(&format!(
        "signed with a key that `{name}` had before: put it where peers look for lists, beside the one of its key now"
    ));
    Ok(StoredCrl {
        authority: signed.authority,
        shard: signed.shard,
        number: signed.number,
        this_update: signed.this_update,
        next_update: signed.next_update,
        up_to: signed.up_to,
        entries: signed.entries,
        der: signed.der.into(),
    })
}

fn write(args: &Args, der: Vec<u8>, context: &Context) -> Result<(), CommandError> {
    let pem = |der: Vec<u8>| {
        CertificateList::from_der(der)
            .map(|crl| crl.to_pem())
            .map_err(|error| CommandError::fault("the CRL on record cannot be read").because(error))
    };
    match &args.out {
        Some(path) if args.der => write_public(path, &der),
        Some(path) => write_public(path, pem(der)?.as_bytes()),
        None if args.format.is_json() => Ok(()),
        None => context.output.text(&pem(der)?),
    }
}
