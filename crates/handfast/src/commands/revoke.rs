//! `handfast revoke`: withdraw a certificate for ever.

use std::sync::Arc;

use hf_ca::crl::CrlRequest;
use hf_ca::revoke::{RevokeError, RevokeRequest, RevokeTarget, Revoked};
use hf_core::reason::RevocationReason;
use hf_proto::api::certificate::CertificateRecord;
use hf_proto::api::revoke::{self as api, Outcome, RevocationRequest};
use hf_store::Store;
use hf_store::record::{COMPLETE, CertificateState, RevokeOutcome, StoredCertificate};
use hf_x509::certificate::Certificate;
use serde::Serialize;

use super::options::{DomainOptions, FormatOptions};
use super::target;
use crate::authority::{self, Opened};
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
    /// With `keyCompromise`: revoke every other certificate with the same key too, whichever authority issued it
    #[arg(long)]
    siblings: bool,
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
  handfast revoke 5a1b…c3 --reason keyCompromise --siblings
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
    /// The same, each with its authority, and whether it was revoked with this one.
    sibling_certificates: Vec<Sibling>,
    /// Authorities that are out of service with it.
    branch: Vec<String>,
}

/// Another certificate with the same key.
#[derive(Serialize)]
struct Sibling {
    authority: String,
    serial: String,
    name: String,
    revoked: bool,
}

/// The most certificates with one key that a dry run names, as many as a revocation does.
const MOST_SHOWN: usize = 1_000;

/// Revoke it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    if args.siblings && args.reason != RevocationReason::KeyCompromise {
        return Err(CommandError::refused("`--siblings` goes with a compromised key")
            .hint("add `--reason keyCompromise`"));
    }
    if let Some(remote) = args.remote.open(&args.domain.passphrase, context)? {
        return elsewhere(args, &remote, context);
    }
    let domain = Domain::open(context, &args.domain)?;
    if args.dry_run {
        let store = authority::open_store(&domain)?;
        let record = target::find(&args.target, &store, context)?;
        let mut answer = answer(&record, "would be revoked", args.reason);
        if args.reason == RevocationReason::KeyCompromise {
            answer.name_siblings(&with_the_same_key(&record, &store, context)?, &[]);
        }
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
    let with_it = if args.siblings { revoke_siblings(&revoked, &opened, context)? } else { Vec::new() };
    let mut answer = after(&revoked, args.reason);
    let records: Vec<StoredCertificate> = with_it.iter().map(|done| done.record.clone()).collect();
    answer.name_siblings(&revoked.siblings, &records);
    answer.crl_number = sign_lists(&revoked, &with_it, &opened, context);
    if signed_before(&revoked.record, &opened) {
        // The list that was signed is that of another key: nobody finds it for this certificate.
        answer.crl_number = None;
        context.output.warning(&former_key(&revoked.record.authority));
    }
    tell(&answer, args, context)
}

/// Other certificates with the key of this one that are good.
fn with_the_same_key(
    record: &StoredCertificate,
    store: &Arc<dyn Store>,
    context: &Context,
) -> Result<Vec<StoredCertificate>, CommandError> {
    let mut found = context.block_on(store.find_by_key(record.spki_sha256, MOST_SHOWN))?;
    found.retain(|other| {
        let same = other.authority == record.authority && other.serial == record.serial;
        !same && other.state(context.now()) == CertificateState::Valid
    });
    Ok(found)
}

/// Revoke the others with the same key; one that cannot be is named.
fn revoke_siblings(
    revoked: &Revoked,
    opened: &Opened,
    context: &Context,
) -> Result<Vec<Revoked>, CommandError> {
    let origin = &opened.origin;
    let revoking = opened.authority.revoke_siblings(&revoked.siblings, &origin.principal, origin.channel);
    let mut done = Vec::new();
    for outcome in context.block_on(revoking).map_err(refusal)? {
        match outcome {
            Ok(sibling) => done.push(sibling),
            Err(error) => context.output.warning(&error.to_string()),
        }
    }
    Ok(done)
}

/// Sign every list that is out of date now; the number of the one that names the certificate itself.
fn sign_lists(revoked: &Revoked, with_it: &[Revoked], opened: &Opened, context: &Context) -> Option<u64> {
    let own = (revoked.record.authority.clone(), revoked.shard);
    let mut lists = vec![own.clone()];
    for done in std::iter::once(revoked).chain(with_it) {
        for shard in [done.shard, COMPLETE] {
            let list = (done.record.authority.clone(), shard);
            if !lists.contains(&list) {
                lists.push(list);
            }
        }
    }
    let mut number = None;
    for (authority, shard) in lists {
        let crl = context.block_on(opened.authority.issue_crl(CrlRequest {
            principal: opened.origin.principal.clone(),
            channel: opened.origin.channel,
            authority: authority.clone(),
            shard,
            lifetime: CrlRequest::LIFETIME,
        }));
        match crl {
            Ok(crl) if (&authority, shard) == (&own.0, own.1) => number = Some(crl.number),
            Ok(_) => {}
            Err(error) => context.output.warning(&no_crl(&error.to_string(), &authority)),
        }
    }
    number
}

/// Whether the authority had another key when it signed this certificate.
fn signed_before(record: &StoredCertificate, opened: &Opened) -> bool {
    let issuer = opened.authority.issuers().get(&record.authority);
    let own = issuer.and_then(|issuer| issuer.certificate().cloned());
    let signed = record.body.certificate().and_then(|der| Certificate::from_der(der).ok());
    own.zip(signed).is_some_and(|(own, signed)| signed.verify_signed_by(own.public_key()).is_err())
}

fn former_key(authority: &str) -> String {
    format!(
        "`{authority}` has a new key since it signed this certificate, and its CRL with it: peers look for one that the former \
         key signed; run `handfast crl {authority} --key FILE --out FORMER.pem`, where FILE is that key, in `.handfast/keys/`"
    )
}

fn elsewhere(args: &Args, remote: &Remote, context: &Context) -> Result<Exit, CommandError> {
    let record = target::find_elsewhere(&args.target, remote, context)?;
    if args.dry_run {
        return tell(&told(&record, "would be revoked", args.reason), args, context);
    }
    let request = RevocationRequest { reason: args.reason, siblings: args.siblings };
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
        sibling_certificates: revoked.sibling_certificates.iter().map(Sibling::told).collect(),
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
        sibling_certificates: Vec::new(),
        branch: Vec::new(),
    }
}

const REVOKED: &str = "revoked";
const RAISED: &str = "was revoked; with another reason now";
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
        sibling_certificates: Vec::new(),
        branch: Vec::new(),
    }
}

fn after(revoked: &Revoked, reason: RevocationReason) -> Answer {
    let (outcome, reason) = match revoked.outcome {
        RevokeOutcome::Revoked => (REVOKED, reason),
        RevokeOutcome::ReasonRaised(_) => (RAISED, reason),
        RevokeOutcome::AlreadyRevoked(before) => (BEFORE, before.reason),
    };
    Answer { branch: revoked.branch.clone(), ..answer(&revoked.record, outcome, reason) }
}

impl Answer {
    fn name_siblings(&mut self, siblings: &[StoredCertificate], revoked: &[StoredCertificate]) {
        let done = |sibling: &StoredCertificate| {
            revoked.iter().any(|one| one.authority == sibling.authority && one.serial == sibling.serial)
        };
        self.siblings = siblings.iter().map(|sibling| sibling.serial.to_string()).collect();
        self.sibling_certificates = siblings
            .iter()
            .map(|sibling| Sibling {
                authority: sibling.authority.clone(),
                serial: sibling.serial.to_string(),
                name: sibling
                    .names
                    .iter()
                    .next()
                    .map_or_else(|| sibling.subject.clone(), ToString::to_string),
                revoked: done(sibling),
            })
            .collect();
    }
}

impl Sibling {
    fn told(told: &api::Sibling) -> Self {
        Self {
            authority: told.authority.clone(),
            serial: told.serial.to_string(),
            name: told.name.clone(),
            revoked: told.revoked,
        }
    }

    fn line(&self) -> String {
        let Self { authority, serial, name, .. } = self;
        if self.revoked {
            format!("the same key was in {serial} ({name}) of `{authority}`: revoked too")
        } else {
            format!(
                "the same key is in {serial} ({name}) of `{authority}`: revoke it too, or all with `--siblings`"
            )
        }
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
    lines.extend(answer.sibling_certificates.iter().map(Sibling::line));
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
