//! `handfast ca show`: one authority, in words, as PEM, or as JSON.

use hf_core::finding::Finding;
use hf_store::record::AuthorityRecord;
use hf_x509::certificate::Certificate;
use serde::Serialize;

use crate::authority;
use crate::commands::options::{DomainOptions, FormatOptions};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::inspect::{CertificateView, Item};
use crate::remote::{Remote, RemoteOptions, authority_record, finding};

/// Show an authority: its certificate, its chain, and whether it can sign
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Its name
    name: String,
    /// Write its certificate in PEM
    #[arg(long, conflicts_with_all = ["chain", "format"])]
    pem: bool,
    /// Write its certificate and those above it in PEM
    #[arg(long, conflicts_with = "format")]
    chain: bool,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    remote: RemoteOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast ca show root
  handfast ca show root --pem > root.pem
  handfast ca show services --chain > chain.pem
  handfast ca show services --remote https://ca.shop.internal:8443";

#[derive(Serialize)]
struct Answer {
    name: String,
    parent: Option<String>,
    state: String,
    key: Option<String>,
    certificates: Vec<CertificateView>,
    findings: Vec<Finding>,
}

/// Show it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let remote = args.remote.open(&args.domain.passphrase, context)?;
    if args.pem || args.chain {
        let record = match &remote {
            Some(remote) => elsewhere(args, remote, context)?.record,
            None => on_record(args, context)?,
        };
        return pem(args, &record, context);
    }
    let Known { record, state, findings } = match &remote {
        Some(remote) => elsewhere(args, remote, context)?,
        None => here(args, context)?,
    };
    let chain = record.chain.iter().filter_map(|der| Certificate::from_der(der).ok());
    let answer = Answer {
        certificates: chain.map(|certificate| CertificateView::of(&certificate)).collect(),
        name: record.name,
        parent: record.parent,
        state,
        key: record.key,
        findings,
    };
    if args.format.is_json() {
        context.output.json(&answer)?;
        return Ok(Exit::Done);
    }
    context.output.text(&format!(
        "authority {}, {}, {}, key {}\n",
        answer.name,
        answer.state,
        answer.parent.as_deref().map_or_else(|| "at the top".to_owned(), |parent| format!("below {parent}")),
        answer.key.as_deref().unwrap_or("elsewhere"),
    ))?;
    for view in answer.certificates {
        let sheet = Item::Certificate(Box::new(view)).sheet(context.now(), false);
        context.output.text(&sheet.render(context.output.paint()))?;
    }
    answer.findings.iter().for_each(|finding| context.output.finding(finding));
    Ok(Exit::Done)
}

/// An authority, and how it stands.
struct Known {
    record: AuthorityRecord,
    state: String,
    findings: Vec<Finding>,
}

fn here(args: &Args, context: &Context) -> Result<Known, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let opened = authority::open(context, &domain, &args.domain.passphrase)?;
    let issuer = opened.authority.issuers().get(&args.name).ok_or_else(|| unknown(&args.name))?;
    Ok(Known {
        record: issuer.record().clone(),
        state: issuer.standing().to_owned(),
        findings: issuer.hindrances(),
    })
}

fn elsewhere(args: &Args, remote: &Remote, context: &Context) -> Result<Known, CommandError> {
    let what = format!("authority `{}` cannot be shown", args.name);
    let view = remote.ask(&what, context, |client| client.authority(&args.name))?;
    let record = authority_record(&view)?;
    Ok(Known { record, state: view.state, findings: view.findings.iter().filter_map(finding).collect() })
}

/// Certificates need neither keys nor passphrase.
fn on_record(args: &Args, context: &Context) -> Result<AuthorityRecord, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let store = authority::open_store(&domain)?;
    context.block_on(store.authority(&args.name))?.ok_or_else(|| unknown(&args.name))
}

fn pem(args: &Args, record: &AuthorityRecord, context: &Context) -> Result<Exit, CommandError> {
    let wanted = if args.chain { record.chain.len() } else { 1 };
    for der in record.chain.iter().take(wanted) {
        let certificate = Certificate::from_der(der)
            .map_err(|error| CommandError::fault("a certificate on record cannot be read").because(error))?;
        context.output.text(&certificate.to_pem())?;
    }
    Ok(Exit::Done)
}

fn unknown(name: &str) -> CommandError {
    CommandError::refused(format!("there is no authority `{name}`")).hint("`handfast ca list` shows all")
}
