//! `handfast ca show`: one authority, in words, as PEM, or as JSON.

use hf_core::finding::Finding;
use hf_x509::certificate::Certificate;
use serde::Serialize;

use crate::authority;
use crate::commands::options::{DomainOptions, FormatOptions};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::inspect::{CertificateView, Item};

/// Show an authority: its certificate, its chain, and whether it can sign
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Its name
    name: String,
    /// Write its certificate in PEM
    #[arg(long, conflicts_with = "chain")]
    pem: bool,
    /// Write its certificate and those above it in PEM
    #[arg(long)]
    chain: bool,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast ca show root
  handfast ca show root --pem > root.pem
  handfast ca show services --chain > chain.pem";

#[derive(Serialize)]
struct Answer {
    name: String,
    parent: Option<String>,
    state: &'static str,
    key: Option<String>,
    certificates: Vec<CertificateView>,
    findings: Vec<Finding>,
}

/// Show it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    if args.pem || args.chain {
        return pem(args, context, &domain);
    }
    let opened = authority::open(context, &domain, &args.domain.passphrase)?;
    let issuer = opened.authority.issuers().get(&args.name).ok_or_else(|| unknown(&args.name))?;
    let record = issuer.record();
    let answer = Answer {
        name: record.name.clone(),
        parent: record.parent.clone(),
        state: record.state.as_str(),
        key: record.key.clone(),
        certificates: issuer.chain().iter().map(CertificateView::of).collect(),
        findings: issuer.faults().to_vec(),
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

/// Certificates need neither keys nor passphrase.
fn pem(args: &Args, context: &Context, domain: &Domain) -> Result<Exit, CommandError> {
    let store = authority::open_store(domain)?;
    let record = context.block_on(store.authority(&args.name))?.ok_or_else(|| unknown(&args.name))?;
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
