//! `handfast renew --all`: have ACME clients renew in a time that the operator chooses (RFC 9773).

use hf_ca::registration::operator;
use hf_core::time::{Lifetime, Timestamp};
use hf_store::Store;
use hf_store::list::ListFilter;
use hf_store::record::{CertificateState, RenewalScope};
use serde::Serialize;

use super::acme::shared::{origin, refusal};
use super::known;
use super::options::{DomainOptions, FormatOptions};
use crate::authority::open_store;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::output::Table;

/// Certificates of a page.
const PAGE: usize = 1_000;

/// Which certificates, and until when.
#[derive(clap::Args)]
pub(super) struct Options {
    /// Every certificate, by the ACME clients that have them
    #[arg(long, conflicts_with_all = ["target", "csr", "lifetime", "remote"])]
    pub(super) all: bool,
    /// Only those of this authority
    #[arg(long, value_name = "AUTHORITY", requires = "all")]
    issued_by: Option<String>,
    /// Only those of this profile
    #[arg(long, value_name = "PROFILE", requires = "all")]
    profile: Option<String>,
    /// Until when: a date, as in `2027-01-08`, a time, or a span from now, as in `3d`
    #[arg(long, value_name = "WHEN", requires = "all", required_unless_present_any = ["target", "clear"])]
    before: Option<When>,
    /// Take it back, for every profile where none is named: clients renew as the validity of their certificates says
    #[arg(long, requires = "all", conflicts_with = "before")]
    clear: bool,
    /// Do it; without it the command says what it would do
    #[arg(long, requires = "all")]
    yes: bool,
}

impl Options {
    /// That nothing is said about everything where one certificate is named.
    pub(super) fn check(&self) -> Result<(), CommandError> {
        let said = self.issued_by.is_some() || self.profile.is_some() || self.before.is_some();
        if !self.all && (said || self.clear || self.yes) {
            return Err(CommandError::refused(
                "a certificate is named, and words about all of them are said",
            )
            .hint("say `--all` in the place of the certificate, or leave these words out"));
        }
        Ok(())
    }
}

/// A point in time as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    At(Timestamp),
    In(Lifetime),
}

impl std::str::FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(span) = text.parse() {
            return Ok(Self::In(span));
        }
        let whole =
            if text.contains(['T', 't', ' ']) { text.to_owned() } else { format!("{text}T00:00:00Z") };
        whole.parse().map(Self::At).map_err(|_| {
            format!("`{text}` is no time: expected a date such as `2027-01-08`, a time such as `2027-01-08T12:00:00Z`, or a span such as `3d`")
        })
    }
}

#[derive(Serialize)]
struct Answer {
    /// Whether it is done, or would be.
    done: bool,
    windows: Vec<Window>,
    /// With `--clear`: authorities where there is nothing to take back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    without: Vec<String>,
    /// With `--clear`: what is in force besides, and stays so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    staying: Vec<Window>,
}

#[derive(Serialize)]
struct Window {
    authority: String,
    #[serde(serialize_with = "as_text")]
    scope: RenewalScope,
    /// How many certificates are valid now and meant.
    certificates: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Timestamp>,
}

fn as_text<S: serde::Serializer>(scope: &RenewalScope, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(scope)
}

/// Say what would be done, or do it.
pub(super) fn run(
    options: &Options,
    format: FormatOptions,
    domain: &DomainOptions,
    context: &Context,
) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, domain)?;
    let store = open_store(&domain)?;
    known::profile(options.profile.as_deref(), &domain, store.as_ref(), context)?;
    let now = context.now();
    let end = options.before.map(|when| match when {
        When::At(time) => time,
        When::In(span) => now.plus(span),
    });
    if let Some(end) = end.filter(|end| *end <= now) {
        return Err(CommandError::refused(format!("{end} is over: it is {now}")));
    }
    let mut answer =
        Answer { done: options.yes, windows: Vec::new(), without: Vec::new(), staying: Vec::new() };
    for authority in authorities(options, &domain, store.as_ref(), context)? {
        match end {
            Some(end) => {
                let scope = options.profile.clone().map_or(RenewalScope::All, RenewalScope::Profile);
                let certificates = count(store.as_ref(), &authority, &scope, context)?;
                let (start, end) = (Some(now), Some(end));
                answer.windows.push(Window { authority, scope, certificates, start, end });
            }
            None => add_cleared(&mut answer, authority, options, store.as_ref(), context)?,
        }
    }
    if options.yes {
        carry_out(&answer.windows, end, store.as_ref(), context)?;
    }
    tell(&answer, format, context)
}

/// What there is to take back for an authority: with a profile its time only, else those of all profiles too.
fn add_cleared(
    answer: &mut Answer,
    authority: String,
    options: &Options,
    store: &dyn Store,
    context: &Context,
) -> Result<(), CommandError> {
    let mut found = false;
    for set in context.block_on(store.renewal_windows(&authority))? {
        let meant = match (&set.scope, &options.profile) {
            (RenewalScope::All | RenewalScope::Profile(_), None) => true,
            (RenewalScope::Profile(name), Some(profile)) => name == profile,
            (RenewalScope::All, Some(_)) | (RenewalScope::Certificate(_), _) => false,
        };
        let certificates = count(store, &authority, &set.scope, context)?;
        let window =
            Window { authority: authority.clone(), scope: set.scope, certificates, start: None, end: None };
        if meant {
            found = true;
            answer.windows.push(window);
        } else if set.end > context.now() {
            answer.staying.push(Window { start: Some(set.start), end: Some(set.end), ..window });
        }
    }
    if !found {
        answer.without.push(authority);
    }
    Ok(())
}

/// The authority that was named, else all that give certificates by ACME.
fn authorities(
    options: &Options,
    domain: &Domain,
    store: &dyn Store,
    context: &Context,
) -> Result<Vec<String>, CommandError> {
    let declared: Vec<String> = domain.topology.acme.iter().map(|acme| acme.authority.clone()).collect();
    let Some(named) = &options.issued_by else {
        if declared.is_empty() {
            return Err(CommandError::refused("no authority gives certificates by ACME")
                .hint("add a section `[acme.AUTHORITY]` to the file"));
        }
        return Ok(declared);
    };
    if declared.contains(named) {
        return Ok(vec![named.clone()]);
    }
    known::authority(Some(named), domain, store, context)?;
    let add = format!("add `[acme.{named}]` to the file");
    let hint =
        if declared.is_empty() { add } else { format!("name one of {}, or {add}", declared.join(", ")) };
    Err(CommandError::refused(format!(
        "`{named}` gives no certificates by ACME: nobody would ask it when to renew"
    ))
    .hint(hint))
}

/// How many certificates of an authority are valid now.
fn count(
    store: &dyn Store,
    authority: &str,
    scope: &RenewalScope,
    context: &Context,
) -> Result<u64, CommandError> {
    let profile = match scope {
        RenewalScope::Certificate(_) => return Ok(1),
        RenewalScope::Profile(profile) => Some(profile.clone()),
        RenewalScope::All => None,
    };
    let filter = ListFilter {
        state: Some((CertificateState::Valid, context.now())),
        authority: Some(authority.to_owned()),
        profile,
        ..ListFilter::default()
    };
    let (mut count, mut after) = (0_u64, None);
    loop {
        let page = context.block_on(store.list(filter.clone(), after, PAGE))?;
        count = count.saturating_add(u64::try_from(page.items.len()).unwrap_or(u64::MAX));
        after = page.next;
        if after.is_none() {
            return Ok(count);
        }
    }
}

fn carry_out(
    windows: &[Window],
    end: Option<Timestamp>,
    store: &dyn Store,
    context: &Context,
) -> Result<(), CommandError> {
    let origin = origin(context);
    for window in windows {
        let authority = window.authority.as_str();
        if let Some(end) = end {
            let set = operator::renew_until(authority, window.scope.clone(), end, store, &origin);
            context.block_on(set).map_err(refusal("no time of renewal was set"))?;
        } else {
            let cleared = operator::clear_renewal(authority, &window.scope, store, &origin);
            context.block_on(cleared).map_err(refusal("no time of renewal was taken back"))?;
        }
    }
    Ok(())
}

fn tell(answer: &Answer, format: FormatOptions, context: &Context) -> Result<Exit, CommandError> {
    if format.is_json() {
        context.output.json(answer)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["authority", "which", "certificates", "renew from", "until"]);
    let time =
        |time: Option<Timestamp>| time.map_or_else(|| "as their validity says".to_owned(), |t| t.to_string());
    for window in answer.windows.iter().chain(&answer.staying) {
        table.row([
            window.authority.clone(),
            window.scope.to_string(),
            window.certificates.to_string(),
            time(window.start),
            time(window.end),
        ]);
    }
    if !(answer.windows.is_empty() && answer.staying.is_empty()) {
        context.output.table(&table)?;
    }
    if !answer.without.is_empty() {
        let names = answer.without.join(", ");
        context
            .output
            .message(&format!("no such time of renewal is set for {names}: there is nothing to take back"));
    }
    for window in &answer.staying {
        let (authority, scope) = (&window.authority, &window.scope);
        context.output.message(&format!("what is set for {authority}, {scope}, stays in force"));
    }
    if !answer.windows.is_empty() {
        context.output.message(if answer.done {
            "done: ACME clients learn of it when they ask next, within six hours"
        } else {
            "nothing was changed: say `--yes` to do it"
        });
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_a_date_a_time_or_a_span() {
        let at = |text: &str| When::At(text.parse().unwrap());
        assert_eq!("2027-01-08".parse(), Ok(at("2027-01-08T00:00:00Z")));
        assert_eq!("2027-01-08T12:00:00Z".parse(), Ok(at("2027-01-08T12:00:00Z")));
        assert_eq!("3d".parse(), Ok(When::In(Lifetime::from_days(3))));
        for bad in ["", "friday", "2027-13-01", "3"] {
            assert!(bad.parse::<When>().is_err(), "{bad}");
        }
    }
}
