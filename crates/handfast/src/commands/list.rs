//! `handfast list`: what was issued.

use hf_ca::transparency::is_precertificate;
use hf_client::api::ApiClient;
use hf_core::reason::RevocationReason;
use hf_core::time::{Lifetime, Timestamp};
use hf_proto::api::certificate::{CertificateQuery, CertificateRecord, State};
use hf_store::list::{ListFilter, Page};
use hf_store::record::{CertificateState, StoredCertificate};
use serde::Serialize;

use super::known;
use super::listing::{Listing, PageOptions, tell};
use super::options::{DomainOptions, FormatOptions};
use crate::authority;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::output::Table;
use crate::remote::{Remote, RemoteOptions};

/// List certificates, newest first
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Only with this name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Only in this state
    #[arg(long, value_name = "STATE", value_parser = ["valid", "expired", "revoked", "possibly-signed"])]
    state: Option<String>,
    /// Only those that are valid and end within this time, as in `7d`
    #[arg(long, value_name = "TIME", conflicts_with = "state")]
    expiring: Option<Lifetime>,
    /// Only of this authority
    #[arg(long, value_name = "AUTHORITY")]
    authority: Option<String>,
    /// Only of this profile
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    #[command(flatten)]
    page: PageOptions,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    remote: RemoteOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast list --expiring 7d
  handfast list --name orders.shop.internal --format json
  handfast list --state revoked --authority services
  handfast list --remote https://ca.shop.internal:8443 --credential-file monitor.key";

#[derive(Serialize)]
struct Answer {
    certificates: Vec<Row>,
    /// Give this to `--after` for the next page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    serial: String,
    authority: String,
    profile: String,
    state: CertificateState,
    /// It was asked for alone, and nobody accepts it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    precertificate: bool,
    subject: String,
    names: Vec<String>,
    not_before: Timestamp,
    not_after: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<RevocationReason>,
}

/// List them.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let page = match args.remote.open(&args.domain.passphrase, context)? {
        Some(remote) => elsewhere(args, &remote, context)?,
        None => here(args, context)?,
    };
    tell(&page, args.format, context)
}

impl Listing for Answer {
    const NOTHING: &'static str = "no certificate matches";

    fn table(&self) -> Table {
        let mut table =
            Table::new(&["names", "state", "valid until", "authority", "profile", "serial number"]);
        for row in &self.certificates {
            let names = match row.names.as_slice() {
                [] => row.subject.clone(),
                [one] => one.clone(),
                [first, rest @ ..] => format!("{first} +{}", rest.len()),
            };
            table.row([
                names,
                if row.precertificate {
                    format!("{}, pre-certificate", row.state)
                } else {
                    row.state.to_string()
                },
                row.not_after.to_string(),
                row.authority.clone(),
                row.profile.clone(),
                row.serial.clone(),
            ]);
        }
        table
    }

    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

fn here(args: &Args, context: &Context) -> Result<Answer, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let store = authority::open_store(&domain)?;
    known::authority(args.authority.as_deref(), &domain, store.as_ref(), context)?;
    known::profile(args.profile.as_deref(), &domain, store.as_ref(), context)?;
    let now = context.now();
    let limit = usize::from(args.page.limit);
    let filter = filter(args, now);
    let mut page = context.block_on(store.list(filter.clone(), args.page.after, limit))?;
    // Nothing on this page does not mean that nothing matches.
    while page.items.is_empty() && page.next.is_some() {
        page = context.block_on(store.list(filter.clone(), page.next, limit))?;
    }
    Ok(answer(&page, now))
}

fn elsewhere(args: &Args, remote: &Remote, context: &Context) -> Result<Answer, CommandError> {
    let state = match &args.state {
        Some(word) => State::ALL.into_iter().find(|state| state.as_str() == word),
        None => args.expiring.map(|_| State::Valid),
    };
    let mut query = CertificateQuery {
        name: args.name.clone(),
        state,
        expires_before: args.expiring.map(|within| context.now().plus(within)),
        authority: args.authority.clone(),
        profile: args.profile.clone(),
        limit: Some(args.page.limit),
        after: args.page.after.map(|after| after.to_string()),
        ..CertificateQuery::default()
    };
    let mut page = remote.ask("nothing was listed", context, |client| client.certificates(&query))?;
    while page.certificates.is_empty() && page.next.is_some() {
        query.after = page.next;
        page = remote.ask("nothing was listed", context, |client| client.certificates(&query))?;
    }
    if page.certificates.is_empty() {
        known_there(args.authority.as_deref(), remote, context)?;
    }
    Ok(Answer { certificates: page.certificates.into_iter().map(told).collect(), next: page.next })
}

/// That the server has the authority of a filter. Its profiles it does not tell.
fn known_there(named: Option<&str>, remote: &Remote, context: &Context) -> Result<(), CommandError> {
    let Some(name) = named else { return Ok(()) };
    let all = remote.ask("nothing was listed", context, ApiClient::authorities)?.authorities;
    if all.iter().any(|one| one.name == name) {
        return Ok(());
    }
    Err(known::unknown("authority", name, all.into_iter().map(|one| one.name)))
}

fn told(record: CertificateRecord) -> Row {
    let state = CertificateState::ALL.into_iter().find(|state| state.as_str() == record.state.as_str());
    Row {
        serial: record.serial.to_string(),
        authority: record.authority,
        profile: record.profile,
        state: state.unwrap_or(CertificateState::PossiblySigned),
        precertificate: record.precertificate,
        subject: record.subject,
        names: record.names,
        not_before: record.not_before,
        not_after: record.not_after,
        revoked_at: record.revoked_at,
        reason: record.reason,
    }
}

fn filter(args: &Args, now: Timestamp) -> ListFilter {
    let state = match &args.state {
        Some(word) => CertificateState::ALL.into_iter().find(|state| state.as_str() == word),
        None => args.expiring.map(|_| CertificateState::Valid),
    };
    ListFilter {
        name: args.name.clone(),
        state: state.map(|state| (state, now)),
        expires_before: args.expiring.map(|within| now.plus(within)),
        authority: args.authority.clone(),
        profile: args.profile.clone(),
        newest_first: true,
        ..ListFilter::default()
    }
}

fn answer(page: &Page, now: Timestamp) -> Answer {
    Answer {
        certificates: page.items.iter().map(|record| row(record, now)).collect(),
        next: page.next.map(|next| next.to_string()),
    }
}

fn row(record: &StoredCertificate, now: Timestamp) -> Row {
    Row {
        serial: record.serial.to_string(),
        authority: record.authority.clone(),
        profile: record.profile.clone(),
        state: record.state(now),
        precertificate: is_precertificate(record),
        subject: record.subject.clone(),
        names: record.names.iter().map(ToString::to_string).collect(),
        not_before: record.validity.not_before(),
        not_after: record.validity.not_after(),
        revoked_at: record.revocation.map(|revocation| revocation.at),
        reason: record.revocation.map(|revocation| revocation.reason),
    }
}

#[cfg(test)]
mod tests {
    use hf_core::time::Timestamp;

    use super::{Answer, CertificateState, Listing, Row};
    use crate::output::Paint;

    fn row(name: &str, precertificate: bool) -> Row {
        Row {
            serial: "0a".to_owned(),
            authority: "services".to_owned(),
            profile: "web".to_owned(),
            state: CertificateState::Valid,
            precertificate,
            subject: String::new(),
            names: vec![name.to_owned()],
            not_before: Timestamp::from_unix_seconds(0),
            not_after: Timestamp::from_unix_seconds(1),
            revoked_at: None,
            reason: None,
        }
    }

    #[test]
    fn a_precertificate_is_told_from_a_certificate() {
        let answer = Answer { certificates: vec![row("a.test", true), row("b.test", false)], next: None };
        let table = answer.table().render(Paint::Plain);
        let line = |name: &str| table.lines().find(|line| line.contains(name)).unwrap().to_owned();
        assert!(line("a.test").contains("valid, pre-certificate"), "{table}");
        assert!(!line("b.test").contains("pre-certificate"), "{table}");
        let json = serde_json::to_value(&answer).unwrap();
        assert_eq!(json["certificates"][0]["precertificate"], true);
        assert!(json["certificates"][1].get("precertificate").is_none());
    }
}
