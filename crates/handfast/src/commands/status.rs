//! `handfast status`: what lists and responders say of a certificate, and whether they agree.

use std::path::{Path, PathBuf};

use hf_core::finding::{Finding, Severity};
use hf_core::time::Timestamp;
use hf_verify::status::{Basis, Kind, Says, Source, Verdict, is_http};
use hf_x509::certificate::Certificate;
use serde::Serialize;

use super::options::FormatOptions;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::files;
use crate::output::{Table, Tone};
use crate::status::{Answer, Asker, Named};

/// Ask CRL and OCSP whether a certificate is revoked
///
/// The first certificate of each file is asked about; further ones in it may be its issuer, which is fetched from where
/// the certificate says when it is nowhere at hand. Lists and answers count when that issuer signed them and they are not
/// out of date. Whether the issuer itself is to be trusted is for `handfast verify` to say. Connects to the addresses in
/// the certificate, without following redirections.
///
/// Exit 0: every source says good; 1: revoked, unknown, or a source contradicts or says nothing that counts.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Certificates, PEM or DER
    #[arg(required = true, value_name = "CERT")]
    certificates: Vec<PathBuf>,
    /// Certificates among which the issuer is
    #[arg(long, value_name = "FILE")]
    issuer: Vec<PathBuf>,
    /// A revocation list, instead of those that the certificate names
    #[arg(long, value_name = "FILE|URL")]
    crl: Vec<String>,
    /// A responder, instead of those that the certificate names
    #[arg(long, value_name = "URL", value_parser = address)]
    ocsp: Vec<String>,
    /// Judge whether lists and answers are out of date by this time, RFC 3339, instead of now
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast status trust/a1.shop.internal/fullchain.pem
  handfast status server.pem --issuer ca.pem
  handfast status server.pem --crl services.crl --ocsp http://ca.shop.internal:8080/ocsp/services
  handfast status server.pem --format json

Explanations of the codes: docs/findings/ in the source, and with each finding.";

#[derive(Serialize)]
struct Answers {
    /// Whether every source of every certificate says good.
    good: bool,
    certificates: Vec<CertificateAnswer>,
}

#[derive(Serialize)]
struct CertificateAnswer {
    file: String,
    subject: String,
    serial: String,
    /// When it expired, UTC, if it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    expired_at: Option<Timestamp>,
    #[serde(flatten)]
    verdict: Verdict,
    sources: Vec<Source>,
}

/// Ask.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let named = Named {
        issuers: files::all_certificates(&args.issuer)?,
        lists: args.crl.clone(),
        responders: args.ocsp.clone(),
    };
    let time = args.at.unwrap_or_else(|| context.now());
    let mut asker = Asker::new(context, named, time)?;
    let mut answers = Answers { good: true, certificates: Vec::new() };
    for file in &args.certificates {
        let presented = files::certificates(file)?;
        let Some((certificate, beside)) = presented.split_first() else {
            return Err(CommandError::refused(format!("`{}` holds no certificate", file.display())));
        };
        let answer = asker.ask(certificate, beside)?;
        answers.good &= answer.verdict.is_good();
        answers.certificates.push(CertificateAnswer::new(file, certificate, time, answer));
    }
    if args.format.is_json() {
        context.output.json(&answers)?;
    } else {
        for answer in &answers.certificates {
            answer.tell(context)?;
        }
    }
    Ok(if answers.good { Exit::Done } else { Exit::Refused })
}

/// For clap: an address of a responder.
fn address(text: &str) -> Result<String, String> {
    if is_http(text) { Ok(text.to_owned()) } else { Err("expected `http://…` or `https://…`".to_owned()) }
}

impl CertificateAnswer {
    fn new(file: &Path, certificate: &Certificate, time: Timestamp, answer: Answer) -> Self {
        let Answer { sources, verdict } = answer;
        let names = certificate.names().unwrap_or_default();
        let subject = if certificate.subject().is_empty() {
            names.first().map_or_else(|| "(no subject)".to_owned(), ToString::to_string)
        } else {
            certificate.subject().to_string()
        };
        let serial = certificate
            .serial()
            .map_or_else(|_| hf_store::audit::hex(certificate.serial_octets()), |serial| serial.to_string());
        let end = certificate.not_after();
        let expired_at = (end < time).then_some(end);
        Self { file: file.display().to_string(), subject, serial, expired_at, verdict, sources }
    }

    /// One line that says it, one for each source, then what was noticed.
    fn tell(&self, context: &Context) -> Result<(), CommandError> {
        let paint = context.output.paint();
        let word = if self.verdict.agreed { said(self.verdict.says) } else { self.disagreed() };
        let word = paint.apply(tone(&self.verdict), &word);
        let expired = self.expired_at.map(|end| format!("; it expired at {end}")).unwrap_or_default();
        context.output.text(&format!("{}: {word}{expired}", self.file))?;
        if !self.sources.is_empty() {
            let mut table = Table::new(&["SOURCE", "SAYS", "SINCE", "UNTIL", "WHERE"]);
            self.sources.iter().for_each(|source| table.row(row(source)));
            context.output.table(&table)?;
        }
        let own = self.sources.iter().flat_map(|source| source.opinion.findings.iter());
        own.chain(&self.verdict.findings).for_each(|finding| context.output.finding(finding));
        Ok(())
    }

    fn disagreed(&self) -> String {
        let word = said(self.verdict.says);
        // Of what has expired a source need not know any more.
        let grave = |finding: &Finding| self.expired_at.is_none() || finding.severity == Severity::Error;
        if !self.verdict.findings.iter().any(grave) && self.verdict.says != Says::Nothing {
            return format!("{word}, but not every source says so");
        }
        if self.verdict.says == Says::Nothing {
            word
        } else {
            format!("{word}, but the sources do not agree")
        }
    }
}

fn row(source: &Source) -> [String; 5] {
    let kind = match source.kind {
        Kind::Crl => "CRL",
        Kind::Ocsp => "OCSP",
    };
    let basis = source.opinion.basis.as_ref();
    let since = basis.map(|basis| basis.this_update.to_string());
    let until = basis.and_then(|basis| basis.next_update).map(|time| time.to_string());
    let nothing = || "-".to_owned();
    [
        kind.to_owned(),
        said(source.opinion.says),
        since.unwrap_or_else(nothing),
        until.unwrap_or_else(nothing),
        format!("{}{}", source.at, basis.map(detail).unwrap_or_default()),
    ]
}

/// The number of a list, or whoever signed in the place of the issuer.
fn detail(basis: &Basis) -> String {
    match (&basis.crl_number, &basis.delegate) {
        (Some(number), _) => format!(" (number {number})"),
        (None, Some(delegate)) => format!(" (signed by {delegate})"),
        (None, None) => String::new(),
    }
}

fn said(says: Says) -> String {
    match says {
        Says::Good => "good".to_owned(),
        Says::Revoked { at, reason } => format!("revoked at {at}, {reason}"),
        Says::Unknown => "unknown".to_owned(),
        Says::Nothing => "cannot be known".to_owned(),
    }
}

fn tone(verdict: &Verdict) -> Tone {
    match verdict.says {
        Says::Good if verdict.agreed => Tone::Good,
        Says::Good | Says::Unknown | Says::Nothing => Tone::Warning,
        Says::Revoked { .. } => Tone::Error,
    }
}
