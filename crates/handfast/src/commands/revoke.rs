//! `handfast revoke`: withdraw a certificate for ever.

use hf_ca::crl::CrlRequest;
use hf_ca::revoke::{RevokeError, RevokeRequest, RevokeTarget, Revoked};
use hf_core::reason::RevocationReason;
use hf_proto::api::certificate::CertificateRecord;
use hf_proto::api::revoke::{Outcome, RevocationRequest};
use hf_store::record::{RevokeOutcome, StoredCertificate};
use serde::Serialize;

use super::options::{DomainOptions, FormatOptions};
use super::target;
use crate::authority;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::remote::{Remote, RemoteOptions};

/// Revoke a certificate, and sign a CRL that says so
///
/// There is no way back. With `keyCompromise` the key is blocked for ever and every other certificate with it is named.
/// Revoking an authority takes its whole branch out of service, and nothing else.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A certificate file or a serial number
    #[arg(value_name = "CERT|SERIAL")]
    target: String,
    /// Why: unspecified, keyCompromise, affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn,
    /// cACompromise, or the number of RFC 5280
    #[arg(long, value_name = "REASON", default_value_t)]
    reason: RevocationReason,
    /// Say what would be revoked, and do nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    remote: RemoteOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast revoke orders.shop.internal/cert.pem --reason superseded
  handfast revoke 5a1b…c3 --reason keyCompromise --dry-run
  handfast revoke 5a1b…c3 --remote https://ca.shop.internal:8443 --credential-file admin.key";

#[derive(Serialize)]
struct Answer {
    authority: String,
    serial: String,
    subject: String,
    names: Vec<String>,
    outcome: &'static str,
    reason: RevocationReason,
    /// Number of the CRL that lists it, when the authority could sign one.
    crl_number: Option<u64>,
    /// Other certificates with the same key.
    siblings: Vec<String>,
    /// Authorities that are out of service with it.
    branch: Vec<String>,
}

/// Revoke it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    if let Some(remote) = args.remote.open(&args.domain.passphrase, context)? {
        return elsewhere(args, &remote, context);
    }
    let domain = Domain::open(context, &args.domain)?;
    if args.dry_run {
        let store = authority::open_store(&domain)?;
        let record = target::find(&args.target, &store, context)?;
        let answer = answer(&record, "would be revoked", args.reason);
        return tell(&answer, args, context);
    }
    let opened = authority::open(context, &domain, &args.domain.passphrase)?;
    let record = target::find(&args.target, opened.authority.store(), context)?;
    let request = RevokeRequest {
        principal: opened.origin.principal.clone(),
        channel: opened.origin.channel,
        target: RevokeTarget::Serial { authority: record.authority.clone(), serial: record.serial.clone() },
        reason: args.reason,
    };
    let revoked = context.block_on(opened.authority.revoke(request)).map_err(refusal)?;
    let crl = context.block_on(opened.authority.issue_crl(CrlRequest {
        principal: opened.origin.principal,
        channel: opened.origin.channel,
        authority: record.authority.clone(),
        lifetime: CrlRequest::LIFETIME,
    }));
    let mut answer = after(&revoked, args.reason);
    match crl {
        Ok(crl) => answer.crl_number = Some(crl.number),
        Err(error) => context.output.warning(&no_crl(&error.to_string(), &record.authority)),
    }
    tell(&answer, args, context)
}

fn elsewhere(args: &Args, remote: &Remote, context: &Context) -> Result<Exit, CommandError> {
    let record = target::find_elsewhere(&args.target, remote, context)?;
    if args.dry_run {
        return tell(&told(&record, "would be revoked", args.reason), args, context);
    }
    let request = RevocationRequest { reason: args.reason };
    let what = "nothing was revoked";
    let revoked =
        remote.ask(what, context, |client| client.revoke(&record.authority, &record.serial, &request))?;
    let reason = revoked.certificate.reason.unwrap_or(args.reason);
    let outcome = match revoked.outcome {
        Outcome::Revoked => REVOKED,
        Outcome::ReasonRaised => RAISED,
        Outcome::AlreadyRevoked => BEFORE,
    };
    if let Some(fault) = &revoked.crl_fault {
        context.output.warning(&no_crl(fault, &record.authority));
    }
    let answer = Answer {
        crl_number: revoked.crl_number,
        siblings: revoked.siblings.iter().map(ToString::to_string).collect(),
        branch: revoked.branch,
        ..told(&revoked.certificate, outcome, reason)
    };
    tell(&answer, args, context)
}

fn no_crl(fault: &str, authority: &str) -> String {
    format!(
        "it is revoked, but no CRL says so yet: {fault}; run `handfast crl {authority}` when the authority can sign"
    )
}

fn told(record: &CertificateRecord, outcome: &'static str, reason: RevocationReason) -> Answer {
    Answer {
        authority: record.authority.clone(),
        serial: record.serial.to_string(),
        subject: record.subject.clone(),
        names: record.names.clone(),
        outcome,
        reason,
        crl_number: None,
        siblings: Vec::new(),
        branch: Vec::new(),
    }
}

const REVOKED: &str = "revoked";
const RAISED: &str = "was revoked; the reason is now keyCompromise";
const BEFORE: &str = "was revoked already";

fn answer(record: &StoredCertificate, outcome: &'static str, reason: RevocationReason) -> Answer {
    Answer {
        authority: record.authority.clone(),
        serial: record.serial.to_string(),
        subject: record.subject.clone(),
        names: record.names.iter().map(ToString::to_string).collect(),
        outcome,
        reason,
        crl_number: None,
        siblings: Vec::new(),
        branch: Vec::new(),
    }
}

fn after(revoked: &Revoked, reason: RevocationReason) -> Answer {
    let (outcome, reason) = match revoked.outcome {
        RevokeOutcome::Revoked => (REVOKED, reason),
        RevokeOutcome::ReasonRaised(_) => (RAISED, reason),
        RevokeOutcome::AlreadyRevoked(before) => (BEFORE, before.reason),
    };
    Answer {
        siblings: revoked.siblings.iter().map(|sibling| sibling.serial.to_string()).collect(),
        branch: revoked.branch.clone(),
        ..answer(&revoked.record, outcome, reason)
    }
}

fn tell(answer: &Answer, args: &Args, context: &Context) -> Result<Exit, CommandError> {
    if args.format.is_json() {
        context.output.json(answer)?;
        return Ok(Exit::Done);
    }
    let who = answer.names.first().unwrap_or(&answer.subject);
    let mut lines = vec![format!(
        "{} ({who}) of `{}`: {}, {}",
        answer.serial, answer.authority, answer.outcome, answer.reason
    )];
    lines.extend(
        answer.crl_number.map(|number| format!("CRL number {number} of `{}` says so", answer.authority)),
    );
    let siblings = answer.siblings.iter();
    lines.extend(siblings.map(|sibling| format!("the same key is in {sibling}: revoke it too")));
    let branch = answer.branch.iter();
    lines.extend(branch.map(|authority| format!("authority `{authority}` is out of service with it")));
    context.output.text(&lines.join("\n"))?;
    Ok(Exit::Done)
}

fn refusal(error: RevokeError) -> CommandError {
    match error {
        RevokeError::Store { step, source } => {
            CommandError::fault(format!("the store failed to {step}")).because(source)
        }
        error @ (RevokeError::Unknown { .. }
        | RevokeError::OtherCertificate { .. }
        | RevokeError::Reason { .. }
        | RevokeError::Root { .. }) => CommandError::refused(error.to_string()),
    }
}
