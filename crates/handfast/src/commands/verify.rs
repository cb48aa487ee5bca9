//! `handfast verify`: the gate's answer about a certification path, and the explainer's words.

use std::io::BufReader;
use std::path::PathBuf;

use hf_core::finding::Finding;
use hf_core::name::Identifier;
use hf_core::time::Timestamp;
use hf_verify::explain::{Explanation, PathStep, explain};
use hf_verify::gate;
use hf_verify::request::{Purpose, RequestedName, VerifyRequest};
use hf_x509::certificate::Certificate;
use serde::Serialize;

use super::options::FormatOptions;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::files;

/// Accept or reject a certificate, and say why
///
/// Exit 0: accepted; 1: rejected. The path is searched among the intermediates, in whatever order they come; the file
/// of the certificate may hold them as well, behind it.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The certificate, PEM or DER; further certificates in the file are intermediates
    #[arg(required_unless_present = "batch")]
    certificate: Option<PathBuf>,
    /// Certificates that are trusted
    #[arg(long, value_name = "FILE", required_unless_present = "batch")]
    roots: Vec<PathBuf>,
    /// Certificates that may stand between
    #[arg(long, value_name = "FILE")]
    intermediates: Vec<PathBuf>,
    /// Revocation lists; with at least one, every certificate of the path must be covered by one
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// A name that the certificate must have: DNS name, IP address or e-mail address; may be repeated
    #[arg(long, value_name = "NAME")]
    name: Vec<Identifier>,
    /// What it will be used for
    #[arg(long, value_parser = ["server", "client", "any"], default_value = "any")]
    purpose: String,
    /// The time at which it must be valid, RFC 3339, instead of now
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// Read requests as JSON lines from standard input, answer one line each
    #[arg(long, conflicts_with_all = ["certificate", "roots", "intermediates", "crl", "name", "at"])]
    batch: bool,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast verify trust/a1.shop.internal/fullchain.pem --roots trust/a1.shop.internal/roots.pem
  handfast verify server.pem --roots root.pem --intermediates ca.pem --name a.shop.internal --purpose server
  handfast verify old.pem --roots root.pem --at 2027-01-01T00:00:00Z --format json
  handfast verify --batch < requests.jsonl

Explanations of the codes: docs/findings/ in the source, and with each finding.";

#[derive(Serialize)]
struct Answer<'a> {
    valid: bool,
    summary: &'a str,
    path: &'a [PathStep],
    findings: &'a [Finding],
}

/// Verify.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    if args.batch {
        return batch(context);
    }
    let request = request(args, context)?;
    let verdict = gate::accept(&request);
    let explanation = explain(&request);
    let valid = verdict.is_ok();
    if args.format.is_json() {
        let answer = Answer {
            valid,
            summary: &explanation.summary,
            path: &explanation.path,
            findings: &explanation.findings,
        };
        context.output.json(&answer)?;
    } else {
        tell(valid, &explanation, context)?;
    }
    Ok(if valid { Exit::Done } else { Exit::Refused })
}

fn batch(context: &Context) -> Result<Exit, CommandError> {
    let mut input = BufReader::new(std::io::stdin().lock());
    let run = context.output.stream(|output| hf_verify::batch::run(&mut input, output, context.now()));
    match run {
        // A reader that went away (`| head`) has what it wanted.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(CommandError::fault("the batch ended before its input did").because(error))
        }
        _ => Ok(Exit::Done),
    }
}

fn request(args: &Args, context: &Context) -> Result<VerifyRequest, CommandError> {
    let file =
        args.certificate.as_deref().ok_or_else(|| CommandError::refused("no certificate was named"))?;
    let mut presented = files::certificates(file)?.into_iter();
    let leaf = presented
        .next()
        .ok_or_else(|| CommandError::refused(format!("`{}` holds no certificate", file.display())))?;
    let roots = files::all_certificates(&args.roots)?;
    let mut request = VerifyRequest::new(leaf, roots, args.at.unwrap_or_else(|| context.now()));
    request.intermediates = presented.chain(files::all_certificates(&args.intermediates)?).collect();
    for path in &args.crl {
        request.crls.extend(files::crls(path)?);
    }
    request.crl_check = !args.crl.is_empty();
    request.purpose = Purpose::from_word(&args.purpose).unwrap_or_default();
    request.tls = true;
    request.names = args.name.iter().map(requested).collect::<Result<_, _>>()?;
    Ok(request)
}

fn requested(name: &Identifier) -> Result<RequestedName, CommandError> {
    match name {
        Identifier::Dns(name) => Ok(RequestedName::Dns(name.clone())),
        Identifier::Ip(name) => Ok(RequestedName::Ip(*name)),
        Identifier::Email(name) => Ok(RequestedName::Email(name.clone())),
        Identifier::Spiffe(_) | Identifier::Uri(_) => Err(CommandError::refused(format!(
            "`{name}` is a URI: expected a DNS name, an IP address or an e-mail address"
        ))),
    }
}

fn tell(valid: bool, explanation: &Explanation, context: &Context) -> Result<(), CommandError> {
    let mut lines = vec![if valid { "accepted" } else { "rejected" }.to_owned()];
    lines.extend(explanation.path.iter().map(|step| {
        let title = if step.subject.is_empty() { title(&step.certificate) } else { step.subject.clone() };
        format!("  {:<12}  {title}", step.place)
    }));
    context.output.text(&lines.join("\n"))?;
    explanation.findings.iter().for_each(|finding| context.output.finding(finding));
    Ok(())
}

/// The first name of a certificate without a subject.
fn title(certificate: &Certificate) -> String {
    let names = certificate.names().unwrap_or_default();
    names.first().map_or_else(|| "(no subject)".to_owned(), ToString::to_string)
}
