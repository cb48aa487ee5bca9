//! `handfast show`: a certificate on record, in words, as PEM, or as JSON.

use hf_store::record::{CertificateState, StoredCertificate};
use hf_x509::certificate::Certificate;
use serde::Serialize;

use super::options::{DomainOptions, FormatOptions};
use super::target;
use crate::authority;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::inspect::{CertificateView, Item};

/// Show a certificate on record: whose it is, in which state, or the certificate itself
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Its serial number, or a file that holds it
    #[arg(value_name = "SERIAL|CERT")]
    target: String,
    /// Write it in PEM
    #[arg(long, conflicts_with = "chain")]
    pem: bool,
    /// Write it and the certificates above it in PEM, without the root
    #[arg(long)]
    chain: bool,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast show 5a1b…c3
  handfast show 5a1b…c3 --pem > orders.pem
  handfast show orders.pem --format json";

#[derive(Serialize)]
struct Answer {
    serial: String,
    authority: String,
    profile: String,
    state: CertificateState,
    certificate: CertificateView,
}

/// Show it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let store = authority::open_store(&domain)?;
    let record = target::find(&args.target, &store, context)?;
    let certificate = certificate(&record)?;
    if args.pem || args.chain {
        context.output.text(&certificate.to_pem())?;
        let above = context.block_on(store.authority(&record.authority))?.map(|issuer| issuer.chain);
        let above = above.unwrap_or_default().into_iter().filter(|_| args.chain);
        for above in above.filter_map(|der| Certificate::from_der(&der).ok()) {
            if !above.is_self_issued() {
                context.output.text(&above.to_pem())?;
            }
        }
        return Ok(Exit::Done);
    }
    let answer = Answer {
        serial: record.serial.to_string(),
        state: record.state(context.now()),
        authority: record.authority,
        profile: record.profile,
        certificate: CertificateView::of(&certificate),
    };
    if args.format.is_json() {
        context.output.json(&answer)?;
        return Ok(Exit::Done);
    }
    context
        .output
        .text(&format!("{}, by `{}`, profile `{}`\n", answer.state, answer.authority, answer.profile))?;
    let sheet = Item::Certificate(Box::new(answer.certificate)).sheet(context.now(), false);
    context.output.text(&sheet.render(context.output.paint()))?;
    Ok(Exit::Done)
}

/// What was signed, where it is known.
fn certificate(record: &StoredCertificate) -> Result<Certificate, CommandError> {
    let der = record.body.certificate().ok_or_else(|| {
        CommandError::refused(format!(
            "serial number {} was perhaps signed, but no certificate came back",
            record.serial
        ))
        .hint(format!("revoke it, so that nobody uses it: `handfast revoke {}`", record.serial))
    })?;
    Certificate::from_der(der)
        .map_err(|error| CommandError::fault("the certificate on record cannot be read").because(error))
}
